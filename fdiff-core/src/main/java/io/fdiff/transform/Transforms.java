package io.fdiff.transform;

import io.fdiff.space.Grid;
import io.fdiff.space.PointSet;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.RegularGrid.Layout;
import java.util.Arrays;

/**
 * What a basis and a grid make of one another: how many modes the grid carries, whether there is a
 * fast transform, and which modes are alternating vectors.
 */
final class Transforms {

  private Transforms() {}

  static SpectralTransform of(Basis basis, Grid grid) {
    if (grid instanceof RegularGrid regular) {
      return fast(basis, regular.layout())
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

  /**
   * Whether {@link TensorTransform} serves a basis on a layout.
   *
   * <p>One mode a point and a fast algorithm exist for {@code FOURIER} on {@code CELL} and {@code
   * PERIODIC} (real DFT), {@code COSINE} on {@code CELL} and {@code NODE} (DCT-II, DCT-I), {@code
   * SINE} on {@code CELL} and {@code INTERIOR} (DST-II, DST-I) and {@code QUARTER_SINE} on {@code
   * CELL} (DST-IV).
   */
  static boolean fast(Basis basis, Layout layout) {
    return switch (basis) {
      case FOURIER -> layout == Layout.CELL || layout == Layout.PERIODIC;
      case COSINE -> layout == Layout.CELL || layout == Layout.NODE;
      case SINE -> layout == Layout.CELL || layout == Layout.INTERIOR;
      case QUARTER_SINE -> layout == Layout.CELL;
    };
  }

  private static int[] modeShape(Basis basis, RegularGrid grid) {
    int[] modes = grid.shape();
    for (int a = 0; a < modes.length; a++) {
      modes[a] = modes(basis, grid.layout(), modes[a]);
    }
    if (Arrays.stream(modes).anyMatch(m -> m < 1)) {
      throw new IllegalArgumentException(
          basis
              + " on "
              + grid
              + ": both points of an axis are ends, where these functions are 0; use at least 3"
              + " nodes an axis");
    }
    return modes;
  }

  /**
   * The number of modes of an axis. Each family that does not see the points as its own has as many
   * as stay orthonormal, or else half: a missing or doubled end weighs {@code O(1/n)} and changes
   * the Gram matrix of {@code m} modes by {@code m/n}, so that the fit amplifies errors by at most
   * √2.
   */
  private static int modes(Basis basis, Layout layout, int n) {
    int half = Math.max(1, n / 2);
    return switch (layout) {
      case CELL -> n;
      // Both ends are points: one point of the circle, or zeros of a sine.
      case NODE ->
          switch (basis) {
            case FOURIER, QUARTER_SINE -> n - 1;
            case COSINE -> n;
            case SINE -> n - 2;
          };
      // Sines vanish at the first point and at the end that is left out.
      case PERIODIC ->
          switch (basis) {
            case FOURIER -> n;
            case SINE -> n - 1;
            case COSINE, QUARTER_SINE -> half;
          };
      case INTERIOR -> basis == Basis.SINE ? n : half;
    };
  }

  /**
   * Whether a basis function alternates in sign from point to point of an axis. Its basis vector is
   * scaled to discrete norm 1 where the continuous function would have norm √2.
   */
  static boolean alternates(Basis basis, Grid grid, int axis, int index) {
    if (!(grid instanceof RegularGrid regular)) {
      return false;
    }
    Layout layout = regular.layout();
    int n = regular.shape()[axis];
    int top =
        switch (basis) {
          case FOURIER ->
              switch (layout) {
                case CELL, PERIODIC -> n - 1;
                case NODE -> n - 2;
                case INTERIOR -> -1;
              };
          case COSINE -> layout == Layout.NODE ? n - 1 : -1;
          case SINE -> layout == Layout.CELL ? n - 1 : -1;
          case QUARTER_SINE -> -1;
        };
    return index == top && (basis != Basis.FOURIER || index % 2 == 1);
  }

  /**
   * The norm in {@code L²} of the function that a basis vector of an axis stands for: 1, but {@code
   * √½} for an alternating cosine or sine, and 0 for the alternating Fourier mode, which is a
   * cosine on one grid and a sine on another.
   */
  static double continuousNorm(Basis basis, Grid grid, int axis, int index) {
    if (!alternates(basis, grid, axis, index)) {
      return 1;
    }
    return basis == Basis.FOURIER ? 0 : Math.sqrt(0.5);
  }
}
