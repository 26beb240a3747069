package io.fdiff.kernel;

/**
 * A symmetric positive semi-definite function {@code k(p, q) = Cov(X(p), X(q))} of two points of
 * the domain, in units of the domain. Implementations are immutable and thread-safe.
 */
@FunctionalInterface
public interface CovarianceKernel {

  /**
   * The covariance between two points.
   *
   * @param p coordinates of the first point. Not modified.
   * @param q coordinates of the second point, as many. Not modified.
   * @return {@code k(p, q)}
   */
  double covariance(double[] p, double[] q);
}
