package io.fdiff.covariance;

import io.fdiff.space.Grid;

/** The leading corner of a larger grid: what is cut out of a torus. Immutable and thread-safe. */
final class GridWindow {

  /** One line along the last axis: where it begins in the window and in the larger grid. */
  @FunctionalInterface
  interface Line {
    void at(int here, int there, int length);
  }

  private final Grid grid;
  private final int[] shape;
  private final int[] large;
  private final int size;
  private final int largeSize;

  /** The corner of {@code torus} that has the shape of {@code grid}. */
  GridWindow(Grid grid, Grid torus) {
    this.grid = grid;
    this.shape = grid.shape();
    this.large = torus.shape();
    this.size = grid.size();
    this.largeSize = torus.size();
  }

  Grid grid() {
    return grid;
  }

  int size() {
    return size;
  }

  /** Whether the window is the whole grid. */
  boolean whole() {
    return size == largeSize;
  }

  void lines(Line line) {
    int last = shape.length - 1;
    int count = size / shape[last];
    for (int l = 0; l < count; l++) {
      int rest = l;
      int there = 0;
      int stride = large[last];
      for (int a = last - 1; a >= 0; a--) {
        there += rest % shape[a] * stride;
        rest /= shape[a];
        stride *= large[a];
      }
      line.at(l * shape[last], there, shape[last]);
    }
  }

  /**
   * Cuts rows of values.
   *
   * @param values rows on the larger grid: a {@code double[]} or a {@code float[]}. Not modified.
   * @param out rows of the window, of the same type, from {@code firstRow} on. Modified.
   */
  void cut(Object values, int rows, Object out, int firstRow) {
    for (int row = 0; row < rows; row++) {
      int from = row * largeSize;
      int to = (firstRow + row) * size;
      lines((here, there, n) -> System.arraycopy(values, from + there, out, to + here, n));
    }
  }
}
