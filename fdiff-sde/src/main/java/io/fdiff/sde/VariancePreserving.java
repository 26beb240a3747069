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
   * @throws IllegalArgumentException if {@code horizon} is not positive and finite
   */
  public static VariancePreserving of(
      CovarianceOperator noise, NoiseSchedule schedule, double horizon) {
    return new VariancePreserving(
        Objects.requireNonNull(noise, "noise"),
        Objects.requireNonNull(schedule, "schedule"),
        Times.horizon(horizon));
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
  public double diffusion(double t) {
    Times.inside(t, horizon);
    return Math.sqrt(schedule.rate(t));
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
