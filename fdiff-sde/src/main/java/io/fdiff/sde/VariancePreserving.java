package io.fdiff.sde;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.schedule.NoiseSchedule;
import io.fdiff.space.Grid;
import java.util.Objects;

/**
 * The variance-preserving process {@code dX = −½β(t)X dt + √β(t) dW^R} (Ornstein–Uhlenbeck, VPSDE):
 * {@code X_t | X_0 ~ N(e^{−B/2}X_0, (1 − e^{−B})R)}, {@code B(t) = ∫₀ᵗβ}. Its invariant law is
 * {@code N(0, R)}.
 */
public final class VariancePreserving implements SDE {

  private final CovarianceOperator noise;
  private final NoiseSchedule schedule;
  private final double horizon;

  private VariancePreserving(CovarianceOperator noise, NoiseSchedule schedule, double horizon) {
    this.noise = noise;
    this.schedule = schedule;
    this.horizon = horizon;
  }

  /**
   * The process on {@code [0, T]}.
   *
   * @param noise {@code R}
   * @param schedule {@code β} and its integral
   * @param horizon {@code T > 0}
   * @return the process
   * @throws IllegalArgumentException if {@code horizon} is not positive and finite, or {@code β} is
   *     negative or not finite on {@code [0, T]}
   */
  public static VariancePreserving of(
      CovarianceOperator noise, NoiseSchedule schedule, double horizon) {
    return new VariancePreserving(
        Objects.requireNonNull(noise, "noise"),
        Times.schedule(schedule, Times.horizon(horizon)),
        horizon);
  }

  /**
   * The Ornstein–Uhlenbeck process {@code dX = −θX dt + √(2θ) dW^R}, started at the data and
   * relaxing to {@code N(0, R)}; {@code R} should be trace class, or the process leaves the Hilbert
   * space (da Prato and Zabczyk 2014).
   *
   * @param noise {@code R}, the covariance of the invariant law
   * @param rate {@code θ > 0}
   * @param horizon {@code T > 0}; the data are forgotten to {@code e^{−θT}}
   * @return the variance-preserving process with constant {@code β = 2θ}
   * @throws IllegalArgumentException if {@code rate} or {@code horizon} is not positive and finite
   */
  public static VariancePreserving ornsteinUhlenbeck(
      CovarianceOperator noise, double rate, double horizon) {
    if (!(rate > 0 && rate < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "rate " + rate + " of the Ornstein–Uhlenbeck process is not positive and finite");
    }
    return of(noise, NoiseSchedule.constant(2 * rate), horizon);
  }

  @Override
  public CovarianceOperator noise() {
    return noise;
  }

  @Override
  public double horizon() {
    return horizon;
  }

  @Override
  public Multiplier driftRate(double t) {
    Times.inside(t, horizon);
    return Multiplier.scalar(-0.5 * schedule.rate(t));
  }

  @Override
  public Multiplier diffusion(double t) {
    Times.inside(t, horizon);
    return Multiplier.scalar(Math.sqrt(schedule.rate(t)));
  }

  @Override
  public Marginal transition(double s, double t) {
    Times.ordered(s, t, horizon);
    double integral = schedule.integral(s, t);
    return new Marginal(
        Multiplier.scalar(Math.exp(-0.5 * integral)),
        Multiplier.scalar(-Math.expm1(-integral)),
        noise);
  }

  @Override
  public VariancePreserving on(Grid grid) {
    return new VariancePreserving(noise.on(grid), schedule, horizon);
  }
}
