package io.fdiff.kernel;

/**
 * The squared exponential kernel {@code k = s² exp(−r²/(2ℓ²))} ("RBF", Gaussian), {@code r} the
 * Euclidean distance. Note the factor 2: some codes use {@code r²/ℓ²}.
 *
 * @param variance {@code s² > 0}
 * @param lengthScale {@code ℓ > 0} in units of the domain
 */
public record SquaredExponential(double variance, double lengthScale) implements IsotropicKernel {

  /**
   * Checks the parameters.
   *
   * @param variance {@code s²}
   * @param lengthScale {@code ℓ}
   * @throws IllegalArgumentException if a parameter is not positive and finite
   */
  public SquaredExponential {
    Distance.positive("variance", variance);
    Distance.positive("length scale", lengthScale);
  }

  @Override
  public double at(double distance) {
    double r = distance / lengthScale;
    return variance * Math.exp(-0.5 * r * r);
  }

  @Override
  public double spectralDensity(double omega, int dimension) {
    double z = omega * lengthScale;
    return variance
        * Math.pow(Math.sqrt(2 * Math.PI) * lengthScale, dimension)
        * Math.exp(-0.5 * z * z);
  }
}
