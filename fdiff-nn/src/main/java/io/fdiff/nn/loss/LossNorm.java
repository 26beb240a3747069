package io.fdiff.nn.loss;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.sde.SpectralSDE;
import io.fdiff.space.Grid;
import io.fdiff.transform.Basis;
import io.fdiff.transform.SpectralTransform;
import java.util.Arrays;
import java.util.Objects;

/**
 * The norm in which a training loss measures an error {@code d}, one number in function space on
 * every grid, summed over channels:
 *
 * <ul>
 *   <li>{@code L²}: {@code Σ_i w_i d_i²};
 *   <li>spectral: {@code Σ_k g_k d_k²}, with Sobolev {@code g = (1 + κ²)^s}, Cameron–Martin {@code
 *       g = 1/λ} on the leading modes, and the {@code g = b/λ} of functional diffusion processes
 *       (Franzese et al. 2023, the {@code b/r} weighting of coefficients of the orthonormal DFT);
 *   <li>Cameron–Martin, dense: {@code dᵀK⁻¹d} for any covariance operator.
 * </ul>
 *
 * <p>All norms have the same minimiser, the conditional mean, and differ in what a network of
 * limited capacity gives up. {@code E‖ξ‖²} of noise in its own Cameron–Martin norm is the number of
 * modes. Immutable and thread-safe.
 */
public final class LossNorm {

  /** How to make the form of a grid. */
  @FunctionalInterface
  private interface Maker {
    QuadraticForm on(Grid grid);
  }

  private static final double TIE = 1e-9;

  private final String name;
  private final Maker maker;

  private LossNorm(String name, Maker maker) {
    this.name = name;
    this.maker = maker;
  }

  /**
   * {@code L²} by the quadrature of the grid.
   *
   * @return the norm
   */
  public static LossNorm l2() {
    return new LossNorm("L²", QuadraticForm::pointwise);
  }

  /**
   * {@code Σ_k g_k d_k²} over all modes of the grid.
   *
   * @param basis the basis
   * @param weights {@code g_k ≥ 0} by frequency and Laplacian eigenvalue
   * @return the norm
   */
  public static LossNorm spectral(Basis basis, Spectrum weights) {
    Objects.requireNonNull(basis, "basis");
    Objects.requireNonNull(weights, "weights");
    return new LossNorm(
        "spectral norm in " + basis,
        grid -> {
          SpectralTransform transform = basis.on(grid);
          double[] g = new double[transform.modes()];
          for (int k = 0; k < g.length; k++) {
            g[k] = weights.eigenvalue(transform.frequency(k), transform.laplacian(k));
          }
          return QuadraticForm.spectral(transform, g);
        });
  }

  /**
   * The Sobolev norm {@code Σ_k (1 + κ_k²)^s d_k²}.
   *
   * @param basis the basis of the Laplacian
   * @param order {@code s}, any finite number; negative to weigh low modes
   * @return the norm
   * @throws IllegalArgumentException if the order is not finite
   */
  public static LossNorm sobolev(Basis basis, double order) {
    if (!Double.isFinite(order)) {
      throw new IllegalArgumentException(
          "Sobolev order " + order + " is not finite: 0 is L², 1 adds the derivative");
    }
    return spectral(basis, (frequency, laplacian) -> Math.pow(1 + laplacian, order));
  }

