package io.fdiff.transform;

import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.Resampling.Extension;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Multilinear weights of the points of one grid on their neighbours in another one: the corners of
 * a cell of a regular grid, or two of the points of an interval.
 */
final class LinearInterpolation {

  private final Axis[] axes;
  private final int[] shape;
  private final int source;
  private final int points;

  /** Neighbours of every point on one axis, with weights {@code 1 − fraction} and fraction. */
  private static final class Axis {
    final int[] lower;
    final int[] upper;
    final double[] fraction;

    Axis(int points) {
      lower = new int[points];
      upper = new int[points];
      fraction = new double[points];
    }
  }

  LinearInterpolation(Grid from, Grid to, Extension extension) {
    shape = from.shape();
    source = from.size();
    points = to.size();
    axes = new Axis[from.dimension()];
    for (int a = 0; a < axes.length; a++) {
      axes[a] =
          from instanceof RegularGrid grid
              ? between(grid, a, to, extension)
              : between(from, to, extension);
    }
  }

  /** Interpolates {@code rows × from.size()} values to {@code rows × to.size()}. */
  void apply(double[] in, double[] out, int rows) {
    for (int i = 0; i < points; i++) {
      for (int corner = 0; corner < 1 << axes.length; corner++) {
        int at = 0;
        double weight = 1;
        for (int a = 0; a < axes.length; a++) {
          boolean upper = (corner >> a & 1) == 1;
          int index = upper ? axes[a].upper[i] : axes[a].lower[i];
          double fraction = axes[a].fraction[i];
          // An index off the grid is an end of an interior axis, where the function is 0.
          weight *= index < 0 || index >= shape[a] ? 0 : upper ? fraction : 1 - fraction;
          at = at * shape[a] + index;
        }
        if (weight != 0) {
          for (int row = 0; row < rows; row++) {
            out[row * points + i] += weight * in[row * source + at];
          }
        }
      }
    }
  }

  private static Axis between(RegularGrid from, int axis, Grid to, Extension extension) {
    Interval side = from.domain().get(axis);
    int n = from.shape()[axis];
    Axis result = new Axis(to.size());
    for (int i = 0; i < to.size(); i++) {
      double u = side.toUnit(to.coordinate(i, axis));
      // Where the coordinate lies, counted in points of the axis.
      double s =
          switch (from.layout()) {
            case CELL -> u * n - 0.5;
            case NODE -> u * (n - 1);
            case PERIODIC -> u * n;
            case INTERIOR -> u * (n + 1) - 1;
          };
      if (from.layout() == RegularGrid.Layout.PERIODIC) {
        int j = clamp((int) Math.floor(s), 0, n);
        result.lower[i] = j % n;
        result.upper[i] = (j + 1) % n;
        result.fraction[i] = s - j;
        continue;
      }
      boolean zeroEnds =
          from.layout() == RegularGrid.Layout.INTERIOR && extension == Extension.LINEAR;
      int j = clamp((int) Math.floor(s), zeroEnds ? -1 : 0, zeroEnds ? n - 1 : n - 2);
      result.lower[i] = j;
      result.upper[i] = j + 1;
      result.fraction[i] = extension.fraction(s - j);
    }
    return result;
  }

  /** Points of an interval in any order. */
  private static Axis between(Grid from, Grid to, Extension extension) {
    int[] order =
        IntStream.range(0, from.size())
            .boxed()
            .sorted(Comparator.comparingDouble(i -> from.coordinate(i, 0)))
            .mapToInt(i -> i)
            .toArray();
    double[] p = Arrays.stream(order).mapToDouble(i -> from.coordinate(i, 0)).toArray();
    Axis result = new Axis(to.size());
    for (int i = 0; i < to.size(); i++) {
      double q = to.coordinate(i, 0);
      int found = Arrays.binarySearch(p, q);
      int j = clamp(found >= 0 ? found : -found - 2, 0, p.length - 2);
      result.lower[i] = order[j];
      result.upper[i] = order[j + 1];
      result.fraction[i] = extension.fraction((q - p[j]) / (p[j + 1] - p[j]));
    }
    return result;
  }

  private static int clamp(int value, int lowest, int highest) {
    return Math.max(lowest, Math.min(highest, value));
  }
}
