package io.fdiff.sampler;

import io.fdiff.denoise.Denoiser;
import io.fdiff.noise.NoiseSource;
import io.fdiff.schedule.TimeGrid;
import io.fdiff.sde.SDE;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Restart sampling (Xu et al. 2023): when the steps of a sampler have reached a time {@code t_lo},
 * the state is carried forward to {@code t_hi} by the transition of the process, {@code x ←
 * M(t_lo→t_hi)x + √V(t_lo→t_hi) ξ}, and stepped down again, some times; then the steps go on to the
 * end. The noise forgets part of the errors made above.
 *
 * <p>Orders are those of the steps. Cost: the steps between {@code t_hi} and {@code t_lo} and one
 * noise draw a round more. The listener hears of all steps, numbered on. Immutable and thread-safe.
 */
public final class Restart implements Sampler {

  private final SteppedSampler steps;
  private final int low;
  private final int high;
  private final int rounds;

  private Restart(SteppedSampler steps, int low, int high, int rounds) {
    this.steps = steps;
    this.low = low;
    this.high = high;
    this.rounds = rounds;
  }

  /**
   * The sampler that repeats part of another one.
   *
   * @param steps makes the steps; its listener and cancellation are taken over
   * @param low {@code t_lo}, a time of its grid but the first
   * @param high {@code t_hi > t_lo}, a time of its grid
   * @param rounds how often to go back, at least 1
   * @return the sampler
   * @throws IllegalArgumentException if an argument is out of range
   */
  public static Restart of(SteppedSampler steps, double low, double high, int rounds) {
    int from = index(steps.times(), high);
    int to = index(steps.times(), low);
    if (!(from < to)) {
      throw new IllegalArgumentException(
          "restart from " + low + " back to " + high + ": needs low < high");
    }
    if (rounds < 1) {
      throw new IllegalArgumentException(
          rounds + " restarts: give at least 1, or use the sampler alone");
    }
    return new Restart(steps, to, from, rounds);
  }

  private static int index(TimeGrid times, double t) {
    int nearest = 0;
    for (int i = 0; i < times.size(); i++) {
      if (times.time(i) == t) {
        return i;
      }
      if (Math.abs(times.time(i) - t) < Math.abs(times.time(nearest) - t)) {
        nearest = i;
      }
    }
    throw new IllegalArgumentException(
        "restart at " + t + ": give a time of the grid; the nearest is " + times.time(nearest));
  }

  /**
   * The strong order of the steps.
   *
   * @return as {@link SteppedSampler#strongOrder}
   */
  public double strongOrder() {
    return steps.strongOrder();
  }

  /**
   * The weak order of the steps.
   *
   * @return as {@link SteppedSampler#weakOrder}
   */
  public double weakOrder() {
    return steps.weakOrder();
  }

  @Override
  public INDArray sample(SDE sde, Denoiser denoiser, INDArray terminal, NoiseSource noise) {
    TimeGrid times = steps.times();
    SteppedSampler.requireFit(sde, steps);
    Chain chain = new Chain(sde, denoiser, terminal, noise);
    int total = times.steps() + rounds * (low - high);
    int step = walk(chain, 0, total, 0, low);
    for (int round = 0; round < rounds; round++) {
      chain.renoise(step, 1, times.time(low), times.time(high), 1);
      step = walk(chain, step, total, high, low);
    }
    step = walk(chain, step, total, low, times.steps());
    return steps.finish(chain, step, times.time(times.steps()));
  }

  private int walk(Chain chain, int first, int total, int from, int to) {
    int step = first;
    for (int i = from; i < to; i++) {
      steps.advance(chain, step++, total, steps.times().time(i), steps.times().time(i + 1));
    }
    return step;
  }
}
