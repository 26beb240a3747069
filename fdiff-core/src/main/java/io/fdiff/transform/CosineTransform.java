package io.fdiff.transform;

import io.fdiff.space.Grid;

/**
 * The cosine transform on a box, {@link Basis#COSINE} on every axis (functions of zero slope at the
 * boundary): up to the scale of the domain the DCT-II on cell centres and the DCT-I on nodes.
 */
public final class CosineTransform {

  private CosineTransform() {}

  /**
   * The cosine transform on a grid.
   *
   * <p>Fast, {@code O(N log N)} a function, on regular grids of cell centres and of nodes; on other
   * grids by weighted least squares, {@code O(N·modes)} a function. A periodic grid of {@code n}
   * points carries {@code ⌊n/2⌋} modes an axis, a point set of an interval half as many modes as
   * points.
   *
   * @param grid the grid
   * @return the transform, as many modes as points on grids of cell centres and of nodes
   */
  public static SpectralTransform of(Grid grid) {
    return Basis.COSINE.on(grid);
  }
}
