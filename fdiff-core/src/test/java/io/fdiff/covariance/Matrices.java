package io.fdiff.covariance;

import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.space.TestFunctions;
import java.util.function.UnaryOperator;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Matrices of operators, found by applying them to impulses. */
final class Matrices {

  private Matrices() {}

  /** The matrix of a linear map on value vectors. */
  static RealMatrix of(Grid grid, UnaryOperator<INDArray> map) {
    int n = grid.size();
    double[] unit = new double[n * n];
    for (int i = 0; i < n; i++) {
      unit[i * n + i] = 1;
    }
    INDArray impulses = FunctionBatch.array(grid, DataType.DOUBLE, 1, unit);
    return rows(TestFunctions.values(map.apply(impulses)), n).transpose();
  }

  /** {@code K = C W⁻¹}, the covariance of the point values. */
  static RealMatrix kernel(CovarianceOperator operator) {
    RealMatrix k = of(operator.grid(), operator::apply);
    double[] w = operator.grid().weights();
    for (int j = 0; j < w.length; j++) {
      for (int i = 0; i < w.length; i++) {
        k.multiplyEntry(i, j, 1 / w[j]);
      }
    }
    return k;
  }

  /** Values as rows of a given length. */
  static RealMatrix rows(double[] values, int length) {
    RealMatrix m = new Array2DRowRealMatrix(values.length / length, length);
    for (int i = 0; i < values.length; i++) {
      m.setEntry(i / length, i % length, values[i]);
    }
    return m;
  }

  /** The largest difference of two entries. */
  static double distance(RealMatrix a, RealMatrix b) {
    return max(a.subtract(b));
  }

  /** The largest modulus of an entry, NaN if there is one. */
  static double max(RealMatrix a) {
    double largest = 0;
    for (double[] row : a.getData()) {
      largest = Math.max(largest, TestFunctions.max(row));
    }
    return largest;
  }
}
