package io.fdiff.sampler;

import io.fdiff.schedule.TimeGrid;
import io.fdiff.sde.Marginal;
import io.fdiff.sde.Multiplier;
import io.fdiff.sde.ReverseStep;
import io.fdiff.sde.SDE;

/**
 * The family of Song, Meng and Ermon (2021, eq. (12)) on function spaces: with {@code ŝ² =
 * η²V_sV(s→t)/V_t} and {@code d = D(x, t)}
 *
 * <pre>{@code
 * x ← M_s d + √((V_s − ŝ²)/V_t)(x − M_t d) + ŝ ξ
 * }</pre>
 *
 * then the denoised state.
 *
 * <p>It agrees with {@link ExponentialIntegrator} for {@code η = 0} and 1 and differs between. Weak
 * and strong order 1. Cost: one denoiser call and, for {@code η > 0}, one noise draw a step, one
 * call at the end. Immutable and thread-safe.
 */
public final class Ddim extends SteppedSampler {

  private final double eta;

  private Ddim(Options options, double eta) {
    super(options);
    this.eta = eta;
  }

  /**
   * The sampler on a time grid.
   *
   * @param times the times, the first one where the terminal states live
   * @param eta {@code η} in {@code [0, 1]}; 0 draws no noise
   * @return the sampler
   * @throws IllegalArgumentException if {@code eta} is not in {@code [0, 1]}
   */
  public static Ddim of(TimeGrid times, double eta) {
    return new Ddim(Options.of(times), Strength.fraction(eta));
  }

  @Override
  Ddim with(Options newOptions) {
    return new Ddim(newOptions, eta);
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
  void step(Chain chain, int step, double t, double s) {
    SDE sde = chain.sde();
    Marginal early = sde.marginal(s);
    Marginal late = sde.marginal(t);
    chain.denoise(step, t);
    Multiplier variance =
        ReverseStep.between(early, sde.transition(s, t), late).variance().times(eta * eta);
    Multiplier state =
        early
            .variance()
            .combine(variance, (v, added) -> v - added)
            .combine(late.variance(), (left, v) -> Math.sqrt(left / v));
    Multiplier clean = early.mean().combine(state.times(late.mean()), (m, carried) -> m - carried);
    ExponentialIntegrator.move(
        chain, new ReverseStep(state, clean, variance, sde.noise()), eta > 0, step);
  }
}
