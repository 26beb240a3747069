package io.fdiff.kernel;

/**
 * The Matérn kernel of half-integer smoothness, with {@code z = √(2ν) r/ℓ}: {@code s²e^{−z}} (ν =
 * ½, exponential), {@code s²(1 + z)e^{−z}} (ν = 3/2), {@code s²(1 + z + z²/3)e^{−z}} (ν = 5/2).
 *
 * @param smoothness {@code ν}, one of 0.5, 1.5, 2.5
 * @param variance {@code s² > 0}
 * @param lengthScale {@code ℓ > 0} in units of the domain
 */
public record Matern(double smoothness, double variance, double lengthScale)
    implements CovarianceKernel {

  /**
   * Checks the parameters.
   *
   * @param smoothness {@code ν}
   * @param variance {@code s²}
   * @param lengthScale {@code ℓ}
   * @throws IllegalArgumentException if the smoothness is not 0.5, 1.5 or 2.5, or another parameter
   *     is not positive and finite
   */
  public Matern {
    if (smoothness != 0.5 && smoothness != 1.5 && smoothness != 2.5) {
      throw new IllegalArgumentException(
          "smoothness " + smoothness + " of a Matérn kernel: give 0.5, 1.5 or 2.5");
    }
    Distance.positive("variance", variance);
    Distance.positive("length scale", lengthScale);
  }

  @Override
  public double covariance(double[] p, double[] q) {
    double z = Math.sqrt(2 * smoothness) * Distance.between(p, q) / lengthScale;
    double polynomial = smoothness == 0.5 ? 1 : smoothness == 1.5 ? 1 + z : 1 + z + z * z / 3;
    return variance * polynomial * Math.exp(-z);
  }
}
