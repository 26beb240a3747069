package io.fdiff.sampler;

import io.fdiff.schedule.TimeGrid;
import io.fdiff.sde.Driftless;
import io.fdiff.sde.Marginal;
import io.fdiff.sde.Multiplier;
import io.fdiff.sde.SDE;

/**
 * Algorithm 3 of Foresti (2024) for the process without drift {@link Driftless}: with {@code h = t
 * − s}
 *
 * <pre>{@code
 * x ← (s/t) x + (h/t) D(x, t) + √h ξ          Euler–Maruyama
 * x ← (s/t) x + (h/t) D(x, t) + √(hs/t) ξ     the variance of the bridge
 * }</pre>
 *
 * {@code ξ ~ N(0, R)}, and at the end {@code D(x, t_1)}. In the printed drift {@code (Rt)⁻¹} must
 * be {@code 1/t}, for {@code R} cancels, and the phases of the printed noise halve its variance:
 * here it is exactly {@code N(0, hR)}.
 *
 * <p>With the variance of the bridge steps may be of any length; it is the recommended one. The
 * uniform grid of the thesis wastes steps at large times: prefer {@link TimeGrid#geometric} or
 * {@link TimeGrid#power}. Its corrector is that of {@link PredictorCorrector}. Weak and strong
 * order 1. Cost: one denoiser call and one noise draw a step, one call at the end. Immutable and
 * thread-safe.
 */
public final class DriftlessSampler extends SteppedSampler {

  private final boolean bridge;

  private DriftlessSampler(Options options, boolean bridge) {
    super(options);
    this.bridge = bridge;
  }

  /**
   * The steps of Euler–Maruyama, as in the thesis.
   *
   * @param times the times, the first one where the terminal states live
   * @return the sampler
   */
  public static DriftlessSampler eulerMaruyama(TimeGrid times) {
    return new DriftlessSampler(Options.of(times), false);
  }

  /**
   * The steps with the variance of the bridge.
   *
   * @param times the times, the first one where the terminal states live
   * @return the sampler
   */
  public static DriftlessSampler bridge(TimeGrid times) {
    return new DriftlessSampler(Options.of(times), true);
  }

  @Override
  DriftlessSampler with(Options newOptions) {
    return new DriftlessSampler(newOptions, bridge);
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
    for (int i = 0; i < times().size(); i++) {
      double t = times().time(i);
      Marginal marginal = sde.marginal(t);
      if (!(marginal.mean() instanceof Multiplier.Scalar mean
          && mean.value() == 1
          && marginal.variance() instanceof Multiplier.Scalar variance
          && variance.value() == t)) {
        throw new IllegalArgumentException(
            sde
                + " is not the process X_t = X_0 + √t ξ of algorithm 3: use EulerMaruyama or"
                + " Ancestral, which take the same steps for any process");
      }
    }
  }

  @Override
  void step(Chain chain, int step, double t, double s) {
    double h = t - s;
    chain.denoise(step, t);
    chain.move(
        Multiplier.scalar(s / t),
        Multiplier.scalar(h / t),
        Multiplier.scalar(Math.sqrt(bridge ? h * s / t : h)),
        step);
  }
}
