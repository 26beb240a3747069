package io.fdiff.covariance;

import java.util.Arrays;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Eigenvalues, descending, and orthonormal eigenvectors of a symmetric matrix.
 *
 * <p>Small matrices go through Commons Math, bit for bit the same everywhere; large ones through
 * the LAPACK of the ND4J backend, which agrees to round-off and is five times as fast at 1000 rows.
 */
final class SymmetricEigen {

  private static final int LAPACK_FROM = 256;

  private final double[] values;
  private final double[] vectors;

  private SymmetricEigen(double[] values, double[] vectors) {
    this.values = values;
    this.vectors = vectors;
  }

  /** Decomposes {@code matrix}, {@code n × n}, both triangles filled; it is not modified. */
  static SymmetricEigen of(double[] matrix, int n) {
    for (double entry : matrix) {
      if (!Double.isFinite(entry)) {
        throw new ArithmeticException(
            "matrix entry " + entry + ": an operator with finite values is needed");
      }
    }
    return n < LAPACK_FROM ? commons(matrix, n) : lapack(matrix, n);
  }

  private static SymmetricEigen commons(double[] matrix, int n) {
    double[][] rows = new double[n][];
    for (int i = 0; i < n; i++) {
      rows[i] = Arrays.copyOfRange(matrix, i * n, (i + 1) * n);
    }
    EigenDecomposition eigen = new EigenDecomposition(new Array2DRowRealMatrix(rows, false));
    double[] vectors = new double[n * n];
    for (int k = 0; k < n; k++) {
      System.arraycopy(eigen.getEigenvector(k).toArray(), 0, vectors, k * n, n);
    }
    return new SymmetricEigen(eigen.getRealEigenvalues(), vectors);
  }

  private static SymmetricEigen lapack(double[] matrix, int n) {
    // Column order on both sides: the columns that come back are rows to us.
    INDArray a = Nd4j.createUninitialized(DataType.DOUBLE, new long[] {n, n}, 'f');
    INDArray w = Nd4j.createUninitialized(DataType.DOUBLE, new long[] {n}, 'c');
    a.data().asNioDouble().put(matrix, 0, n * n);
    Nd4j.getBlasWrapper().lapack().syev('V', 'U', a, w);
    double[] ascending = new double[n];
    w.data().asNioDouble().get(ascending);
    double[] columns = new double[n * n];
    a.data().asNioDouble().get(columns, 0, n * n);
    double[] values = new double[n];
    double[] vectors = new double[n * n];
    for (int k = 0; k < n; k++) {
      values[k] = ascending[n - 1 - k];
      System.arraycopy(columns, (n - 1 - k) * n, vectors, k * n, n);
    }
    return new SymmetricEigen(values, vectors);
  }

  /** The eigenvalues, descending. Not to be modified. */
  double[] values() {
    return values;
  }

  /** The eigenvectors, one a row. Not to be modified. */
  double[] vectors() {
    return vectors;
  }

  /** {@code λ^p} where {@code λ} is above a share of the largest one, else 0. */
  static double[] powers(double[] lambda, double exponent, double tolerance) {
    double smallest = tolerance * Arrays.stream(lambda).max().orElse(0);
    return Arrays.stream(lambda)
        .map(value -> value > smallest ? Math.pow(value, exponent) : 0)
        .toArray();
  }
}
