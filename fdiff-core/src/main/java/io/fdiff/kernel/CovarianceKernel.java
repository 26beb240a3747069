package io.fdiff.kernel;

import java.util.Optional;

/**
 * A symmetric positive semi-definite function {@code k(p, q) = Cov(X(p), X(q))} of two points of
 * the domain, in units of the domain. Implementations are immutable and thread-safe.
 *
 * <p>Sums, products and positive multiples of kernels are kernels ({@link #plus}, {@link #times});
 * what the parts know of themselves (continuity, stationarity) is known of the whole.
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

  /**
   * Whether the kernel is continuous. By Mercer's theorem its operator is then trace class on every
   * bounded box, with trace {@code ∫ k(p, p) dp}.
   *
   * @return true unless the kernel says otherwise; a kernel given as a lambda is taken to be
   *     continuous
   */
  default boolean continuous() {
    return true;
  }

  /**
   * This kernel as a function of the lag {@code p − q}, where it is one.
   *
   * @return the stationary form, empty if there is none
   */
  default Optional<StationaryKernel> stationary() {
    return Optional.empty();
  }

  /**
   * The kernel of the sum of two independent functions.
   *
   * @param other another kernel
   * @return {@code k + other}
   */
  default CovarianceKernel plus(CovarianceKernel other) {
    return new CompositeKernel(this, other, false);
  }

  /**
   * The kernel of the product of two independent functions (Schur).
   *
   * @param other another kernel
   * @return {@code k · other}
   */
  default CovarianceKernel times(CovarianceKernel other) {
    return new CompositeKernel(this, other, true);
  }

  /**
   * A multiple.
   *
   * @param factor positive and finite
   * @return {@code factor · k}
   * @throws IllegalArgumentException if the factor is not positive and finite
   */
  default CovarianceKernel times(double factor) {
    return new ScaledKernel(this, factor);
  }
}
