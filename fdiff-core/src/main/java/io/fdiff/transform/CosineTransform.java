package io.fdiff.transform;

import io.fdiff.space.Grid;

/**
 * The cosine transform on a box, {@link Basis#COSINE} on every axis (functions of zero slope at the
 * boundary); on cell-centred grids the orthonormal DCT-II up to the scale of the domain.
 */
public final class CosineTransform {

  private CosineTransform() {}

  /**
   * The cosine transform on a grid.
   *
   * <p>Fast (DCT-II), {@code O(N log N)} a function, on regular grids of cell centres; on other
   * grids by weighted least squares, {@code O(N·modes)} a function. A node grid of {@code n} points
   * carries {@code n} modes an axis, a periodic one {@code ⌊n/2⌋}, a point set of an interval half
   * as many modes as points.
   *
   * @param grid the grid
   * @return the transform, as many modes as points on cell-centred grids
   */
  public static SpectralTransform of(Grid grid) {
    return Basis.COSINE.on(grid);
  }
}
