package io.fdiff.covariance;

import io.fdiff.kernel.IsotropicKernel;
import io.fdiff.kernel.SpectralKernel;
import io.fdiff.space.Interval;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.apache.commons.math3.special.Gamma;

/**
 * Eigenvalues {@code λ_k} of an operator that is diagonal in a spectral basis, for every mode there
 * is: the rule that makes one operator out of its restrictions to grids. It must answer for modes
 * of any frequency, since {@link SpectralCovariance#traceClass()} asks far beyond the grid.
 *
 * <p>Rules combine: {@link #plus}, {@link #times(Spectrum)}, {@link #power}. Implementations are
 * immutable and thread-safe.
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
   * The sum of two rules.
   *
   * @param other another rule
   * @return {@code λ_k + other_k}
   */
  default Spectrum plus(Spectrum other) {
    Objects.requireNonNull(other, "other");
    return (frequency, laplacian) ->
        eigenvalue(frequency, laplacian) + other.eigenvalue(frequency, laplacian);
  }

  /**
   * The product of two rules: that of commuting operators.
   *
   * @param other another rule
   * @return {@code λ_k · other_k}
   */
  default Spectrum times(Spectrum other) {
    Objects.requireNonNull(other, "other");
    return (frequency, laplacian) -> {
      double value = eigenvalue(frequency, laplacian);
      return value == 0 ? 0 : value * other.eigenvalue(frequency, laplacian);
    };
  }

  /**
   * A multiple.
   *
   * @param factor positive and finite
   * @return {@code factor · λ_k}
   * @throws IllegalArgumentException if the factor is not positive and finite
   */
  default Spectrum times(double factor) {
    Scale.positive(factor);
    return (frequency, laplacian) -> factor * eigenvalue(frequency, laplacian);
  }

  /**
   * A power, 0 staying 0.
   *
   * @param exponent positive and finite
   * @return {@code λ_k^p}
   * @throws IllegalArgumentException if the exponent is not positive and finite
   */
  default Spectrum power(double exponent) {
    Scale.positive("exponent", exponent);
    return (frequency, laplacian) -> Math.pow(eigenvalue(frequency, laplacian), exponent);
  }

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
   * The Whittle–Matérn spectrum of a Matérn kernel, {@code λ = s²(κ₀² + κ²)^{−(ν + d/2)}} with
   * {@code κ₀ = √(2ν)/ℓ}, scaled so that the variance at a point of unbounded space is exactly the
   * given one: {@code s² = variance · Γ(ν + d/2)(4π)^{d/2} κ₀^{2ν}/Γ(ν)} (Whittle 1954; Lindgren,
   * Rue and Lindström 2011). On a torus it is the periodised kernel; near Neumann or Dirichlet
   * boundaries the variance differs, within a few lengths {@code ℓ} of them.
   *
   * @param smoothness {@code ν > 0}
   * @param variance variance far from the boundary, positive
   * @param lengthScale {@code ℓ > 0} in units of the domain
   * @param dimension {@code d ≥ 1}, that of the domain
   * @return the spectrum
   * @throws IllegalArgumentException if an argument is not positive and finite
   */
  static Spectrum matern(double smoothness, double variance, double lengthScale, int dimension) {
    Scale.positive("smoothness", smoothness);
    Scale.positive("variance", variance);
    Scale.positive("length scale", lengthScale);
    Scale.positive("dimension", dimension);
    double half = dimension / 2.0;
    double kappa0 = Math.sqrt(2 * smoothness) / lengthScale;
    // s²(κ₀² + κ²)^{−α} = s² κ₀^{−2α}(1 + κ²/κ₀²)^{−α}, without overflow for large ν.
    double top =
        variance
            * Math.exp(
                Gamma.logGamma(smoothness + half)
                    - Gamma.logGamma(smoothness)
                    + half * Math.log(4 * Math.PI)
                    - dimension * Math.log(kappa0));
    return (frequency, laplacian) ->
        top * Math.exp(-(smoothness + half) * Math.log1p(laplacian / (kappa0 * kappa0)));
  }

  /**
   * Power law {@code λ = s² κ^{−2α}}, {@code s²(−Δ)^{−α}} on functions of mean 0: the constant
   * mode, where there is one, has eigenvalue 0. {@code α = 1} with {@link
   * io.fdiff.transform.Basis#QUARTER_SINE} is Brownian motion, with {@link
   * io.fdiff.transform.Basis#SINE} the Brownian bridge.
   *
   * @param alpha exponent {@code α ≥ 0}; trace class if and only if {@code α > d/2}
   * @param scale factor {@code s² > 0}
   * @return the spectrum
   * @throws IllegalArgumentException if an argument is out of range
   */
  static Spectrum powerLaw(double alpha, double scale) {
    if (!(alpha >= 0 && alpha < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "alpha " + alpha + " of a power law: needs alpha ≥ 0 and finite");
    }
    Scale.positive("scale", scale);
    return (frequency, laplacian) -> laplacian == 0 ? 0 : scale * Math.pow(laplacian, -alpha);
  }

  /**
   * The projection onto low modes: 1 up to the highest frequency of every axis, 0 above; cut
   * another rule with {@link #times(Spectrum)}.
   *
   * @param highest highest frequency, the same on all axes or one for each; at least 0, copied
   * @return the spectrum of the projection
   * @throws IllegalArgumentException if there is no number or one is negative
   */
  static Spectrum bandLimit(int... highest) {
    int[] limits = highest.clone();
    if (limits.length == 0 || Arrays.stream(limits).min().orElse(0) < 0) {
      throw new IllegalArgumentException(
          "band limit " + Arrays.toString(limits) + ": give the highest frequency, at least 0");
    }
    return (frequency, laplacian) -> {
      for (int a = 0; a < frequency.length; a++) {
        if (frequency[a] > limits[Math.min(a, limits.length - 1)]) {
          return 0;
        }
      }
      return 1;
    };
  }

  /**
   * Mollified white noise {@code λ = e^{−σ²κ²}}, the covariance {@code T T} of {@code T η} with the
   * heat operator {@code T = e^{(σ²/2)Δ}} and white {@code η}; trace class.
   *
   * @param width {@code σ > 0}, standard deviation of the blur in units of the domain
   * @return the spectrum
   * @throws IllegalArgumentException if the width is not positive and finite
   */
  static Spectrum heat(double width) {
    Scale.positive("width", width);
    return (frequency, laplacian) -> Math.exp(-width * width * laplacian);
  }

  /**
   * The spectral density of a kernel, {@code λ = f(κ)}: on a torus exactly the eigenvalues of the
   * periodised kernel, with other boundary conditions an operator with this kernel far from the
   * boundary.
   *
   * @param kernel the kernel, in the dimension of the domain
   * @return the spectrum
   */
  static Spectrum of(IsotropicKernel kernel) {
    Objects.requireNonNull(kernel, "kernel");
    return (frequency, laplacian) -> kernel.spectralDensity(Math.sqrt(laplacian), frequency.length);
  }

  /**
   * The eigenvalues of the periodised kernel on a torus, {@code λ = f(2πk_1/L_1, …, 2πk_d/L_d)}: to
   * be used with {@link io.fdiff.transform.Basis#FOURIER} and kernels that are even in each lag.
   *
   * @param kernel the kernel, isotropic or not
   * @param torus the sides, as many as axes; copied
   * @return the spectrum
   */
  static Spectrum periodised(SpectralKernel kernel, List<Interval> torus) {
    Objects.requireNonNull(kernel, "kernel");
    double[] unit = torus.stream().mapToDouble(side -> 2 * Math.PI / side.length()).toArray();
    return (frequency, laplacian) -> {
      double[] omega = new double[unit.length];
      for (int a = 0; a < omega.length; a++) {
        omega[a] = unit[a] * frequency[a];
      }
      return kernel.spectralDensity(omega);
    };
  }

  /**
   * The noise spectrum of functional diffusion processes (Franzese et al. 2023) in function-space
   * scaling, {@code λ_k = r_k/N_ref}, {@code r_k = (64²/23.27)/((|k|² + 2)·energyNorm)}, {@code
   * |k|} the integer frequency. Not trace class in dimension 2 and above: its traces there grow
   * with the logarithm of the number of modes at least.
   *
   * @param referencePoints {@code N_ref}, number of points of the grid the process was tuned on
   *     (1024 for 32 × 32)
   * @param energyNorm divisor of the data set, positive; 1 for MNIST
   * @return the spectrum
   * @throws IllegalArgumentException if an argument is not positive and finite
   */
  static Spectrum fdpNoise(int referencePoints, double energyNorm) {
    Scale.positive("reference points", referencePoints);
    Scale.positive("energy norm", energyNorm);
    double top = 64 * 64 / 23.27 / energyNorm / referencePoints;
    return (frequency, laplacian) -> top / (squared(frequency) + 2);
  }

  /**
   * The rates of functional diffusion processes (Franzese et al. 2023), {@code b_k = 1/(|k|² + 0.3)
   * + ((|k|² + 2)/33²)^{1/4}}: the eigenvalues of the drift, the same on every grid.
   *
   * @return the spectrum of the drift; not a covariance
   */
  static Spectrum fdpRates() {
    return (frequency, laplacian) -> {
      double q = squared(frequency);
      return 1 / (q + 0.3) + Math.pow((q + 2) / (33 * 33), 0.25);
    };
  }

  private static double squared(int[] frequency) {
    double sum = 0;
    for (int f : frequency) {
      sum += (double) f * f;
    }
    return sum;
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
