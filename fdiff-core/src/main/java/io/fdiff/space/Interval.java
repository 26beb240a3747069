package io.fdiff.space;

/**
 * A bounded interval {@code [lower, upper]}, one axis of a box domain. Immutable.
 *
 * @param lower left end
 * @param upper right end, above {@code lower}
 */
public record Interval(double lower, double upper) {

  /** The unit interval {@code [0, 1]}. */
  public static final Interval UNIT = new Interval(0, 1);

  /**
   * Checks the ends.
   *
   * @param lower left end
   * @param upper right end
   * @throws IllegalArgumentException if {@code lower < upper} is false, or an end or the length is
   *     not finite
   */
  public Interval {
    if (!(lower < upper && Double.isFinite(upper - lower))) {
      throw new IllegalArgumentException(
          "interval ["
              + lower
              + ", "
              + upper
              + "]: give finite ends with lower < upper and a finite length");
    }
  }

  /**
   * {@code upper − lower}.
   *
   * @return the length, positive
   */
  public double length() {
    return upper - lower;
  }

  /**
   * {@code (p − lower) / length}, which maps the interval onto {@code [0, 1]}.
   *
   * @param p a point
   * @return its position relative to the interval
   */
  public double toUnit(double p) {
    return (p - lower) / length();
  }

  /**
   * Whether {@code lower ≤ p ≤ upper}.
   *
   * @param p a point
   * @return true if the point lies in the closed interval; false for NaN
   */
  public boolean contains(double p) {
    return p >= lower && p <= upper;
  }
}
