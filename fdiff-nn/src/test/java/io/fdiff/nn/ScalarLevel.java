package io.fdiff.nn;

import io.fdiff.sde.Marginal;
import io.fdiff.sde.Multiplier;
import io.fdiff.sde.SDE;

/**
 * The law {@code X_t | X_0 ~ N(τX_0, ς²R)} of a process with scalar multipliers, for tests.
 *
 * @param tau mean factor
 * @param sigma noise deviation
 */
public record ScalarLevel(double tau, double sigma) {

  /**
   * The level at a time.
   *
   * @param sde the process
   * @param t the time
   * @return the level
   */
  public static ScalarLevel of(SDE sde, double t) {
    Marginal marginal = sde.marginal(t);
    return new ScalarLevel(
        ((Multiplier.Scalar) marginal.mean()).value(),
        Math.sqrt(((Multiplier.Scalar) marginal.variance()).value()));
  }

  /**
   * {@code ς/√(τ² + ς²)}, the weight of the network under {@link Preconditioning#UNIT}.
   *
   * @return the factor
   */
  public double unitOut() {
    return sigma / Math.hypot(tau, sigma);
  }

  /**
   * {@code ln(ς/τ)}.
   *
   * @return the logarithm of noise over signal
   */
  public double logRatio() {
    return Math.log(sigma / tau);
  }
}
