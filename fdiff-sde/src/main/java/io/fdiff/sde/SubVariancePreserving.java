package io.fdiff.sde;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.schedule.NoiseSchedule;
import io.fdiff.space.Grid;
import java.util.Objects;

/**
 * The sub-variance-preserving process {@code dX = −½βX dt + √(β(1 − e^{−2B})) dW^R} (sub-VPSDE,
 * Song et al. 2021): {@code X_t | X_0 ~ N(e^{−B/2}X_0, (1 − e^{−B})²R)}, less noise than the
 * variance-preserving process at every time.
 */
public final class SubVariancePreserving implements SDE {

  private final CovarianceOperator noise;
  private final NoiseSchedule schedule;
  private final double horizon;

  private SubVariancePreserving(CovarianceOperator noise, NoiseSchedule schedule, double horizon) {
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
  public static SubVariancePreserving of(
      CovarianceOperator noise, NoiseSchedule schedule, double horizon) {
    return new SubVariancePreserving(
        Objects.requireNonNull(noise, "noise"),
        Times.schedule(schedule, Times.horizon(horizon)),
        horizon);
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
    return Multiplier.scalar(Math.sqrt(schedule.rate(t) * -Math.expm1(-2 * schedule.integral(t))));
  }

  @Override
  public Marginal transition(double s, double t) {
    Times.ordered(s, t, horizon);
    double integral = schedule.integral(s, t);
    // (1 − e^{−B(t)})² − e^{−B(s,t)}(1 − e^{−B(s)})², factored so that short steps do not cancel.
    double q = -Math.expm1(-schedule.integral(s));
    double kept = Math.exp(-integral);
    double lost = -Math.expm1(-integral);
    return new Marginal(
        Multiplier.scalar(Math.exp(-0.5 * integral)),
        Multiplier.scalar(lost * (lost + kept * q * (2 - q))),
        noise);
  }

  @Override
  public SubVariancePreserving on(Grid grid) {
    return new SubVariancePreserving(noise.on(grid), schedule, horizon);
  }
}
