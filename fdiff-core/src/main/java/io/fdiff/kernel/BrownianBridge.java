package io.fdiff.kernel;

/**
 * The kernel of a Brownian bridge that is 0 at both ends of an interval, {@code k = s² (min(p, q) −
 * a)(b − max(p, q))/(b − a)}, so {@code min(p, q) − pq} on {@code [0, 1]}; the product over the
 * axes in more dimensions. Zero outside the interval.
 *
 * @param variance {@code s² > 0}, per unit of length
 * @param lower {@code a}
 * @param upper {@code b > a}
 */
public record BrownianBridge(double variance, double lower, double upper)
    implements CovarianceKernel {

  /**
   * Checks the parameters.
   *
   * @param variance {@code s²}
   * @param lower {@code a}
   * @param upper {@code b}
   * @throws IllegalArgumentException if the variance is not positive and finite, or the ends are
   *     not finite with {@code a < b}
   */
  public BrownianBridge {
    Distance.positive("variance", variance);
    if (!(lower < upper && Double.isFinite(lower) && Double.isFinite(upper))) {
      throw new IllegalArgumentException(
          "bridge on [" + lower + ", " + upper + "]: give finite ends with lower < upper");
    }
  }

  /**
   * The standard bridge on {@code [0, 1]}, {@code k = min(p, q) − pq}.
   *
   * @return the kernel of unit variance
   */
  public static BrownianBridge standard() {
    return new BrownianBridge(1, 0, 1);
  }

  @Override
  public double covariance(double[] p, double[] q) {
    double product = variance;
    for (int a = 0; a < p.length; a++) {
      double left = Math.max(0, Math.min(p[a], q[a]) - lower);
      double right = Math.max(0, upper - Math.max(p[a], q[a]));
      product *= left * right / (upper - lower);
    }
    return product;
  }
}
