package io.fdiff.covariance;

import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.util.Arrays;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * The matrix {@code W^{1/2} K W^{1/2} = U Λ Uᵀ} of an operator {@code C = K W} on its grid: its
 * eigenvalues are those of {@code C}, and {@code W^{-1/2} U} holds the values of the
 * eigenfunctions.
 */
final class SymmetricForm {

  private SymmetricForm() {}

  /** Leading eigenpairs of any operator from its action on unit vectors, {@code O(N³)}. */
  static Eigenpairs eigenpairs(CovarianceOperator operator, int count) {
    Grid grid = operator.grid();
    int n = grid.size();
    if (count < 1 || count > n) {
      throw new IllegalArgumentException(
          count + " eigenpairs on " + grid + ": give a number in [1, " + n + "]");
    }
    double[] roots = Arrays.stream(grid.weights()).map(Math::sqrt).toArray();
    double[] unit = new double[n * n];
    for (int i = 0; i < n; i++) {
      unit[i * n + i] = 1;
    }
    double[] columns =
        FunctionBatch.of(grid, operator.apply(FunctionBatch.array(grid, DataType.DOUBLE, 1, unit)))
            .toDoubles();
    double[][] form = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        // (C e_j)_i = K_ij w_j.
        double value =
            0.5
                * (columns[j * n + i] * roots[i] / roots[j]
                    + columns[i * n + j] * roots[j] / roots[i]);
        form[i][j] = value;
        form[j][i] = value;
      }
    }
    EigenDecomposition eigen = new EigenDecomposition(new Array2DRowRealMatrix(form, false));
    double[] values = new double[count * n];
    double[] eigenvalues = new double[count];
    for (int k = 0; k < count; k++) {
      eigenvalues[k] = Math.max(0, eigen.getRealEigenvalue(k)); // descending for symmetric matrices
      for (int i = 0; i < n; i++) {
        values[k * n + i] = eigen.getV().getEntry(i, k) / roots[i];
      }
    }
    return Eigenpairs.of(eigenvalues, FunctionBatch.array(grid, DataType.DOUBLE, 1, values));
  }
}
