package io.fdiff.sampler;

import io.fdiff.schedule.TimeGrid;
import io.fdiff.sde.ProbabilityFlow;

/**
 * The {@link ProbabilityFlow} on a time grid by the methods of Euler and Heun, then the denoised
 * state. For {@code VarianceExploding} with its level as time Heun's method is the sampler of
 * Karras et al. (2022, algorithms 1 and 2).
 *
 * <p>Draws no noise, but for the churn that may precede the steps of Heun's method. Order 1 and 2.
 * Cost: one and two denoiser calls a step, one at the end. Time is the time of the process: choose
 * a grid that is fine where the process changes fast. {@link DormandPrince} chooses its own steps.
 * Immutable and thread-safe.
 */
public final class ProbabilityFlowSampler extends SteppedSampler {

  /** Noise put back before a step. */
  private record Churn(double share, double low, double high, double scale) {
    static final Churn NONE = new Churn(0, 0, 0, 1);
  }

  private final boolean heun;
  private final Churn churn;

  private ProbabilityFlowSampler(Options options, boolean heun, Churn churn) {
    super(options);
    this.heun = heun;
    this.churn = churn;
  }

  /**
   * Euler's method.
   *
   * @param times the times, the first one where the terminal states live
   * @return the sampler
   */
  public static ProbabilityFlowSampler euler(TimeGrid times) {
    return new ProbabilityFlowSampler(Options.of(times), false, Churn.NONE);
  }

  /**
   * Heun's method.
   *
   * @param times the times, the first one where the terminal states live
   * @return the sampler
   */
  public static ProbabilityFlowSampler heun(TimeGrid times) {
    return new ProbabilityFlowSampler(Options.of(times), true, Churn.NONE);
  }

  /**
   * The same sampler with churn: before a step from {@code t} in {@code [low, high]} the state is
   * carried forward to {@code t̂ = min(T, (1 + share)t)} by the transition of the process, with the
   * noise scaled; the step then starts there. Where the level is the time, {@code t̂ = σ̂} of
   * Karras et al., but none goes beyond the horizon.
   *
   * @param share {@code γ > 0}
   * @param low smallest time with churn, at least 0
   * @param high largest time with churn, at least {@code low}
   * @param scale factor of the noise, {@code S_noise > 0}; 1 keeps the law of the process
   * @return the sampler
   * @throws IllegalArgumentException if a number is out of range
   */
  public ProbabilityFlowSampler withChurn(double share, double low, double high, double scale) {
    if (!(share > 0 && share < Double.POSITIVE_INFINITY)
        || !(low >= 0 && low <= high)
        || !(scale > 0 && scale < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "churn of share "
              + share
              + " from "
              + low
              + " to "
              + high
              + " with noise scale "
              + scale
              + ": needs share > 0, 0 ≤ low ≤ high and scale > 0");
    }
    return new ProbabilityFlowSampler(options(), heun, new Churn(share, low, high, scale));
  }

  @Override
  ProbabilityFlowSampler with(Options newOptions) {
    return new ProbabilityFlowSampler(newOptions, heun, churn);
  }

  @Override
  public double strongOrder() {
    return heun ? 2 : 1;
  }

  @Override
  public double weakOrder() {
    return heun ? 2 : 1;
  }

  @Override
  void step(Chain chain, int step, double t, double s) {
    double from = t;
    if (churn.share() > 0 && t >= churn.low() && t <= churn.high()) {
      from = Math.min(chain.sde().horizon(), t * (1 + churn.share()));
      if (from > t) {
        chain.renoise(step, 0, t, from, churn.scale());
      }
    }
    if (heun) {
      StochasticHeun.heun(chain, step, from, s, 0);
    } else {
      EulerMaruyama.euler(chain, step, from, s, 0);
    }
  }
}
