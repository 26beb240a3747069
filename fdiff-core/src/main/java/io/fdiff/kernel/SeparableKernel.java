package io.fdiff.kernel;

import java.util.List;
import java.util.Optional;

/**
 * A product of kernels of one coordinate each, {@code k(p, q) = Π_a k_a(p_a, q_a)}; on tensor grids
 * its matrix is a Kronecker product.
 */
public final class SeparableKernel implements CovarianceKernel {

  private final List<CovarianceKernel> factors;

  private SeparableKernel(List<CovarianceKernel> factors) {
    this.factors = factors;
  }

  /**
   * The product of one kernel an axis.
   *
   * @param factors kernels of one coordinate, at least one
   * @return the kernel in as many dimensions
   * @throws IllegalArgumentException if there is no factor
   */
  public static SeparableKernel of(CovarianceKernel... factors) {
    if (factors.length == 0) {
      throw new IllegalArgumentException("0 factors: give a kernel for each axis");
    }
    return new SeparableKernel(List.of(factors));
  }

  /**
   * The kernels of the axes.
   *
   * @return an unmodifiable list
   */
  public List<CovarianceKernel> factors() {
    return factors;
  }

  @Override
  public double covariance(double[] p, double[] q) {
    Distance.axes(this, factors.size(), p.length);
    double product = 1;
    for (int a = 0; a < p.length; a++) {
      product *= factors.get(a).covariance(new double[] {p[a]}, new double[] {q[a]});
    }
    return product;
  }

  @Override
  public boolean continuous() {
    return factors.stream().allMatch(CovarianceKernel::continuous);
  }

  @Override
  public Optional<StationaryKernel> stationary() {
    List<StationaryKernel> parts =
        factors.stream().flatMap(factor -> factor.stationary().stream()).toList();
    return parts.size() < factors.size()
        ? Optional.empty()
        : Optional.of(
            lag -> {
              Distance.axes(this, parts.size(), lag.length);
              double product = 1;
              for (int a = 0; a < lag.length; a++) {
                product *= parts.get(a).at(new double[] {lag[a]});
              }
              return product;
            });
  }

  @Override
  public String toString() {
    return "SeparableKernel" + factors;
  }
}
