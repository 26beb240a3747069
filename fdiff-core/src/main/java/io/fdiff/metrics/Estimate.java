package io.fdiff.metrics;

import java.util.Locale;
import org.apache.commons.math3.distribution.NormalDistribution;

/**
 * A statistic with a confidence interval. Immutable.
 *
 * <p>An estimate that is not defined is NaN in value or bounds; {@link #contains} is then false, so
 * it never passes for agreement. Where a plug-in statistic is biased (a squared distance counts
 * sampling noise as distance) the interval is one for the quantity of the laws and may lie beside
 * the value.
 *
 * @param value the statistic
 * @param lower lower bound of the interval
 * @param upper upper bound of the interval
 * @param level nominal probability that the interval covers, in {@code (0, 1)}
 */
public record Estimate(double value, double lower, double upper, double level) {

  // The generator argument would only serve sampling.
  private static final NormalDistribution NORMAL = new NormalDistribution(null, 0, 1);

  /**
   * Checks the arguments.
   *
   * @param value the statistic
   * @param lower lower bound of the interval
   * @param upper upper bound of the interval
   * @param level nominal probability that the interval covers, in {@code (0, 1)}
   * @throws IllegalArgumentException if {@code level} is not in {@code (0, 1)} or {@code lower >
   *     upper}
   */
  public Estimate {
    requireLevel(level);
    if (lower > upper) {
      throw new IllegalArgumentException(
          "bounds " + lower + " and " + upper + " are out of order; give the lower one first");
    }
  }

  /**
   * A proportion with the interval of Wilson (1927): the proportions {@code p} with {@code (p̂ −
   * p)² ≤ z² p(1 − p)/n}.
   *
   * <p>A mean of {@code n} independent fractions in {@code [0, 1]} has at most the variance of a
   * proportion, so {@code successes} may be a sum of fractions; the interval is then conservative.
   *
   * @param successes in {@code [0, n]}
   * @param n number of independent trials, positive
   * @param level nominal coverage, in {@code (0, 1)}
   * @return the proportion
   * @throws IllegalArgumentException if an argument is out of range
   */
  public static Estimate proportion(double successes, int n, double level) {
    requireLevel(level);
    if (!(n > 0 && successes >= 0 && successes <= n)) {
      throw new IllegalArgumentException(
          successes + " successes in " + n + " trials: needs 0 ≤ successes ≤ n and n ≥ 1");
    }
    double z = -normalQuantile((1 - level) / 2);
    double p = successes / n;
    double square = z * z / n;
    double centre = (p + square / 2) / (1 + square);
    double half = Math.sqrt(square * (p * (1 - p) + square / 4)) / (1 + square);
    // Exactly 0 and 1 at the ends, where centre and half-width cancel but for round-off.
    double lower = successes == 0 ? 0 : Math.max(0, centre - half);
    return new Estimate(p, lower, successes == n ? 1 : Math.min(1, centre + half), level);
  }

  /**
   * Whether value and bounds are numbers.
   *
   * @return false if one of them is NaN
   */
  public boolean defined() {
    return !Double.isNaN(value) && !Double.isNaN(lower) && !Double.isNaN(upper);
  }

  /**
   * Whether the interval holds a number.
   *
   * @param x the number
   * @return {@code lower ≤ x ≤ upper}; false if the estimate is not {@link #defined()}
   */
  public boolean contains(double x) {
    return defined() && lower <= x && x <= upper;
  }

  /**
   * The same estimate of a quantity that cannot be negative.
   *
   * @return both bounds raised to 0 where they are below
   */
  Estimate nonNegative() {
    return new Estimate(value, Math.max(0, lower), Math.max(0, upper), level);
  }

  static void requireLevel(double level) {
    if (!(level > 0 && level < 1)) {
      throw new IllegalArgumentException(
          "level " + level + " is not in (0, 1); give a probability such as 0.95");
    }
  }

  static double normalQuantile(double p) {
    return NORMAL.inverseCumulativeProbability(p);
  }

  static double normalProbability(double z) {
    return NORMAL.cumulativeProbability(z);
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%.4g [%.4g, %.4g]", value, lower, upper);
  }
}
