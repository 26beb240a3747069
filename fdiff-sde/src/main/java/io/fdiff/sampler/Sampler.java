package io.fdiff.sampler;

import io.fdiff.denoise.Denoiser;
import io.fdiff.noise.NoiseSource;
import io.fdiff.sde.SDE;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A way to carry states from the terminal law of a forward process to the law of the data.
 *
 * <p>Law: sample {@code b} depends on {@code terminal[b]} and on the noise addressed by that sample
 * alone, bit for bit, whatever the rest of the batch (given a denoiser with the same property).
 * Implementations are immutable and thread-safe. States are held in their own type: steps of DOUBLE
 * states are computed in double precision, steps of FLOAT states round to float about once, with
 * factors that are known in double precision so that no error adds up over the steps.
 */
@FunctionalInterface
public interface Sampler {

  /**
   * Draws one function for each terminal state.
   *
   * @param sde forward process, on the grid of the states
   * @param denoiser {@code E[X₀ | X_t]} of that process
   * @param terminal states at the first time of the sampler's grid, {@code [batch, channels, n1, …,
   *     nd]}, FLOAT or DOUBLE. Not modified.
   * @param noise where to read noise; the steps use its streams 1 (predictor) and 2 (corrector)
   * @return samples, a fresh array of the shape and type of {@code terminal}
   * @throws IllegalArgumentException if shapes do not fit or the sampler's times exceed the horizon
   * @throws ArithmeticException if a state stops being finite; names the step and the time
   */
  INDArray sample(SDE sde, Denoiser denoiser, INDArray terminal, NoiseSource noise);
}
