package io.fdiff.covariance;

import io.fdiff.space.Grid;
import io.fdiff.transform.Basis;

/**
 * Brownian motion and the Brownian bridge in their Karhunen–Loève bases, on an interval {@code [a,
 * b]} of length {@code L}.
 *
 * <p>A grid carries finitely many of their modes, so the variance at a point is that of the
 * truncated series; {@link KernelCovariance} with {@link io.fdiff.kernel.BrownianMotion} holds the
 * exact law of the point values, at dense cost and without coupling.
 */
public final class Brownian {

  private Brownian() {}

  /**
   * Brownian motion from 0 at {@code a}: kernel {@code s² min(p − a, q − a)}, {@code λ_k = s²((k −
   * ½)π/L)^{−2}}, eigenfunctions {@code √(2/L) sin((k − ½)π(p − a)/L)}, {@code k = 1, 2, …}.
   *
   * @param grid a grid of an interval
   * @param variance {@code s² > 0} per unit of length
   * @return the operator, diagonal in {@link Basis#QUARTER_SINE}
   * @throws IllegalArgumentException if the domain is no interval or the variance not positive and
   *     finite
   */
  public static SpectralCovariance motion(Grid grid, double variance) {
    return of(Basis.QUARTER_SINE, grid, variance);
  }

  /**
   * The Brownian bridge, 0 at both ends: kernel {@code s²(min(p, q) − a)(b − max(p, q))/L}, {@code
   * λ_k = s²(kπ/L)^{−2}}, eigenfunctions {@code √(2/L) sin(kπ(p − a)/L)}, {@code k = 1, 2, …}.
   *
   * @param grid a grid of an interval
   * @param variance {@code s² > 0} per unit of length
   * @return the operator, diagonal in {@link Basis#SINE}
   * @throws IllegalArgumentException if the domain is no interval or the variance not positive and
   *     finite
   */
  public static SpectralCovariance bridge(Grid grid, double variance) {
    return of(Basis.SINE, grid, variance);
  }

  private static SpectralCovariance of(Basis basis, Grid grid, double variance) {
    Scale.positive("variance", variance);
    if (grid.dimension() != 1) {
      throw new IllegalArgumentException(
          "Brownian paths on "
              + grid
              + ": give a grid of an interval, or a kernel for each axis to KroneckerCovariance");
    }
    return SpectralCovariance.of(basis.on(grid), Spectrum.powerLaw(1, variance));
  }
}
