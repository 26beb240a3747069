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
 *
 * <p>With its kernels for AVX-512 ({@code SKYLAKEX}) the OpenBLAS of ND4J 1.0.0-M2.1 returns wrong
 * eigenvectors without an error. A result is therefore checked on a vector, {@code O(n²)}, and a
 * wrong one computed anew by Commons Math.
 */
final class SymmetricEigen {

  private static final int LAPACK_FROM = 256;

  /** Far above the round-off of a decomposition and far below a fault. */
  private static final double ACCURACY = 1e-10;

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
    if (n >= LAPACK_FROM) {
      SymmetricEigen eigen = lapack(matrix, n);
      if (eigen.decomposes(matrix)) {
        return eigen;
      }
    }
    return commons(matrix, n);
  }

  /** Whether {@code A x = U Λ Uᵀ x} and {@code |Uᵀx| = |x|} for a vector in no special position. */
  boolean decomposes(double[] matrix) {
    int n = values.length;
    double[] x = new double[n];
    for (int i = 0; i < n; i++) {
      // The golden ratio: equidistributed and without a period.
      x[i] = (i * 0.6180339887498949) % 1 - 0.5;
    }
    double[] difference = new double[n];
    for (int i = 0; i < n; i++) {
      difference[i] = DenseForm.dot(matrix, i * n, x, 0, n);
    }
    double square = 0;
    double largest = 0;
    for (int k = 0; k < n; k++) {
      double c = DenseForm.dot(vectors, k * n, x, 0, n);
      square += c * c;
      largest = Math.max(largest, Math.abs(values[k]));
      for (int i = 0; i < n; i++) {
        difference[i] -= values[k] * c * vectors[k * n + i];
      }
    }
    double norm = Math.sqrt(DenseForm.dot(x, 0, x, 0, n));
    double residual = Math.sqrt(DenseForm.dot(difference, 0, difference, 0, n));
    return residual <= ACCURACY * largest * norm
        && Math.abs(Math.sqrt(square) - norm) <= ACCURACY * norm;
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
