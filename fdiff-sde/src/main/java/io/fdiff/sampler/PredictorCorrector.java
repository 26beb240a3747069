package io.fdiff.sampler;

import io.fdiff.schedule.TimeGrid;
import io.fdiff.sde.SDE;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A step of any {@link SteppedSampler} to the next time, then Langevin corrections there, {@code x
 * ← x + hS + √(2h) ξ} with the preconditioned score {@code S} and {@code ξ ~ N(0, R)} (Song et al.
 * 2021; Foresti 2024, algorithm 2, with the noise that the printed predictor lacks); at the end the
 * denoised state.
 *
 * <p>The step length belongs to each sample, so a sample does not depend on its batch. The law has
 * the bias of Langevin steps of that length, which refining the grid does not remove. Cost: {@code
 * corrections} denoiser calls and noise draws a step more than the predictor. Immutable and
 * thread-safe.
 */
public final class PredictorCorrector extends SteppedSampler {

  private final SteppedSampler predictor;
  private final int corrections;
  private final LangevinStep size;

  private PredictorCorrector(SteppedSampler predictor, int corrections, LangevinStep size) {
    super(predictor.options());
    this.predictor = predictor;
    this.corrections = corrections;
    this.size = Objects.requireNonNull(size, "size");
  }

  /**
   * The sampler with Euler–Maruyama steps.
   *
   * @param times the times, the first one where the terminal states live
   * @param corrections Langevin steps after each predictor step, at least 1
   * @param size their length
   * @return the sampler
   * @throws IllegalArgumentException if {@code corrections < 1}
   */
  public static PredictorCorrector of(TimeGrid times, int corrections, LangevinStep size) {
    return of(EulerMaruyama.of(times), corrections, size);
  }

  /**
   * The sampler with the steps of another one.
   *
   * @param predictor makes the steps; its times, listener and cancellation are taken over
   * @param corrections Langevin steps after each predictor step, at least 1
   * @param size their length
   * @return the sampler
   * @throws IllegalArgumentException if {@code corrections < 1}
   */
  public static PredictorCorrector of(
      SteppedSampler predictor, int corrections, LangevinStep size) {
    if (corrections < 1) {
      throw new IllegalArgumentException(
          corrections
              + " corrections: give at least 1, or use the predictor alone, such as EulerMaruyama");
    }
    return new PredictorCorrector(predictor, corrections, size);
  }

  @Override
  PredictorCorrector with(Options newOptions) {
    return new PredictorCorrector(predictor.with(newOptions), corrections, size);
  }

  @Override
  public double strongOrder() {
    return 0;
  }

  @Override
  public double weakOrder() {
    return 0;
  }

  @Override
  void requireFit(SDE sde) {
    predictor.requireFit(sde);
  }

  @Override
  void step(Chain chain, int step, double t, double s) {
    predictor.step(chain, step, t, s);
    for (int correction = 0; correction < corrections; correction++) {
      chain.langevin(step, correction, s, size);
    }
  }

  @Override
  INDArray finish(Chain chain, int step, double t) {
    return predictor.finish(chain, step, t);
  }
}
