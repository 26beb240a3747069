package io.fdiff.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.fdiff.space.RegularGrid;
import io.fdiff.space.TestFunctions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class IdxReaderTest {

  @TempDir Path directory;

  private Path file(byte[] content) throws IOException {
    return Files.write(directory.resolve("data-idx"), content);
  }

  static byte[] idx(int code, byte[] data, int... shape) {
    ByteBuffer out = ByteBuffer.allocate(4 + 4 * shape.length + data.length);
    out.putShort((short) 0).put((byte) code).put((byte) shape.length);
    for (int n : shape) {
      out.putInt(n);
    }
    return out.put(data).array();
  }

  static byte[] gzip(byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
      zip.write(content);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }

  @ParameterizedTest
  @CsvSource({
    "8, u1, 0, 255",
    "9, i1, -128, 127",
    "11, i2, -32768, 258",
    "12, i4, -2147483648, 16909060",
    "13, f4, -1.5, 3.4028234663852886E38",
    "14, f8, -0.1, 4.9E-324"
  })
  void readsEveryTypeExactly(int code, String type, double low, double high) throws IOException {
    byte[] content = idx(code, NpyFiles.bytes(">" + type, low, high), 2, 1, 1);
    for (byte[] form : new byte[][] {content, gzip(content)}) {
      INDArray array = IdxReader.read(file(form));
      assertThat(array.shape()).containsExactly(2, 1, 1);
      assertThat(array.dataType()).isEqualTo(code == 13 ? DataType.FLOAT : DataType.DOUBLE);
      assertThat(TestFunctions.values(array)).containsExactly(low, high);
    }
  }

  @Test
  void imagesAreFunctionsOnTheUnitSquare() throws IOException {
    byte[] content = idx(8, new byte[] {0, 51, (byte) 255, 102, 0, 1, 2, 3, 4, 5, 6, 7}, 2, 3, 2);
    FunctionDataset images = IdxReader.images(file(content));
    assertThat(images.grid()).isEqualTo(RegularGrid.unit(3, 2));
    assertThat(images.values().shape()).containsExactly(2, 1, 3, 2);
    assertThat(images.toDoubles())
        .startsWith(0, 0.2, 1, 0.4, 0, 1 / 255.0)
        .endsWith(2 / 255.0, 3 / 255.0, 4 / 255.0, 5 / 255.0, 6 / 255.0, 7 / 255.0);
    assertThat(IdxReader.images(file(gzip(content)), 1).toDoubles())
        .containsExactly(0, 0.2, 1, 0.4, 0, 1 / 255.0);
  }

  @Test
  void labelsAreIntegers() throws IOException {
    assertThat(IdxReader.labels(file(idx(8, new byte[] {5, (byte) 200, 4}, 3))))
        .containsExactly(5, 200, 4);
    Path wide = file(idx(12, NpyFiles.bytes(">i4", -1, Integer.MAX_VALUE), 2));
    assertThat(IdxReader.labels(wide)).containsExactly(-1, Integer.MAX_VALUE);
    assertThat(IdxReader.labels(wide, 1)).containsExactly(-1);
  }

  @Test
  void theFirstEntriesNeedNoMoreThanThemselves() throws IOException {
    // The second image is cut off, the stream damaged: neither is looked at.
    byte[] zipped = gzip(idx(8, rough(2 * 300 * 300), 2, 300, 300));
    Path file = file(Arrays.copyOf(zipped, zipped.length - 2000));
    assertThat(IdxReader.images(file, 1).size()).isEqualTo(1);
    assertThatExceptionOfType(InvalidDataException.class)
        .isThrownBy(() -> IdxReader.images(file))
        .withMessageContaining("the gzip stream is damaged");
    assertThatExceptionOfType(InvalidDataException.class)
        .isThrownBy(() -> IdxReader.images(file, 3))
        .withMessageContaining("[2, 300, 300] where 3 entries are asked for");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> IdxReader.images(file, 0))
        .withMessageContaining("count 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> IdxReader.labels(file, -1))
        .withMessageContaining("count -1");
  }

  /** Bytes that do not compress. */
  private static byte[] rough(int n) {
    byte[] bytes = new byte[n];
    new Random(4).nextBytes(bytes);
    return bytes;
  }

  static Stream<Arguments> faults() {
    byte[] good = idx(8, new byte[12], 3, 2, 2);
    byte[] zipped = gzip(good);
    byte[] flipped = zipped.clone();
    flipped[zipped.length - 6] ^= 1;
    int max = Integer.MAX_VALUE;
    return Stream.of(
        arguments("empty", new byte[0], "the file is empty; expected an IDX file, plain or gzip"),
        arguments("one byte", new byte[] {0x1f}, "the file ends within the magic number"),
        arguments("cut in the lengths", Arrays.copyOf(good, 10), "within the lengths of the axes"),
        arguments("cut in the data", Arrays.copyOf(good, 27), "need 12 bytes, the file holds 11"),
        arguments("trailing", Arrays.copyOf(good, 29), "byte 28: 1 bytes follow; an IDX file ends"),
        arguments("trailing, gzip", gzip(Arrays.copyOf(good, 999)), "28: further bytes follow"),
        arguments("cut, gzip", gzip(Arrays.copyOf(good, 27)), "byte 27: the file ends within the"),
        arguments("cut gzip", Arrays.copyOf(zipped, 20), "the gzip stream is damaged"),
        arguments("wrong checksum", flipped, "the gzip stream is damaged"),
        arguments("gzip of nothing", gzip(new byte[0]), "the file ends within the magic number"),
        arguments("wrong magic", idx(8 + 128, new byte[1], 1), "magic number 00008801; an IDX"),
        arguments("no zeros", new byte[] {1, 0, 8, 1, 0, 0, 0, 1, 0}, "magic number 01000801"),
        arguments("no axis", idx(8, new byte[1]), "magic number 00000800"),
        arguments("200 axes", idx(8, new byte[1], new int[200]), "magic number 000008C8"),
        arguments("no entry", idx(8, new byte[0], 0, 2, 2), "axis 0 has length 0"),
        arguments("negative", idx(8, new byte[9], 1, -1), "axis 1 has length 4294967295"),
        arguments("huge", idx(8, new byte[9], max, max), "need 4611686014132420609 bytes"),
        arguments("overflow", idx(14, new byte[9], max, max, max), "make more than 2^63 bytes"),
        arguments("huge, gzip", gzip(idx(8, new byte[9], max)), "the compressed file can hold at"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("faults")
  void faultsNamePlaceValueAndRule(String name, byte[] content, String expected)
      throws IOException {
    Path file = file(content);
    Faults.assertFault(file, expected, () -> IdxReader.read(file));
  }

  @Test
  void refusesOtherContentThanAskedFor() throws IOException {
    Path labels = file(idx(8, new byte[4], 4));
    assertThatExceptionOfType(InvalidDataException.class)
        .isThrownBy(() -> IdxReader.images(labels))
        .withMessageContaining("data of shape [4] of unsigned bytes; grey images are")
        .withMessageContaining("IdxReader.read");
    Path floats = file(idx(13, new byte[16], 1, 2, 2));
    assertThatExceptionOfType(InvalidDataException.class)
        .isThrownBy(() -> IdxReader.images(floats))
        .withMessageContaining("floating-point numbers of 4 bytes");
    assertThatExceptionOfType(InvalidDataException.class)
        .isThrownBy(() -> IdxReader.labels(floats))
        .withMessageContaining("labels are integers with one axis");
    Path narrow = file(idx(8, new byte[4], 4, 1, 1));
    assertThatExceptionOfType(InvalidDataException.class)
        .isThrownBy(() -> IdxReader.images(narrow))
        .withMessageContaining("at least 2 rows and columns");
    assertThatExceptionOfType(InvalidDataException.class)
        .isThrownBy(() -> IdxReader.labels(directory.resolve("none")))
        .withMessageContaining("there is no such file");
  }

  /** A kilobyte of a stream that would go on for gigabytes; only the announced part is read. */
  @Test
  void stopsReadingAGzipBomb() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
      zip.write(idx(8, new byte[4], 4));
      byte[] zeros = new byte[1 << 20];
      for (int i = 0; i < 64; i++) {
        zip.write(zeros);
      }
    }
    Path file = file(bytes.toByteArray());
    assertThat(IdxReader.labels(file, 4)).containsExactly(0, 0, 0, 0);
    assertThatExceptionOfType(InvalidDataException.class)
        .isThrownBy(() -> IdxReader.labels(file))
        .withMessageContaining("byte 12: further bytes follow");
  }

  /** Counts, first labels, mean and deviation from the description of the data. */
  @Test
  void readsMnist() throws IOException {
    int[] labels = IdxReader.labels(DataSets.require("mnist/train-labels-idx1-ubyte.gz"));
    int[] count = new int[10];
    for (int label : labels) {
      count[label]++;
    }
    assertThat(count).containsExactly(5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949);
    assertThat(labels).startsWith(5, 0, 4, 1, 9, 2, 1, 3, 1, 4);
    int[] test = IdxReader.labels(DataSets.require("mnist/t10k-labels-idx1-ubyte.gz"), 10);
    assertThat(test).containsExactly(7, 2, 1, 0, 4, 1, 4, 9, 5, 9);
    FunctionDataset images = IdxReader.images(DataSets.require("mnist/train-images-idx3-ubyte.gz"));
    assertThat(images.size()).isEqualTo(60_000);
    assertThat(images.grid()).isEqualTo(RegularGrid.unit(28, 28));
    // The description's mean is 0.13066 and its deviation 0.30811; cell weights are equal.
    AffineNormalizer standard = AffineNormalizer.standard(images);
    assertThat(standard.shift()[0]).isCloseTo(0.13066, within(5e-6));
    assertThat(standard.scale()[0]).isCloseTo(0.30811, within(5e-6));
    FunctionDataset first =
        IdxReader.images(DataSets.require("mnist/train-images-idx3-ubyte.gz"), 3);
    assertThat(first.toDoubles()).isEqualTo(images.subset(0, 1, 2).toDoubles());
  }
}
