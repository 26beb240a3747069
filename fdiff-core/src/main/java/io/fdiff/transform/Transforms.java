package io.fdiff.transform;

import io.fdiff.space.Grid;
import io.fdiff.space.PointSet;
import io.fdiff.space.RegularGrid;

/** Chooses the transform of a basis on a grid: fast where there is one, else least squares. */
final class Transforms {

  private Transforms() {}

  static SpectralTransform of(Basis basis, Grid grid) {
    if (grid instanceof RegularGrid regular) {
      boolean fast =
          switch (regular.layout()) {
            case CELL -> true;
            case PERIODIC -> basis == Basis.FOURIER;
            case NODE -> basis == Basis.COSINE;
            case INTERIOR -> false;
          };
      return fast
          ? new TensorTransform(basis, regular)
          : new LeastSquaresTransform(basis, grid, modeShape(basis, regular));
    }
    if (grid instanceof PointSet && grid.dimension() == 1) {
      return new LeastSquaresTransform(basis, grid, Math.max(1, grid.size() / 2));
    }
    throw new IllegalArgumentException(
        "no default number of modes for "
            + grid
            + ": give the modes per axis with Basis.on(grid, modeShape)");
  }

  private static int[] modeShape(Basis basis, RegularGrid grid) {
    int[] modes = grid.shape();
    for (int a = 0; a < modes.length; a++) {
      if (grid.layout() == RegularGrid.Layout.PERIODIC) {
        modes[a] = modes[a] / 2;
      } else if (basis == Basis.FOURIER) {
        modes[a] = modes[a] - 1;
      }
    }
    return modes;
  }
}
