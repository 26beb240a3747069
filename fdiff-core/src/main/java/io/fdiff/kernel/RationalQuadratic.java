package io.fdiff.kernel;

import org.apache.commons.math3.special.Gamma;

/**
 * The rational quadratic kernel {@code k = s²(1 + r²/(2αℓ²))^{−α}}, a mixture of squared
 * exponential kernels over inverse squared lengths that are gamma distributed with shape {@code α};
 * it tends to the squared exponential as {@code α → ∞}.
 *
 * @param shape {@code α > 0}
 * @param variance {@code s² > 0}
 * @param lengthScale {@code ℓ > 0} in units of the domain
 */
public record RationalQuadratic(double shape, double variance, double lengthScale)
    implements IsotropicKernel {

  /**
   * Checks the parameters.
   *
   * @param shape {@code α}
   * @param variance {@code s²}
   * @param lengthScale {@code ℓ}
   * @throws IllegalArgumentException if a parameter is not positive and finite
   */
  public RationalQuadratic {
    Distance.positive("shape", shape);
    Distance.positive("variance", variance);
    Distance.positive("length scale", lengthScale);
  }

  @Override
  public double at(double distance) {
    double r = distance / lengthScale;
    return variance * Math.exp(-shape * Math.log1p(r * r / (2 * shape)));
  }

  /**
   * {@code f(ω) = s² 2π^{d/2} a^d (aω/2)^{α−d/2} K_{α−d/2}(aω)/Γ(α)}, {@code a = ℓ√(2α)}.
   *
   * @param omega {@code |ω| ≥ 0}
   * @param dimension {@code d ≥ 1}
   * @return {@code f(ω)}; +∞ at {@code ω = 0} if {@code α ≤ d/2}, where the kernel is not
   *     integrable
   */
  @Override
  public double spectralDensity(double omega, int dimension) {
    double a = lengthScale * Math.sqrt(2 * shape);
    double order = shape - dimension / 2.0;
    double scale = variance * Math.pow(Math.sqrt(Math.PI) * a, dimension);
    double z = a * omega;
    if (z == 0) {
      return order > 0
          ? scale * Math.exp(Gamma.logGamma(order) - Gamma.logGamma(shape))
          : Double.POSITIVE_INFINITY;
    }
    return 2
        * scale
        * Math.exp(order * Math.log(z / 2) - Gamma.logGamma(shape) - z)
        * BesselK.scaled(order, z);
  }
}
