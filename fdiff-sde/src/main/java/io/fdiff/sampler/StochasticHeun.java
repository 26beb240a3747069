package io.fdiff.sampler;

import io.fdiff.schedule.TimeGrid;
import io.fdiff.sde.Multiplier;
import io.fdiff.sde.ReverseSDE;

/**
 * Heun's method for the time reversals {@link ReverseSDE}: with {@code f(x, t) = P_t x + Q_t D(x,
 * t)} and {@code ΔW = √h ξ}
 *
 * <pre>{@code
 * x̃ = x + h f(x, t) + ηG_t ΔW
 * x ← x + ½h(f(x, t) + f(x̃, s)) + ½η(G_t + G_s)ΔW
 * }</pre>
 *
 * then the denoised state.
 *
 * <p>Weak order 2 and strong order 1 for the additive noise of these equations; for {@code η = 0}
 * Heun's method for the probability flow, of order 2. Cost: two denoiser calls and one noise draw a
 * step, one call at the end. Source: Kloeden and Platen 1992, section 15.1. Immutable and
 * thread-safe.
 */
public final class StochasticHeun extends SteppedSampler {

  private final double eta;

  private StochasticHeun(Options options, double eta) {
    super(options);
    this.eta = eta;
  }

  /**
   * The sampler for the reverse SDE, {@code η = 1}.
   *
   * @param times the times, the first one where the terminal states live
   * @return the sampler
   */
  public static StochasticHeun of(TimeGrid times) {
    return of(times, 1);
  }

  /**
   * The sampler for a member of the family of reversals.
   *
   * @param times the times, the first one where the terminal states live
   * @param eta strength {@code η ≥ 0} of the noise; 0 draws none
   * @return the sampler
   * @throws IllegalArgumentException if {@code eta} is negative or not finite
   */
  public static StochasticHeun of(TimeGrid times, double eta) {
    return new StochasticHeun(Options.of(times), Strength.unbounded(eta));
  }

  @Override
  StochasticHeun with(Options newOptions) {
    return new StochasticHeun(newOptions, eta);
  }

  @Override
  public double strongOrder() {
    return eta == 0 ? 2 : 1;
  }

  @Override
  public double weakOrder() {
    return 2;
  }

  @Override
  void step(Chain chain, int step, double t, double s) {
    heun(chain, step, t, s, eta);
  }

  /** One step; Heun's method for the probability flow is that of strength 0. */
  static void heun(Chain chain, int step, double t, double s, double eta) {
    ReverseSDE reverse = new ReverseSDE(chain.sde(), eta);
    double h = t - s;
    Multiplier p1 = reverse.stateRate(t);
    Multiplier q1 = reverse.denoisedRate(t);
    Multiplier p2 = reverse.stateRate(s);
    Multiplier q2 = reverse.denoisedRate(s);
    Multiplier half = Multiplier.scalar(0.5 * h);
    chain.denoise(step, t);
    chain.keepDenoised(t);
    Multiplier euler = p1.map(p -> 1 + h * p);
    Multiplier stay = p1.times(half).map(p -> 1 + p);
    if (eta == 0) {
      chain.denoiseAt(step, s, new Multiplier[] {euler, q1.times(h)}, Slot.STATE, Slot.KEPT);
      chain.move(
          new Multiplier[] {stay, q1.times(half), p2.times(half), q2.times(half)},
          Slot.STATE,
          Slot.KEPT,
          Slot.AHEAD,
          Slot.DENOISED);
    } else {
      chain.noise(step);
      Multiplier g1 = reverse.noiseRate(t).times(Math.sqrt(h));
      Multiplier g2 = reverse.noiseRate(s).times(Math.sqrt(h));
      chain.denoiseAt(
          step, s, new Multiplier[] {euler, q1.times(h), g1}, Slot.STATE, Slot.KEPT, Slot.NOISE);
      chain.move(
          new Multiplier[] {
            stay, q1.times(half), p2.times(half), q2.times(half), g1.plus(g2).times(0.5)
          },
          Slot.STATE,
          Slot.KEPT,
          Slot.AHEAD,
          Slot.DENOISED,
          Slot.NOISE);
    }
  }
}
