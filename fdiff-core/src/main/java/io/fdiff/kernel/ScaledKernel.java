package io.fdiff.kernel;

import java.util.Optional;

/** A positive multiple of a kernel. */
record ScaledKernel(CovarianceKernel kernel, double factor) implements CovarianceKernel {

  ScaledKernel {
    Distance.positive("factor", factor);
  }

  @Override
  public double covariance(double[] p, double[] q) {
    return factor * kernel.covariance(p, q);
  }

  @Override
  public boolean continuous() {
    return kernel.continuous();
  }

  @Override
  public Optional<StationaryKernel> stationary() {
    return kernel.stationary().map(k -> lag -> factor * k.at(lag));
  }

  @Override
  public String toString() {
    return factor + " · " + kernel;
  }
}
