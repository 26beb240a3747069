package io.fdiff.metrics;

import io.fdiff.data.FunctionDataset;
import io.fdiff.noise.NoiseSource;
import java.util.Arrays;
import java.util.function.ToDoubleFunction;

/**
 * Real against real at half the size: every metric between the two halves of random splits of one
 * data set. Numbers of this size mean "indistinguishable" for a model. Immutable.
 *
 * <p>The halves have {@code ⌊n/2⌋} and {@code ⌈n/2⌉} functions, so squared errors are about twice
 * those of two independent sets of {@code n}, the relative error {@code √2} times. Splitting is
 * re-labelling: over all splits the mean of the unbiased MMD² is exactly 0 and its p-value is
 * uniform, whatever the data. What the data say about MMD² is its spread, {@code mmd2Deviation}.
 *
 * @param meanMse mean over the splits
 * @param varianceRelError mean over the splits
 * @param autocorrelationMse mean over the splits
 * @param mmd2 mean over the splits of the unbiased MMD² with the median bandwidth
 * @param mmd2Deviation standard deviation of MMD² over the splits
 * @param mmdP median over the splits of the permutation p-value
 * @param splits number of splits
 */
public record DataFloor(
    double meanMse,
    double varianceRelError,
    double autocorrelationMse,
    double mmd2,
    double mmd2Deviation,
    double mmdP,
    int splits) {

  /** Default number of splits. */
  public static final int SPLITS = 20;

  private record Comparison(FunctionalErrors errors, TwoSampleTest test) {}

  /**
   * The floor over {@link #SPLITS} splits with the default number of permutations.
   *
   * @param data at least 4 functions
   * @param noise where to read splits and permutations
   * @return the floor
   * @throws IllegalArgumentException if there are fewer than 4 functions, or a half holds equal
   *     functions only
   * @throws ArithmeticException if half of the functions coincide
   */
  public static DataFloor of(FunctionDataset data, NoiseSource noise) {
    return of(data, SPLITS, MaximumMeanDiscrepancy.PERMUTATIONS, noise);
  }

  /**
   * The floor over a given number of splits.
   *
   * @param data at least 4 functions
   * @param splits number of splits, at least 2
   * @param permutations permutations of each test, at least 1
   * @param noise where to read splits and permutations: two streams of it, step {@code r} for split
   *     {@code r}
   * @return the floor
   * @throws IllegalArgumentException if there are fewer than 4 functions, 2 splits or 1
   *     permutation, or a half holds equal functions only
   * @throws ArithmeticException if half of the functions coincide
   */
  public static DataFloor of(
      FunctionDataset data, int splits, int permutations, NoiseSource noise) {
    if (data.size() < 4 || splits < 2) {
      throw new IllegalArgumentException(
          splits
              + " splits of "
              + data.size()
              + " functions: give at least 2 splits and 4 functions, 2 for each half");
    }
    Comparison[] all = new Comparison[splits];
    for (int r = 0; r < splits; r++) {
      FunctionDataset.Split halves = data.halves(noise.withStream(0).withStep(r));
      MaximumMeanDiscrepancy mmd = MaximumMeanDiscrepancy.between(halves.first(), halves.second());
      all[r] =
          new Comparison(
              FunctionalErrors.between(halves.first(), halves.second()),
              mmd.test(mmd.bandwidth(), permutations, noise.withStream(1).withStep(r)));
    }
    double mmd2 = mean(all, c -> c.test.mmd2());
    double squares = mean(all, c -> (c.test.mmd2() - mmd2) * (c.test.mmd2() - mmd2));
    double[] p = Arrays.stream(all).mapToDouble(c -> c.test.pValue()).sorted().toArray();
    return new DataFloor(
        mean(all, c -> c.errors.meanMse()),
        mean(all, c -> c.errors.varianceRelError()),
        mean(all, c -> c.errors.autocorrelationMse()),
        mmd2,
        Math.sqrt(squares * splits / (splits - 1)),
        (p[(splits - 1) / 2] + p[splits / 2]) / 2,
        splits);
  }

  private static double mean(Comparison[] all, ToDoubleFunction<Comparison> value) {
    return Arrays.stream(all).mapToDouble(value).average().orElseThrow();
  }
}
