package io.fdiff.metrics;

import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The outcome of a permutation test of the hypothesis that two sets have the same law. Immutable.
 *
 * @param mmd2 unbiased estimate of MMD², negative about half of the time if the laws are equal
 * @param pValue {@code p = (1 + #{permuted ≥ observed}) / (1 + permutations)}, in {@code (0, 1]}:
 *     under equal laws {@code P(p ≤ α) ≤ α}
 * @param bandwidth {@code γ} of the kernel, in units of the norm of the features
 * @param permutations number {@code B} of permutations; {@code p ≥ 1/(B + 1)}
 */
public record TwoSampleTest(double mmd2, double pValue, double bandwidth, int permutations) {

  /**
   * Whether the test rejects equality at a level. A test that cannot reject is refused, not passed.
   *
   * @param level {@code α} in {@code (0, 1)}
   * @return {@code p ≤ α}
   * @throws IllegalArgumentException if {@code level} is not in {@code (0, 1)}, or below {@code
   *     1/(permutations + 1)}, the smallest p-value there is
   * @throws ArithmeticException if the statistic is NaN
   */
  public boolean rejects(double level) {
    requireLevel(level, permutations);
    if (Double.isNaN(mmd2) || Double.isNaN(pValue)) {
      throw new ArithmeticException("MMD² " + mmd2 + ", p " + pValue + ": there is no outcome");
    }
    return pValue <= level * (1 + 1e-12);
  }

  /**
   * The power of a test: its rejection frequency over repeats. Near the level the test does not
   * tell the laws apart; a lower one is no better.
   *
   * <p>Repeats run in parallel; the outcome does not depend on threads if {@code test} depends on
   * its argument only.
   *
   * @param repeats number of repeats, positive
   * @param level {@code α} of the test, in {@code (0, 1)}
   * @param test the test of repeat {@code 0 … repeats − 1}, with fresh functions for each
   * @return the frequency, with its 95 % interval after Wilson
   * @throws IllegalArgumentException if {@code repeats} is not positive, or as {@link #rejects}
   */
  public static Estimate power(int repeats, double level, IntFunction<TwoSampleTest> test) {
    Estimate.requireLevel(level);
    if (repeats < 1) {
      throw new IllegalArgumentException(
          repeats + " repeats: a frequency needs at least 1, usually some hundreds");
    }
    long rejections =
        IntStream.range(0, repeats).parallel().filter(r -> test.apply(r).rejects(level)).count();
    return Estimate.proportion((double) rejections, repeats, 0.95);
  }

  static void requireLevel(double level, int permutations) {
    Estimate.requireLevel(level);
    if (!(level * (permutations + 1.0) >= 1 - 1e-9)) {
      throw new IllegalArgumentException(
          permutations
              + " permutations never reject at level "
              + level
              + ": p is at least "
              + 1.0 / (permutations + 1)
              + "; use at least "
              + (long) Math.ceil(1 / level - 1 - 1e-9));
    }
  }
}
