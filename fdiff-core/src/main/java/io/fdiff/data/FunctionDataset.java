package io.fdiff.data;

import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.commons.rng.sampling.PermutationSampler;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A finite, non-empty set of functions on one grid, all values finite.
 *
 * <p>Values are held in double precision and never change: what comes in and what goes out are
 * copies. Immutable and thread-safe.
 */
public final class FunctionDataset {

  /**
   * Two disjoint parts of a data set.
   *
   * @param first the first part
   * @param second the rest
   */
  public record Split(FunctionDataset first, FunctionDataset second) {}

  /**
   * Two disjoint parts of a labelled data set.
   *
   * @param first the first part
   * @param firstLabels one label for each of its functions
   * @param second the rest
   * @param secondLabels one label for each of its functions
   */
  public record LabelledSplit(
      FunctionDataset first,
      List<Integer> firstLabels,
      FunctionDataset second,
      List<Integer> secondLabels) {}

  private final Grid grid;
  private final int channels;
  private final double[] values;

  private FunctionDataset(Grid grid, int channels, double[] values) {
    this.grid = grid;
    this.channels = channels;
    this.values = values;
  }

  /**
   * The set of given functions.
   *
   * @param grid the grid
   * @param values {@code [n, channels, n1, …, nd]}, {@code n ≥ 1}, FLOAT or DOUBLE, finite; copied
   * @return the data set
   * @throws IllegalArgumentException if shape or type do not fit the grid or a value is not finite
   */
  public static FunctionDataset of(Grid grid, INDArray values) {
    Objects.requireNonNull(grid, "grid");
    FunctionBatch batch = FunctionBatch.of(grid, values);
    return owning(grid, batch.channels(), batch.toDoubles());
  }

  /**
   * The set of functions given by their values one after the other.
   *
   * @param grid the grid
   * @param channels number of channels of each function, positive
   * @param values {@code n × channels × points} values in C order, {@code n ≥ 1}, finite; copied
   * @return the data set
   * @throws IllegalArgumentException if the values do not make whole functions or one is not finite
   */
  public static FunctionDataset of(Grid grid, int channels, double[] values) {
    return owning(grid, channels, values.clone());
  }

  /**
   * The set of functions of one channel, one a row.
   *
   * @param grid the grid
   * @param functions {@code [n][points]}, {@code n ≥ 1}, C order of the points, finite; copied
   * @return the data set
   * @throws IllegalArgumentException if there is no row, a row has not {@code grid.size()} values,
   *     or one is not finite
   */
  public static FunctionDataset of(Grid grid, double[][] functions) {
    int points = Objects.requireNonNull(grid, "grid").size();
    double[] values = new double[length(grid, functions.length)];
    for (int b = 0; b < functions.length; b++) {
      requirePoints(grid, b, functions[b].length);
      System.arraycopy(functions[b], 0, values, b * points, points);
    }
    return owning(grid, 1, values);
  }

  /**
   * The set of functions of one channel, one a row.
   *
   * @param grid the grid
   * @param functions {@code [n][points]}, {@code n ≥ 1}, C order of the points, finite; copied
   * @return the data set
   * @throws IllegalArgumentException if there is no row, a row has not {@code grid.size()} values,
   *     or one is not finite
   */
  public static FunctionDataset of(Grid grid, float[][] functions) {
    int points = Objects.requireNonNull(grid, "grid").size();
    double[] values = new double[length(grid, functions.length)];
    for (int b = 0; b < functions.length; b++) {
      requirePoints(grid, b, functions[b].length);
      for (int i = 0; i < points; i++) {
        values[b * points + i] = functions[b][i];
      }
    }
    return owning(grid, 1, values);
  }

