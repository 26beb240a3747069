package io.fdiff.data;

import io.fdiff.space.FunctionBatch;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.Resampling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Images of a folder as functions on the unit square: PNG, JPEG, BMP and GIF (the first frame, of
 * at least 5 rows), told by their content.
 *
 * <p>Values are the samples of the file divided by the largest one of their depth, in {@code [0,
 * 1]}; no gamma curve is applied. Axis 0 runs downwards, axis 1 to the right, and a pixel is a cell
 * of a {@code CELL} grid. Size and kind are read from the header and checked before pixels are
 * decoded: an image has at most 2²⁶ pixels, and no more than its format can hold in a file of its
 * length.
 *
 * <p>Every method throws {@link InvalidDataException} if the folder or a file is missing,
 * unreadable, damaged, transparent, of another format or size; the message names file, value, rule
 * and remedy.
 */
public final class ImageFolder {

  private static final List<String> ENDINGS = List.of(".png", ".jpg", ".jpeg", ".bmp", ".gif");

  /** The channels of the functions. */
  public enum Colour {
    /**
     * One channel. Of coloured images the luma {@code 0.299 R + 0.587 G + 0.114 B} (ITU-R BT.601).
     */
    GREY(1),
    /** Three channels red, green, blue. Of grey images three times the same. */
    RGB(3);

    private final int channels;

    Colour(int channels) {
      this.channels = channels;
    }

    /**
     * The number of channels.
     *
     * @return 1 or 3
     */
    public int channels() {
      return channels;
    }
  }

  /**
   * The size that images are interpolated to, bilinearly: pixel centres {@code (i + ½)/n} of the
   * new image are looked up between those of the old one, and beyond the outermost ones the image
   * continues as a constant. Nothing is averaged: images that shrink by more than half are aliased.
   *
   * @param rows number of rows, at least 2
   * @param columns number of columns, at least 2
   */
  public record Size(int rows, int columns) {

    /**
     * Checks the size.
     *
     * @param rows number of rows, at least 2
     * @param columns number of columns, at least 2
     * @throws IllegalArgumentException if a number is below 2 or the product above 2²⁶
     */
    public Size {
      if (rows < 2 || columns < 2 || (long) rows * columns > ImageFile.MAX_PIXELS) {
        throw new IllegalArgumentException(
            rows
                + " rows and "
                + columns
                + " columns: give at least 2 of each and at most 2^26 pixels");
      }
    }
  }

  private ImageFolder() {}

  /**
   * The image files of a folder: those whose names end in {@code .png}, {@code .jpg}, {@code
   * .jpeg}, {@code .bmp} or {@code .gif}, in any case. Other files and folders in it are passed
   * over.
   *
   * @param folder the folder
   * @return at least one path, in the order of the names by their UTF-16 units
   * @throws IOException if the folder cannot be read, as stated for the class, or holds no image
   */
  public static List<Path> files(Path folder) throws IOException {
    if (!Files.isDirectory(Objects.requireNonNull(folder, "folder"))) {
      throw new InvalidDataException(folder, "is no directory; give the path of one with images");
    }
    List<Path> files;
    try (Stream<Path> entries = Files.list(folder)) {
      files =
          entries
              .filter(ImageFolder::isImage)
              .sorted(Comparator.comparing(ImageFolder::name))
              .toList();
    } catch (IOException e) {
      throw new InvalidDataException(
          folder, "cannot be read (" + e + "); check its permissions", e);
    }
    if (files.isEmpty()) {
      throw new InvalidDataException(
          folder,
          "holds no file that ends in " + String.join(", ", ENDINGS) + "; give another one");
    }
    return files;
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  private static boolean isImage(Path file) {
    String name = name(file).toLowerCase(Locale.ROOT);
    return ENDINGS.stream().anyMatch(name::endsWith) && Files.isRegularFile(file);
  }

  /**
   * All images of a folder, in the order of {@link #files}; they have one size.
   *
   * @param folder the folder
   * @param colour the channels
   * @return functions {@code [n, 1 or 3, rows, columns]}
   * @throws IOException if folder or files cannot be read, as stated for the class
   */
  public static FunctionDataset read(Path folder, Colour colour) throws IOException {
    return read(files(folder), colour);
  }

  /**
   * All images of a folder, in the order of {@link #files}, each interpolated to one size.
   *
   * @param folder the folder
   * @param colour the channels
   * @param size the size of the functions
   * @return functions {@code [n, 1 or 3, rows, columns]}
   * @throws IOException if folder or files cannot be read, as stated for the class
   */
  public static FunctionDataset read(Path folder, Colour colour, Size size) throws IOException {
    return read(files(folder), colour, size);
  }

  /**
   * Chosen images, of one size.
   *
   * @param files at least one file
   * @param colour the channels
   * @return functions {@code [n, 1 or 3, rows, columns]} in the order of the files
   * @throws IllegalArgumentException if there is no file
   * @throws IOException if a file cannot be read, as stated for the class
   */
  public static FunctionDataset read(List<Path> files, Colour colour) throws IOException {
    return readAll(files, colour, null);
  }

  /**
   * Chosen images, each interpolated to one size.
   *
   * @param files at least one file
   * @param colour the channels
   * @param size the size of the functions
   * @return functions {@code [n, 1 or 3, rows, columns]} in the order of the files
   * @throws IllegalArgumentException if there is no file
   * @throws IOException if a file cannot be read, as stated for the class
   */
  public static FunctionDataset read(List<Path> files, Colour colour, Size size)
      throws IOException {
    return readAll(files, colour, Objects.requireNonNull(size, "size"));
  }

  private static FunctionDataset readAll(List<Path> files, Colour colour, @Nullable Size size)
      throws IOException {
    List<Path> all = List.copyOf(files);
    Objects.requireNonNull(colour, "colour");
    if (all.isEmpty()) {
      throw new IllegalArgumentException("no file: give at least one");
    }
    @Nullable Size common = size;
    double[] values = {};
    for (int b = 0; b < all.size(); b++) {
      Path file = all.get(b);
      try (ImageFile image = ImageFile.open(file)) {
        Size found = image.size();
        if (common == null) {
          common = found;
        }
        if (size == null && !found.equals(common)) {
          throw new InvalidDataException(
              file,
              text(found)
                  + " where the first image has "
                  + text(common)
                  + "; images of one set have one size: give a Size to interpolate them to");
        }
        int block = colour.channels() * common.rows() * common.columns();
        if (b == 0) {
          BinaryInput.requireMemory(
              file, (long) all.size() * block, all.size() + " images of " + text(common));
          values = new double[all.size() * block];
        }
        double[] pixels = image.read(colour);
        if (!found.equals(common)) {
          pixels = resize(pixels, colour, found, common);
        }
        System.arraycopy(pixels, 0, values, b * block, block);
      }
    }
    Objects.requireNonNull(common);
    RegularGrid grid = RegularGrid.unit(common.rows(), common.columns());
    return FunctionDataset.owning(grid, colour.channels(), values);
  }

  private static double[] resize(double[] pixels, Colour colour, Size from, Size to) {
    RegularGrid here = RegularGrid.unit(from.rows(), from.columns());
    RegularGrid there = RegularGrid.unit(to.rows(), to.columns());
    INDArray image = FunctionBatch.array(here, DataType.DOUBLE, colour.channels(), pixels);
    INDArray resized = Resampling.linear(image, here, there, Resampling.Extension.CONSTANT);
    return FunctionBatch.of(there, resized).toDoubles();
  }

  private static String text(Size size) {
    return size.rows() + " rows and " + size.columns() + " columns";
  }
}
