package io.fdiff.nn;

import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.sde.Marginal;
import io.fdiff.sde.Multiplier;
import io.fdiff.sde.SDE;
import java.util.function.ToDoubleFunction;

/**
 * The number {@code ℓ} that a network is told of the law {@code X_t | X_0 ~ N(τX_0, ς²R)}: the
 * logarithm {@code ln(ς/τ)} of the amplitude ratio of noise to signal; for multipliers per mode its
 * value for traces, {@code ½ ln(Σ_k ς_k²λ_k / Σ_k τ_k²μ_k)}.
 */
final class NoiseLevel {

  private NoiseLevel() {}

  /** The level of a process, with {@code μ = λ} in the traces. */
  static ToDoubleFunction<Marginal> of(SDE sde) {
    double[] lambda = sde.noise().spectral().map(SpectralCovariance::eigenvalues).orElse(null);
    return marginal -> {
      if (marginal.mean() instanceof Multiplier.Scalar tau
          && marginal.variance() instanceof Multiplier.Scalar variance) {
        return Math.log(Math.sqrt(variance.value()) / tau.value());
      }
      if (lambda == null) {
        throw new IllegalArgumentException(
            "multipliers per mode with noise "
                + sde.noise()
                + ", which is not diagonal in a spectral basis: use a spectral covariance");
      }
      return traces(marginal, lambda, lambda);
    };
  }

  /** The level of a process for data with a spectrum. */
  static ToDoubleFunction<Marginal> of(double[] lambda, double[] mu) {
    return marginal ->
        marginal.mean() instanceof Multiplier.Scalar tau
                && marginal.variance() instanceof Multiplier.Scalar variance
            ? Math.log(Math.sqrt(variance.value()) / tau.value())
            : traces(marginal, lambda, mu);
  }

  private static double traces(Marginal marginal, double[] lambda, double[] mu) {
    double noise = 0;
    double signal = 0;
    for (int k = 0; k < lambda.length; k++) {
      double tau = marginal.mean().at(k);
      noise += marginal.variance().at(k) * lambda[k];
      signal += tau * tau * mu[k];
    }
    return 0.5 * Math.log(noise / signal);
  }
}
