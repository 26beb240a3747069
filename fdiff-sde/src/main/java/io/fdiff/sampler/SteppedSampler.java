package io.fdiff.sampler;

import io.fdiff.denoise.Denoiser;
import io.fdiff.noise.NoiseSource;
import io.fdiff.schedule.TimeGrid;
import io.fdiff.sde.SDE;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A sampler that walks down a time grid {@code T = t_n > … > t_1 > 0} one step at a time and
 * returns the denoised state {@code D(x, t_1)}.
 *
 * <p>Its steps can be used by others: {@link PredictorCorrector} follows each with corrections,
 * {@link Restart} repeats some of them. Instances are small immutable values; what changes during a
 * run belongs to the run.
 */
public abstract class SteppedSampler implements Sampler {

  /** What all samplers of this kind have. */
  record Options(TimeGrid times, StepListener listener, BooleanSupplier cancelled) {
    Options {
      Objects.requireNonNull(times, "times");
      Objects.requireNonNull(listener, "listener");
      Objects.requireNonNull(cancelled, "cancelled");
    }

    static Options of(TimeGrid times) {
      return new Options(times, StepListener.NONE, () -> false);
    }
  }

  private final Options options;

  /** Only samplers of this package know the moves of a chain. */
  SteppedSampler(Options options) {
    this.options = options;
  }

  final Options options() {
    return options;
  }

  /** The same sampler with other options. */
  abstract SteppedSampler with(Options newOptions);

  /** Refuses processes that the method is not made for; called before anything is allocated. */
  void requireFit(SDE sde) {}

  /** Moves the chain from t down to s. */
  abstract void step(Chain chain, int step, double t, double s);

  /** Turns the state at the last time into the samples. */
  INDArray finish(Chain chain, int step, double t) {
    return chain.finish(step, t);
  }

  /**
   * The times that are visited.
   *
   * @return the grid
   */
  public final TimeGrid times() {
    return options.times();
  }

  /**
   * The order {@code p} of the error {@code O(h^p)} of single samples for given noise, or given
   * terminal state where no noise is drawn, as the steps of the grid shrink.
   *
   * @return the order; 0 where refining the grid alone does not remove the error
   */
  public abstract double strongOrder();

  /**
   * The order {@code p} of the error {@code O(h^p)} of the law as the steps of the grid shrink.
   *
   * @return the order; 0 where refining the grid alone does not remove the error
   */
  public abstract double weakOrder();

  /**
   * The same sampler on other times.
   *
   * @param newTimes the times, the first one where the terminal states live
   * @return the sampler
   */
  public final SteppedSampler withTimes(TimeGrid newTimes) {
    return with(new Options(newTimes, options.listener(), options.cancelled()));
  }

  /**
   * The same sampler, reporting its progress.
   *
   * @param newListener called after each step
   * @return the sampler
   */
  public final SteppedSampler withListener(StepListener newListener) {
    return with(new Options(options.times(), newListener, options.cancelled()));
  }

  /**
   * The same sampler, which can be stopped.
   *
   * @param cancelled asked before each step, from the thread that samples; on true {@code sample}
   *     throws a {@link CancellationException}
   * @return the sampler
   */
  public final SteppedSampler withCancellation(BooleanSupplier cancelled) {
    return with(new Options(options.times(), options.listener(), cancelled));
  }

  /**
   * {@inheritDoc}
   *
   * @throws CancellationException if the run was cancelled; names the steps done
   */
  @Override
  public final INDArray sample(SDE sde, Denoiser denoiser, INDArray terminal, NoiseSource noise) {
    TimeGrid times = options.times();
    requireFit(sde, this);
    Chain chain = new Chain(sde, denoiser, terminal, noise);
    int steps = times.steps();
    for (int step = 0; step < steps; step++) {
      advance(chain, step, steps, times.time(step), times.time(step + 1));
    }
    return finish(chain, steps, times.time(steps));
  }

  /** One step with all that surrounds it. */
  final void advance(Chain chain, int step, int steps, double t, double s) {
    if (options.cancelled().getAsBoolean()) {
      throw new CancellationException(
          "sampling was cancelled after " + step + " of " + steps + " steps, at t = " + t);
    }
    step(chain, step, t, s);
    options.listener().onStep(step + 1, steps, s, chain::snapshot);
  }

  static void requireFit(SDE sde, SteppedSampler sampler) {
    TimeGrid times = sampler.times();
    if (!(times.time(0) <= sde.horizon())) {
      throw new IllegalArgumentException(
          "first time "
              + times.time(0)
              + " is beyond the horizon "
              + sde.horizon()
              + " of the process: end the time grid at T");
    }
    sampler.requireFit(sde);
  }
}
