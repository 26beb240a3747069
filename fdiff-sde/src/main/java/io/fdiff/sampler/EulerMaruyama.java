package io.fdiff.sampler;

import io.fdiff.schedule.TimeGrid;
import io.fdiff.sde.Multiplier;
import io.fdiff.sde.ReverseSDE;

/**
 * Euler–Maruyama for the time reversals {@link ReverseSDE}, {@code x ← x + h(P_t x + Q_t D(x, t)) +
 * η√h G_t ξ}, {@code ξ ~ N(0, R)}, from {@code T} down to {@code t_1 > 0}, then the denoised state
 * {@code D(x, t_1)} (Foresti 2024, (3.36)).
 *
 * <p>The noise of these equations is additive, so the methods of Milstein and the stochastic
 * Runge–Kutta method (ibid. (3.37), (3.38)) take the same steps, bit for bit; where noise depends
 * on the state see {@link ItoIntegrator}. Weak and strong order 1. Cost: one denoiser call and one
 * noise draw a step, one call at the end. Immutable and thread-safe.
 */
public final class EulerMaruyama extends SteppedSampler {

  private final double eta;

  private EulerMaruyama(Options options, double eta) {
    super(options);
    this.eta = eta;
  }

  /**
   * The sampler for the reverse SDE, {@code η = 1}.
   *
   * @param times the times, the first one where the terminal states live
   * @return the sampler
   */
  public static EulerMaruyama of(TimeGrid times) {
    return of(times, 1);
  }

  /**
   * The sampler for a member of the family of reversals.
   *
   * @param times the times, the first one where the terminal states live
   * @param eta strength {@code η ≥ 0} of the noise; 0 is Euler's method for the probability flow,
   *     which draws none
   * @return the sampler
   * @throws IllegalArgumentException if {@code eta} is negative or not finite
   */
  public static EulerMaruyama of(TimeGrid times, double eta) {
    return new EulerMaruyama(Options.of(times), Strength.unbounded(eta));
  }

  @Override
  EulerMaruyama with(Options newOptions) {
    return new EulerMaruyama(newOptions, eta);
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
    euler(chain, step, t, s, eta);
  }

  /** One step; Euler's method for the probability flow is that of strength 0. */
  static void euler(Chain chain, int step, double t, double s, double eta) {
    ReverseSDE reverse = new ReverseSDE(chain.sde(), eta);
    double h = t - s;
    chain.denoise(step, t);
    Multiplier state = reverse.stateRate(t).times(h).map(rate -> 1 + rate);
    Multiplier clean = reverse.denoisedRate(t).times(h);
    if (eta == 0) {
      chain.move(state, clean);
    } else {
      chain.move(state, clean, reverse.noiseRate(t).times(Math.sqrt(h)), step);
    }
  }
}
