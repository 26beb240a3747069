package io.fdiff.sde;

import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.schedule.NoiseSchedule;
import io.fdiff.space.Grid;
import java.util.function.DoubleUnaryOperator;

/**
 * {@code dX = −½β(σ₀ − Δ)X dt + √β dW^R} on [0, 1], written from its closed form: a process with
 * one rate a mode, to test what the library does with multipliers that are not scalar.
 */
public record EvolutionSDE(SpectralCovariance noise, NoiseSchedule schedule, double shift)
    implements SDE {

  /** With the spectrum {@code (σ₀ + κ²)^{−0.1}} of oracle D6. */
  public static EvolutionSDE of(SpectralCovariance noise) {
    return new EvolutionSDE(noise, Fixtures.schedule(), 1);
  }

  /** With a schedule so slow that no mode of a small grid is lost before the end. */
  public static EvolutionSDE slow(SpectralCovariance noise) {
    return new EvolutionSDE(noise, NoiseSchedule.linear(0.01, 0.1), 1);
  }

  private Multiplier of(DoubleUnaryOperator ofRate) {
    double[] values = new double[noise.transform().modes()];
    for (int k = 0; k < values.length; k++) {
      values[k] = ofRate.applyAsDouble(shift + noise.transform().laplacian(k));
    }
    return Multiplier.perMode(noise.transform(), values);
  }

  @Override
  public double horizon() {
    return 1;
  }

  @Override
  public Multiplier driftRate(double t) {
    Times.inside(t, 1);
    return of(rate -> -0.5 * schedule.rate(t) * rate);
  }

  @Override
  public Multiplier diffusion(double t) {
    Times.inside(t, 1);
    return Multiplier.scalar(Math.sqrt(schedule.rate(t)));
  }

  @Override
  public Marginal transition(double s, double t) {
    Times.ordered(s, t, 1);
    double b = schedule.integral(s, t);
    return new Marginal(
        of(rate -> Math.exp(-0.5 * b * rate)), of(rate -> -Math.expm1(-b * rate) / rate), noise);
  }

  @Override
  public SDE on(Grid grid) {
    return new EvolutionSDE(noise.on(grid), schedule, shift);
  }
}
