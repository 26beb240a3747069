package io.fdiff.sampler;

import io.fdiff.schedule.TimeGrid;
import io.fdiff.sde.Marginal;
import io.fdiff.sde.Multiplier;

/**
 * The exponential integrator of order 2 for the probability flow that uses the denoised state of
 * the step before (DPM-Solver++ 2M of Lu et al. 2022, mode by mode). With {@code ℓ = ln(M/√V)},
 * {@code h_i = ℓ_s − ℓ_t}, {@code r = h_{i−1}/h_i}:
 *
 * <pre>{@code
 * d̄ = (1 + 1/(2r)) d_i − 1/(2r) d_{i−1}
 * x ← √(V_s/V_t) x − M_s(e^{−h_i} − 1) d̄
 * }</pre>
 *
 * then the denoised state; the first step has {@code d̄ = d_i}.
 *
 * <p>Draws no noise. Order 2. Cost: one denoiser call a step and one at the end. The sampler for
 * few calls; equal steps of {@code ℓ} suit it ({@link TimeGrid#uniformIn}). Immutable and
 * thread-safe.
 */
public final class MultistepExponential extends SteppedSampler {

  private MultistepExponential(Options options) {
    super(options);
  }

  /**
   * The sampler on a time grid.
   *
   * @param times the times, the first one where the terminal states live
   * @return the sampler
   */
  public static MultistepExponential of(TimeGrid times) {
    return new MultistepExponential(Options.of(times));
  }

  @Override
  MultistepExponential with(Options newOptions) {
    return new MultistepExponential(newOptions);
  }

  @Override
  public double strongOrder() {
    return 2;
  }

  @Override
  public double weakOrder() {
    return 2;
  }

  @Override
  void step(Chain chain, int step, double t, double s) {
    Marginal late = chain.sde().marginal(t);
    Marginal early = chain.sde().marginal(s);
    Multiplier h =
        early.logSignalToNoise().combine(late.logSignalToNoise(), (there, here) -> there - here);
    Multiplier state =
        early.variance().combine(late.variance(), (there, here) -> Math.sqrt(there / here));
    // A mode whose signal is gone at both times has no length, and nothing to add.
    Multiplier clean =
        early.mean().combine(h, (m, length) -> m == 0 ? 0 : -m * Math.expm1(-length));
    double before = chain.keptTime();
    chain.denoise(step, t);
    if (before > t) {
      // 1/(2r); a mode whose ratio stood still, or came from no signal at all, has no slope.
      Multiplier slope =
          late.logSignalToNoise()
              .combine(
                  chain.sde().marginal(before).logSignalToNoise(), (here, there) -> here - there)
              .combine(h, (last, next) -> finite(last, next) ? 0.5 * next / last : 0);
      chain.move(
          new Multiplier[] {
            state,
            clean.combine(slope, (c, w) -> c * (1 + w)),
            clean.combine(slope, (c, w) -> -c * w)
          },
          Slot.STATE,
          Slot.DENOISED,
          Slot.KEPT);
    } else {
      chain.move(state, clean);
    }
    chain.keepDenoised(t);
  }

  private static boolean finite(double last, double next) {
    return last != 0 && Double.isFinite(last) && Double.isFinite(next);
  }
}
