package io.fdiff.data;

import io.fdiff.space.FunctionBatch;
import io.fdiff.space.RegularGrid;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Arrays in the IDX format of the MNIST files, plain or gzip (told by its magic bytes).
 *
 * <p>The format: two zero bytes, a type code, the number of axes, their lengths as big-endian
 * 32-bit integers, then the numbers, big endian, in C order: unsigned bytes (code 08), signed bytes
 * (09), 16-bit (0B) and 32-bit integers (0C), floats (0D) or doubles (0E).
 *
 * <p>Every method throws {@link InvalidDataException} if the file is missing, unreadable, cut off,
 * longer than its header says, or breaks the format; the message names file, place, value, rule and
 * remedy. What the header announces is compared with the length of the file before memory is taken;
 * of a compressed file, with 1032 times its length, the most that deflate reaches, and nothing is
 * decompressed beyond what the header announces.
 */
public final class IdxReader {

  private static final int MAX_AXES = 8;
  private static final int ALL = -1;

  private IdxReader() {}

  private record Header(NumberFormat format, List<Integer> shape) {

    long entries() {
      return shape.get(0);
    }

    /** Values of one entry of axis 0; the header was checked for overflow. */
    long row() {
      return shape.stream().skip(1).mapToLong(n -> n).reduce(1, (a, b) -> a * b);
    }

    String announced() {
      return "data of shape " + shape;
    }
  }

  /**
   * The array in a file.
   *
   * @param file the file
   * @return a fresh array of the shape in the file: FLOAT if it holds floats, else DOUBLE
   * @throws IOException if the file cannot be read, as stated for the class
   */
  public static INDArray read(Path file) throws IOException {
    try (BinaryInput in = open(file)) {
      Header header = header(in);
      double[] values = values(in, header, ALL);
      NumberFormat format = header.format();
      boolean single = format.kind() == NumberFormat.Kind.FLOATING && format.width() == Float.BYTES;
      INDArray out =
          Nd4j.createUninitialized(
              single ? DataType.FLOAT : DataType.DOUBLE,
              header.shape().stream().mapToLong(n -> n).toArray(),
              'c');
      FunctionBatch.write(values, out);
      return out;
    }
  }

  /**
   * All grey images of a file of unsigned bytes with axes (image, row, column).
   *
   * @param file the file
   * @return functions {@code [n, 1, rows, columns]} with values byte/255 in {@code [0, 1]}, on the
   *     cell centres of the unit square: axis 0 runs downwards, axis 1 to the right
   * @throws IOException if the file cannot be read, as stated for the class, or holds no images
   */
  public static FunctionDataset images(Path file) throws IOException {
    return readImages(file, ALL);
  }

  /**
   * The first grey images of a file. What lies beyond them is neither read nor checked.
   *
   * @param file the file
   * @param count number of images, positive
   * @return the images, as {@link #images(Path)}
   * @throws IllegalArgumentException if {@code count} is not positive
   * @throws IOException if the file cannot be read, as stated for the class, holds no images or
   *     fewer than {@code count}
   */
  public static FunctionDataset images(Path file, int count) throws IOException {
    return readImages(file, requirePositive(count));
  }

  private static FunctionDataset readImages(Path file, int count) throws IOException {
    try (BinaryInput in = open(file)) {
      Header header = header(in);
      List<Integer> shape = header.shape();
      boolean bytes = header.format().kind() == NumberFormat.Kind.UNSIGNED;
      if (!bytes || shape.size() != 3 || shape.get(1) < 2 || shape.get(2) < 2) {
        throw in.fault(
            "header",
            describe(header)
                + "; grey images are unsigned bytes with axes (image, row, column) of at least 2"
                + " rows and columns: give a file of images, or read it with IdxReader.read");
      }
      double[] values = values(in, header, count);
      for (int i = 0; i < values.length; i++) {
        values[i] /= 255;
      }
      return BinaryInput.dataset(file, RegularGrid.unit(shape.get(1), shape.get(2)), 1, values);
    }
  }

  /**
   * All labels of a file of integers with one axis.
   *
   * @param file the file
   * @return a fresh array of one label for each entry
   * @throws IOException if the file cannot be read, as stated for the class, or holds no labels
   */
  public static int[] labels(Path file) throws IOException {
    return readLabels(file, ALL);
  }

  /**
   * The first labels of a file. What lies beyond them is neither read nor checked.
   *
   * @param file the file
   * @param count number of labels, positive
   * @return a fresh array of {@code count} labels
   * @throws IllegalArgumentException if {@code count} is not positive
   * @throws IOException if the file cannot be read, as stated for the class, holds no labels or
   *     fewer than {@code count}
   */
  public static int[] labels(Path file, int count) throws IOException {
    return readLabels(file, requirePositive(count));
  }

