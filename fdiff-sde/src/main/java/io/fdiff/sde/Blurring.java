package io.fdiff.sde;

import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.schedule.LevelSchedule;
import io.fdiff.schedule.NoiseSchedule;
import io.fdiff.space.Grid;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.DoubleUnaryOperator;

/**
 * Blur and noise together (blurring diffusion, Hoogeboom and Salimans 2023; denoising diffusion
 * operators, Lim et al. 2023): {@code X_t | X_0 ~ N(α e^{(s(t)² − s(0)²)Δ/2} X_0, ς²R)} with {@code
 * α² = e^{−B}}, {@code ς² = 1 − e^{−B}}, and a length of blur {@code s(t)} in units of the domain.
 *
 * <p>Per mode the drift is {@code −½β − ½κ²(s²)'} and the noise has {@code G² = β + κ²(s²)'ς²}, one
 * number a mode: what the blur takes from the noise is put back. It is never negative where the
 * blur does not shrink, which is checked.
 */
public final class Blurring implements SDE {

  private final SpectralCovariance noise;
  private final NoiseSchedule schedule;
  private final LevelSchedule blur;
  private final double horizon;
  private final double[] laplacian;

  private Blurring(
      SpectralCovariance noise, NoiseSchedule schedule, LevelSchedule blur, double horizon) {
    this.noise = noise;
    this.schedule = schedule;
    this.blur = blur;
    this.horizon = horizon;
    this.laplacian = new double[noise.transform().modes()];
    Arrays.setAll(laplacian, noise.transform()::laplacian);
  }

  /**
   * The process on {@code [0, T]}.
   *
   * @param noise {@code R}, diagonal in the basis of the blur
   * @param schedule {@code β} and its integral
   * @param blur length {@code s(t)} of the blur in units of the domain
   * @param horizon {@code T > 0}
   * @return the process
   * @throws IllegalArgumentException if {@code horizon} is not positive and finite, {@code β} is
   *     negative or not finite on {@code [0, T]}, or the blur shrinks somewhere
   */
  public static Blurring of(
      SpectralCovariance noise, NoiseSchedule schedule, LevelSchedule blur, double horizon) {
    Objects.requireNonNull(noise, "noise");
    Times.schedule(schedule, Times.horizon(horizon));
    Times.levels(blur, horizon);
    return new Blurring(noise, schedule, blur, horizon);
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
    double beta = schedule.rate(t);
    double growth = blur.squareRate(t);
    return of(kappa2 -> -0.5 * (beta + kappa2 * growth));
  }

  @Override
  public Multiplier diffusion(double t) {
    Times.inside(t, horizon);
    double beta = schedule.rate(t);
    double restored = blur.squareRate(t) * -Math.expm1(-schedule.integral(t));
    return of(kappa2 -> Math.sqrt(beta + kappa2 * restored));
  }

  @Override
  public Marginal transition(double s, double t) {
    Times.ordered(s, t, horizon);
    double integral = schedule.integral(s, t);
    double growth = blur.squareGrowth(s, t);
    double kept = Math.exp(-integral);
    double added = -Math.expm1(-integral);
    // ς(t)² − τ²ς(s)² as a sum of two terms that are not negative.
    double before = kept * -Math.expm1(-schedule.integral(s));
    return new Marginal(
        of(kappa2 -> Math.exp(-0.5 * (integral + kappa2 * growth))),
        of(kappa2 -> added - before * Math.expm1(-kappa2 * growth)),
        noise);
  }

  @Override
  public Blurring on(Grid grid) {
    return new Blurring(noise.on(grid), schedule, blur, horizon);
  }
}
