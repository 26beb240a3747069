package io.fdiff.space;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.concurrency.AffinityManager;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * An array of functions on a grid, checked at the door and exchanged with Java arrays in blocks.
 *
 * <p>ND4J carries the data between modules; loops run on {@code double[]} blocks of rows, one row
 * for each (sample, channel), because an ND4J operation costs microseconds and an allocation. A
 * batch refers to its array, it does not copy it.
 */
public final class FunctionBatch {

  /** A map of blocks of rows, each of {@code grid.size()} values. */
  @FunctionalInterface
  public interface RowMap {
    /**
     * Maps all rows.
     *
     * @param in {@code rows × points} values. Not modified.
     * @param out same length, to be filled
     * @param rows number of rows
     */
    void apply(double[] in, double[] out, int rows);
  }

  /** Floats that are converted at a time, in an array that stays in the first-level cache. */
  private static final int CONVERTED = 2048;

  private final Grid grid;
  private final INDArray array;

  private FunctionBatch(Grid grid, INDArray array) {
    this.grid = grid;
    this.array = array;
  }

  /**
   * A checked view of an array.
   *
   * @param grid the grid
   * @param array {@code [batch, channels, n1, …, nd]} on a regular grid, {@code [batch, channels,
   *     points]} on scattered points; FLOAT or DOUBLE. Not copied.
   * @return the batch
   * @throws IllegalArgumentException if shape or type do not fit
   */
  public static FunctionBatch of(Grid grid, INDArray array) {
    int[] axes = grid.shape();
    long[] shape = array.shape();
    boolean fits = shape.length == axes.length + 2 && shape[0] > 0 && shape[1] > 0;
    for (int a = 0; fits && a < axes.length; a++) {
      fits = shape[a + 2] == axes[a];
    }
    if (!fits) {
      String expected = Arrays.toString(axes).substring(1);
      throw new IllegalArgumentException(
          "shape "
              + Arrays.toString(shape)
              + ": expected [batch, channels, "
              + expected
              + " for "
              + grid
              + "; reshape the array or use the grid it lives on");
    }
    requireReal(array);
    return new FunctionBatch(grid, array);
  }

  /**
   * Zero functions.
   *
   * @param grid the grid
   * @param type FLOAT or DOUBLE
   * @param batch number of functions, positive
   * @param channels number of channels, positive
   * @return a fresh array {@code [batch, channels, n1, …, nd]}
   * @throws IllegalArgumentException as {@link #shape}; nothing is then allocated
   */
  public static INDArray zeros(Grid grid, DataType type, int batch, int channels) {
    return Nd4j.create(type, shape(grid, batch, channels));
  }

