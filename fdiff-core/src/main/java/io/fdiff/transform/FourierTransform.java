package io.fdiff.transform;

import io.fdiff.space.Grid;

/** The real Fourier transform on a box, {@link Basis#FOURIER} on every axis. */
public final class FourierTransform {

  private FourierTransform() {}

  /**
   * The Fourier transform on a grid.
   *
   * <p>Fast, {@code O(N log N)} a function, on regular grids of cell centres and on periodic ones;
   * on other grids by weighted least squares, {@code O(N·modes)} a function. A node grid of {@code
   * n} points carries {@code n − 1} modes an axis (both ends are one point of the circle), a point
   * set of an interval half as many modes as points.
   *
   * @param grid the grid
   * @return the transform, as many modes as points on cell-centred and periodic grids
   */
  public static SpectralTransform of(Grid grid) {
    return Basis.FOURIER.on(grid);
  }
}
