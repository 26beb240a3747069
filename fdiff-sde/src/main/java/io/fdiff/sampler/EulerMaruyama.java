package io.fdiff.sampler;

import io.fdiff.denoise.Denoiser;
import io.fdiff.noise.NoiseSource;
import io.fdiff.schedule.TimeGrid;
import io.fdiff.sde.SDE;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Euler–Maruyama for the reverse-time SDE, {@code x ← x + h(P_t x + Q_t D(x, t)) + √h G_t ξ},
 * {@code ξ ~ N(0, R)}, from {@code T} down to {@code t_1 > 0}, then the denoised state {@code D(x,
 * t_1)} (Foresti 2024, algorithm 3, with its errata: {@code R} cancels in the drift and the noise
 * is exactly {@code N(0, hR)}).
 *
 * <p>The noise is additive, so Milstein's method is the same. Weak and strong order 1. Cost: one
 * denoiser call and one noise draw a step, one call at the end. Immutable and thread-safe.
 */
public final class EulerMaruyama implements Sampler {

  private final TimeGrid times;
  private final StepListener listener;

  private EulerMaruyama(TimeGrid times, StepListener listener) {
    this.times = Objects.requireNonNull(times, "times");
    this.listener = Objects.requireNonNull(listener, "listener");
  }

  /**
   * The sampler on a time grid.
   *
   * @param times the times, the first one where the terminal states live
   * @return the sampler
   */
  public static EulerMaruyama of(TimeGrid times) {
    return new EulerMaruyama(times, StepListener.NONE);
  }

  /**
   * The same sampler, reporting its progress.
   *
   * @param newListener called after each step
   * @return the sampler
   */
  public EulerMaruyama withListener(StepListener newListener) {
    return new EulerMaruyama(times, newListener);
  }

  @Override
  public INDArray sample(SDE sde, Denoiser denoiser, INDArray terminal, NoiseSource noise) {
    Chain chain = new Chain(sde, denoiser, terminal, noise, times);
    int steps = times.steps();
    for (int step = 0; step < steps; step++) {
      chain.eulerMaruyama(step, times.time(step), times.time(step + 1));
      listener.onStep(step + 1, steps, times.time(step + 1));
    }
    return chain.finish(steps, times.time(steps));
  }
}
