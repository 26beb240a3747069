package io.fdiff.sampler;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.measure.GaussianMeasure;
import io.fdiff.sde.CommonModes;
import io.fdiff.sde.Marginal;
import io.fdiff.sde.Multiplier;
import io.fdiff.sde.ReverseStep;
import io.fdiff.sde.SDE;
import io.fdiff.transform.SpectralTransform;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/** The variance multiplier {@code V} of a step of {@link Ancestral}: it adds {@code N(0, V R)}. */
@FunctionalInterface
public interface ReverseVariance {

  /**
   * The variance of one step.
   *
   * @param sde forward process
   * @param s earlier time, {@code 0 ≤ s < t}; at 0 the noise of the sample itself
   * @param t later time
   * @return {@code V ≥ 0}
   * @throws IllegalArgumentException if the rule does not fit the process
   */
  Multiplier of(SDE sde, double s, double t);

  /**
   * The variance {@code V_s V(s→t)/V_t} of {@code X_s} given {@code X_t} and {@code X_0}; {@code
   * β̃} of a discrete chain.
   *
   * @return the rule
   */
  static ReverseVariance posterior() {
    return (sde, s, t) -> sde.bridge(s, t).variance();
  }

  /**
   * The variance {@code V(s→t)} of the forward step, {@code β} of a discrete chain; none at time 0.
   *
   * @return the rule
   */
  static ReverseVariance forward() {
    return (sde, s, t) -> s == 0 ? Multiplier.scalar(0) : sde.transition(s, t).variance();
  }

  /**
   * The variance {@code V_s V(s→t)/V_t + (M_s V(s→t)/V_t)² Σ_{0|t}/R} of {@code X_s} given {@code
   * X_t} for Gaussian data, {@code Σ_{0|t}} the covariance of {@code X_0} given {@code X_t}: with
   * the exact denoiser the chain then has the law of the reversed process for steps of any length
   * (Bao et al. 2022 for the best scalar variance).
   *
   * @param data {@code N(m, Γ)}, diagonal in the basis of the noise
   * @return the rule; it refuses processes whose noise is not diagonal in the basis of the data, or
   *     has no variance in a mode with data
   */
  static ReverseVariance optimal(GaussianMeasure data) {
    Objects.requireNonNull(data, "data");
    return (sde, s, t) -> {
      SpectralTransform transform = common(sde.noise(), data.covariance());
      CommonModes modes = CommonModes.of(sde, data.covariance());
      Marginal late = sde.marginal(t);
      ReverseStep bridge = sde.bridge(s, t);
      double[] variance = new double[modes.size()];
      Arrays.setAll(
          variance,
          k -> {
            double mu = modes.data(k);
            double lambda = modes.noise(k);
            if (mu > 0 && !(lambda > 0)) {
              throw new IllegalArgumentException(
                  "mode "
                      + k
                      + " has data of variance "
                      + mu
                      + " and no noise: give noise of full rank");
            }
            double tau = late.mean().at(k);
            double share = mu == 0 ? 0 : mu / (lambda + tau * tau * mu / late.variance().at(k));
            double clean = bridge.clean().at(k);
            return bridge.variance().at(k) + clean * clean * share;
          });
      return Multiplier.perMode(transform, variance);
    };
  }

  private static SpectralTransform common(CovarianceOperator noise, CovarianceOperator data) {
    Optional<SpectralTransform> a = noise.spectral().map(SpectralCovariance::transform);
    Optional<SpectralTransform> b = data.spectral().map(SpectralCovariance::transform);
    if (a.isEmpty() || b.isEmpty() || a.get().basis() != b.get().basis()) {
      throw new IllegalArgumentException(
          "noise and data are not diagonal in one spectral basis: the best variance of a step is no"
              + " multiplier; use ReverseVariance.posterior()");
    }
    return a.get();
  }
}
