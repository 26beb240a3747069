package io.fdiff.covariance;

import io.fdiff.kernel.CovarianceKernel;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.CholeskyDecomposition;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.NonPositiveDefiniteMatrixException;
import org.apache.commons.math3.linear.RealMatrix;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The integral operator of a kernel, {@code (Cx)(p) = ∫ k(p, q) x(q) dq}, held as the dense matrix
 * {@code K_ij = k(p_i, p_j)} of the grid: {@code C = K W}.
 *
 * <p>{@code K} carries a jitter {@code δI}, {@code δ = 10⁻¹⁰ · mean K_ii}, doubled until the
 * Cholesky factorisation succeeds; {@link #jitter()} tells it and every method uses the same {@code
 * K + δI}. Samples are {@code L z}, {@code LLᵀ = K + δI}, addressed by the point, so samples on
 * different grids have the same law but are not coupled. Roots and inverses use the Nyström
 * eigenpairs {@code W^{1/2}KW^{1/2} = UΛUᵀ}; eigenvalues up to {@code 1e-14·max λ} count as outside
 * the range.
 *
 * <p>Cost: {@code N³/3} once at construction, one eigendecomposition at the first root or inverse,
 * {@code N²} a function after that; memory {@code N²}. Immutable and thread-safe.
 */
public final class KernelCovariance implements CovarianceOperator {

  private static final double JITTER = 1e-10;
  private static final int DOUBLINGS = 30;
  private static final double RANGE_TOLERANCE = 1e-14;

  private final Grid grid;
  private final CovarianceKernel kernel;
  private final double scale;
  private final double jitter;
  private final double[] weights;
  private final double[][] matrix;
  private final double[][] factor;
  private volatile @Nullable EigenDecomposition eigenpairs;

  private KernelCovariance(Grid grid, CovarianceKernel kernel, double scale) {
    this.grid = grid;
    this.kernel = kernel;
    this.scale = scale;
    this.weights = grid.weights();
    int n = grid.size();
    this.matrix = kernelMatrix();
    double mean = 0;
    for (int i = 0; i < n; i++) {
      mean += matrix[i][i] / n;
    }
    double delta = JITTER * mean;
    double added = 0;
    double[][] lower = null;
    for (int attempt = 0; lower == null; attempt++, delta *= 2) {
      for (int i = 0; i < n; i++) {
        matrix[i][i] += delta - added;
      }
      added = delta;
      try {
        RealMatrix k = new Array2DRowRealMatrix(matrix, false);
        lower = new CholeskyDecomposition(k, 1e-9, 0).getL().getData();
      } catch (NonPositiveDefiniteMatrixException e) {
        if (attempt == DOUBLINGS) {
          throw new IllegalArgumentException(
              "kernel " + kernel + " is not positive semi-definite on " + grid, e);
        }
      }
    }
    this.jitter = added;
    this.factor = lower;
  }

