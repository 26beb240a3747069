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

  /**
   * {@code β(t) = β}, {@code B = βt}: the Ornstein–Uhlenbeck process in its own time.
   *
   * @param rate {@code β > 0}
   * @return the schedule
   * @throws IllegalArgumentException if {@code rate} is not positive and finite
   */
  static NoiseSchedule constant(double rate) {
    return new LinearSchedule(rate, rate);
  }

  /**
   * {@code B(t) = c₀(e^{ct} − 1)}, {@code β(t) = c₀ c e^{ct}}, {@code c = ln(1 + B(1)/c₀)}: slow at
   * the data, fast at the noise (Franzese et al. 2023 with {@code c₀ = 0.02}, {@code B(1) = (β_min
   * + β_max)/2}).
   *
   * @param scale {@code c₀ > 0}
   * @param total {@code B(1) > 0}
   * @return the schedule
   * @throws IllegalArgumentException if an argument is not positive and finite
   */
  static NoiseSchedule exponential(double scale, double total) {
    if (!(scale > 0 && total > 0 && scale + total < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "exponential schedule with scale "
              + scale
              + " and integral "
              + total
              + " at time 1: both must be positive and finite");
    }
    return new ExponentialSchedule(scale, Math.log1p(total / scale));
  }

  /**
   * {@code e^{−B(t)} = cos²(½π(t + s)/(1 + s))/cos²(½πs/(1 + s))} (Nichol and Dhariwal 2021 with
   * {@code s = 0.008}). The rate {@code π/(1 + s)·tan(½π(t + s)/(1 + s))} explodes at time 1: it
   * grows to a cap and stays there.
   *
   * @param offset {@code s ≥ 0}
   * @param largestRate the cap of {@code β}, above {@code β(0)}; a chain of {@code n} steps clipped
   *     at 0.999 has about {@code 6.9n}
   * @return the schedule
   * @throws IllegalArgumentException if {@code s} is negative, or the cap is not finite or not
   *     above {@code β(0)}
   */
  static NoiseSchedule cosine(double offset, double largestRate) {
    return new CosineSchedule(offset, largestRate);
  }

  /**
   * Logarithm of the signal-to-noise ratio {@code e^{−B}/(1 − e^{−B}) = −2 ln tan ½πt} down to
   * {@code −limit}, constant rate from there: the cosine schedule without offset (Kingma et al.
   * 2021; Lim et al. 2023 with limit 10). Times with a ratio above {@code limit} begin at {@link
   * #timeAtLogSnr timeAtLogSnr(limit)}: end time grids there, and the process at {@code
   * timeAtLogSnr(−limit)}.
   *
   * @param limit the largest modulus, positive
   * @return the schedule
   * @throws IllegalArgumentException if {@code limit} is not positive and finite
   */
  static NoiseSchedule logSnrCosine(double limit) {
    if (!(limit > 0 && limit < 700)) {
      throw new IllegalArgumentException(
          "limit " + limit + " of the log signal-to-noise ratio is not in (0, 700)");
    }
    // tan ½πt = e^{limit/2} where the ratio is −limit.
    return new CosineSchedule(0, Math.PI * Math.exp(0.5 * limit));
  }

  /**
   * A table of a chain, {@code e^{−B(i)} = Π_{j≤i}(1 − β_j)} at times {@code i = 0, …, n}, with a
   * constant rate in between; beyond the last step with the last rate.
   *
   * @param betas {@code β_1, …, β_n}, each in {@code (0, 1)}; copied
   * @return the schedule on {@code [0, n]}
   * @throws IllegalArgumentException if the table is empty or a value is not in {@code (0, 1)}
   */
  static NoiseSchedule discrete(double... betas) {
    return new DiscreteSchedule(betas);
  }

  /**
   * A faster or slower schedule.
   *
   * @param factor {@code c > 0}
   * @return {@code c·β(t)}
   * @throws IllegalArgumentException if {@code factor} is not positive and finite
   */
  default NoiseSchedule times(double factor) {
    return new ScaledSchedule(this, factor);
  }

  /**
   * The logarithm of the signal-to-noise ratio {@code e^{−B}/(1 − e^{−B})} of the
   * variance-preserving process.
   *
   * @param t time, positive
   * @return {@code −ln(e^{B(t)} − 1)}
   */
  default double logSnr(double t) {
    double b = integral(t);
    return b < 1 ? -Math.log(Math.expm1(b)) : -b - Math.log1p(-Math.exp(-b));
  }

  /**
   * The time with a given signal-to-noise ratio of the variance-preserving process.
   *
   * @param logSnr logarithm of the ratio
   * @return {@code t} with {@code logSnr(t) = logSnr}
   */
  default double timeAtLogSnr(double logSnr) {
    // B = ln(1 + e^{−ℓ}), without overflow.
    return inverse(
        logSnr > 0 ? Math.log1p(Math.exp(-logSnr)) : -logSnr + Math.log1p(Math.exp(logSnr)));
  }
}
