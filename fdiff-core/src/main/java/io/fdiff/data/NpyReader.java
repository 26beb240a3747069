package io.fdiff.data;

import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Arrays from NumPy's files {@code .npy}, versions 1.0, 2.0 and 3.0.
 *
 * <p>Read are {@code f4}, {@code f8}, {@code b1} and signed and unsigned integers of 1, 2, 4 and 8
 * bytes, in both byte orders, in C and in Fortran order (which is turned into C order). {@code f4}
 * gives FLOAT, everything else DOUBLE; integers that double precision does not hold are refused.
 * The header is read as a literal; nothing in it is ever evaluated. What it announces is compared
 * with the length of the file before memory is taken.
 *
 * <p>Every method throws {@link InvalidDataException} if the file is missing, unreadable, cut off,
 * longer than its header says, or breaks the format; the message names file, place, value, rule and
 * remedy. An array holds at most 2³¹ − 9 values; larger files are read by blocks of axis 0.
 */
public final class NpyReader {

  private static final String KIND = "an NPY file";

  private NpyReader() {}

  /**
   * The shape of the array in a file, from its header.
   *
   * @param file the file
   * @return the lengths of the axes, at least one axis, each at least 1
   * @throws IOException if the file cannot be read, as stated for the class
   */
  public static long[] shape(Path file) throws IOException {
    try (BinaryInput in = open(file)) {
      NpyHeader header = header(in);
      return longs(header.shape());
    }
  }

  /**
   * The array in a file.
   *
   * @param file the file
   * @return a fresh array of the shape in the file, C order, FLOAT or DOUBLE; NaN and infinities
   *     are kept
   * @throws IOException if the file cannot be read, as stated for the class
   */
  public static INDArray read(Path file) throws IOException {
    try (BinaryInput in = open(file)) {
      NpyHeader header = header(in);
      return array(header, header.shape().get(0), values(in, header));
    }
  }

  /**
   * A block of the array in a file along axis 0, for files that do not fit the memory.
   *
   * @param file a file in C order
   * @param first first index on axis 0, at least 0
   * @param count number of entries of axis 0, positive
   * @return a fresh array {@code [count, …]}, FLOAT or DOUBLE
   * @throws IllegalArgumentException if {@code [first, first + count)} is no part of axis 0
   * @throws IOException if the file cannot be read, as stated for the class, or is in Fortran order
   */
  public static INDArray read(Path file, long first, int count) throws IOException {
    try (BinaryInput in = open(file)) {
      NpyHeader header = header(in);
      long entries = header.shape().get(0);
      if (first < 0 || count < 1 || count > entries - first) {
        throw new IllegalArgumentException(
            count
                + " entries from "
                + first
                + " on: axis 0 of "
                + file
                + " has "
                + entries
                + "; give at least one index in [0, "
                + entries
                + ")");
      }
      if (header.fortran()) {
        throw in.fault(
            "header",
            "Fortran order, in which a part of axis 0 is no block; write it with"
                + " numpy.ascontiguousarray(a)");
      }
      long row = header.length() / entries;
      in.requireMemory(count * row, count + " entries of shape " + header.shape());
      in.skip(first * row * header.format().width(), "the data");
      double[] values = new double[Math.toIntExact(count * row)];
      in.values(header.format(), values, 0, values.length, "the data");
      return array(header, count, values);
    }
  }

  /**
   * The functions in a file. On a grid with {@code d} axes an array {@code [n, channels, n1, …,
   * nd]} is taken as it is, and an array {@code [n, n1, …, nd]} gets one channel. On scattered
   * points, {@code d = 1} and {@code n1} is the number of points.
   *
   * @param file the file, all values finite
   * @param grid the grid that the values belong to; its shape is the end of that of the array
   * @return the functions, in the order of the file
   * @throws IOException if the file cannot be read, as stated for the class, if its shape does not
   *     fit the grid or a value is not finite
   */
  public static FunctionDataset read(Path file, Grid grid) throws IOException {
    Objects.requireNonNull(grid, "grid");
    try (BinaryInput in = open(file)) {
      NpyHeader header = header(in);
      List<Long> shape = header.shape();
      int[] axes = grid.shape();
      int leading = shape.size() - axes.length;
      boolean fits = leading == 1 || leading == 2;
      for (int a = 0; fits && a < axes.length; a++) {
        fits = shape.get(leading + a) == axes[a];
      }
      if (!fits) {
        String expected = Arrays.toString(axes).substring(1);
        throw in.fault(
            "header",
            "shape "
                + shape
                + "; on "
                + grid
                + " it must be [n, "
                + expected
                + " or [n, channels, "
                + expected
                + ": reshape the array or give the grid it lives on");
      }
      double[] values = values(in, header);
      int channels = leading == 2 ? Math.toIntExact(shape.get(1)) : 1;
      return BinaryInput.dataset(file, grid, channels, values);
    }
  }

  private static BinaryInput open(Path file) throws InvalidDataException {
    return BinaryInput.open(Objects.requireNonNull(file, "file"), KIND);
  }

  /** The header, with the length of the file checked. */
  private static NpyHeader header(BinaryInput in) throws InvalidDataException {
    NpyHeader header = NpyHeader.read(in);
    long bytes = header.length() * header.format().width();
    in.requireRest(bytes, "data of shape " + header.shape());
    long excess = in.stored() - in.position() - bytes;
    if (excess > 0) {
      throw in.fault(
          "byte " + (in.position() + bytes),
          excess
              + " bytes follow the data of shape "
              + header.shape()
              + "; an NPY file ends with its one array: write it with numpy.save");
    }
    return header;
  }

  /** All values in C order. */
  private static double[] values(BinaryInput in, NpyHeader header) throws InvalidDataException {
    in.requireMemory(header.length(), "data of shape " + header.shape());
    double[] values = new double[(int) header.length()];
    in.values(header.format(), values, 0, values.length, "the data");
    return header.fortran() ? transposed(values, longs(header.shape())) : values;
  }

  /** Values with the first axis running fastest as values with the last one doing so. */
  private static double[] transposed(double[] values, long[] shape) {
    int axes = shape.length;
    int[] stride = new int[axes];
    stride[axes - 1] = 1;
    for (int a = axes - 2; a >= 0; a--) {
      stride[a] = stride[a + 1] * (int) shape[a + 1];
    }
    double[] out = new double[values.length];
    int[] index = new int[axes];
    int to = 0;
    for (double value : values) {
      out[to] = value;
      for (int a = 0; a < axes; a++) {
        to += stride[a];
        if (++index[a] < shape[a]) {
          break;
        }
        to -= stride[a] * index[a];
        index[a] = 0;
      }
    }
    return out;
  }

  private static INDArray array(NpyHeader header, long entries, double[] values) {
    NumberFormat format = header.format();
    boolean single = format.kind() == NumberFormat.Kind.FLOATING && format.width() == Float.BYTES;
    long[] shape = longs(header.shape());
    shape[0] = entries;
    INDArray out = Nd4j.createUninitialized(single ? DataType.FLOAT : DataType.DOUBLE, shape, 'c');
    FunctionBatch.write(values, out);
    return out;
  }

  private static long[] longs(List<Long> shape) {
    return shape.stream().mapToLong(n -> n).toArray();
  }
}
