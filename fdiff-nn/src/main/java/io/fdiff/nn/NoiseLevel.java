package io.fdiff.nn;

import io.fdiff.sde.Marginal;
import io.fdiff.sde.Multiplier;
import io.fdiff.sde.SDE;

/**
 * The law {@code X_t | X_0 ~ N(τX_0, ς²R)} of a process with scalar multipliers at one time.
 *
 * @param tau mean factor {@code τ}
 * @param sigma noise deviation {@code ς}
 */
public record NoiseLevel(double tau, double sigma) {

  /**
   * The level of a process at a time.
   *
   * @param sde a process with scalar multipliers
   * @param t time in {@code (0, T]}
   * @return the level
   * @throws IllegalArgumentException if {@code t} is not in {@code (0, T]} or the process has
   *     multipliers per mode
   */
  public static NoiseLevel of(SDE sde, double t) {
    Marginal marginal = sde.marginal(t);
    return new NoiseLevel(scalar(marginal.mean()), Math.sqrt(scalar(marginal.variance())));
  }

  private static double scalar(Multiplier multiplier) {
    if (multiplier instanceof Multiplier.Scalar scalar) {
      return scalar.value();
    }
    throw new IllegalArgumentException(
        "process with multipliers per mode: the preconditioning needs one factor for all modes, as"
            + " variance-preserving, variance-exploding and driftless processes have");
  }

  /**
   * {@code ln(ς/τ)}, what a network is told of the level.
   *
   * @return logarithm of the ratio of noise to signal
   */
  public double logRatio() {
    return Math.log(sigma / tau);
  }
}
