package io.fdiff.data;

import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.PointSet;
import io.fdiff.space.RegularGrid;
import java.util.List;

/** The grid of argument values {@code p_1 < … < p_N} that stand in the middle of their cells. */
final class ArgumentGrid {

  /**
   * How far, in steps, an argument may lie from the equispaced line through the outer ones: headers
   * rounded to a few digits stay regular, and a thousandth of a step is below what data resolve.
   */
  static final double TOLERANCE = 1e-3;

  private ArgumentGrid() {}

  static Grid of(double[] arguments) {
    int n = requireIncreasing(arguments).length;
    double first = arguments[0];
    double last = arguments[n - 1];
    if (equispaced(arguments)) {
      double step = (last - first) / (n - 1);
      Interval domain = new Interval(first - step / 2, last + step / 2);
      return RegularGrid.of(List.of(domain), RegularGrid.Layout.CELL, n);
    }
    double left = arguments[1] - first;
    double right = last - arguments[n - 2];
    return PointSet.of(new Interval(first - left / 2, last + right / 2), arguments);
  }

  private static boolean equispaced(double[] arguments) {
    int n = arguments.length;
    double step = (arguments[n - 1] - arguments[0]) / (n - 1);
    for (int i = 0; i < n; i++) {
      if (!(Math.abs(arguments[i] - (arguments[0] + i * step)) <= TOLERANCE * step)) {
        return false;
      }
    }
    return true;
  }

  static double[] requireIncreasing(double[] arguments) {
    if (arguments.length < 2) {
      throw new IllegalArgumentException(
          arguments.length + " argument values: a curve needs at least 2 points");
    }
    double previous = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < arguments.length; i++) {
      if (!(arguments[i] > previous && arguments[i] < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "argument "
                + i
                + " = "
                + arguments[i]
                + (i == 0 ? "" : " after " + previous)
                + ": argument values must be finite and strictly increasing; sort them and merge"
                + " duplicates");
      }
      previous = arguments[i];
    }
    return arguments;
  }
}