  /**
   * The shape of a batch on a grid.
   *
   * @param grid the grid
   * @param batch number of functions, positive
   * @param channels number of channels, positive
   * @return {@code [batch, channels, n1, …, nd]}
   * @throws IllegalArgumentException if {@code batch} or {@code channels} is not positive, or there
   *     are more than 2³¹ − 1 values
   */
  public static long[] shape(Grid grid, int batch, int channels) {
    if (batch < 1 || channels < 1) {
      throw new IllegalArgumentException(
          "batch " + batch + ", channels " + channels + ": both must be at least 1");
    }
    // A double, for the product may exceed every integer.
    if ((double) batch * channels * grid.size() > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "batch "
              + batch
              + ", channels "
              + channels
              + " on "
              + grid
              + ": more than 2^31 − 1 values, as many as an array holds; use smaller batches");
    }
    int[] axes = grid.shape();
    long[] shape = new long[axes.length + 2];
    shape[0] = batch;
    shape[1] = channels;
    for (int a = 0; a < axes.length; a++) {
      shape[a + 2] = axes[a];
    }
    return shape;
  }

  /**
   * A fresh array from values.
   *
   * @param grid the grid
   * @param type FLOAT or DOUBLE
   * @param channels number of channels, positive
   * @param values {@code batch × channels × points} values in C order. Not modified.
   * @return {@code [batch, channels, n1, …, nd]}
   * @throws IllegalArgumentException if the number of values is not a positive multiple of {@code
   *     channels × points}
   */
  public static INDArray array(Grid grid, DataType type, int channels, double[] values) {
    int block = Math.multiplyExact(channels, grid.size());
    if (block < 1 || values.length == 0 || values.length % block != 0) {
      throw new IllegalArgumentException(
          values.length
              + " values do not make whole functions of "
              + channels
              + " channels on "
              + grid);
    }
    INDArray out = zeros(grid, type, values.length / block, channels);
    write(values, out);
    return out;
  }

  /**
   * Copies any FLOAT or DOUBLE array into a Java array, C order.
   *
   * @param array the array. Not modified.
   * @param out at least {@code array.length()} values. Modified.
   */
  public static void read(INDArray array, double[] out) {
    requireReal(array);
    INDArray dense = dense(array);
    DataBuffer data = dense.data();
    int n = Math.toIntExact(dense.length());
    if (dense.dataType() == DataType.DOUBLE) {
      data.asNioDouble().get(out, 0, n);
    } else {
      FloatBuffer from = data.asNioFloat();
      float[] block = new float[Math.min(n, CONVERTED)];
      for (int at = 0; at < n; at += CONVERTED) {
        int count = Math.min(CONVERTED, n - at);
        from.get(at, block, 0, count);
        for (int i = 0; i < count; i++) {
          out[at + i] = block[i];
        }
      }
    }
  }

  /**
   * Copies Java values into an array.
   *
   * @param values at least {@code array.length()} values in C order. Not modified.
   * @param array FLOAT or DOUBLE, C order, contiguous. Modified.
   * @throws IllegalArgumentException if the array is a view that is not contiguous in C order
   */
  public static void write(double[] values, INDArray array) {
    requireReal(array);
    if (dense(array) != array) {
      throw new IllegalArgumentException(
          "array of shape "
              + Arrays.toString(array.shape())
              + " is a view: give a contiguous C-order array, for example array.dup('c')");
    }
    int n = Math.toIntExact(array.length());
    if (array.dataType() == DataType.DOUBLE) {
      array.data().asNioDouble().put(values, 0, n);
    } else {
      FloatBuffer to = array.data().asNioFloat();
      float[] block = new float[Math.min(n, CONVERTED)];
      for (int at = 0; at < n; at += CONVERTED) {
        int count = Math.min(CONVERTED, n - at);
        for (int i = 0; i < count; i++) {
          block[i] = (float) values[at + i];
        }
        to.put(at, block, 0, count);
      }
    }
    // A device backend must see that the host copy is the newer one; a no-op on the CPU.
    Nd4j.getAffinityManager().tagLocation(array, AffinityManager.Location.HOST);
  }

  private static void requireReal(INDArray array) {
    DataType type = array.dataType();
    if (type != DataType.FLOAT && type != DataType.DOUBLE) {
      throw new IllegalArgumentException(
          "data type " + type + ": functions are FLOAT or DOUBLE; convert with castTo");
    }
  }

  private static INDArray dense(INDArray array) {
    boolean plain =
        array.ordering() == 'c'
            && array.offset() == 0
            && !array.isView()
            && array.data().length() == array.length();
    return plain ? array : array.dup('c');
  }

  /**
   * The number of functions.
   *
   * @return length of axis 0
   */
  public int batch() {
    return (int) array.size(0);
  }

  /**
   * The number of channels.
   *
   * @return length of axis 1
   */
  public int channels() {
    return (int) array.size(1);
  }

  /**
   * The number of rows, {@code batch × channels}.
   *
   * @return number of (sample, channel) pairs
   */
  public int rows() {
    return batch() * channels();
  }

  /**
   * A copy of all values.
   *
   * @return a fresh array of {@code batch × channels × points} values, C order
   */
  public double[] toDoubles() {
    double[] out = new double[Math.toIntExact(array.length())];
    read(array, out);
    return out;
  }

  /**
   * Maps every row.
   *
   * @param map the map
   * @return a fresh array of the same shape and type
   */
  public INDArray map(RowMap map) {
    double[] in = toDoubles();
    double[] out = new double[in.length];
    map.apply(in, out, rows());
    INDArray result = Nd4j.createUninitialized(array.dataType(), array.shape(), 'c');
    write(out, result);
    return result;
  }

  /**
   * Checks that another batch has the same shape.
   *
   * @param other the other batch
   * @throws IllegalArgumentException if the shapes differ
   */
  public void requireSameShape(FunctionBatch other) {
    if (!Arrays.equals(array.shape(), other.array.shape())) {
      throw new IllegalArgumentException(
          "shapes "
              + Arrays.toString(array.shape())
              + " and "
              + Arrays.toString(other.array.shape())
              + " differ on "
              + grid
              + ": both arguments must hold the same number of functions and channels");
    }
  }
}
