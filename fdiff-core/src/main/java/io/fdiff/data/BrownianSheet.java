package io.fdiff.data;

import io.fdiff.noise.NoiseSource;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import java.util.Arrays;

/**
 * The Brownian sheet, in one dimension Brownian motion: mean 0, covariance {@code Π_a min(p_a,
 * q_a)} with coordinates counted from the lower corner of the domain, where the sheet is 0.
 *
 * <p>The covariance is exact at the points of the grid, whatever its layout: values are the sums of
 * independent increments {@code √(Π_a δ_a) z} over the boxes between the points and the lower
 * corner, the first of which have half the length of the others on a {@code CELL} grid, their
 * length on an {@code INTERIOR} one, and none where a point lies at the corner. Sheets of different
 * grids do not share their noise. Cost O(points) a function. Immutable and thread-safe.
 */
public final class BrownianSheet implements FunctionGenerator {

  private static final int MAX_AXES = 3;

  private final RegularGrid grid;

  /** Root of the length of each increment on each axis. */
  private final double[][] root;

  private BrownianSheet(RegularGrid grid, double[][] root) {
    this.grid = grid;
    this.root = root;
  }

  /**
   * The sheet on a grid.
   *
   * @param grid a grid of 1 to 3 axes
   * @return the generator
   * @throws IllegalArgumentException if the grid has more than 3 axes
   */
  public static BrownianSheet of(RegularGrid grid) {
    int[] shape = grid.shape();
    if (shape.length > MAX_AXES) {
      throw new IllegalArgumentException(grid + ": the sheet is drawn on 1 to 3 axes");
    }
    double[][] root = new double[shape.length][];
    for (int a = 0; a < shape.length; a++) {
      int n = shape[a];
      double length = grid.domain().get(a).length();
      double step =
          switch (grid.layout()) {
            case NODE -> length / (n - 1);
            case CELL, PERIODIC -> length / n;
            case INTERIOR -> length / (n + 1);
          };
      root[a] = new double[n];
      Arrays.fill(root[a], Math.sqrt(step));
      root[a][0] =
          switch (grid.layout()) {
            case CELL -> Math.sqrt(step / 2);
            case INTERIOR -> Math.sqrt(step);
            case NODE, PERIODIC -> 0;
          };
    }
    return new BrownianSheet(grid, root);
  }

  @Override
  public Grid grid() {
    return grid;
  }

  @Override
  public FunctionDataset generate(NoiseSource noise, int n) {
    int points = grid.size();
    int[] shape = grid.shape();
    double[] values = new double[LinearFunctions.length(grid, n)];
    for (int b = 0; b < n; b++) {
      noise.normals(b, 0, shape, values, b * points);
      int stride = points;
      for (int a = 0; a < shape.length; a++) {
        int outer = stride;
        stride /= shape[a];
        for (int i = b * points; i < (b + 1) * points; i++) {
          int index = (i - b * points) % outer / stride;
          values[i] *= root[a][index];
          values[i] += index == 0 ? 0 : values[i - stride];
        }
      }
    }
    return FunctionDataset.owning(grid, 1, values);
  }
}
