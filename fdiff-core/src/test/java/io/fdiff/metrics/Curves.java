package io.fdiff.metrics;

import io.fdiff.data.FunctionDataset;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import org.nd4j.linalg.api.buffer.DataType;

/** Fixtures: sets of functions from numbers and from noise. */
final class Curves {

  private Curves() {}

  /** One function a row. */
  static FunctionDataset of(Grid grid, double[]... rows) {
    double[] values = new double[rows.length * rows[0].length];
    for (int b = 0; b < rows.length; b++) {
      System.arraycopy(rows[b], 0, values, b * rows[0].length, rows[0].length);
    }
    return of(grid, 1, values);
  }

  static FunctionDataset of(Grid grid, int channels, double... values) {
    return FunctionDataset.of(grid, FunctionBatch.array(grid, DataType.DOUBLE, channels, values));
  }

  /** Independent standard normals at every point; function {@code b} is sample {@code b}. */
  static FunctionDataset normal(Grid grid, int channels, int n, NoiseSource noise) {
    int points = grid.size();
    double[] values = new double[n * channels * points];
    for (int row = 0; row < n * channels; row++) {
      noise.normals(row / channels, row % channels, new int[] {points}, values, row * points);
    }
    return of(grid, channels, values);
  }
}