  /**
   * The Cameron–Martin norm on the leading modes, {@code Σ_{k ≤ n} d_k²/λ_k}: the same modes on
   * every grid that carries them.
   *
   * @param covariance {@code R}, diagonal in a spectral basis, on a grid that carries the modes
   * @param modes {@code n}, the number of largest eigenvalues that count
   * @return the norm
   * @throws IllegalArgumentException if the operator is not diagonal in a spectral basis, the
   *     number is not in {@code [1, modes of the grid]}, the eigenvalue {@code n} is not positive
   *     or tied with the next one
   */
  public static LossNorm cameronMartin(CovarianceOperator covariance, int modes) {
    SpectralCovariance spectral = spectral(covariance);
    double[] sorted = spectral.eigenvalues();
    Arrays.sort(sorted);
    int n = sorted.length;
    if (modes < 1 || modes > n) {
      throw new IllegalArgumentException(
          modes + " leading modes: " + covariance.grid() + " carries 1 to " + n);
    }
    double least = sorted[n - modes];
    if (!(least > 0)) {
      throw new IllegalArgumentException(
          "eigenvalue " + modes + " is " + least + ": count the modes with noise only");
    }
    if (modes < n && sorted[n - modes - 1] > least * (1 - TIE)) {
      throw new IllegalArgumentException(
          "eigenvalues "
              + modes
              + " and "
              + (modes + 1)
              + " are both "
              + least
              + ": cut the modes between different eigenvalues, so that they are the same on every"
              + " grid");
    }
    double threshold = least * (1 - TIE);
    return new LossNorm(
        "Cameron–Martin norm on " + modes + " modes",
        grid -> {
          SpectralCovariance here = spectral.on(grid);
          double[] g = here.eigenvalues();
          int kept = 0;
          for (int k = 0; k < g.length; k++) {
            boolean keep = g[k] >= threshold;
            g[k] = keep ? 1 / g[k] : 0;
            kept += keep ? 1 : 0;
          }
          if (kept != modes) {
            throw new IllegalArgumentException(
                grid + " carries " + kept + " of the " + modes + " leading modes: use fewer modes");
          }
          return QuadraticForm.spectral(here.transform(), g);
        });
  }

  private static SpectralCovariance spectral(CovarianceOperator covariance) {
    return covariance
        .spectral()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    covariance
                        + " is not diagonal in a spectral basis; use the dense Cameron–Martin"
                        + " norm"));
  }

  /**
   * The Cameron–Martin norm {@code dᵀK⁻¹d = ‖C^{−1/2}d‖²} of any covariance operator on its range
   * on the grid: by the modes of an operator that is diagonal in them, otherwise by a dense matrix,
   * {@code N²} memory and {@code 2N²} operations a function. With kernels it has the jitter of
   * their samples.
   *
   * @param covariance the operator {@code C}
   * @return the norm
   */
  public static LossNorm cameronMartin(CovarianceOperator covariance) {
    Objects.requireNonNull(covariance, "covariance");
    return new LossNorm(
        "Cameron–Martin norm of " + covariance,
        grid -> {
          CovarianceOperator here = covariance.on(grid);
          return here.spectral()
              .filter(spectral -> spectral.transform().orthonormal())
              .map(
                  spectral ->
                      QuadraticForm.spectral(
                          spectral.transform(),
                          Arrays.stream(spectral.eigenvalues())
                              .map(lambda -> lambda > 0 ? 1 / lambda : 0)
                              .toArray()))
              .orElseGet(() -> QuadraticForm.dense(here));
        });
  }

  /**
   * The weighting {@code Σ_k (b_k/λ_k) d_k²} of functional diffusion processes, stated by Franzese
   * et al. (2023) for errors of the clean function, without a time weight ({@link
   * LossWeight#ON_CLEAN}).
   *
   * @param sde rates {@code b} and spectrum {@code λ}
   * @return the norm
   */
  public static LossNorm diffusionRates(SpectralSDE sde) {
    Objects.requireNonNull(sde, "sde");
    return new LossNorm(
        "b/λ",
        grid -> {
          SpectralSDE here = sde.on(grid);
          double[] g = here.rates();
          double[] lambda = here.noise().eigenvalues();
          for (int k = 0; k < g.length; k++) {
            if (!(lambda[k] > 0)) {
              throw new IllegalArgumentException(
                  "mode " + k + " has no noise: the weight b/λ needs noise of full rank");
            }
            g[k] /= lambda[k];
          }
          return QuadraticForm.spectral(here.noise().transform(), g);
        });
  }

  /**
   * The form on a grid. Costly for dense norms; keep it.
   *
   * @param grid the grid
   * @return the quadratic form
   * @throws IllegalArgumentException if the norm does not exist on this grid
   */
  public QuadraticForm on(Grid grid) {
    return maker.on(grid);
  }

  @Override
  public String toString() {
    return name;
  }
}
