package io.fdiff.transform;

import io.fdiff.space.Grid;

/**
 * The quarter-wave sine transform on a box, {@link Basis#QUARTER_SINE} on every axis (functions
 * that are 0 at the lower end and free at the upper one, such as paths of Brownian motion): up to
 * the scale of the domain the DST-IV on cell centres.
 */
public final class QuarterSineTransform {

  private QuarterSineTransform() {}

  /**
   * The quarter-wave sine transform on a grid.
   *
   * <p>On regular grids of cell centres there is one mode a point. A node grid of {@code n} points
   * carries {@code n − 1} modes an axis (the lower end carries nothing), orthonormal under the
   * quadrature; periodic and interior grids {@code ⌊n/2⌋} and a point set of an interval half as
   * many as points, by least squares, because they miss the weight of the upper end.
   *
   * @param grid the grid
   * @return the transform
   * @throws IllegalArgumentException if {@code grid} is a point set of more than one axis ({@link
   *     Basis#on(Grid, int...)} takes the modes)
   */
  public static SpectralTransform of(Grid grid) {
    return Basis.QUARTER_SINE.on(grid);
  }
}
