package io.fdiff.kernel;

import java.util.Optional;

/**
 * A kernel that depends on the lag alone, {@code k(p, q) = k(p − q)}, with {@code k(−h) = k(h)}.
 */
public interface StationaryKernel extends CovarianceKernel {

  /**
   * The covariance at a lag.
   *
   * @param lag {@code p − q}, one number an axis. Not modified.
   * @return {@code k(h)}
   */
  double at(double[] lag);

  @Override
  default double covariance(double[] p, double[] q) {
    double[] lag = new double[p.length];
    for (int a = 0; a < lag.length; a++) {
      lag[a] = p[a] - q[a];
    }
    return at(lag);
  }

  @Override
  default Optional<StationaryKernel> stationary() {
    return Optional.of(this);
  }
}
