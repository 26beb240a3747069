package io.fdiff.examples;

import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.PointSet;
import io.fdiff.space.RegularGrid;
import java.util.Arrays;
import java.util.List;

/**
 * A grid with several times the points of another one that holds all of its points.
 *
 * <p>Cell centres are refined by nodes of the same domain, at multiples of {@code h/(2m)} or finer
 * so that both the centres and the ends are nodes: the bases stay orthonormal there. The nodes
 * outside the outermost data points are needed to compute but are not shown. Scattered points get
 * new ones between neighbours.
 */
final class RefinedGrid {

  private final Grid grid;
  private final double[] arguments;
  private final int firstShown;
  private final int factor;

  private RefinedGrid(Grid grid, double[] arguments, int firstShown, int factor) {
    this.grid = grid;
    this.arguments = arguments;
    this.firstShown = firstShown;
    this.factor = factor;
  }

  /**
   * Refines a one-dimensional grid.
   *
   * @param coarse the grid of the data
   * @param given its points as the data name them, free of the rounding of the grid
   * @param factor spacing of the data over spacing of the refined grid, even
   * @return the refined grid
   */
  static RefinedGrid of(Grid coarse, double[] given, int factor) {
    if (coarse.dimension() != 1 || factor < 2 || factor % 2 != 0) {
      throw new IllegalArgumentException(
          "cannot refine " + coarse + " by " + factor + ": needs an interval and an even factor");
    }
    int n = coarse.size();
    double[] shown = new double[factor * (n - 1) + 1];
    for (int i = 0; i < shown.length; i++) {
      double left = given[i / factor];
      int j = i % factor;
      shown[i] = j == 0 ? left : left + (given[i / factor + 1] - left) * j / factor;
    }
    Interval domain = coarse.domain().get(0);
    if (coarse instanceof RegularGrid) {
      Grid nodes = RegularGrid.of(List.of(domain), RegularGrid.Layout.NODE, factor * n + 1);
      return new RefinedGrid(nodes, shown, factor / 2, factor);
    }
    return new RefinedGrid(PointSet.of(domain, shown), shown, 0, factor);
  }

  /** The grid to compute on. */
  Grid grid() {
    return grid;
  }

  /** The shown points, from the first to the last of the data. */
  double[] arguments() {
    return arguments.clone();
  }

  /** The shown values of rows on {@code grid}. */
  double[][] shown(double[] values) {
    int n = grid.size();
    double[][] rows = new double[values.length / n][];
    for (int row = 0; row < rows.length; row++) {
      int from = row * n + firstShown;
      rows[row] = Arrays.copyOfRange(values, from, from + arguments.length);
    }
    return rows;
  }

  /** The values of rows on {@code grid} at the points of the data. */
  double[] shared(double[] values) {
    int n = grid.size();
    int points = (arguments.length - 1) / factor + 1;
    double[] out = new double[values.length / n * points];
    for (int i = 0; i < out.length; i++) {
      out[i] = values[i / points * n + firstShown + i % points * factor];
    }
    return out;
  }
}
