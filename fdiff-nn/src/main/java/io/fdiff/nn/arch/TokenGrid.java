package io.fdiff.nn.arch;

import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.RegularGrid.Layout;
import java.util.Arrays;

/**
 * A regular grid cut into patches of {@code p} points an axis, and where the patches lie among
 * those that a transformer has learned positions for.
 */
final class TokenGrid {

  private final Transformer numbers;
  private final Layout layout;
  private final int[] shape;

  private TokenGrid(Transformer numbers, Layout layout, int[] shape) {
    this.numbers = numbers;
    this.layout = layout;
    this.shape = shape;
  }

  /**
   * Cuts a grid.
   *
   * @throws IllegalArgumentException if the grid is not regular, has another number of axes, or a
   *     number of points that the patch does not divide
   */
  static TokenGrid of(Grid grid, Transformer numbers) {
    if (!(grid instanceof RegularGrid regular)) {
      throw new IllegalArgumentException(
          grid
              + ": patches are cut from regular grids; resample the functions to one, or use a"
              + " network for scattered points");
    }
    int axes = numbers.tokens().size();
    if (grid.dimension() != axes) {
      throw new IllegalArgumentException(
          "grid of dimension "
              + grid.dimension()
              + ": the tokens "
              + numbers.tokens()
              + " of this transformer are for dimension "
              + axes
              + "; configure tokens for each axis of the grid");
    }
    int patch = numbers.patch();
    int[] points = regular.shape();
    int[] shape = new int[axes];
    for (int a = 0; a < axes; a++) {
      if (points[a] % patch != 0) {
        throw new IllegalArgumentException(
            "grid shape "
                + Arrays.toString(points)
                + ": the "
                + points[a]
                + " points of axis "
                + a
                + " must be a multiple of the patch of "
                + patch
                + "; use "
                + (points[a] + patch - points[a] % patch)
                + " points or another patch");
      }
      shape[a] = points[a] / patch;
    }
    return new TokenGrid(numbers, regular.layout(), shape);
  }

  /** Points of a patch on each axis. */
  int patch() {
    return numbers.patch();
  }

  int axes() {
    return shape.length;
  }

  /** Tokens on one axis. */
  int tokens(int axis) {
    return shape[axis];
  }

  /** Tokens of a function. */
  int count() {
    return Arrays.stream(shape).reduce(1, (a, b) -> a * b);
  }

  /** Whether there is one learned position for each token. */
  boolean isTrained() {
    return Arrays.equals(shape, numbers.tokens().stream().mapToInt(n -> n).toArray());
  }

  /**
   * The weights of the learned positions in those of the tokens here: multilinear in the centres of
   * the patches, continued along the outermost lines (and around a periodic axis), where the
   * learned ones belong to a grid of the same layout. Exact for positions that are affine in the
   * place.
   *
   * @return {@code [count, learned]}, rows summing to 1
   */
  double[] interpolation() {
    double[] all = {1};
    int rows = 1;
    int columns = 1;
    for (int a = 0; a < shape.length; a++) {
      int learned = numbers.tokens().get(a);
      double[] axis = interpolation(shape[a], learned);
      double[] product = new double[all.length * axis.length];
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < columns; j++) {
          for (int k = 0; k < shape[a]; k++) {
            for (int l = 0; l < learned; l++) {
              product[(i * shape[a] + k) * columns * learned + j * learned + l] =
                  all[i * columns + j] * axis[k * learned + l];
            }
          }
        }
      }
      all = product;
      rows *= shape[a];
      columns *= learned;
    }
    return all;
  }

  private double[] interpolation(int here, int learned) {
    double[] weights = new double[here * learned];
    if (learned == 1) {
      Arrays.fill(weights, 1);
      return weights;
    }
    double first = centre(0, learned);
    double step = centre(1, learned) - first;
    for (int i = 0; i < here; i++) {
      double s = (centre(i, here) - first) / step;
      int lower = (int) Math.floor(s);
      if (layout != Layout.PERIODIC) {
        lower = Math.max(0, Math.min(learned - 2, lower));
      }
      double fraction = s - lower;
      weights[i * learned + Math.floorMod(lower, learned)] += 1 - fraction;
      weights[i * learned + Math.floorMod(lower + 1, learned)] += fraction;
    }
    return weights;
  }

  /** The centre of a patch, relative to the interval, on an axis of so many tokens. */
  private double centre(int token, int tokens) {
    int points = tokens * numbers.patch();
    double point = token * numbers.patch() + (numbers.patch() - 1) / 2.0;
    return switch (layout) {
      case CELL -> (point + 0.5) / points;
      case NODE -> point / (points - 1);
      case PERIODIC -> point / points;
      case INTERIOR -> (point + 1) / (points + 1);
    };
  }
}