  private double[][] kernelMatrix() {
    int n = grid.size();
    double[][] points = new double[n][grid.dimension()];
    for (int i = 0; i < n; i++) {
      for (int a = 0; a < points[i].length; a++) {
        points[i][a] = grid.coordinate(i, a);
      }
    }
    double[][] k = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        double value = scale * kernel.covariance(points[i], points[j]);
        if (!Double.isFinite(value)) {
          throw new IllegalArgumentException(
              "kernel "
                  + kernel
                  + " is "
                  + value
                  + " between points "
                  + i
                  + " and "
                  + j
                  + " of "
                  + grid
                  + ": a covariance must be finite");
        }
        k[i][j] = value;
        k[j][i] = value;
      }
    }
    return k;
  }

  /**
   * The operator of a kernel on a grid.
   *
   * @param grid the grid
   * @param kernel the kernel
   * @return the operator
   * @throws IllegalArgumentException if the kernel is not finite or not positive semi-definite on
   *     the points
   */
  public static KernelCovariance of(Grid grid, CovarianceKernel kernel) {
    return new KernelCovariance(
        Objects.requireNonNull(grid, "grid"), Objects.requireNonNull(kernel, "kernel"), 1);
  }

  /**
   * The number {@code δ} on the diagonal, in units of variance.
   *
   * @return {@code δ > 0}
   */
  public double jitter() {
    return jitter;
  }

  @Override
  public Grid grid() {
    return grid;
  }

  @Override
  public INDArray apply(INDArray x) {
    return FunctionBatch.of(grid, x)
        .map(
            (in, out, rows) -> {
              double[] weighted = new double[in.length];
              for (int i = 0; i < in.length; i++) {
                weighted[i] = in[i] * weights[i % weights.length];
              }
              multiply(matrix, weights.length, weighted, out, rows);
            });
  }

  @Override
  public INDArray applySqrt(INDArray x) {
    return applyPower(x, 0.5);
  }

  @Override
  public INDArray applyInverse(INDArray x) {
    return applyPower(x, -1);
  }

  @Override
  public INDArray applyInverseSqrt(INDArray x) {
    return applyPower(x, -0.5);
  }

  /** {@code C^p = W^{-1/2} U Λ^p Uᵀ W^{1/2}} on the range. */
  private INDArray applyPower(INDArray x, double power) {
    FunctionBatch batch = FunctionBatch.of(grid, x);
    EigenDecomposition eigen = eigenpairs();
    double[][] u = eigen.getV().getData();
    double[] lambda = eigen.getRealEigenvalues();
    int n = weights.length;
    double smallest = RANGE_TOLERANCE * Arrays.stream(lambda).max().orElse(0);
    return batch.map(
        (in, out, rows) -> {
          double[] c = new double[n];
          for (int row = 0; row < rows; row++) {
            Arrays.fill(c, 0);
            for (int i = 0; i < n; i++) {
              double value = in[row * n + i] * Math.sqrt(weights[i]);
              for (int k = 0; k < n; k++) {
                c[k] += u[i][k] * value;
              }
            }
            for (int k = 0; k < n; k++) {
              c[k] *= lambda[k] > smallest ? Math.pow(lambda[k], power) : 0;
            }
            for (int i = 0; i < n; i++) {
              out[row * n + i] = dot(u[i], c, 0, n) / Math.sqrt(weights[i]);
            }
          }
        });
  }

  private EigenDecomposition eigenpairs() {
    EigenDecomposition cached = eigenpairs;
    if (cached == null) {
      synchronized (this) {
        cached = eigenpairs;
        if (cached == null) {
          int n = weights.length;
          RealMatrix symmetric = new Array2DRowRealMatrix(n, n);
          for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
              symmetric.setEntry(i, j, matrix[i][j] * Math.sqrt(weights[i] * weights[j]));
            }
          }
          cached = new EigenDecomposition(symmetric);
          // The decomposition caches its matrices at first use; do that before others see it.
          cached.getV();
          eigenpairs = cached;
        }
      }
    }
    return cached;
  }

  @Override
  public double trace() {
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      sum += weights[i] * matrix[i][i];
    }
    return sum;
  }

  @Override
  public INDArray sample(NoiseSource noise, INDArray out) {
    FunctionBatch batch = FunctionBatch.of(grid, out);
    int n = weights.length;
    int[] points = {n};
    double[] white = new double[batch.rows() * n];
    for (int row = 0; row < batch.rows(); row++) {
      noise.normals(row / batch.channels(), row % batch.channels(), points, white, row * n);
    }
    double[] values = new double[white.length];
    multiply(factor, 0, white, values, batch.rows());
    FunctionBatch.write(values, out);
    return out;
  }

  /** Rows times a matrix; {@code width} 0 means lower triangular. */
  private static void multiply(double[][] m, int width, double[] in, double[] out, int rows) {
    int n = m.length;
    IntStream range = IntStream.range(0, rows);
    if ((long) rows * n * n > 1 << 18) {
      range = range.parallel();
    }
    range.forEach(
        row -> {
          for (int i = 0; i < n; i++) {
            out[row * n + i] = dot(m[i], in, row * n, width == 0 ? i + 1 : width);
          }
        });
  }

  private static double dot(double[] a, double[] b, int offset, int length) {
    double sum = 0;
    for (int k = 0; k < length; k++) {
      sum += a[k] * b[offset + k];
    }
    return sum;
  }

  @Override
  public KernelCovariance on(Grid other) {
    return other.equals(grid) ? this : new KernelCovariance(other, kernel, scale);
  }

  @Override
  public KernelCovariance times(double factor) {
    return new KernelCovariance(grid, kernel, scale * Scale.positive(factor));
  }
}