  /** Number of values of functions of one channel. */
  static int length(Grid grid, int rows) {
    long length = (long) rows * grid.size();
    if (rows == 0 || length > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          rows + " functions on " + grid + ": a data set holds 1 to 2^31 − 1 values");
    }
    return (int) length;
  }

  private static void requirePoints(Grid grid, int row, int found) {
    if (found != grid.size()) {
      throw new IllegalArgumentException(
          "function "
              + row
              + " has "
              + found
              + " values: "
              + grid
              + " has "
              + grid.size()
              + " points; give one value for each");
    }
  }

  /** The set that keeps the array it is given, which nobody else may then hold. */
  static FunctionDataset owning(Grid grid, int channels, double[] values) {
    Objects.requireNonNull(grid, "grid");
    long block = (long) channels * grid.size();
    if (block < 1 || values.length == 0 || values.length % block != 0) {
      throw new IllegalArgumentException(
          values.length
              + " values do not make whole functions of "
              + channels
              + " channels on "
              + grid
              + ": give n × channels × "
              + grid.size()
              + " of them");
    }
    for (int i = 0; i < values.length; i++) {
      if (!Double.isFinite(values[i])) {
        throw new IllegalArgumentException(
            "function "
                + i / block
                + ", channel "
                + i % block / grid.size()
                + ", point "
                + i % grid.size()
                + " is "
                + values[i]
                + ": a data set holds finite values; remove the function or mend the value");
      }
    }
    return new FunctionDataset(grid, channels, values);
  }

  /**
   * The grid that the functions live on.
   *
   * @return the grid
   */
  public Grid grid() {
    return grid;
  }

  /**
   * The number {@code n} of functions.
   *
   * @return at least 1
   */
  public int size() {
    return values.length / block();
  }

  /**
   * The number of channels of each function.
   *
   * @return at least 1
   */
  public int channels() {
    return channels;
  }

  /**
   * All functions.
   *
   * @return a copy, {@code [n, channels, n1, …, nd]}, DOUBLE
   */
  public INDArray values() {
    return FunctionBatch.array(grid, DataType.DOUBLE, channels, values);
  }

  /**
   * All values as a Java array.
   *
   * @return a copy, {@code n × channels × points} values in C order
   */
  public double[] toDoubles() {
    return values.clone();
  }

  /** The values themselves, for reading: a copy of a large set may not fit the memory. */
  double[] held() {
    return values;
  }

  /**
   * Other functions on the same grid.
   *
   * @param newValues {@code [n', channels', n1, …, nd]}, FLOAT or DOUBLE, finite; copied
   * @return the data set
   * @throws IllegalArgumentException as {@link #of}
   */
  public FunctionDataset withValues(INDArray newValues) {
    return of(grid, newValues);
  }

  /**
   * Chosen functions, in the order of the indices; an index may occur more than once.
   *
   * @param indices at least one index in {@code [0, size())}. Not modified.
   * @return the data set
   * @throws IllegalArgumentException if there is no index
   * @throws IndexOutOfBoundsException if an index is out of range
   */
  public FunctionDataset subset(int... indices) {
    if (indices.length == 0) {
      throw new IllegalArgumentException(
          "subset of 0 functions: a data set holds at least one; give an index");
    }
    int block = block();
    for (int index : indices) {
      Objects.checkIndex(index, size());
    }
    double[] chosen = new double[Math.multiplyExact(indices.length, block)];
    for (int i = 0; i < indices.length; i++) {
      System.arraycopy(values, indices[i] * block, chosen, i * block, block);
    }
    return new FunctionDataset(grid, channels, chosen);
  }

  /**
   * A split at random into two disjoint parts, every choice equally likely.
   *
   * @param first size of the first part, {@code 1 ≤ first < size()}
   * @param noise where to read the permutation: the uniforms of its first sample and step
   * @return the parts, {@code first} and {@code size() − first} functions
   * @throws IllegalArgumentException if a part would be empty
   */
  public Split split(int first, NoiseSource noise) {
    int n = size();
    if (first < 1 || first >= n) {
      throw new IllegalArgumentException(
          "first part of "
              + first
              + " functions out of "
              + n
              + ": both parts must hold at least one; give a size in [1, "
              + (n - 1)
              + "]");
    }
    int[] order = PermutationSampler.natural(n);
    PermutationSampler.shuffle(noise.uniform(0), order);
    return new Split(
        subset(Arrays.copyOf(order, first)), subset(Arrays.copyOfRange(order, first, n)));
  }

  /**
   * A split at random with a given share of the functions in the first part.
   *
   * @param fraction share of the first part, {@code 0 < fraction < 1}: it holds {@code ⌊fraction·n
   *     + ½⌋} functions
   * @param noise where to read the permutation, as in {@link #split}
   * @return the parts
   * @throws IllegalArgumentException if the fraction is not as stated or a part would be empty
   */
  public Split splitFraction(double fraction, NoiseSource noise) {
    requireFraction(fraction);
    return split((int) Math.floor(fraction * size() + 0.5), noise);
  }

  /**
   * A split at random that keeps the shares of the labels: of the {@code n_l} functions of each
   * label, {@code ⌊fraction·n_l + ½⌋} go to the first part, every choice equally likely. Both parts
   * keep the order of this set.
   *
   * @param labels one label for each function. Not modified.
   * @param fraction share of the first part, {@code 0 < fraction < 1}
   * @param noise where to read the permutation, as in {@link #split}
   * @return the parts with their labels; each holds every label
   * @throws IllegalArgumentException if there is not one label for each function, the fraction is
   *     not as stated, or a part would lack a label
   */
  public LabelledSplit splitStratified(int[] labels, double fraction, NoiseSource noise) {
    requireFraction(fraction);
    int n = size();
    if (labels.length != n) {
      throw new IllegalArgumentException(
          labels.length + " labels for " + n + " functions: give one for each");
    }
    Map<Integer, Integer> open = new TreeMap<>();
    for (int label : labels) {
      open.merge(label, 1, Integer::sum);
    }
    open.replaceAll((label, count) -> firstOfLabel(label, count, fraction));
    int[] order = PermutationSampler.natural(n);
    PermutationSampler.shuffle(noise.uniform(0), order);
    boolean[] inFirst = new boolean[n];
    for (int index : order) {
      inFirst[index] = open.merge(labels[index], -1, Integer::sum) >= 0;
    }
    int[] first = IntStream.range(0, n).filter(i -> inFirst[i]).toArray();
    int[] second = IntStream.range(0, n).filter(i -> !inFirst[i]).toArray();
    return new LabelledSplit(
        subset(first), chosen(labels, first), subset(second), chosen(labels, second));
  }

  private static int firstOfLabel(int label, int count, double fraction) {
    int first = (int) Math.floor(fraction * count + 0.5);
    if (first < 1 || first >= count) {
      throw new IllegalArgumentException(
          "label "
              + label
              + " has "
              + count
              + " functions, of which "
              + first
              + " would go to the first part: each part must hold every label; change the fraction "
              + fraction
              + " or leave the label out");
    }
    return first;
  }

  private static List<Integer> chosen(int[] labels, int[] indices) {
    return Arrays.stream(indices).mapToObj(i -> labels[i]).toList();
  }

  private static void requireFraction(double fraction) {
    if (!(fraction > 0 && fraction < 1)) {
      throw new IllegalArgumentException(
          "fraction " + fraction + ": give the share of the first part, above 0 and below 1");
    }
  }

  /**
   * A split at random into two halves of {@code ⌊n/2⌋} and {@code ⌈n/2⌉} functions.
   *
   * @param noise where to read the permutation, as in {@link #split}
   * @return the halves
   * @throws IllegalArgumentException if there is one function only
   */
  public Split halves(NoiseSource noise) {
    return split(size() / 2, noise);
  }

  /**
   * Checks that another set holds functions of the same space.
   *
   * @param other the other set
   * @throws IllegalArgumentException if grid or number of channels differ
   */
  public void requireSameSpace(FunctionDataset other) {
    if (!grid.equals(other.grid) || channels != other.channels) {
      throw new IllegalArgumentException(
          this
              + " and "
              + other
              + ": both must have the same grid and number of channels; resample one of them");
    }
  }

  private int block() {
    return channels * grid.size();
  }

  @Override
  public String toString() {
    return "FunctionDataset[" + size() + " functions, " + channels + " channels, " + grid + "]";
  }
}
