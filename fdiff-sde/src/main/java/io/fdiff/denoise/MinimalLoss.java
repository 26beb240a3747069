package io.fdiff.denoise;

import io.fdiff.measure.GaussianMeasure;
import io.fdiff.sde.CommonModes;
import io.fdiff.sde.Marginal;
import io.fdiff.sde.SDE;

/**
 * The least values that denoising losses can reach on Gaussian data, per channel: the floor under a
 * training curve. With {@code V = τ²μ + v} a mode: clean {@code Σ μv/V}, noise {@code Σ λτ²μ/V} in
 * the {@code L²} norm; {@code Σ μv/(λV)} and {@code Σ τ²μ/V} in the Cameron–Martin norm of {@code
 * R}, where they grow without bound under refinement unless the data are smoother than the noise.
 * Immutable and thread-safe.
 */
public final class MinimalLoss {

  private final SDE sde;
  private final CommonModes modes;
  private final double[] norms;

  private MinimalLoss(SDE sde, CommonModes modes) {
    this.sde = sde;
    this.modes = modes;
    this.norms = modes.squaredNorms();
    for (int k = 0; k < norms.length; k++) {
      if (!(modes.noise(k) > 0)) {
        throw new IllegalArgumentException(
            "mode " + k + " has no noise: losses in its norm need noise of full rank");
      }
    }
  }

  /**
   * The floors of Gaussian data under a process.
   *
   * @param sde forward process
   * @param data {@code N(m, Γ)}; the mean does not matter
   * @return the floors
   * @throws IllegalArgumentException if a mode has no noise, or as {@link GaussianDenoiser#of}
   */
  public static MinimalLoss of(SDE sde, GaussianMeasure data) {
    return new MinimalLoss(sde, CommonModes.of(sde, data.covariance()));
  }

  /**
   * {@code min E‖X_0 − D‖²}.
   *
   * @param t time in {@code (0, T]}
   * @return {@code Σ_k μv/V}, the trace of the posterior covariance
   * @throws IllegalArgumentException if {@code t} is not in {@code (0, T]}
   */
  public double clean(double t) {
    return sum(t, true, true);
  }

  /**
   * {@code min E‖X_0 − D‖²_R}, in the Cameron–Martin norm.
   *
   * @param t time in {@code (0, T]}
   * @return {@code Σ_k μv/(λV)}
   * @throws IllegalArgumentException if {@code t} is not in {@code (0, T]}
   */
  public double cleanCameronMartin(double t) {
    return sum(t, true, false);
  }

  /**
   * {@code min E‖ξ − ε̂‖²}.
   *
   * @param t time in {@code (0, T]}
   * @return {@code Σ_k λτ²μ/V}
   * @throws IllegalArgumentException if {@code t} is not in {@code (0, T]}
   */
  public double noise(double t) {
    return sum(t, false, true);
  }

  /**
   * {@code min E‖ξ − ε̂‖²_R}, in the Cameron–Martin norm.
   *
   * @param t time in {@code (0, T]}
   * @return {@code Σ_k τ²μ/V}
   * @throws IllegalArgumentException if {@code t} is not in {@code (0, T]}
   */
  public double noiseCameronMartin(double t) {
    return sum(t, false, false);
  }

  private double sum(double t, boolean clean, boolean plain) {
    Marginal marginal = sde.marginal(t);
    double sum = 0;
    for (int k = 0; k < norms.length; k++) {
      double tau = marginal.mean().at(k);
      double variance = marginal.variance().at(k);
      double lambda = modes.noise(k);
      double total = tau * tau * modes.data(k) + variance * lambda;
      double share = modes.data(k) / total * (clean ? variance : tau * tau);
      sum += plain ? share * lambda * norms[k] : share;
    }
    return sum;
  }
}