  private static int[] readLabels(Path file, int count) throws IOException {
    try (BinaryInput in = open(file)) {
      Header header = header(in);
      if (header.format().kind() == NumberFormat.Kind.FLOATING || header.shape().size() != 1) {
        throw in.fault(
            "header",
            describe(header)
                + "; labels are integers with one axis: give a file of labels, or read it with"
                + " IdxReader.read");
      }
      // Integers of at most 32 bits.
      return Arrays.stream(values(in, header, count)).mapToInt(x -> (int) x).toArray();
    }
  }

  private static int requirePositive(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("count " + count + ": give at least 1");
    }
    return count;
  }

  private static BinaryInput open(Path file) throws InvalidDataException {
    return BinaryInput.open(
        Objects.requireNonNull(file, "file"), "an IDX file, plain or gzip", true);
  }

  private static Header header(BinaryInput in) throws InvalidDataException {
    ByteBuffer magic = in.header(4, ByteOrder.BIG_ENDIAN, "the magic number");
    NumberFormat format = magic.getShort(0) == 0 ? format(magic.get(2)) : null;
    int axes = Byte.toUnsignedInt(magic.get(3));
    if (format == null || axes < 1 || axes > MAX_AXES) {
      throw in.fault(
          "byte 0",
          String.format(
              "magic number %08X; an IDX file begins with 0000, a type code 08, 09, 0B, 0C, 0D or"
                  + " 0E and 1 to %d axes: give the path of one",
              magic.getInt(0), MAX_AXES));
    }
    ByteBuffer lengths =
        in.header(axes * Integer.BYTES, ByteOrder.BIG_ENDIAN, "the lengths of the axes");
    int[] shape = new int[axes];
    long product = format.width();
    for (int a = 0; a < axes; a++) {
      shape[a] = lengths.getInt();
      if (shape[a] < 1) {
        throw in.fault(
            "byte " + (4 + a * Integer.BYTES),
            "axis "
                + a
                + " has length "
                + Integer.toUnsignedString(shape[a])
                + "; it must be in [1, 2^31): the file is damaged, get it anew");
      }
      if (product > Long.MAX_VALUE / shape[a]) {
        throw in.fault(
            "header",
            "the lengths "
                + Arrays.toString(Arrays.copyOf(shape, a + 1))
                + "… make more than 2^63 bytes; no file holds them: get it anew");
      }
      product *= shape[a];
    }
    Header header = new Header(format, Arrays.stream(shape).boxed().toList());
    in.requireRest(product, header.announced());
    return header;
  }

  private static @Nullable NumberFormat format(byte code) {
    return switch (code) {
      case 0x08 -> new NumberFormat(NumberFormat.Kind.UNSIGNED, 1, ByteOrder.BIG_ENDIAN);
      case 0x09 -> new NumberFormat(NumberFormat.Kind.SIGNED, 1, ByteOrder.BIG_ENDIAN);
      case 0x0B -> new NumberFormat(NumberFormat.Kind.SIGNED, 2, ByteOrder.BIG_ENDIAN);
      case 0x0C -> new NumberFormat(NumberFormat.Kind.SIGNED, 4, ByteOrder.BIG_ENDIAN);
      case 0x0D -> new NumberFormat(NumberFormat.Kind.FLOATING, 4, ByteOrder.BIG_ENDIAN);
      case 0x0E -> new NumberFormat(NumberFormat.Kind.FLOATING, 8, ByteOrder.BIG_ENDIAN);
      default -> null;
    };
  }

  /** Entries of axis 0 from the first on; of all of them, also the end is checked. */
  private static double[] values(BinaryInput in, Header header, int count)
      throws InvalidDataException {
    long entries = header.entries();
    if (count > entries) {
      throw in.fault(
          "header",
          header.announced() + " where " + count + " entries are asked for; ask for fewer");
    }
    long length = (count == ALL ? entries : count) * header.row();
    in.requireMemory(length, header.announced());
    double[] values = new double[(int) length];
    in.values(header.format(), values, 0, values.length, "the data");
    if (count == ALL) {
      in.requireEnd("an IDX file ends with its " + header.announced() + ": get it anew");
    }
    return values;
  }

  private static String describe(Header header) {
    NumberFormat format = header.format();
    return header.announced()
        + " of "
        + switch (format.kind()) {
          case UNSIGNED -> "unsigned bytes";
          case FLOATING -> "floating-point numbers of " + format.width() + " bytes";
          default -> "signed integers of " + format.width() + " bytes";
        };
  }
}
