package io.fdiff.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.data.ImageFolder.Colour;
import io.fdiff.space.RegularGrid;
import java.awt.Point;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageFolderTest {

  @TempDir Path directory;

  @BeforeAll
  static void noCacheFiles() {
    ImageIO.setUseCache(false);
  }

  private Path write(BufferedImage image, String name) throws IOException {
    Path file = directory.resolve(name);
    String format = name.substring(name.lastIndexOf('.') + 1);
    assertThat(ImageIO.write(image, format, file.toFile())).isTrue();
    return file;
  }

  /** Two rows and three columns of 0, 50, 100, … on an 8-bit grey scale. */
  static BufferedImage grey() {
    BufferedImage image = new BufferedImage(3, 2, BufferedImage.TYPE_BYTE_GRAY);
    image.getRaster().setPixels(0, 0, 3, 2, new int[] {0, 50, 100, 150, 200, 255});
    return image;
  }

  static BufferedImage rgb() {
    BufferedImage image = new BufferedImage(2, 2, BufferedImage.TYPE_INT_RGB);
    int[] pixels = {0xff0000, 0x00ff00, 0x0000ff, 0x336699};
    for (int i = 0; i < 4; i++) {
      image.setRGB(i % 2, i / 2, pixels[i]);
    }
    return image;
  }

  private static double[] scaled(double largest, double... values) {
    return Arrays.stream(values).map(x -> x / largest).toArray();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.png", "a.bmp"})
  void greySamplesAreTakenAsTheyAreStored(String name) throws IOException {
    write(grey(), name);
    FunctionDataset images = ImageFolder.read(directory, Colour.GREY);
    assertThat(images.grid()).isEqualTo(RegularGrid.unit(2, 3));
    assertThat(images.values().shape()).containsExactly(1, 1, 2, 3);
    double[] expected = scaled(255, 0, 50, 100, 150, 200, 255);
    assertThat(images.toDoubles()).containsExactly(expected);
    double[] three = ImageFolder.read(directory, Colour.RGB).toDoubles();
    for (int i = 0; i < 18; i++) {
      assertThat(three[i]).isEqualTo(expected[i % 6]);
    }
  }

  /** The JDK writes interlaced rows, and loses all but the first of fewer than 5 when it reads. */
  @Test
  void gifImagesNeedFiveRows() throws IOException {
    for (int rows = 2; rows < 10; rows++) {
      BufferedImage image = new BufferedImage(3, rows, BufferedImage.TYPE_BYTE_GRAY);
      double[] expected = new double[3 * rows];
      for (int i = 0; i < expected.length; i++) {
        image.getRaster().setSample(i % 3, i / 3, 0, 4 * i + 1);
        expected[i] = (4 * i + 1) / 255.0;
      }
      Path file = write(image, "a.gif");
      if (rows < 5) {
        assertThatExceptionOfType(InvalidDataException.class)
            .isThrownBy(() -> ImageFolder.read(directory, Colour.GREY))
            .withMessageContaining(file + ": a GIF image of " + rows + " rows; of fewer than 5");
      } else {
        assertThat(ImageFolder.read(directory, Colour.GREY).toDoubles()).containsExactly(expected);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.png", "a.bmp"})
  void coloursAreExact(String name) throws IOException {
    write(rgb(), name);
    double[] red = scaled(255, 255, 0, 0, 0x33);
    double[] green = scaled(255, 0, 255, 0, 0x66);
    double[] blue = scaled(255, 0, 0, 255, 0x99);
    double[] found = ImageFolder.read(directory, Colour.RGB).toDoubles();
    assertThat(Arrays.copyOfRange(found, 0, 4)).containsExactly(red);
    assertThat(Arrays.copyOfRange(found, 4, 8)).containsExactly(green);
    assertThat(Arrays.copyOfRange(found, 8, 12)).containsExactly(blue);
    double[] luma = ImageFolder.read(directory, Colour.GREY).toDoubles();
    for (int i = 0; i < 4; i++) {
      double expected = 0.299 * red[i] + 0.587 * green[i] + 0.114 * blue[i];
      assertThat(luma[i]).isCloseTo(expected, within(1e-15));
    }
  }

  @Test
  void jpegIsNearlyExactOnFlatImages() throws IOException {
    BufferedImage image = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 256; i++) {
      image.setRGB(i % 16, i / 16, 0x336699);
    }
    write(image, "a.jpg");
    double[] found = ImageFolder.read(directory, Colour.RGB).toDoubles();
    for (int c = 0; c < 3; c++) {
      // Rounding to YCbCr and back, and quantisation of the mean: a few of 255 steps.
      assertThat(found[c * 256 + 77]).isCloseTo((0x33 + 0x33 * c) / 255.0, within(4 / 255.0));
    }
  }

  @Test
  void sixteenBitsKeepTheirDepth() throws IOException {
    BufferedImage image = new BufferedImage(2, 2, BufferedImage.TYPE_USHORT_GRAY);
    image.getRaster().setPixels(0, 0, 2, 2, new int[] {0, 1, 300, 65535});
    write(image, "a.png");
    assertThat(ImageFolder.read(directory, Colour.GREY).toDoubles())
        .containsExactly(scaled(65535, 0, 1, 300, 65535));
  }

  @Test
  void palettesAreLookedUp() throws IOException {
    byte[] levels = {10, 20, (byte) 255, 0};
    IndexColorModel palette = new IndexColorModel(2, 4, levels, levels, levels);
    BufferedImage image = new BufferedImage(2, 2, BufferedImage.TYPE_BYTE_BINARY, palette);
    image.getRaster().setPixels(0, 0, 2, 2, new int[] {3, 2, 1, 0});
    write(image, "a.png");
    assertThat(ImageFolder.read(directory, Colour.GREY).toDoubles())
        .containsExactly(scaled(255, 0, 255, 20, 10));
  }

  @Test
  void transparentPixelsAreRefusedOpaqueOnesAreNot() throws IOException {
    BufferedImage image = new BufferedImage(2, 2, BufferedImage.TYPE_INT_ARGB);
    for (int i = 0; i < 4; i++) {
      image.setRGB(i % 2, i / 2, 0xff336699);
    }
    Path file = write(image, "a.png");
    assertThat(ImageFolder.read(directory, Colour.RGB).toDoubles()).contains(0.2, 0.4, 0.6);
    image.setRGB(1, 0, 0xfe336699);
    write(image, "a.png");
    assertThatExceptionOfType(InvalidDataException.class)
        .isThrownBy(() -> ImageFolder.read(directory, Colour.RGB))
        .withMessageContaining(file + ", row 0, column 1: the pixel is transparent");
    // Grey with alpha.
    ComponentColorModel model =
        new ComponentColorModel(
            ColorSpace.getInstance(ColorSpace.CS_GRAY),
            true,
            false,
            Transparency.TRANSLUCENT,
            DataBuffer.TYPE_BYTE);
    WritableRaster raster =
        Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 2, 2, 2, new Point());
    raster.setPixels(0, 0, 2, 2, new int[] {0, 255, 51, 255, 102, 255, 255, 255});
    write(new BufferedImage(model, raster, false, null), "a.png");
    assertThat(ImageFolder.read(directory, Colour.GREY).toDoubles())
        .containsExactly(0, 0.2, 0.4, 1);
  }

  @Test
  void readsFilesInTheOrderOfTheirNames() throws IOException {
    for (int i : new int[] {3, 1, 2}) {
      BufferedImage image = new BufferedImage(2, 2, BufferedImage.TYPE_BYTE_GRAY);
      image.getRaster().setPixels(0, 0, 2, 2, new int[] {i, i, i, i});
      write(image, i + ".png");
    }
    Files.writeString(directory.resolve("notes.txt"), "no image");
    Files.createDirectory(directory.resolve("0.png"));
    Files.move(directory.resolve("2.png"), directory.resolve("2.PNG"));
    assertThat(ImageFolder.files(directory))
        .containsExactly(
            directory.resolve("1.png"), directory.resolve("2.PNG"), directory.resolve("3.png"));
    double[] found = ImageFolder.read(directory, Colour.GREY).toDoubles();
    assertThat(new double[] {found[0], found[4], found[8]}).containsExactly(scaled(255, 1, 2, 3));
    assertThat(ImageFolder.read(List.of(directory.resolve("3.png")), Colour.GREY).size())
        .isEqualTo(1);
  }

  @Test
  void sizesDifferOnlyWhenAskedFor() throws IOException {
    Path a = write(grey(), "a.png");
    BufferedImage other = new BufferedImage(2, 2, BufferedImage.TYPE_BYTE_GRAY);
    other.getRaster().setPixels(0, 0, 2, 2, new int[] {0, 51, 102, 153});
    Path b = write(other, "b.png");
    assertThatExceptionOfType(InvalidDataException.class)
        .isThrownBy(() -> ImageFolder.read(directory, Colour.GREY))
        .withMessageContaining(
            b + ": 2 rows and 2 columns where the first image has 2 rows and 3 columns");
    // Half-pixel centres: columns of the new image at −¼ (held), ¼, ¾, 1¼ (held).
    ImageFolder.Size size = new ImageFolder.Size(2, 4);
    FunctionDataset images = ImageFolder.read(directory, Colour.GREY, size);
    assertThat(images.values().shape()).containsExactly(2, 1, 2, 4);
    double[] found = images.subset(1).toDoubles();
    double[] expected = {0, 0.05, 0.15, 0.2, 0.4, 0.45, 0.55, 0.6};
    for (int i = 0; i < 8; i++) {
      assertThat(found[i]).isCloseTo(expected[i], within(1e-15));
    }
    assertThat(ImageFolder.read(List.of(a), Colour.GREY, new ImageFolder.Size(2, 3)).toDoubles())
        .containsExactly(scaled(255, 0, 50, 100, 150, 200, 255));
    for (int[] bad : new int[][] {{1, 2}, {2, 1}, {1 << 14, 1 << 13}}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new ImageFolder.Size(bad[0], bad[1]))
          .withMessageContaining(bad[0] + " rows and " + bad[1] + " columns");
    }
  }

  /** Magic bytes, header, and one further chunk that may lie about its length. */
  private static byte[] png(int width, int height, String chunk, int length) {
    ByteBuffer header = ByteBuffer.allocate(17);
    header.put(new byte[] {'I', 'H', 'D', 'R'}).putInt(width).putInt(height);
    header.put(new byte[] {8, 3, 0, 0, 0});
    CRC32 crc = new CRC32();
    crc.update(header.array());
    ByteBuffer out = ByteBuffer.allocate(8 + 4 + 17 + 4 + 8 + 40);
    out.putLong(0x89504E470D0A1A0AL).putInt(13).put(header.array()).putInt((int) crc.getValue());
    out.putInt(length);
    return out.put(chunk.getBytes(StandardCharsets.US_ASCII)).array();
  }

  private void assertRefused(String name, byte[] content, String... expected) throws IOException {
    Path file = Files.write(directory.resolve(name), content);
    assertThatExceptionOfType(InvalidDataException.class)
        .isThrownBy(() -> ImageFolder.read(List.of(file), Colour.GREY))
        .withMessageStartingWith(file.toString())
        .withMessageContainingAll(expected)
        .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
  }

  @Test
  void sizesAreRefusedBeforePixelsAreDecoded() throws IOException {
    assertRefused("a.png", png(100_000, 100_000, "IDAT", 20), "100000 rows and 100000 columns");
    assertRefused("a.png", png(1 << 14, 1 << 13, "IDAT", 20), "8192 rows and 16384 columns");
    assertRefused(
        "a.png",
        png(1000, 1000, "IDAT", 20),
        "1000 rows and 1000 columns in a file of 81 bytes, which holds at most 83592 pixels");
    assertRefused("a.png", png(1, 8, "IDAT", 20), "8 rows and 1 columns; an image has at least 2");
    assertRefused("a.png", png(8, 8, "PLTE", 0x7fffffff), "a chunk of 2147483647 bytes where the");
    assertRefused("a.png", png(8, 8, "PLTE", -1), "a chunk of 4294967295 bytes where the file");
    Path bmp = write(rgb(), "a.bmp");
    byte[] offset = Files.readAllBytes(bmp);
    offset[13] = 0x7f;
    assertRefused("a.bmp", offset, "byte 10: pixels from byte 2130706486");
  }

  @Test
  void damagedFilesAreRefused() throws IOException {
    byte[] png = Files.readAllBytes(write(grey(), "a.png"));
    assertRefused("a.png", new byte[0], "the file is empty; expected a PNG, JPEG, BMP or GIF");
    assertRefused("a.png", Arrays.copyOf(png, 12), "12 bytes are no image");
    assertRefused("a.png", Arrays.copyOf(png, png.length - 20), "it is cut off");
    assertRefused("a.png", new byte[100], "the content is no PNG, JPEG, BMP or GIF image");
    byte[] flipped = png.clone();
    flipped[45] ^= 0x55;
    assertRefused("a.png", flipped, "the image is damaged or of a rare kind");
    assertThatExceptionOfType(InvalidDataException.class)
        .isThrownBy(() -> ImageFolder.read(List.of(directory.resolve("none.png")), Colour.GREY))
        .withMessageContaining("there is no such file");
  }

  @Test
  void foldersWithoutImagesAreRefused() throws IOException {
    assertThatExceptionOfType(InvalidDataException.class)
        .isThrownBy(() -> ImageFolder.read(directory, Colour.GREY))
        .withMessageContaining("holds no file that ends in .png, .jpg, .jpeg, .bmp, .gif");
    Path file = Files.writeString(directory.resolve("x"), "");
    for (Path bad : List.of(file, directory.resolve("none"))) {
      assertThatExceptionOfType(InvalidDataException.class)
          .isThrownBy(() -> ImageFolder.files(bad))
          .withMessageContaining("is no directory");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ImageFolder.read(List.of(), Colour.GREY))
        .withMessageContaining("no file");
  }
}
