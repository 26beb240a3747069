package io.fdiff.metrics;

/**
 * The first four moments of a set of numbers, with {@code m_k = (1/n) Σ (x_b − m)^k}.
 *
 * <p>Skewness and kurtosis of numbers that are all equal are NaN.
 */
public enum Moment {
  /** {@code m = (1/n) Σ x_b}. */
  MEAN,
  /** {@code n m_2/(n − 1)}. */
  VARIANCE,
  /** {@code m_3/m_2^{3/2}}, 0 for a symmetric law, 2 for an exponential one. */
  SKEWNESS,
  /** {@code m_4/m_2² − 3}, 0 for a Gaussian law, 6 for an exponential one. */
  EXCESS_KURTOSIS;

  /** Variances below this share of the squared size of the numbers are round-off. */
  private static final double ROUNDING = 1e-28;

  /**
   * The moment from power sums about a nearby centre.
   *
   * @param n number of values
   * @param centre the centre that was taken off
   * @param s1 sum of first powers of what is left; s2, s3, s4 likewise
   */
  double of(double n, double centre, double s1, double s2, double s3, double s4) {
    double d = s1 / n;
    if (this == MEAN) {
      return centre + d;
    }
    double m2 = s2 / n - d * d;
    if (!(m2 > ROUNDING * (centre * centre + s2 / n))) {
      m2 = 0;
    }
    if (this == VARIANCE) {
      return n > 1 ? m2 * n / (n - 1) : Double.NaN;
    }
    if (this == SKEWNESS) {
      double m3 = s3 / n - 3 * d * s2 / n + 2 * d * d * d;
      return m2 > 0 ? m3 / (m2 * Math.sqrt(m2)) : Double.NaN;
    }
    double m4 = s4 / n - 4 * d * s3 / n + 6 * d * d * s2 / n - 3 * d * d * d * d;
    return m2 > 0 ? m4 / (m2 * m2) - 3 : Double.NaN;
  }
}
