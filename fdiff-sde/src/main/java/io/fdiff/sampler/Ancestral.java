package io.fdiff.sampler;

import io.fdiff.schedule.TimeGrid;
import io.fdiff.sde.GaussianChain;
import io.fdiff.sde.Multiplier;
import io.fdiff.sde.ReverseStep;
import io.fdiff.sde.SDE;
import java.util.Objects;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Ancestral sampling: each step draws from the law of {@code X_s} given {@code X_t} and {@code X_0}
 * with the denoised state in place of {@code X_0} (Ho et al. 2020; in function space Kerrigan, Ley
 * and Smyth 2023). On a {@link GaussianChain} it is {@code x ← (x − β/√(1 − γ) ε̂)/√(1 − β) + √β̃
 * ξ}.
 *
 * <p>The variance of a step is that of the posterior by default; {@link ReverseVariance} has
 * others. With it a chain of finitely many steps is biased even with the exact denoiser, by what
 * the denoised state leaves out; {@link ReverseVariance#optimal} puts that back.
 *
 * <p>Weak and strong order 1. Cost: one denoiser call and one noise draw a step, one call at the
 * end. Immutable and thread-safe.
 */
public final class Ancestral extends SteppedSampler {

  private final ReverseVariance variance;

  private Ancestral(Options options, ReverseVariance variance) {
    super(options);
    this.variance = Objects.requireNonNull(variance, "variance");
  }

  /**
   * The sampler with the variance of the posterior.
   *
   * @param times the times, the first one where the terminal states live
   * @return the sampler
   */
  public static Ancestral of(TimeGrid times) {
    return of(times, ReverseVariance.posterior());
  }

  /**
   * The sampler with a given variance.
   *
   * @param times the times, the first one where the terminal states live
   * @param variance the variance of a step
   * @return the sampler
   */
  public static Ancestral of(TimeGrid times, ReverseVariance variance) {
    return new Ancestral(Options.of(times), variance);
  }

  /**
   * All times of a discrete chain: {@code n, n − 1, …, 1}. The process to sample from is {@link
   * GaussianChain#continuous()}.
   *
   * @param chain the chain, of at least 2 steps
   * @return the grid; the step from 1 to 0 is the last denoising
   * @throws IllegalArgumentException if the chain has one step only
   */
  public static TimeGrid times(GaussianChain chain) {
    int n = chain.steps();
    return TimeGrid.of(IntStream.range(0, n).mapToDouble(i -> n - i).toArray());
  }

  @Override
  Ancestral with(Options newOptions) {
    return new Ancestral(newOptions, variance);
  }

  @Override
  public double strongOrder() {
    return 1;
  }

  @Override
  public double weakOrder() {
    return 1;
  }

  @Override
  void requireFit(SDE sde) {
    TimeGrid times = times();
    for (int i = 0; i < times.steps(); i++) {
      double t = times.time(i);
      double s = times.time(i + 1);
      ReverseStep law = sde.bridge(s, t);
      Multiplier added = variance.of(sde, s, t);
      if (!(law.state().all(Double::isFinite)
          && law.clean().all(Double::isFinite)
          && added.all(v -> v >= 0 && v <= Double.MAX_VALUE))) {
        throw new IllegalArgumentException(
            sde
                + " has no Gaussian posterior from "
                + t
                + " to "
                + s
                + " with this variance: its multipliers must be finite and the variance at least 0;"
                + " use EulerMaruyama");
      }
    }
  }

  @Override
  void step(Chain chain, int step, double t, double s) {
    chain.denoise(step, t);
    ReverseStep law = chain.sde().bridge(s, t);
    Multiplier deviation = variance.of(chain.sde(), s, t).map(Math::sqrt);
    chain.move(law.state(), law.clean(), deviation, step);
  }

  @Override
  INDArray finish(Chain chain, int step, double t) {
    Multiplier last = variance.of(chain.sde(), 0, t);
    boolean exact = last instanceof Multiplier.Scalar scalar && scalar.value() == 0;
    return exact ? chain.finish(step, t) : chain.finish(step, t, last.map(Math::sqrt));
  }
}
