package io.fdiff.nn;

import io.fdiff.sde.Marginal;
import io.fdiff.sde.Multiplier;
import io.fdiff.sde.SDE;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;

/**
 * Factors that keep inputs and targets of a network at unit size (Karras et al. 2022, table 1, for
 * {@code X_t | X_0 ~ N(τX_0, ς²R)}).
 *
 * <p>With {@code ρ} the ratio {@code μ/λ} of data to noise spectrum and {@code s² = τ²ρ + ς²}:
 * {@code c_skip = τρ/s²}, {@code c_out = ς√ρ/s}, {@code c_in = 1/s}, and the target is {@code (ςy −
 * τρξ)/(s√ρ)}. Then inputs and targets of the network have the covariance {@code R}, and {@code F =
 * 0} is the exact denoiser of the Gaussian measure {@code N(m, ρR)}. Mode by mode for processes
 * with multipliers per mode.
 *
 * @param dataRatio {@code ρ > 0}; 1 where the noise covariance is estimated from the data
 */
public record Preconditioning(double dataRatio) implements Parametrization {

  /** {@code ρ = 1}. */
  public static final Preconditioning UNIT = new Preconditioning(1);

  /**
   * Checks the ratio.
   *
   * @param dataRatio {@code ρ > 0}; 1 where the noise covariance is estimated from the data
   * @throws IllegalArgumentException if {@code dataRatio} is not positive and finite
   */
  public Preconditioning {
    if (!(dataRatio > 0 && dataRatio < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "ratio "
              + dataRatio
              + " of data to noise spectrum is not positive and finite: give μ/λ, 1 where the"
              + " noise has the spectrum of the data");
    }
  }

  @Override
  public DoubleFunction<Factors> on(SDE sde) {
    ToDoubleFunction<Marginal> level = NoiseLevel.of(sde);
    Multiplier ratio = Multiplier.scalar(dataRatio);
    return t -> {
      Marginal marginal = sde.marginal(t);
      return factors(level.applyAsDouble(marginal), marginal, ratio);
    };
  }

  static Factors factors(double level, Marginal marginal, Multiplier ratio) {
    Multiplier tau = marginal.mean();
    Multiplier sigma = marginal.deviation();
    Multiplier total = tau.map(a -> a * a).times(ratio).plus(sigma.map(s -> s * s));
    Multiplier signal = tau.times(ratio);
    Multiplier scale = ratio.combine(total, (r, v) -> 1 / Math.sqrt(r * v));
    return new Factors(
        level,
        total.map(v -> 1 / Math.sqrt(v)),
        signal.combine(total, (a, v) -> a / v),
        sigma.times(ratio.combine(total, (r, v) -> Math.sqrt(r / v))),
        sigma.times(scale),
        signal.times(scale).times(-1));
  }
}
