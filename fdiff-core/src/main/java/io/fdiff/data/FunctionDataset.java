package io.fdiff.data;

import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.util.Arrays;
import java.util.Objects;
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
    double[] copy = batch.toDoubles();
    int block = batch.channels() * grid.size();
    for (int i = 0; i < copy.length; i++) {
      if (!Double.isFinite(copy[i])) {
        throw new IllegalArgumentException(
            "function "
                + i / block
                + ", channel "
                + i % block / grid.size()
                + ", point "
                + i % grid.size()
                + " is "
                + copy[i]
                + ": a data set holds finite values; remove the function or mend the value");
      }
    }
    return new FunctionDataset(grid, batch.channels(), copy);
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
