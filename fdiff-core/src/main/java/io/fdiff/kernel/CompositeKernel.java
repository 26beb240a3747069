package io.fdiff.kernel;

import java.util.Objects;
import java.util.Optional;

/** Sum or product of two kernels. */
record CompositeKernel(CovarianceKernel first, CovarianceKernel second, boolean product)
    implements CovarianceKernel {

  CompositeKernel {
    Objects.requireNonNull(first, "kernel");
    Objects.requireNonNull(second, "kernel");
  }

  @Override
  public double covariance(double[] p, double[] q) {
    return join(first.covariance(p, q), second.covariance(p, q));
  }

  private double join(double a, double b) {
    return product ? a * b : a + b;
  }

  @Override
  public boolean continuous() {
    return first.continuous() && second.continuous();
  }

  @Override
  public Optional<StationaryKernel> stationary() {
    return first
        .stationary()
        .flatMap(a -> second.stationary().map(b -> lag -> join(a.at(lag), b.at(lag))));
  }

  @Override
  public String toString() {
    return "(" + first + (product ? " · " : " + ") + second + ")";
  }
}
