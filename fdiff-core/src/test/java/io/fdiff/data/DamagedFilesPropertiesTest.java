package io.fdiff.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.fdiff.space.RegularGrid;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/**
 * Valid files with changed, missing and added bytes: readers answer with values or with {@link
 * InvalidDataException}, and take no more memory than the files account for.
 */
class DamagedFilesPropertiesTest {

  /** Buffers of readers and decoders; a length that is believed would be of another order. */
  private static final long MAX_BYTES = 32 << 20;

  /** Pixels that a byte of an image stands for at most, and bytes for each of them. */
  private static final long MAX_RATIO = 2731 * 40;

  private interface Reading {
    Object read(Path file) throws IOException;
  }

  /** Some bytes are overwritten, early ones more often; then the end is moved. */
  private static byte[] damaged(byte[] valid, long seed, int changes, boolean resize) {
    Random random = new Random(seed);
    byte[] bytes = valid.clone();
    int[] tempting = {0, 1, 0x7f, 0x80, 0xff, '\'', '{', '9', '-'};
    for (int i = 0; i < changes; i++) {
      int at = random.nextInt(random.nextBoolean() ? Math.min(64, bytes.length) : bytes.length);
      int value =
          random.nextBoolean() ? tempting[random.nextInt(tempting.length)] : random.nextInt(256);
      int run = random.nextInt(4) == 0 ? 4 : 1;
      Arrays.fill(bytes, at, Math.min(bytes.length, at + run), (byte) value);
    }
    return resize ? Arrays.copyOf(bytes, random.nextInt(bytes.length + 20)) : bytes;
  }

  private static void assertAnswers(byte[] content, String ending, Reading... readings)
      throws IOException {
    Path file = Files.createTempFile("damaged", ending);
    try {
      Files.write(file, content);
      for (Reading reading : readings) {
        long before = allocated();
        assertAnswers(file, reading);
        long most = MAX_BYTES + (ending.equals(".gif") ? MAX_RATIO * content.length : 0);
        assertThat(allocated() - before).isLessThan(most);
      }
    } finally {
      Files.delete(file);
    }
  }

  private static void assertAnswers(Path file, Reading reading) {
    try {
      assertThat(reading.read(file)).isNotNull();
    } catch (InvalidDataException e) {
      assertThat(e).hasMessageStartingWith(file.toString());
      assertThat(e.getMessage().lines()).hasSize(1);
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      fail("reader let through " + e, e);
    }
  }

  /** Bytes that this thread has allocated in its life. */
  private static long allocated() {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    return threads.getCurrentThreadAllocatedBytes();
  }

  @Property(tries = 300)
  void npy(
      @ForAll long seed,
      @ForAll @IntRange(min = 0, max = 4) int changes,
      @ForAll boolean resize,
      @ForAll boolean fortran)
      throws IOException {
    String header = NpyFiles.header("<f4", fortran, "(2, 3, 4)");
    byte[] valid = NpyFiles.file(1, header, NpyFiles.bytes("<f4", new double[24]));
    byte[] content = damaged(valid, seed, changes, resize);
    assertAnswers(
        content, ".npy", NpyReader::read, file -> NpyReader.read(file, RegularGrid.unit(3, 4)));
  }

  @Property(tries = 300)
  void idx(
      @ForAll long seed,
      @ForAll @IntRange(min = 0, max = 4) int changes,
      @ForAll boolean resize,
      @ForAll boolean zipped)
      throws IOException {
    byte[] plain = IdxReaderTest.idx(8, new byte[60], 5, 3, 4);
    // Damage inside the stream, and of the stream.
    byte[] content =
        zipped
            ? damaged(IdxReaderTest.gzip(damaged(plain, seed, changes, resize)), seed + 1, 1, false)
            : damaged(plain, seed, changes, resize);
    assertAnswers(content, ".idx", IdxReader::read, IdxReader::images);
  }

  @Property(tries = 300)
  void wav(
      @ForAll long seed,
      @ForAll @IntRange(min = 0, max = 4) int changes,
      @ForAll boolean resize,
      @ForAll boolean floating)
      throws IOException {
    byte[] valid =
        WavFiles.riff(
            WavFiles.chunk("LIST", new byte[7]),
            WavFiles.chunk("fmt ", WavFiles.format(floating ? 3 : 1, 2, 8000, 32)),
            WavFiles.chunk("data", new byte[80]));
    byte[] content = damaged(valid, seed, changes, resize);
    assertAnswers(
        content,
        ".wav",
        WavReader::read,
        file -> WavReader.clips(List.of(file), 8, WavReader.Fit.CROP_OR_PAD));
  }

  @Property(tries = 400)
  void images(
      @ForAll long seed,
      @ForAll @IntRange(min = 0, max = 3) int changes,
      @ForAll boolean resize,
      @ForAll @IntRange(min = 0, max = 4) int kind)
      throws IOException {
    ImageIO.setUseCache(false);
    String format = List.of("png", "png", "jpg", "bmp", "gif").get(kind);
    int type =
        kind == 0
            ? BufferedImage.TYPE_BYTE_INDEXED
            : kind == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB;
    BufferedImage image = new BufferedImage(5, 6, type);
    Random random = new Random(kind);
    for (int i = 0; i < 30; i++) {
      image.setRGB(i % 5, i / 5, random.nextInt());
    }
    ByteArrayOutputStream valid = new ByteArrayOutputStream();
    assertThat(ImageIO.write(image, format, valid)).isTrue();
    byte[] content = damaged(valid.toByteArray(), seed, changes, resize);
    assertAnswers(
        content, "." + format, file -> ImageFolder.read(List.of(file), ImageFolder.Colour.RGB));
  }

  @Property(tries = 200)
  void arbitraryBytes(@ForAll byte[] content) throws IOException {
    assertAnswers(
        content,
        ".any",
        NpyReader::read,
        IdxReader::read,
        WavReader::read,
        file -> ImageFolder.read(List.of(file), ImageFolder.Colour.GREY));
  }
}
