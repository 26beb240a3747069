package io.fdiff.nn;

import io.fdiff.sde.SDE;
import java.util.function.DoubleFunction;

/**
 * What a network predicts, and how its prediction becomes a denoiser. Objective and denoiser of one
 * model use the same.
 *
 * <p>{@link Preconditioning} and {@link SpectralPreconditioning} keep inputs and targets of the
 * network at unit size at every noise level; {@link Target} names the plain predictions (clean
 * function, noise, score, v), {@link FlowTarget} those of flow matching. Implementations are
 * immutable and thread-safe.
 */
@FunctionalInterface
public interface Parametrization {

  /**
   * The factors for a process on its grid.
   *
   * @param sde the forward process
   * @return the factors as a function of the time in {@code (0, T]}; it throws {@link
   *     IllegalArgumentException} for other times
   * @throws IllegalArgumentException if this parametrization does not suit the process
   */
  DoubleFunction<Factors> on(SDE sde);
}
