package io.fdiff.sampler;

import io.fdiff.schedule.TimeGrid;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Annealed Langevin dynamics (Song and Ermon 2019; Foresti 2024, algorithm 1): at each time of the
 * grid, from the noisiest to the cleanest, some preconditioned Langevin steps {@code x ← x + hS +
 * √(2h) ξ}, {@code ξ ~ N(0, R)}, and no step between; at the end the denoised state.
 *
 * <p>Made for processes that do not shrink the mean, {@code VarianceExploding} and {@code
 * Driftless}; elsewhere the next level has to find the new scale by itself. The customary lengths
 * {@code ½ε σ_i²/σ_L²} are {@link LangevinStep#fixed} of {@code ½ε/σ_L²}. It needs many more calls
 * than samplers that step. Its error does not vanish as the grid is refined but as steps get
 * shorter and more. Cost: {@code repeats} denoiser calls and noise draws a time, one call at the
 * end. Immutable and thread-safe.
 */
public final class AnnealedLangevin extends SteppedSampler {

  private final int repeats;
  private final LangevinStep size;

  private AnnealedLangevin(Options options, int repeats, LangevinStep size) {
    super(options);
    this.repeats = repeats;
    this.size = Objects.requireNonNull(size, "size");
  }

  /**
   * The sampler on a time grid.
   *
   * @param times the levels, the first one where the terminal states live
   * @param repeats Langevin steps at each of them, at least 1
   * @param size their length
   * @return the sampler
   * @throws IllegalArgumentException if {@code repeats < 1}
   */
  public static AnnealedLangevin of(TimeGrid times, int repeats, LangevinStep size) {
    if (repeats < 1) {
      throw new IllegalArgumentException(
          repeats + " Langevin steps at each level: give at least 1");
    }
    return new AnnealedLangevin(Options.of(times), repeats, size);
  }

  @Override
  AnnealedLangevin with(Options newOptions) {
    return new AnnealedLangevin(newOptions, repeats, size);
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
  void step(Chain chain, int step, double t, double s) {
    stay(chain, step, t);
  }

  @Override
  INDArray finish(Chain chain, int step, double t) {
    stay(chain, step, t);
    return chain.finish(step, t);
  }

  private void stay(Chain chain, int step, double t) {
    for (int i = 0; i < repeats; i++) {
      chain.langevin(step, i, t, size);
    }
  }
}
