package io.fdiff.schedule;

import io.fdiff.noise.NoiseSource;

/**
 * A law of training times on an interval {@code [t_min, T]}, given by its quantile function; the
 * density is exposed because a loss whose weights are stated for another law is reweighted by
 * {@link #weight}. Immutable unless said otherwise.
 *
 * <p>Laws: {@code quantile} increases from {@code first()} to {@code last()}, and {@code density}
 * is the derivative of its inverse.
 */
public interface TimeDistribution {

  /**
   * The smallest time.
   *
   * @return {@code t_min > 0}
   */
  double first();

  /**
   * The largest time.
   *
   * @return {@code T}
   */
  double last();

  /**
   * The time below which a share of the draws lies.
   *
   * @param u share in {@code [0, 1]}
   * @return a time in {@code [first(), last()]}
   */
  double quantile(double u);

  /**
   * The probability density.
   *
   * @param t time
   * @return the density at {@code t}, 0 outside of {@code [first(), last()]}
   */
  double density(double t);

  /**
   * The factor {@code p_target(t)/p(t)} of a loss whose weights are stated for another law.
   *
   * @param target the law that the loss is stated for, on the same interval or within it
   * @param t a time drawn from this law
   * @return the factor, mean 1 under this law
   */
  default double weight(TimeDistribution target, double t) {
    return target.density(t) / density(t);
  }

  /**
   * Independent draws.
   *
   * @param source where to read uniforms, one for each sample of the batch
   * @param n number of times, positive
   * @return {@code [n]} times
   * @throws IllegalArgumentException if {@code n} is not positive
   */
  default double[] sample(NoiseSource source, int n) {
    double[] times = StratifiedTimes.room(n);
    for (int i = 0; i < n; i++) {
      times[i] = quantile(source.uniform(i).nextDouble());
    }
    return times;
  }

  /**
   * Draws of low discrepancy, {@code t_i = quantile((u + i/n) mod 1)} with one uniform {@code u}
   * for the batch: each has this law, and each of the {@code n} strata of equal probability is hit
   * once (Kingma et al. 2021).
   *
   * @param source where to read the uniform, at its first sample
   * @param n number of times, positive
   * @return {@code [n]} times
   * @throws IllegalArgumentException if {@code n} is not positive
   */
  default double[] stratified(NoiseSource source, int n) {
    return StratifiedTimes.draw(this, source, n);
  }

  /**
   * Uniform on {@code [t_min, T]}.
   *
   * @param first {@code t_min > 0}
   * @param last {@code T > t_min}
   * @return the law with density {@code 1/(T − t_min)}
   * @throws IllegalArgumentException if {@code 0 < first < last < ∞} is false
   */
  static TimeDistribution uniform(double first, double last) {
    return new UniformTimes(first, last);
  }

  /**
   * Uniform in {@code ln t} (Foresti 2024, "VE practice").
   *
   * @param first {@code t_min > 0}
   * @param last {@code T > t_min}
   * @return the law with density {@code 1/(t ln(T/t_min))}
   * @throws IllegalArgumentException if {@code 0 < first < last < ∞} is false
   */
  static TimeDistribution logUniform(double first, double last) {
    return new LogUniformTimes(first, last);
  }

  /**
   * Noise levels {@code σ(t)} with {@code ln σ ~ N(mean, deviation²)} cut to the interval (Karras
   * et al. 2022 with −1.2 and 1.2).
   *
   * @param levels the level as a function of time
   * @param mean mean of {@code ln σ}
   * @param deviation standard deviation of {@code ln σ}, positive
   * @param first {@code t_min > 0}
   * @param last {@code T > t_min}
   * @return the law
   * @throws IllegalArgumentException if {@code 0 < first < last < ∞} is false, the mean is not
   *     finite, the deviation is not positive and finite, or the interval has no mass in double
   *     precision
   */
  static TimeDistribution logNormal(
      LevelSchedule levels, double mean, double deviation, double first, double last) {
    return new LogNormalTimes(levels, mean, deviation, first, last);
  }
}
