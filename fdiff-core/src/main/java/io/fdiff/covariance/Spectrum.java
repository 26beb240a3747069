package io.fdiff.covariance;

import java.util.Arrays;

/**
 * Eigenvalues {@code λ_k} of an operator that is diagonal in a spectral basis, for every mode there
 * is: the rule that makes one operator out of its restrictions to grids.
 */
@FunctionalInterface
public interface Spectrum {

  /**
   * The eigenvalue of one mode.
   *
   * @param frequency integer frequency per axis. Not modified.
   * @param laplacian the eigenvalue {@code κ²} of {@code −Δ} of this mode
   * @return {@code λ ≥ 0}
   */
  double eigenvalue(int[] frequency, double laplacian);

  /**
   * Bessel potential (Whittle–Matérn) {@code λ = s²(κ₀² + κ²)^{−α}}, the operator {@code s²(κ₀² −
   * Δ)^{−α}}; trace class if and only if {@code α > d/2}.
   *
   * @param kappa0 inverse length {@code κ₀ > 0}
   * @param alpha exponent {@code α ≥ 0}
   * @param scale factor {@code s² > 0}
   * @return the spectrum
   * @throws IllegalArgumentException if an argument is out of range
   */
  static Spectrum bessel(double kappa0, double alpha, double scale) {
    if (!(kappa0 > 0 && alpha >= 0 && scale > 0 && Double.isFinite(kappa0 + alpha + scale))) {
      throw new IllegalArgumentException(
          "Bessel spectrum with kappa0 "
              + kappa0
              + ", alpha "
              + alpha
              + ", scale "
              + scale
              + ": needs kappa0 > 0, alpha ≥ 0, scale > 0");
    }
    return (frequency, laplacian) -> scale * Math.pow(kappa0 * kappa0 + laplacian, -alpha);
  }

  /**
   * A table of eigenvalues by frequency, 0 beyond it.
   *
   * @param shape number of frequencies per axis
   * @param values eigenvalues, C order of the frequencies; copied
   * @return the spectrum
   * @throws IllegalArgumentException if the number of values is not the product of the shape, or a
   *     value is negative or not finite
   */
  static Spectrum table(int[] shape, double[] values) {
    int[] axes = shape.clone();
    double[] table = values.clone();
    if (table.length != Arrays.stream(axes).reduce(1, (a, b) -> a * b)) {
      throw new IllegalArgumentException(
          table.length + " eigenvalues do not fill a table of shape " + Arrays.toString(axes));
    }
    for (int k = 0; k < table.length; k++) {
      if (!(table[k] >= 0 && table[k] < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "eigenvalue " + table[k] + " at index " + k + " is not finite and at least 0");
      }
    }
    return (frequency, laplacian) -> {
      int at = 0;
      for (int a = 0; a < axes.length; a++) {
        if (frequency[a] >= axes[a]) {
          return 0;
        }
        at = at * axes[a] + frequency[a];
      }
      return table[at];
    };
  }
}
