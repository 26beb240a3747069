package io.fdiff.sampler;

import io.fdiff.schedule.TimeGrid;
import io.fdiff.sde.Marginal;
import io.fdiff.sde.Multiplier;
import io.fdiff.sde.ReverseStep;
import io.fdiff.sde.SDE;

/**
 * Exponential steps: one part of the reverse dynamics is frozen over a step, the rest is solved
 * exactly, mode by mode.
 *
 * <p>With the denoised state frozen, {@code e^{−θ} = M(s→t)²V_s/V_t} and {@code d = D(x, t)}:
 *
 * <pre>{@code
 * x ← M_s d + √(V_s/V_t) e^{−η²θ/2}(x − M_t d) + √(V_s(1 − e^{−η²θ})) ξ
 * }</pre>
 *
 * ({@link ReverseStep#exponential}): {@code η = 0} is deterministic DDIM (Song, Meng and Ermon
 * 2021), {@code η = 1} the bridge, the step of ancestral sampling. With the score {@code S} frozen,
 * {@code M = M(s→t)} and {@code V = V(s→t)}:
 *
 * <pre>{@code
 * x ← x/M + (1 + η²) V/(M(1 + M)) S + η√V/M ξ
 * }</pre>
 *
 * exact where {@code G²/F} is constant in time and where {@code F} vanishes (for {@code η = 1} the
 * exponential predictor of Franzese et al. 2023 with its noise), elsewhere of the same order.
 *
 * <p>Weak and strong order 1. The first variant is stable for steps of any length and exact where
 * {@code D} does not change; it is the better one. Cost: one denoiser call and, for {@code η > 0},
 * one noise draw a step, one call at the end. Immutable and thread-safe.
 */
public final class ExponentialIntegrator extends SteppedSampler {

  private final double eta;
  private final boolean frozenScore;

  private ExponentialIntegrator(Options options, double eta, boolean frozenScore) {
    super(options);
    this.eta = eta;
    this.frozenScore = frozenScore;
  }

  /**
   * The sampler that freezes the denoised state.
   *
   * @param times the times, the first one where the terminal states live
   * @param eta strength {@code η ≥ 0} of the noise; 0 draws none
   * @return the sampler
   * @throws IllegalArgumentException if {@code eta} is negative or not finite
   */
  public static ExponentialIntegrator of(TimeGrid times, double eta) {
    return new ExponentialIntegrator(Options.of(times), Strength.unbounded(eta), false);
  }

  /**
   * The sampler that freezes the score. It refuses steps in which the process forgets a mode.
   *
   * @param times the times, the first one where the terminal states live
   * @param eta strength {@code η ≥ 0} of the noise; 0 draws none
   * @return the sampler
   * @throws IllegalArgumentException if {@code eta} is negative or not finite
   */
  public static ExponentialIntegrator frozenScore(TimeGrid times, double eta) {
    return new ExponentialIntegrator(Options.of(times), Strength.unbounded(eta), true);
  }

  @Override
  ExponentialIntegrator with(Options newOptions) {
    return new ExponentialIntegrator(newOptions, eta, frozenScore);
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
    for (int i = 0; frozenScore && i < times().steps(); i++) {
      double t = times().time(i);
      double s = times().time(i + 1);
      double kept = Frame.smallest(sde.transition(s, t).mean());
      if (!(1 / kept < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "a mode keeps the share "
                + kept
                + " of itself from "
                + s
                + " to "
                + t
                + ", and a step with frozen score multiplies by its inverse: take shorter steps or"
                + " freeze the denoised state");
      }
    }
  }

  @Override
  void step(Chain chain, int step, double t, double s) {
    chain.denoise(step, t);
    ReverseStep law =
        frozenScore ? scoreStep(chain, s, t) : ReverseStep.exponential(chain.sde(), s, t, eta);
    move(chain, law, eta > 0, step);
  }

  private ReverseStep scoreStep(Chain chain, double s, double t) {
    Marginal late = chain.sde().marginal(t);
    Marginal forth = chain.sde().transition(s, t);
    double square = eta * eta;
    Multiplier pull =
        forth
            .mean()
            .combine(forth.variance(), (m, v) -> (1 + square) * v / (m * (1 + m)))
            .combine(late.variance(), (p, v) -> p / v);
    return new ReverseStep(
        forth.mean().combine(pull, (m, p) -> 1 / m - p),
        pull.times(late.mean()),
        forth.variance().combine(forth.mean(), (v, m) -> square * v / (m * m)),
        late.noise());
  }

  /** A draw of a step at the denoised state, without noise where the method has none. */
  static void move(Chain chain, ReverseStep law, boolean noisy, int step) {
    if (noisy) {
      chain.move(law.state(), law.clean(), law.deviation(), step);
    } else {
      chain.move(law.state(), law.clean());
    }
  }
}
