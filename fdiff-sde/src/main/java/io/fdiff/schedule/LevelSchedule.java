package io.fdiff.schedule;

/**
 * A level {@code σ(t) ≥ 0} that grows with time, with its inverse and the rate of its square, all
 * in closed form: the noise of variance-exploding processes, or the length of a blur. Immutable.
 */
public interface LevelSchedule {

  /**
   * The level.
   *
   * @param t time, at least 0
   * @return {@code σ(t)}
   */
  double level(double t);

  /**
   * The rate of the squared level.
   *
   * @param t time, positive
   * @return {@code d(σ²)/dt ≥ 0}
   */
  double squareRate(double t);

  /**
   * The time at which a level is reached.
   *
   * @param level {@code σ}
   * @return {@code t} with {@code σ(t) = level}
   */
  double inverse(double level);

  /**
   * The growth of the squared level, by subtraction unless a schedule knows better.
   *
   * @param s start
   * @param t end
   * @return {@code σ(t)² − σ(s)²}
   */
  default double squareGrowth(double s, double t) {
    double from = level(s);
    double to = level(t);
    return (to - from) * (to + from);
  }

  /**
   * {@code σ(t) = σ_min(σ_max/σ_min)^t} (Song et al. 2021).
   *
   * @param min {@code σ(0) > 0}
   * @param max {@code σ(1) > σ(0)}
   * @return the schedule
   * @throws IllegalArgumentException if {@code 0 < min < max < ∞} is false
   */
  static LevelSchedule geometric(double min, double max) {
    requireIncreasing(min, max, true);
    return new GeometricLevel(min, Math.log(max / min));
  }

  /**
   * {@code σ(t) = (σ_min^{1/ρ} + t(σ_max^{1/ρ} − σ_min^{1/ρ}))^ρ} (Karras et al. 2022 with {@code ρ
   * = 7}; {@code ρ = 1} is linear).
   *
   * @param min {@code σ(0) ≥ 0}
   * @param max {@code σ(1) > σ(0)}
   * @param exponent {@code ρ ≥ ½}
   * @return the schedule
   * @throws IllegalArgumentException if {@code 0 ≤ min < max < ∞} or {@code ½ ≤ ρ < ∞} is false
   */
  static LevelSchedule karras(double min, double max, double exponent) {
    requireIncreasing(min, max, false);
    if (!(exponent >= 0.5 && exponent < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "exponent "
              + exponent
              + " is not finite and at least 0.5: below, the variance grows at a rate without bound"
              + " from a level of 0");
    }
    double from = Math.pow(min, 1 / exponent);
    return new PowerLevel(from, Math.pow(max, 1 / exponent) - from, exponent);
  }

  /**
   * {@code σ(t) = √t}, the noise of the driftless process.
   *
   * @return the schedule
   */
  static LevelSchedule squareRoot() {
    return new PowerLevel(0, 1, 0.5);
  }

  /**
   * {@code σ(t) = t}: noise deviation as time (Karras et al. 2022).
   *
   * @return the schedule
   */
  static LevelSchedule identity() {
    return new PowerLevel(0, 1, 1);
  }

  /**
   * {@code σ(t) = σ_max sin²(½πt)}, a blur that starts and ends gently (Hoogeboom and Salimans
   * 2023).
   *
   * @param max {@code σ(1) > 0}
   * @return the schedule on {@code [0, 1]}
   * @throws IllegalArgumentException if {@code max} is not positive and finite
   */
  static LevelSchedule sineSquared(double max) {
    requireIncreasing(0, max, false);
    return new SineSquaredLevel(max);
  }

  private static void requireIncreasing(double min, double max, boolean positive) {
    boolean starts = positive ? min > 0 : min >= 0;
    if (!(starts && min < max && max < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "levels " + min + " to " + max + ": needs 0 " + (positive ? "<" : "≤") + " min < max");
    }
  }
}
