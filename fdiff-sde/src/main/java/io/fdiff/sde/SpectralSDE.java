package io.fdiff.sde;

import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.schedule.NoiseSchedule;
import io.fdiff.space.Grid;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.DoubleUnaryOperator;

/**
 * The functional diffusion process {@code dX_k = −βb_k X_k dt + √(2βλ_k) dw_k}, diagonal in a
 * spectral basis with one rate a mode (Franzese et al. 2023): {@code τ_k = e^{−Bb_k}}, {@code v_k =
 * (λ_k/b_k)(1 − e^{−2Bb_k})}.
 *
 * <p>See {@link FunctionalDiffusion} for the published settings and {@link StochasticEvolution} for
 * {@code b = ½(σ − Δ)}. Steps of a sampler cost transforms; with {@code b} constant use {@link
 * VariancePreserving}.
 */
public final class SpectralSDE implements SDE {

  private final SpectralCovariance noise;
  private final Spectrum rates;
  private final double[] b;
  private final NoiseSchedule schedule;
  private final double horizon;

  private SpectralSDE(
      SpectralCovariance noise, Spectrum rates, NoiseSchedule schedule, double horizon) {
    this.noise = noise;
    this.rates = rates;
    this.b = new double[noise.transform().modes()];
    for (int k = 0; k < b.length; k++) {
      int[] frequency = noise.transform().frequency(k);
      b[k] = rates.eigenvalue(frequency, noise.transform().laplacian(k));
      if (!(b[k] > 0 && b[k] < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "rate b = "
                + b[k]
                + " at frequency "
                + Arrays.toString(frequency)
                + " is not positive and finite: every mode must relax; shift the rates");
      }
    }
    this.schedule = schedule;
    this.horizon = horizon;
  }

  /**
   * The process on {@code [0, T]}.
   *
   * @param noise {@code R} with spectrum {@code λ_k}, in function-space scaling
   * @param rates {@code b_k > 0} of every mode there is
   * @param schedule time change {@code β} and its integral
   * @param horizon {@code T > 0}
   * @return the process
   * @throws IllegalArgumentException if a rate is not positive and finite, {@code horizon} is not,
   *     or {@code β} is negative or not finite on {@code [0, T]}
   */
  public static SpectralSDE of(
      SpectralCovariance noise, Spectrum rates, NoiseSchedule schedule, double horizon) {
    return new SpectralSDE(
        Objects.requireNonNull(noise, "noise"),
        Objects.requireNonNull(rates, "rates"),
        Times.schedule(schedule, Times.horizon(horizon)),
        horizon);
  }

  /**
   * The rates of the modes of this grid.
   *
   * @return a fresh array {@code [modes]} of {@code b_k}
   */
  public double[] rates() {
    return b.clone();
  }

  @Override
  public SpectralCovariance noise() {
    return noise;
  }

  @Override
  public double horizon() {
    return horizon;
  }

  private Multiplier of(DoubleUnaryOperator ofRate) {
    return Multiplier.perMode(noise.transform(), b, ofRate);
  }

  @Override
  public Multiplier driftRate(double t) {
    Times.inside(t, horizon);
    double beta = schedule.rate(t);
    return of(rate -> -beta * rate);
  }

  @Override
  public Multiplier diffusion(double t) {
    Times.inside(t, horizon);
    return Multiplier.scalar(Math.sqrt(2 * schedule.rate(t)));
  }

  @Override
  public Marginal transition(double s, double t) {
    Times.ordered(s, t, horizon);
    double integral = schedule.integral(s, t);
    return new Marginal(
        of(rate -> Math.exp(-integral * rate)),
        of(rate -> -Math.expm1(-2 * integral * rate) / rate),
        noise);
  }

  @Override
  public SpectralSDE on(Grid grid) {
    return new SpectralSDE(noise.on(grid), rates, schedule, horizon);
  }
}
