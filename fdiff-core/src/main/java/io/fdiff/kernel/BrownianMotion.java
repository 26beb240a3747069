package io.fdiff.kernel;

/**
 * The kernel of Brownian motion that starts at an origin, {@code k = s² min(p, q)} from there; the
 * product over the axes in more dimensions (Brownian sheet). Zero before the origin.
 *
 * @param variance {@code s² > 0}, per unit of length
 * @param origin where the path is 0
 */
public record BrownianMotion(double variance, double origin) implements CovarianceKernel {

  /**
   * Checks the parameters.
   *
   * @param variance {@code s²}
   * @param origin starting point
   * @throws IllegalArgumentException if the variance is not positive and finite or the origin not
   *     finite
   */
  public BrownianMotion {
    Distance.positive("variance", variance);
    if (!Double.isFinite(origin)) {
      throw new IllegalArgumentException("origin " + origin + " of Brownian motion is not finite");
    }
  }

  /**
   * Standard Brownian motion, {@code k = min(p, q)}.
   *
   * @return the kernel of unit variance from the origin 0
   */
  public static BrownianMotion standard() {
    return new BrownianMotion(1, 0);
  }

  @Override
  public double covariance(double[] p, double[] q) {
    double product = variance;
    for (int a = 0; a < p.length; a++) {
      product *= Math.max(0, Math.min(p[a], q[a]) - origin);
    }
    return product;
  }
}
