package io.fdiff.examples.experiment;

import io.fdiff.sampler.Ddim;
import io.fdiff.sampler.EulerMaruyama;
import io.fdiff.sampler.LangevinStep;
import io.fdiff.sampler.MultistepExponential;
import io.fdiff.sampler.PredictorCorrector;
import io.fdiff.sampler.ProbabilityFlowSampler;
import io.fdiff.sampler.SteppedSampler;
import io.fdiff.sampler.StochasticHeun;
import io.fdiff.schedule.TimeGrid;
import java.util.Objects;

/**
 * How functions are sampled.
 *
 * @param method the sampler
 * @param steps steps from the horizon to {@code last}, at least 2
 * @param last time of the last state, which is denoised
 * @param times spacing of the times
 * @param batch functions sampled at once; their law does not depend on it
 */
public record SamplingChoice(Method method, int steps, double last, Spacing times, int batch) {

  /** Samplers by name. */
  public enum Method {
    /** Euler–Maruyama on the reverse-time equation. */
    EULER_MARUYAMA,
    /** Stochastic Heun. */
    STOCHASTIC_HEUN,
    /** Deterministic exponential steps of first order. */
    DDIM,
    /** Heun on the probability flow. */
    HEUN,
    /** Multistep exponential integrator of second order: the fewest network calls. */
    MULTISTEP,
    /** Euler–Maruyama and one Langevin step at each level, signal-to-noise ratio 0.16. */
    PREDICTOR_CORRECTOR;

    /** Whether a step draws no noise. */
    boolean deterministic() {
      return this == DDIM || this == HEUN || this == MULTISTEP;
    }
  }

  /** Spacing of the times. */
  public enum Spacing {
    /** Equal ratios. */
    GEOMETRIC,
    /** Equal differences of seventh roots (Karras et al. 2022). */
    POWER,
    /** Equal differences. */
    UNIFORM
  }

  /**
   * Checks the numbers.
   *
   * @param method the sampler
   * @param steps steps from the horizon to {@code last}, at least 2
   * @param last time of the last state, which is denoised
   * @param times spacing of the times
   * @param batch functions sampled at once; their law does not depend on it
   * @throws IllegalArgumentException if a number is out of range
   */
  public SamplingChoice {
    Objects.requireNonNull(method, "method");
    Objects.requireNonNull(times, "times");
    if (steps < 2 || batch < 1) {
      throw new IllegalArgumentException(
          "sampling in " + steps + " steps, batches of " + batch + ": at least 2 steps and 1");
    }
    if (!(last > 0 && last < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "last time " + last + " of sampling is not positive and finite");
    }
  }

  /**
   * A copy with another number of steps.
   *
   * @param value steps, at least 2
   * @return the copy
   */
  public SamplingChoice withSteps(int value) {
    return new SamplingChoice(method, value, last, times, batch);
  }

  /**
   * The sampler.
   *
   * @param horizon where the times begin
   * @return the sampler
   */
  public SteppedSampler sampler(double horizon) {
    TimeGrid grid =
        switch (times) {
          case GEOMETRIC -> TimeGrid.geometric(horizon, last, steps + 1);
          case POWER -> TimeGrid.power(horizon, last, steps + 1, 7);
          case UNIFORM -> TimeGrid.power(horizon, last, steps + 1, 1);
        };
    return switch (method) {
      case EULER_MARUYAMA -> EulerMaruyama.of(grid);
      case STOCHASTIC_HEUN -> StochasticHeun.of(grid);
      case DDIM -> Ddim.of(grid, 0);
      case HEUN -> ProbabilityFlowSampler.heun(grid);
      case MULTISTEP -> MultistepExponential.of(grid);
      case PREDICTOR_CORRECTOR -> PredictorCorrector.of(grid, 1, LangevinStep.signalToNoise(0.16));
    };
  }
}
