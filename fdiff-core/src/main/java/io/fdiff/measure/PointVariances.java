package io.fdiff.measure;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import org.nd4j.linalg.api.buffer.DataType;

/** The diagonal {@code K_ii} of an operator: the variance at each point. */
final class PointVariances {

  /** Impulses applied at once: bounds the memory to so many functions, and to so many values. */
  private static final int BLOCK = 256;

  private static final int VALUES = 1 << 24;

  private PointVariances() {}

  static double[] of(CovarianceOperator covariance) {
    Grid grid = covariance.grid();
    int n = grid.size();
    double[] variances = new double[n];
    int block = Math.max(1, Math.min(BLOCK, VALUES / n));
    for (int first = 0; first < n; first += block) {
      int count = Math.min(block, n - first);
      double[] impulses = new double[count * n];
      for (int j = 0; j < count; j++) {
        // C w_i⁻¹ e_i is column i of K.
        impulses[j * n + first + j] = 1 / grid.weight(first + j);
      }
      double[] images =
          FunctionBatch.of(
                  grid, covariance.apply(FunctionBatch.array(grid, DataType.DOUBLE, 1, impulses)))
              .toDoubles();
      for (int j = 0; j < count; j++) {
        variances[first + j] = images[j * n + first + j];
      }
    }
    return variances;
  }
}
