package io.fdiff.sde;

import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.schedule.LevelSchedule;
import io.fdiff.space.Grid;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.DoubleUnaryOperator;

/**
 * Heat dissipation with a little noise (IHDM, Rissanen et al. 2023): {@code X_t | X_0 ~
 * N(e^{s(t)²Δ/2} X_0, δ²R)}, a blur of length {@code s(t)} in units of the domain and noise of
 * fixed size.
 *
 * <p>The data sit at {@code s = 0} and {@code δ = 0}: both jump at time 0, and transitions from
 * {@code s > 0} have variance {@code δ²(1 − τ(s→t)²)}, 0 in the constant mode. That mode keeps its
 * law for ever: the terminal law is not free of data, and the prior must be {@link
 * Prior#momentMatched}.
 */
public final class HeatDissipation implements SDE {

  private final SpectralCovariance noise;
  private final LevelSchedule blur;
  private final double deviation;
  private final double horizon;
  private final double[] laplacian;

  private HeatDissipation(
      SpectralCovariance noise, LevelSchedule blur, double deviation, double horizon) {
    this.noise = noise;
    this.blur = blur;
    this.deviation = deviation;
    this.horizon = horizon;
    this.laplacian = new double[noise.transform().modes()];
    Arrays.setAll(laplacian, noise.transform()::laplacian);
  }

  /**
   * The process on {@code [0, T]}.
   *
   * @param noise {@code R}, diagonal in the basis of the blur
   * @param blur length {@code s(t)} of the blur in units of the domain, usually geometric
   * @param deviation {@code δ > 0}
   * @param horizon {@code T > 0}
   * @return the process
   * @throws IllegalArgumentException if {@code horizon} or {@code deviation} is not positive and
   *     finite, or the blur shrinks somewhere
   */
  public static HeatDissipation of(
      SpectralCovariance noise, LevelSchedule blur, double deviation, double horizon) {
    Objects.requireNonNull(noise, "noise");
    Times.levels(blur, Times.horizon(horizon));
    if (!(deviation > 0 && deviation < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "noise deviation "
              + deviation
              + " is not positive and finite: a blur without noise cannot be reversed");
    }
    return new HeatDissipation(noise, blur, deviation, horizon);
  }

  @Override
  public SpectralCovariance noise() {
    return noise;
  }

  @Override
  public double horizon() {
    return horizon;
  }

  private Multiplier of(DoubleUnaryOperator ofLaplacian) {
    return Multiplier.perMode(noise.transform(), laplacian, ofLaplacian);
  }

  @Override
  public Multiplier driftRate(double t) {
    Times.inside(t, horizon);
    double growth = blur.squareRate(t);
    return of(kappa2 -> -0.5 * kappa2 * growth);
  }

  @Override
  public Multiplier diffusion(double t) {
    Times.inside(t, horizon);
    double growth = blur.squareRate(t);
    return of(kappa2 -> deviation * Math.sqrt(kappa2 * growth));
  }

  @Override
  public Marginal transition(double s, double t) {
    Times.ordered(s, t, horizon);
    double square = deviation * deviation;
    if (s == 0) {
      double length = blur.level(t);
      return new Marginal(
          of(kappa2 -> Math.exp(-0.5 * kappa2 * length * length)),
          Multiplier.scalar(square),
          noise);
    }
    double growth = blur.squareGrowth(s, t);
    return new Marginal(
        of(kappa2 -> Math.exp(-0.5 * kappa2 * growth)),
        of(kappa2 -> -square * Math.expm1(-kappa2 * growth)),
        noise);
  }

  @Override
  public HeatDissipation on(Grid grid) {
    return new HeatDissipation(noise.on(grid), blur, deviation, horizon);
  }
}
