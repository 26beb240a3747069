package io.fdiff.measure;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.util.Arrays;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.nd4j.linalg.api.buffer.DataType;

/** Dense forms {@code W^{1/2} K W^{1/2}} of operators and their roots. */
final class SymmetricMatrices {

  private SymmetricMatrices() {}

  /** Square roots of the quadrature weights. */
  static double[] weightRoots(Grid grid) {
    return Arrays.stream(grid.weights()).map(Math::sqrt).toArray();
  }

  /** {@code W^{1/2} K W^{1/2}} of an operator, from its action on impulses. */
  static RealMatrix of(CovarianceOperator operator) {
    Grid grid = operator.grid();
    int n = grid.size();
    double[] roots = weightRoots(grid);
    double[] unit = new double[Math.multiplyExact(n, n)];
    for (int i = 0; i < n; i++) {
      unit[i * n + i] = 1;
    }
    double[] images =
        FunctionBatch.of(grid, operator.apply(FunctionBatch.array(grid, DataType.DOUBLE, 1, unit)))
            .toDoubles();
    double[][] form = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        // Image j at point i is K_ij w_j; both triangles differ by round-off.
        double value =
            0.5
                * (images[j * n + i] * roots[i] / roots[j]
                    + images[i * n + j] * roots[j] / roots[i]);
        form[i][j] = value;
        form[j][i] = value;
      }
    }
    return new Array2DRowRealMatrix(form, false);
  }

  /** The symmetric root of a positive semi-definite matrix; negative round-off counts as 0. */
  static RealMatrix sqrt(RealMatrix symmetric) {
    EigenDecomposition eigen = new EigenDecomposition(symmetric);
    double[][] u = eigen.getV().getData();
    double[] lambda = eigen.getRealEigenvalues();
    double[][] scaled = new double[u.length][u.length];
    for (int i = 0; i < u.length; i++) {
      for (int k = 0; k < u.length; k++) {
        scaled[i][k] = u[i][k] * Math.sqrt(Math.max(0, lambda[k]));
      }
    }
    return new Array2DRowRealMatrix(scaled, false).multiply(eigen.getVT());
  }

  /** {@code ½(m + mᵀ)} in place, against the round-off of products. */
  static RealMatrix symmetrise(RealMatrix m) {
    for (int i = 0; i < m.getRowDimension(); i++) {
      for (int j = 0; j < i; j++) {
        double value = 0.5 * (m.getEntry(i, j) + m.getEntry(j, i));
        m.setEntry(i, j, value);
        m.setEntry(j, i, value);
      }
    }
    return m;
  }
}
