package io.fdiff.sampler;

import io.fdiff.denoise.Denoiser;
import io.fdiff.noise.NoiseSource;
import io.fdiff.sde.SDE;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The {@link io.fdiff.sde.ProbabilityFlow} by the embedded Runge–Kutta pair 5(4) of Dormand and
 * Prince (1980) with steps chosen from an estimate of their error, then the denoised state.
 *
 * <p>The equation is integrated in {@code ln t}, in which it varies evenly. Every sample has its
 * own time and its own steps, so it does not depend on its batch: the denoiser is called with a
 * batch of different times, from which samples disappear that have arrived. A step with error
 * {@code e} is accepted if {@code ‖e‖ ≤ atol + rtol·max(‖x‖, ‖x′‖)} in the root mean square over
 * domain and channels, which does not depend on the grid; the next length follows by
 * proportional-integral control.
 *
 * <p>Draws no noise. Order 5. Cost: six denoiser calls a step, accepted or not, one more at the
 * start and one at the end; memory for ten states. Immutable and thread-safe.
 */
public final class DormandPrince implements Sampler {

  private final double last;
  private final double absolute;
  private final double relative;
  private final int limit;
  private final StepListener listener;
  private final BooleanSupplier cancelled;

  private DormandPrince(
      double last,
      double absolute,
      double relative,
      int limit,
      StepListener listener,
      BooleanSupplier cancelled) {
    this.last = last;
    this.absolute = absolute;
    this.relative = relative;
    this.limit = limit;
    this.listener = Objects.requireNonNull(listener, "listener");
    this.cancelled = Objects.requireNonNull(cancelled, "cancelled");
  }

  /**
   * The sampler from the horizon of a process to an earlier time, with tolerances {@code 1e-5} and
   * at most 10 000 steps.
   *
   * @param last {@code t_1 > 0}, where the state is denoised
   * @return the sampler
   * @throws IllegalArgumentException if {@code last} is not positive and finite
   */
  public static DormandPrince of(double last) {
    if (!(last > 0 && last < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "last time " + last + " is not positive and finite: stop above time 0, then denoise");
    }
    return new DormandPrince(last, 1e-5, 1e-5, 10_000, StepListener.NONE, () -> false);
  }

  /**
   * The same sampler with other tolerances.
   *
   * @param newAbsolute {@code atol > 0}, in units of the root mean square of the states
   * @param newRelative {@code rtol ≥ 1e-13}, and below 1
   * @return the sampler
   * @throws IllegalArgumentException if a tolerance is out of range
   */
  public DormandPrince withTolerances(double newAbsolute, double newRelative) {
    if (!(newAbsolute > 0 && newAbsolute < Double.POSITIVE_INFINITY)
        || !(newRelative >= 1e-13 && newRelative < 1)) {
      throw new IllegalArgumentException(
          "tolerances "
              + newAbsolute
              + " (absolute) and "
              + newRelative
              + " (relative): needs atol > 0 and 1e-13 ≤ rtol < 1");
    }
    return new DormandPrince(last, newAbsolute, newRelative, limit, listener, cancelled);
  }

  /**
   * The same sampler with another bound of the work.
   *
   * @param steps most steps of one sample, rejected ones included, at least 1
   * @return the sampler
   * @throws IllegalArgumentException if {@code steps < 1}
   */
  public DormandPrince withMostSteps(int steps) {
    if (steps < 1) {
      throw new IllegalArgumentException("at most " + steps + " steps: allow at least 1");
    }
    return new DormandPrince(last, absolute, relative, steps, listener, cancelled);
  }

  /**
   * The same sampler, reporting its progress.
   *
   * @param newListener called after each step of all samples that are under way, accepted or not.
   *     Of their times it hears that of the one furthest from the end. How many steps there will be
   *     is known at the last one only; before, it hears how many are allowed
   * @return the sampler
   */
  public DormandPrince withListener(StepListener newListener) {
    return new DormandPrince(last, absolute, relative, limit, newListener, cancelled);
  }

  /**
   * The same sampler, which can be stopped.
   *
   * @param newCancelled asked before each step, from the thread that samples; on true {@code
   *     sample} throws a {@link CancellationException}
   * @return the sampler
   */
  public DormandPrince withCancellation(BooleanSupplier newCancelled) {
    return new DormandPrince(last, absolute, relative, limit, listener, newCancelled);
  }

  /**
   * The order of the error of the steps that are accepted.
   *
   * @return 5
   */
  public double order() {
    return 5;
  }

  /**
   * {@inheritDoc}
   *
   * @param terminal states at the horizon, {@code [batch, channels, n1, …, nd]}, FLOAT or DOUBLE.
   *     Not modified.
   * @param noise not read
   * @throws ArithmeticException also if a sample needs more steps than allowed
   * @throws CancellationException if the run was cancelled
   */
  @Override
  public INDArray sample(SDE sde, Denoiser denoiser, INDArray terminal, NoiseSource noise) {
    if (!(last < sde.horizon())) {
      throw new IllegalArgumentException(
          "last time " + last + " is not below the horizon " + sde.horizon() + " of the process");
    }
    return run(sde, denoiser, terminal, sde.horizon(), last).denoised();
  }

  /**
   * Carries states along the flow, down or up in time, without denoising.
   *
   * @param sde forward process, on the grid of the states
   * @param denoiser {@code E[X₀ | X_t]} of that process
   * @param x states at {@code from}, {@code [batch, channels, n1, …, nd]}, FLOAT or DOUBLE. Not
   *     modified.
   * @param from time in {@code (0, T]}
   * @param to another time in {@code (0, T]}
   * @return states at {@code to}, a fresh array of the shape and type of {@code x}
   * @throws IllegalArgumentException if shapes do not fit or a time is out of range
   * @throws ArithmeticException if a state stops being finite or needs more steps than allowed
   * @throws CancellationException if the run was cancelled
   */
  public INDArray flow(SDE sde, Denoiser denoiser, INDArray x, double from, double to) {
    double horizon = sde.horizon();
    if (!(from > 0 && from <= horizon && to > 0 && to <= horizon && from != to)) {
      throw new IllegalArgumentException(
          "flow from " + from + " to " + to + ": both must be in (0, " + horizon + "] and differ");
    }
    return run(sde, denoiser, x, from, to).states();
  }

  private AdaptiveFlow run(SDE sde, Denoiser denoiser, INDArray x, double from, double to) {
    AdaptiveFlow flow = new AdaptiveFlow(sde, denoiser, x, from, to, absolute, relative);
    int steps = 0;
    while (!flow.arrived()) {
      if (cancelled.getAsBoolean()) {
        throw new CancellationException("sampling was cancelled after " + steps + " steps");
      }
      if (steps == limit) {
        throw new ArithmeticException(
            flow.describe()
                + " after "
                + limit
                + " steps: allow more steps or larger errors, or check the denoiser");
      }
      flow.step(steps++);
      listener.onStep(steps, flow.arrived() ? steps : limit, flow.slowest(), flow::snapshot);
    }
    return flow;
  }
}
