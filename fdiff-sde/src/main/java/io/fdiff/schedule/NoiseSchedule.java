package io.fdiff.schedule;

/**
 * A noise rate {@code β(t) > 0} with its integral {@code B(t) = ∫₀ᵗβ} and the inverse of that, all
 * in closed form. Immutable.
 */
public interface NoiseSchedule {

  /**
   * The rate {@code β(t)}.
   *
   * @param t time, at least 0
   * @return {@code β(t) > 0}
   */
  double rate(double t);

  /**
   * The integral {@code B(t)}.
   *
   * @param t time, at least 0
   * @return {@code ∫₀ᵗβ}
   */
  double integral(double t);

  /**
   * The time at which the integral reaches a value.
   *
   * @param value {@code B ≥ 0}
   * @return {@code t} with {@code B(t) = value}
   */
  double inverse(double value);

  /**
   * {@code ∫_s^t β}, by subtraction unless a schedule knows better.
   *
   * @param s start
   * @param t end
   * @return {@code B(t) − B(s)}
   */
  default double integral(double s, double t) {
    return integral(t) - integral(s);
  }

  /**
   * {@code β(t) = β₀ + (β₁ − β₀)t}, {@code B = β₀t + ½(β₁ − β₀)t²} (Song et al. 2021 with 0.1, 20).
   *
   * @param start {@code β₀ > 0}, the rate at time 0
   * @param end {@code β₁ ≥ β₀}, the rate at time 1
   * @return the schedule
   * @throws IllegalArgumentException if {@code 0 < β₀ ≤ β₁ < ∞} is false
   */
  static NoiseSchedule linear(double start, double end) {
    return new LinearSchedule(start, end);
  }
}
