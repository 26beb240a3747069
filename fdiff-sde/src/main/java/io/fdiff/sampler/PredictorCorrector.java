package io.fdiff.sampler;

import io.fdiff.denoise.Denoiser;
import io.fdiff.noise.NoiseSource;
import io.fdiff.schedule.TimeGrid;
import io.fdiff.sde.SDE;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An Euler–Maruyama step to the next time, then Langevin corrections there, {@code x ← x + hS +
 * √(2h) ξ} with the preconditioned score {@code S} and {@code ξ ~ N(0, R)} (Song et al. 2021;
 * Foresti 2024, algorithm 2, with the noise that the printed predictor lacks); at the end the
 * denoised state.
 *
 * <p>The step length belongs to each sample, so a sample does not depend on its batch. Cost: {@code
 * 1 + corrections} denoiser calls a step and one at the end. Immutable and thread-safe.
 */
public final class PredictorCorrector implements Sampler {

  private final TimeGrid times;
  private final int corrections;
  private final LangevinStep size;
  private final StepListener listener;

  private PredictorCorrector(
      TimeGrid times, int corrections, LangevinStep size, StepListener listener) {
    this.times = Objects.requireNonNull(times, "times");
    this.corrections = corrections;
    this.size = Objects.requireNonNull(size, "size");
    this.listener = Objects.requireNonNull(listener, "listener");
  }

  /**
   * The sampler on a time grid.
   *
   * @param times the times, the first one where the terminal states live
   * @param corrections Langevin steps after each predictor step, at least 1
   * @param size their length
   * @return the sampler
   * @throws IllegalArgumentException if {@code corrections < 1}
   */
  public static PredictorCorrector of(TimeGrid times, int corrections, LangevinStep size) {
    if (corrections < 1) {
      throw new IllegalArgumentException(
          corrections + " corrections: give at least 1, or use EulerMaruyama");
    }
    return new PredictorCorrector(times, corrections, size, StepListener.NONE);
  }

  /**
   * The same sampler, reporting its progress.
   *
   * @param newListener called after each predictor step with its corrections
   * @return the sampler
   */
  public PredictorCorrector withListener(StepListener newListener) {
    return new PredictorCorrector(times, corrections, size, newListener);
  }

  @Override
  public INDArray sample(SDE sde, Denoiser denoiser, INDArray terminal, NoiseSource noise) {
    Chain chain = new Chain(sde, denoiser, terminal, noise, times);
    int steps = times.steps();
    for (int step = 0; step < steps; step++) {
      double next = times.time(step + 1);
      chain.eulerMaruyama(step, times.time(step), next);
      for (int correction = 0; correction < corrections; correction++) {
        chain.langevin(step, correction, next, size);
      }
      listener.onStep(step + 1, steps, next);
    }
    return chain.finish(steps, times.time(steps));
  }
}
