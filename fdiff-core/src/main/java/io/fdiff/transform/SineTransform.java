package io.fdiff.transform;

import io.fdiff.space.Grid;

/**
 * The sine transform on a box, {@link Basis#SINE} on every axis (functions that are 0 at the
 * boundary): up to the scale of the domain the DST-II on cell centres and the DST-I on interior
 * points.
 */
public final class SineTransform {

  private SineTransform() {}

  /**
   * The sine transform on a grid.
   *
   * <p>On regular grids of cell centres and of interior points there is one mode a point; the top
   * mode of cell centres is the alternating vector, {@code sin πnu} with factor 1. A node grid of
   * {@code n} points carries {@code n − 2} modes an axis and a periodic one {@code n − 1} (the ends
   * carry nothing), both orthonormal under the quadrature; a point set of an interval half as many
   * as points, by least squares.
   *
   * @param grid the grid
   * @return the transform
   * @throws IllegalArgumentException if {@code grid} is a node grid with an axis of 2 points, which
   *     are both ends, or a point set of more than one axis ({@link Basis#on(Grid, int...)} takes
   *     the modes)
   */
  public static SpectralTransform of(Grid grid) {
    return Basis.SINE.on(grid);
  }
}
