package io.fdiff.covariance;

import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The factorisation {@code W^{1/2} K W^{1/2} = U Λ Uᵀ} of an operator {@code C = K W} on its grid:
 * its eigenvalues are those of {@code C}, {@code W^{-1/2} U} holds the values of the
 * eigenfunctions, and {@code C^p = W^{-1/2} U Λ^p Uᵀ W^{1/2}} on the range. {@code O(N³)} once,
 * {@code N²} memory, {@code 2N²} a function. Immutable and thread-safe.
 */
final class DenseForm {

  /** Eigenvalues up to this share of the largest one count as outside the range. */
  static final double RANGE_TOLERANCE = 1e-14;

  private final Grid grid;
  private final double[] roots;
  private final SymmetricEigen eigen;

  private DenseForm(Grid grid, double[] roots, SymmetricEigen eigen) {
    this.grid = grid;
    this.roots = roots;
    this.eigen = eigen;
  }

  /** The form of a covariance matrix {@code K} of the point values, {@code N × N}, not modified. */
  static DenseForm of(Grid grid, double[] kernel) {
    int n = grid.size();
    double[] roots = Arrays.stream(grid.weights()).map(Math::sqrt).toArray();
    double[] form = new double[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        double value = 0.5 * (kernel[i * n + j] + kernel[j * n + i]) * roots[i] * roots[j];
        form[i * n + j] = value;
        form[j * n + i] = value;
      }
    }
    return new DenseForm(grid, roots, SymmetricEigen.of(form, n));
  }

  /** The form of any operator, from its action on unit vectors. */
  static DenseForm of(CovarianceOperator operator) {
    return of(operator.grid(), kernel(operator));
  }

  /** {@code K = C W⁻¹} of any operator, from its action on unit vectors, block by block. */
  static double[] kernel(CovarianceOperator operator) {
    Grid grid = operator.grid();
    int n = grid.size();
    double[] w = grid.weights();
    double[] kernel = new double[Math.multiplyExact(n, n)];
    int block = Math.max(1, Math.min(n, (1 << 20) / n));
    for (int from = 0; from < n; from += block) {
      int rows = Math.min(block, n - from);
      double[] unit = new double[rows * n];
      for (int j = 0; j < rows; j++) {
        unit[j * n + from + j] = 1 / w[from + j];
      }
      INDArray columns = operator.apply(FunctionBatch.array(grid, DataType.DOUBLE, 1, unit));
      FunctionBatch.read(columns, unit);
      System.arraycopy(unit, 0, kernel, from * n, unit.length);
    }
    return kernel;
  }

  INDArray applyPower(INDArray x, double exponent) {
    double[] factors = SymmetricEigen.powers(eigen.values(), exponent, RANGE_TOLERANCE);
    int n = roots.length;
    double[] u = eigen.vectors();
    return FunctionBatch.of(grid, x)
        .map(
            (in, out, rows) ->
                rows(rows, n)
                    .forEach(
                        row -> {
                          double[] y = new double[n];
                          for (int i = 0; i < n; i++) {
                            y[i] = in[row * n + i] * roots[i];
                          }
                          double[] sum = new double[n];
                          for (int k = 0; k < n; k++) {
                            if (factors[k] != 0) {
                              double c = factors[k] * dot(u, k * n, y, 0, n);
                              for (int i = 0; i < n; i++) {
                                sum[i] += c * u[k * n + i];
                              }
                            }
                          }
                          for (int i = 0; i < n; i++) {
                            out[row * n + i] = sum[i] / roots[i];
                          }
                        }));
  }

  /** The rows of a batch, in parallel where {@code N²} of them are worth it. */
  static IntStream rows(int rows, int n) {
    IntStream range = IntStream.range(0, rows);
    return (long) rows * n * n > 1 << 18 ? range.parallel() : range;
  }

  static double dot(double[] a, int fromA, double[] b, int fromB, int length) {
    double sum = 0;
    for (int k = 0; k < length; k++) {
      sum += a[fromA + k] * b[fromB + k];
    }
    return sum;
  }

  /** All eigenvalues, descending; those of round-off size may be negative. Not to be modified. */
  double[] eigenvalues() {
    return eigen.values();
  }

  /** The columns of {@code U}, one a row. Not to be modified. */
  double[] vectors() {
    return eigen.vectors();
  }

  /** {@code Σ_k λ_k^p} over the range. */
  double trace(double exponent) {
    return Arrays.stream(SymmetricEigen.powers(eigen.values(), exponent, RANGE_TOLERANCE)).sum();
  }

  Eigenpairs eigenpairs(int count) {
    requireCount(grid, count);
    int n = roots.length;
    double[] values = new double[count * n];
    double[] eigenvalues = new double[count];
    for (int k = 0; k < count; k++) {
      eigenvalues[k] = Math.max(0, eigen.values()[k]);
      for (int i = 0; i < n; i++) {
        values[k * n + i] = eigen.vectors()[k * n + i] / roots[i];
      }
    }
    return Eigenpairs.of(eigenvalues, FunctionBatch.array(grid, DataType.DOUBLE, 1, values));
  }

  static void requireCount(Grid grid, int count) {
    if (count < 1 || count > grid.size()) {
      throw new IllegalArgumentException(
          count + " eigenpairs on " + grid + ": give a number in [1, " + grid.size() + "]");
    }
  }
}
