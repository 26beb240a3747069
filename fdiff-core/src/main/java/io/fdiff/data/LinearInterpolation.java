package io.fdiff.data;

import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.PointSet;
import io.fdiff.space.RegularGrid;
import java.util.Arrays;

/**
 * Piecewise linear interpolation of functions on a regular grid (multilinear) or on scattered
 * points of an interval. Beyond the outermost points a function continues as a constant, on a
 * periodic axis around it. Values stay within the range of the given ones.
 */
final class LinearInterpolation {

  /** Positions of one axis: between two indices, {@code (1 − weight)} and {@code weight}. */
  private static final class Axis {
    final int[] lower;
    final int[] upper;
    final double[] weight;

    Axis(int n) {
      lower = new int[n];
      upper = new int[n];
      weight = new double[n];
    }
  }

  private LinearInterpolation() {}

  /**
   * Rows of values on one grid as rows of values on another one of the same domain.
   *
   * @param values {@code rows × from.size()} values. Not modified.
   * @return {@code rows × to.size()} values
   * @throws IllegalArgumentException if the domains differ or {@code from} is scattered in more
   *     than one dimension
   */
  static double[] carry(Grid from, double[] values, Grid to) {
    if (!from.domain().equals(to.domain())) {
      throw new IllegalArgumentException(
          from + " and " + to + " differ in their domain: give a grid of the same domain");
    }
    if (from instanceof PointSet && from.dimension() > 1) {
      throw new IllegalArgumentException(
          from + ": scattered points have neighbours on an interval only; use a regular grid");
    }
    Axis[] axes = new Axis[from.dimension()];
    for (int a = 0; a < axes.length; a++) {
      axes[a] = axis(from, a, to);
    }
    int[] shape = from.shape();
    int points = from.size();
    int rows = values.length / points;
    double[] out = new double[Math.multiplyExact(rows, to.size())];
    int corners = 1 << axes.length;
    for (int i = 0; i < to.size(); i++) {
      for (int corner = 0; corner < corners; corner++) {
        double weight = 1;
        int at = 0;
        for (int a = 0; a < axes.length; a++) {
          boolean upper = (corner >> a & 1) == 1;
          weight *= upper ? axes[a].weight[i] : 1 - axes[a].weight[i];
          at = at * shape[a] + (upper ? axes[a].upper[i] : axes[a].lower[i]);
        }
        for (int row = 0; weight > 0 && row < rows; row++) {
          out[row * to.size() + i] += weight * values[row * points + at];
        }
      }
    }
    return out;
  }

  private static Axis axis(Grid from, int axis, Grid to) {
    int n = to.size();
    Axis result = new Axis(n);
    double[] points = from instanceof PointSet ? coordinates(from) : new double[0];
    int length = from.shape()[axis];
    for (int i = 0; i < n; i++) {
      double p = to.coordinate(i, axis);
      double position =
          from instanceof RegularGrid grid ? position(grid, axis, p) : position(points, p);
      boolean periodic =
          from instanceof RegularGrid grid && grid.layout() == RegularGrid.Layout.PERIODIC;
      double clamped =
          periodic ? Math.max(0, position) : Math.max(0, Math.min(length - 1, position));
      int lower = (int) clamped;
      result.weight[i] = clamped - lower;
      result.lower[i] = periodic ? lower % length : lower;
      result.upper[i] = periodic ? (lower + 1) % length : Math.min(lower + 1, length - 1);
    }
    return result;
  }

  /** Where a coordinate lies, counted in points of the axis. */
  private static double position(RegularGrid grid, int axis, double p) {
    Interval side = grid.domain().get(axis);
    int n = grid.shape()[axis];
    return switch (grid.layout()) {
      case CELL -> side.toUnit(p) * n - 0.5;
      case NODE -> side.toUnit(p) * (n - 1);
      case PERIODIC -> side.toUnit(p) * n;
      case INTERIOR -> side.toUnit(p) * (n + 1) - 1;
    };
  }

  private static double position(double[] points, double p) {
    int found = Arrays.binarySearch(points, p);
    if (found >= 0) {
      return found;
    }
    int next = -found - 1;
    if (next == 0 || next == points.length) {
      return next == 0 ? 0 : points.length - 1;
    }
    return next - 1 + (p - points[next - 1]) / (points[next] - points[next - 1]);
  }

  private static double[] coordinates(Grid from) {
    double[] points = new double[from.size()];
    for (int i = 0; i < points.length; i++) {
      points[i] = from.coordinate(i, 0);
      if (i > 0 && !(points[i] > points[i - 1])) {
        throw new IllegalArgumentException(
            "point " + i + " of " + from + " is not above its predecessor: sort the points");
      }
    }
    return points;
  }
}
