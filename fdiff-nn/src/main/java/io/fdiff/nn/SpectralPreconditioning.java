package io.fdiff.nn;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.sde.Marginal;
import io.fdiff.sde.Multiplier;
import io.fdiff.sde.SDE;
import io.fdiff.transform.SpectralTransform;
import java.util.Objects;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;

/**
 * {@link Preconditioning} with the spectrum {@code μ_k} of the data in place of one ratio: {@code
 * c_skip = τμ/V}, {@code c_out = ς√(μ/V)}, {@code c_in = √(λ/V)} with {@code V = τ²μ + ς²λ}, one
 * number for each mode, for processes with scalar multipliers or multipliers per mode.
 *
 * <p>{@code F = 0} is the exact denoiser of {@code N(m, Γ)}, {@code Γe_k = μ_ke_k}, whatever the
 * noise; inputs and targets of the network have the covariance {@code R}. Two transforms more a
 * call than one ratio. Immutable and thread-safe.
 */
public final class SpectralPreconditioning implements Parametrization {

  private final SpectralCovariance data;

  private SpectralPreconditioning(SpectralCovariance data) {
    this.data = data;
  }

  /**
   * The factors of a data spectrum.
   *
   * @param data {@code Γ}, diagonal in the spectral basis of the noise; an estimate should have a
   *     floor, see {@link io.fdiff.covariance.EmpiricalCovariance#withFloor}
   * @return the parametrization
   * @throws IllegalArgumentException if {@code data} is not diagonal in a spectral basis
   */
  public static SpectralPreconditioning of(CovarianceOperator data) {
    return new SpectralPreconditioning(spectral(Objects.requireNonNull(data, "data")));
  }

  private static SpectralCovariance spectral(CovarianceOperator covariance) {
    return covariance
        .spectral()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    covariance
                        + " is not diagonal in a spectral basis; use a spectral or empirical"
                        + " covariance, or Preconditioning with one ratio"));
  }

  @Override
  public DoubleFunction<Factors> on(SDE sde) {
    SpectralCovariance noise = spectral(sde.noise());
    SpectralTransform transform = noise.transform();
    SpectralCovariance here = data.on(transform.grid());
    if (here.transform().basis() != transform.basis()
        || here.transform().modes() != transform.modes()) {
      throw new IllegalArgumentException(
          "data spectrum in "
              + here.transform().basis()
              + ", noise in "
              + transform.basis()
              + ": estimate the spectrum in the basis of the noise");
    }
    double[] mu = here.eigenvalues();
    double[] lambda = noise.eigenvalues();
    double[] ratio = new double[mu.length];
    for (int k = 0; k < ratio.length; k++) {
      ratio[k] = mu[k] / lambda[k];
      if (!(ratio[k] > 0 && ratio[k] < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "mode "
                + k
                + " has data variance "
                + mu[k]
                + " and noise variance "
                + lambda[k]
                + ": both must be positive; give the spectrum a floor");
      }
    }
    Multiplier ratios = Multiplier.perMode(transform, ratio);
    ToDoubleFunction<Marginal> level = NoiseLevel.of(lambda, mu);
    return t -> {
      Marginal marginal = sde.marginal(t);
      return Preconditioning.factors(level.applyAsDouble(marginal), marginal, ratios);
    };
  }
}
