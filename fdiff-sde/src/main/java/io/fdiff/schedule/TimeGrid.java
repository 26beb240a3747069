package io.fdiff.schedule;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntToDoubleFunction;
import org.apache.commons.math3.analysis.solvers.BrentSolver;

/**
 * The times {@code T = t_n > … > t_1 > 0} that a sampler visits. Immutable; equal by times.
 *
 * <p>A grid of {@code n} times makes {@code n − 1} steps; the sampler stops at {@code t_1 > 0} and
 * returns the denoised state.
 */
public final class TimeGrid {

  private final double[] times;

  private TimeGrid(double[] times) {
    this.times = times;
  }

  /**
   * Given times.
   *
   * @param times strictly decreasing, positive, at least 2; copied
   * @return the grid
   * @throws IllegalArgumentException if the times are not as described
   */
  public static TimeGrid of(double... times) {
    if (times.length < 2) {
      throw new IllegalArgumentException(times.length + " times: a time grid needs at least 2");
    }
    for (int i = 0; i < times.length; i++) {
      double above = i == 0 ? Double.POSITIVE_INFINITY : times[i - 1];
      if (!(times[i] > 0 && times[i] < above)) {
        throw new IllegalArgumentException(
            "time " + times[i] + " at index " + i + ": times must decrease strictly and stay > 0");
      }
    }
    return new TimeGrid(times.clone());
  }

  /**
   * {@code kT/n}, {@code k = n, …, 1} (Foresti 2024, algorithm 3): {@code n − 1} equal steps down
   * to {@code T/n}.
   *
   * @param horizon {@code T > 0}
   * @param n number of times, at least 2
   * @return the grid
   * @throws IllegalArgumentException if an argument is out of range
   */
  public static TimeGrid uniform(double horizon, int n) {
    // kT/n for k = n can exceed T by round-off, and samplers refuse times beyond the horizon.
    return of(filled(n, k -> k == 0 ? horizon : horizon * (n - k) / n));
  }

  /**
   * Times in geometric progression from {@code T} to {@code t_min}, uniform in {@code ln t}.
   *
   * @param horizon {@code T > t_min}
   * @param last {@code t_min > 0}
   * @param n number of times, at least 2
   * @return the grid
   * @throws IllegalArgumentException if an argument is out of range
   */
  public static TimeGrid geometric(double horizon, double last, int n) {
    double ratio = Math.log(last / horizon);
    return of(
        filled(
            n,
            k -> k == 0 ? horizon : k == n - 1 ? last : horizon * Math.exp(ratio * k / (n - 1))));
  }

  /**
   * {@code t_i = (T^{1/ρ} + i/(n − 1)(t_min^{1/ρ} − T^{1/ρ}))^ρ}, {@code i = 0, …, n − 1}: equal
   * steps of {@code t^{1/ρ}}. With {@code ρ = 7} and noise deviation as time the grid of Karras et
   * al. 2022; for a process with variance {@code t} the same levels need {@code ρ = 14}.
   *
   * @param horizon {@code T > t_min}
   * @param last {@code t_min > 0}
   * @param n number of times, at least 2
   * @param exponent {@code ρ > 0}; 1 gives equal steps
   * @return the grid
   * @throws IllegalArgumentException if an argument is out of range
   */
  public static TimeGrid power(double horizon, double last, int n, double exponent) {
    if (!(exponent > 0 && exponent < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "exponent " + exponent + " of a power grid is not positive and finite");
    }
    double from = Math.pow(horizon, 1 / exponent);
    double to = Math.pow(last, 1 / exponent);
    return of(
        filled(
            n,
            k ->
                k == 0
                    ? horizon
                    : k == n - 1 ? last : Math.pow(from + k * (to - from) / (n - 1), exponent)));
  }

  /**
   * Equal steps of the integrated rate {@code B(t)}: each step forgets the same share of the state.
   *
   * @param schedule the noise schedule
   * @param horizon {@code T > t_min}
   * @param last {@code t_min > 0}
   * @param n number of times, at least 2
   * @return the grid
   * @throws IllegalArgumentException if an argument is out of range
   */
  public static TimeGrid uniformIn(NoiseSchedule schedule, double horizon, double last, int n) {
    double from = schedule.integral(horizon);
    double to = schedule.integral(last);
    return of(
        filled(
            n,
            k ->
                k == 0
                    ? horizon
                    : k == n - 1 ? last : schedule.inverse(from + k * (to - from) / (n - 1))));
  }

  /**
   * Equal steps of a clock that increases or decreases with time; its times are found by
   * bracketing, to {@code 1e-14} of the horizon. Steps of equal signal-to-noise ratio of any
   * process:
   *
   * <pre>{@code
   * TimeGrid.uniformIn(t -> sde.marginal(t).logSignalToNoise().at(mode), sde.horizon(), 1e-3, 30)
   * }</pre>
   *
   * @param clock strictly monotone and continuous on {@code [t_min, T]}, finite at both ends
   * @param horizon {@code T > t_min}
   * @param last {@code t_min > 0}
   * @param n number of times, at least 2
   * @return the grid
   * @throws IllegalArgumentException if an argument is out of range or the clock is not finite or
   *     stands still between {@code t_min} and {@code T}
   */
  public static TimeGrid uniformIn(DoubleUnaryOperator clock, double horizon, double last, int n) {
    if (!(last > 0 && last < horizon && horizon < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "times from " + horizon + " to " + last + ": needs 0 < last < horizon");
    }
    double from = clock.applyAsDouble(horizon);
    double to = clock.applyAsDouble(last);
    if (!(Double.isFinite(from) && Double.isFinite(to) && from != to)) {
      throw new IllegalArgumentException(
          "clock shows "
              + from
              + " at "
              + horizon
              + " and "
              + to
              + " at "
              + last
              + ": it must be finite and strictly monotone");
    }
    BrentSolver solver = new BrentSolver(1e-15, 1e-14 * horizon, 0);
    return of(
        filled(
            n,
            k -> {
              if (k == 0 || k == n - 1) {
                return k == 0 ? horizon : last;
              }
              double level = from + k * (to - from) / (n - 1);
              return solver.solve(
                  1000, t -> (clock.applyAsDouble(t) - level) / (to - from), last, horizon);
            }));
  }

  private static double[] filled(int n, IntToDoubleFunction time) {
    double[] times = new double[Math.max(n, 0)];
    Arrays.setAll(times, time);
    return times;
  }

  /**
   * The number of times.
   *
   * @return {@code n ≥ 2}
   */
  public int size() {
    return times.length;
  }

  /**
   * The number of steps between times.
   *
   * @return {@code n − 1}
   */
  public int steps() {
    return times.length - 1;
  }

  /**
   * One time, counted from the start of sampling.
   *
   * @param index {@code 0} is {@code T}, {@code size() − 1} the smallest
   * @return the time
   * @throws IndexOutOfBoundsException if the index is out of range
   */
  public double time(int index) {
    return times[index];
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TimeGrid that && Arrays.equals(times, that.times);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(times);
  }

  @Override
  public String toString() {
    return "TimeGrid[" + times.length + " times, " + times[0] + " to " + times[steps()] + "]";
  }
}
