package io.fdiff.nn;

import io.fdiff.sde.Marginal;
import io.fdiff.sde.Multiplier;
import io.fdiff.sde.SDE;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;

/**
 * The plain predictions, of the centred function {@code y = x₀ − m} and the coloured noise {@code
 * ξ}, with inputs scaled by {@code c_in = (τ² + ς²)^{−1/2}} (1 for variance-preserving processes):
 *
 * <pre>
 *            F predicts    c_skip       c_out
 *   CLEAN    y             0            1
 *   NOISE    ξ             1/τ          −ς/τ
 *   SCORE    −ξ/ς          1/τ          ς²/τ
 *   ROTATED  τξ − ςy       τ/(τ² + ς²)  −ς/(τ² + ς²)
 * </pre>
 *
 * <p>{@code NOISE} and {@code SCORE} magnify errors of the network where {@code τ} is small, and
 * the target of {@code SCORE} grows without bound at small {@code ς}; {@code ROTATED} is the v
 * prediction of Salimans and Ho (2022). The same definitions as {@link io.fdiff.denoise.Prediction}
 * of the centred process. Mode by mode for processes with multipliers per mode.
 */
public enum Target implements Parametrization {
  /** {@code y}, the clean function without its mean. */
  CLEAN,
  /** {@code ξ}, the coloured noise. */
  NOISE,
  /** {@code −ξ/ς}, the preconditioned score. */
  SCORE,
  /** {@code τξ − ςy}. */
  ROTATED;

  @Override
  public DoubleFunction<Factors> on(SDE sde) {
    ToDoubleFunction<Marginal> level = NoiseLevel.of(sde);
    return t -> {
      Marginal marginal = sde.marginal(t);
      return factors(level.applyAsDouble(marginal), marginal.mean(), marginal.deviation());
    };
  }

  private Factors factors(double level, Multiplier tau, Multiplier sigma) {
    Multiplier in = tau.combine(sigma, (a, s) -> 1 / Math.sqrt(a * a + s * s));
    Multiplier zero = Multiplier.scalar(0);
    Multiplier one = Multiplier.scalar(1);
    return switch (this) {
      case CLEAN -> new Factors(level, in, zero, one, one, zero);
      case NOISE ->
          new Factors(
              level, in, tau.map(a -> 1 / a), tau.combine(sigma, (a, s) -> -s / a), zero, one);
      case SCORE ->
          new Factors(
              level,
              in,
              tau.map(a -> 1 / a),
              tau.combine(sigma, (a, s) -> s * s / a),
              zero,
              sigma.map(s -> -1 / s));
      case ROTATED ->
          new Factors(
              level,
              in,
              tau.combine(sigma, (a, s) -> a / (a * a + s * s)),
              tau.combine(sigma, (a, s) -> -s / (a * a + s * s)),
              sigma.times(-1),
              tau);
    };
  }
}
