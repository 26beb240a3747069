package io.fdiff.covariance;

import io.fdiff.kernel.CovarianceKernel;
import io.fdiff.kernel.SeparableKernel;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.TestFunctions;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.MatrixUtils;
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

  /** The matrix of a kernel on a grid. */
  static RealMatrix exact(Grid grid, CovarianceKernel kernel) {
    double[][] points = KernelCovariance.points(grid);
    RealMatrix k = new Array2DRowRealMatrix(points.length, points.length);
    for (int i = 0; i < points.length; i++) {
      for (int j = 0; j < points.length; j++) {
        k.setEntry(i, j, kernel.covariance(points[i], points[j]));
      }
    }
    return k;
  }

  /**
   * {@code K + δI} for the jitter of a dense operator, by which its law differs from the kernel's.
   */
  static RealMatrix jittered(Grid grid, CovarianceKernel kernel) {
    double jitter = KernelCovariance.of(grid, kernel).jitter();
    RealMatrix k = exact(grid, kernel);
    for (int i = 0; i < grid.size(); i++) {
      k.addToEntry(i, i, jitter);
    }
    return k;
  }

  /** {@code (K_1 + δ_1 I) ⊗ … ⊗ (K_d + δ_d I)}: every axis has a jitter of its own. */
  static RealMatrix jitteredAxes(RegularGrid grid, SeparableKernel kernel) {
    RealMatrix product = MatrixUtils.createRealIdentityMatrix(1);
    for (int a = 0; a < grid.dimension(); a++) {
      RegularGrid axis =
          RegularGrid.of(List.of(grid.domain().get(a)), grid.layout(), grid.shape()[a]);
      product = kronecker(product, jittered(axis, kernel.factors().get(a)));
    }
    return product;
  }

  private static RealMatrix kronecker(RealMatrix a, RealMatrix b) {
    int n = b.getRowDimension();
    RealMatrix product = new Array2DRowRealMatrix(a.getRowDimension() * n, a.getRowDimension() * n);
    for (int i = 0; i < product.getRowDimension(); i++) {
      for (int j = 0; j < product.getRowDimension(); j++) {
        product.setEntry(i, j, a.getEntry(i / n, j / n) * b.getEntry(i % n, j % n));
      }
    }
    return product;
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
