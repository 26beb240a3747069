package io.fdiff.data;

import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.util.Objects;

/**
 * Random lines {@code f(p) = A p + B} with independent {@code A ~ N(a, σ_a²)} and {@code B ~ N(b,
 * σ_b²)}: mean {@code a p + b}, covariance {@code σ_a² p q + σ_b²}.
 *
 * <p>{@code A} and {@code B} are read from the first two normals of a sample, so that the line is
 * the same on every grid. Immutable and thread-safe.
 *
 * @param grid a grid of an interval
 * @param slope mean {@code a} of the slope
 * @param slopeDeviation standard deviation {@code σ_a} of the slope
 * @param intercept mean {@code b} of the value at {@code p = 0}
 * @param interceptDeviation its standard deviation {@code σ_b}
 */
public record LinearFunctions(
    Grid grid, double slope, double slopeDeviation, double intercept, double interceptDeviation)
    implements FunctionGenerator {

  /**
   * Checks the constants.
   *
   * @param grid a grid of an interval
   * @param slope finite
   * @param slopeDeviation finite, at least 0
   * @param intercept finite
   * @param interceptDeviation finite, at least 0
   * @throws IllegalArgumentException if the grid has more than one axis or a constant is out of
   *     range
   */
  public LinearFunctions {
    requireInterval(grid);
    requireMean("slope", slope);
    requireDeviation("deviation of the slope", slopeDeviation);
    requireMean("intercept", intercept);
    requireDeviation("deviation of the intercept", interceptDeviation);
  }

  /**
   * The synthetic lines of Kerrigan, Ley and Smyth 2023: slope {@code N(2, 0.25²)}, intercept
   * {@code N(−1, 0.07²)}.
   *
   * @param grid a grid of an interval, theirs of {@code [0, 1]}
   * @return the generator
   * @throws IllegalArgumentException if the grid has more than one axis
   */
  public static LinearFunctions kerrigan(Grid grid) {
    return new LinearFunctions(grid, 2, 0.25, -1, 0.07);
  }

  @Override
  public FunctionDataset generate(NoiseSource noise, int n) {
    int points = grid.size();
    double[] values = new double[length(grid, n)];
    double[] z = new double[2];
    for (int b = 0; b < n; b++) {
      noise.normals(b, 0, new int[] {2}, z, 0);
      double a = slope + slopeDeviation * z[0];
      double c = intercept + interceptDeviation * z[1];
      for (int i = 0; i < points; i++) {
        values[b * points + i] = a * grid.coordinate(i, 0) + c;
      }
    }
    return FunctionDataset.owning(grid, 1, values);
  }

  static void requireInterval(Grid grid) {
    if (Objects.requireNonNull(grid, "grid").dimension() != 1) {
      throw new IllegalArgumentException(grid + ": give a grid of an interval, one axis");
    }
  }

  static void requireMean(String name, double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException(name + " " + value + " must be finite");
    }
  }

  static void requireDeviation(String name, double value) {
    if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(name + " " + value + " must be at least 0 and finite");
    }
  }

  /** Number of values of {@code n} functions of one channel. */
  static int length(Grid grid, int n) {
    FunctionBatch.shape(grid, n, 1);
    return n * grid.size();
  }
}
