package io.fdiff.sde;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.space.Grid;
import java.util.Objects;

/**
 * The driftless process {@code dX = dW^R}: {@code X_t | X_0 ~ N(X_0, tR)} (Foresti 2024, section
 * 4.2.1); the variance-exploding process with {@code σ² = t}.
 */
public final class Driftless implements SDE {

  private final CovarianceOperator noise;
  private final double horizon;

  private Driftless(CovarianceOperator noise, double horizon) {
    this.noise = noise;
    this.horizon = horizon;
  }

  /**
   * The process on {@code [0, T]}.
   *
   * @param noise {@code R}; with the covariance of the data the signal-to-noise ratio at time
   *     {@code t} is {@code 1/t} in every mode
   * @param horizon {@code T > 0}
   * @return the process
   * @throws IllegalArgumentException if {@code horizon} is not positive and finite
   */
  public static Driftless of(CovarianceOperator noise, double horizon) {
    return new Driftless(Objects.requireNonNull(noise, "noise"), Times.horizon(horizon));
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
    return Multiplier.scalar(0);
  }

  @Override
  public Multiplier diffusion(double t) {
    Times.inside(t, horizon);
    return Multiplier.scalar(1);
  }

  @Override
  public Marginal transition(double s, double t) {
    Times.ordered(s, t, horizon);
    return new Marginal(Multiplier.scalar(1), Multiplier.scalar(t - s), noise);
  }

  @Override
  public Driftless on(Grid grid) {
    return new Driftless(noise.on(grid), horizon);
  }
}
