package io.fdiff.transform;

import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;

/** Multilinear weights of the points of one grid on the corners of the cells of a regular one. */
final class LinearInterpolation {

  private final RegularGrid from;
  private final Grid to;
  private final int[] shape;
  private final int[] stride;

  LinearInterpolation(RegularGrid from, Grid to) {
    this.from = from;
    this.to = to;
    this.shape = from.shape();
    this.stride = new int[shape.length];
    int s = 1;
    for (int a = shape.length - 1; a >= 0; a--) {
      stride[a] = s;
      s *= shape[a];
    }
  }

  /** Interpolates {@code rows × from.size()} values to {@code rows × to.size()}. */
  void apply(double[] in, double[] out, int rows) {
    int axes = shape.length;
    int[] left = new int[axes];
    int[] right = new int[axes];
    double[] fraction = new double[axes];
    for (int i = 0; i < to.size(); i++) {
      for (int a = 0; a < axes; a++) {
        locate(i, a, left, right, fraction);
      }
      for (int corner = 0; corner < 1 << axes; corner++) {
        int at = 0;
        double weight = 1;
        for (int a = 0; a < axes; a++) {
          boolean upper = (corner >> a & 1) == 1;
          int index = upper ? right[a] : left[a];
          // An index off the grid is an end of an interior axis, where the function is 0.
          weight *= index < 0 || index >= shape[a] ? 0 : upper ? fraction[a] : 1 - fraction[a];
          at += index * stride[a];
        }
        if (weight != 0) {
          for (int row = 0; row < rows; row++) {
            out[row * to.size() + i] += weight * in[row * from.size() + at];
          }
        }
      }
    }
  }

  private void locate(int point, int axis, int[] left, int[] right, double[] fraction) {
    int n = shape[axis];
    double u = from.domain().get(axis).toUnit(to.coordinate(point, axis));
    double s =
        switch (from.layout()) {
          case CELL -> u * n - 0.5;
          case NODE -> u * (n - 1);
          case PERIODIC -> u * n;
          case INTERIOR -> u * (n + 1) - 1;
        };
    int j =
        switch (from.layout()) {
          // The outer half cells continue the line of their neighbours.
          case CELL, NODE -> clamp((int) Math.floor(s), 0, n - 2);
          case PERIODIC -> clamp((int) Math.floor(s), 0, n);
          case INTERIOR -> clamp((int) Math.floor(s), -1, n - 1);
        };
    fraction[axis] = s - j;
    boolean wraps = from.layout() == RegularGrid.Layout.PERIODIC;
    left[axis] = wraps ? j % n : j;
    right[axis] = wraps ? (j + 1) % n : j + 1;
  }

  private static int clamp(int value, int lowest, int highest) {
    return Math.max(lowest, Math.min(highest, value));
  }
}
