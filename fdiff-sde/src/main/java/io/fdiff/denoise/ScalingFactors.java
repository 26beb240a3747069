package io.fdiff.denoise;

import io.fdiff.sde.Marginal;
import io.fdiff.sde.Multiplier;

/**
 * The factors of {@code D = m + c_skip x̃ + c_out F(c_in x̃)}, {@code x̃ = x − τm}, that make
 * inputs and targets of a network {@code F} of unit size, with one factor a mode where the data
 * need it (Karras et al. 2022 with operators for numbers): {@code F = 0} is the exact denoiser of
 * Gaussian data.
 *
 * <p>With data variance {@code μ}, noise variance {@code v}, {@code V = τ²μ + v}: {@code c_skip =
 * τμ/V}, {@code c_out = √(μv/V)}, {@code c_in = V^{−1/2}}. Variances may be absolute, then inputs
 * are white, or relative to {@code R}, then inputs and targets have covariance {@code R} and no
 * inverse of {@code R} is taken; {@code c_skip} is the same. The scalar form is exact only if
 * {@code Γ ∝ R}.
 *
 * @param skip {@code c_skip}
 * @param out {@code c_out}
 * @param in {@code c_in}
 */
public record ScalingFactors(Multiplier skip, Multiplier out, Multiplier in) {

  /**
   * The factors of given variances.
   *
   * @param tau mean factor {@code τ}
   * @param data data variance {@code μ > 0}, absolute or relative to {@code R}
   * @param noise noise variance {@code v}, in the same sense
   * @return the factors
   * @throws IllegalArgumentException if multipliers act on different modes
   */
  public static ScalingFactors of(Multiplier tau, Multiplier data, Multiplier noise) {
    Multiplier total = tau.map(a -> a * a).times(data).plus(noise);
    return new ScalingFactors(
        tau.times(data).combine(total, (a, v) -> a / v),
        data.times(noise).combine(total, (a, v) -> Math.sqrt(a / v)),
        total.map(v -> 1 / Math.sqrt(v)));
  }

  /**
   * The factors that keep inputs and targets coloured like the noise.
   *
   * @param marginal the law of {@code X_t} given {@code X_0}
   * @param dataRatio {@code μ/λ} of every mode, or one number
   * @return the factors
   * @throws IllegalArgumentException if multipliers act on different modes
   */
  public static ScalingFactors coloured(Marginal marginal, Multiplier dataRatio) {
    return of(marginal.mean(), dataRatio, marginal.variance());
  }
}
