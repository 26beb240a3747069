package io.fdiff.covariance;

import io.fdiff.kernel.CovarianceKernel;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.util.Arrays;
import java.util.Objects;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A kernel operator of finite rank by Nyström's method: leading eigenpairs {@code (λ_j, φ_j)} of
 * the kernel on a grid of landmarks (inducing points), continued to any point by the integral
 * equation, {@code φ_j(p) = λ_j⁻¹ ∫ k(p, q) φ_j(q) dq} with the quadrature of the landmarks
 * (Williams and Seeger 2001).
 *
 * <p>With all eigenpairs the kernel is {@code k(p, Z) k(Z, Z)⁻¹ k(Z, q)}: exact at the landmarks
 * {@code Z}, never above {@code k} on the diagonal. Samples are {@code Σ_j √λ_j z_j φ_j(p)}, {@code
 * z_j} addressed by the eigenpair: they are coupled, the same functions on every grid. Cost: {@code
 * m³} once for {@code m} landmarks, {@code m·N} kernel values, {@code r·N} a function and in
 * memory. Eigenvalues up to {@code 1e-14·max λ} count as outside the range. Immutable and
 * thread-safe.
 */
public final class NystromCovariance implements CovarianceOperator {

  /** Eigenvalues of landmarks below this share of the largest one would amplify round-off. */
  private static final double LANDMARK_TOLERANCE = 1e-11;

  private final CovarianceKernel kernel;
  private final Grid landmarks;
  private final int requested;
  private final Grid grid;
  private final double[] loadings; // √λ_j φ_j(p_i), rank × N
  private final double[] eigenvalues;
  private final double[] functions; // orthonormal on this grid

  private NystromCovariance(
      CovarianceKernel kernel, Grid landmarks, int requested, Grid grid, double[] loadings) {
    this.kernel = kernel;
    this.landmarks = landmarks;
    this.requested = requested;
    this.grid = grid;
    this.loadings = loadings;
    int n = grid.size();
    int rank = loadings.length / n;
    double[] w = grid.weights();
    double[] gram = new double[rank * rank];
    for (int i = 0; i < rank; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = 0;
        for (int p = 0; p < n; p++) {
          sum += w[p] * loadings[i * n + p] * loadings[j * n + p];
        }
        gram[i * rank + j] = sum;
        gram[j * rank + i] = sum;
      }
    }
    SymmetricEigen eigen = SymmetricEigen.of(gram, rank);
    double[] lambda = eigen.values();
    int kept = 0;
    while (kept < rank && lambda[kept] > DenseForm.RANGE_TOLERANCE * lambda[0]) {
      kept++;
    }
    this.eigenvalues = Arrays.copyOf(lambda, kept);
    this.functions = new double[kept * n];
    for (int j = 0; j < kept; j++) {
      for (int i = 0; i < rank; i++) {
        double c = eigen.vectors()[j * rank + i] / Math.sqrt(lambda[j]);
        for (int p = 0; p < n; p++) {
          functions[j * n + p] += c * loadings[i * n + p];
        }
      }
    }
  }

  /**
   * The Nyström approximation of a kernel operator.
   *
   * @param grid where functions are held
   * @param kernel the kernel
   * @param landmarks grid of the inducing points, on the same domain
   * @param rank number of eigenpairs, in {@code [1, landmarks.size()]}; those below {@code
   *     1e-11·max λ} are dropped
   * @return the operator
   * @throws IllegalArgumentException if the domains differ, the rank is out of range, or the kernel
   *     is not positive semi-definite on the landmarks
   */
  public static NystromCovariance of(Grid grid, CovarianceKernel kernel, Grid landmarks, int rank) {
    Objects.requireNonNull(grid, "grid");
    Scale.sameDomain(grid, landmarks);
    DenseForm.requireCount(landmarks, rank);
    KernelCovariance dense = KernelCovariance.of(landmarks, kernel);
    int m = landmarks.size();
    Eigenpairs pairs = dense.eigenpairs(rank);
    double[] lambda = pairs.eigenvalues();
    double[] phi = FunctionBatch.of(landmarks, pairs.functions()).toDoubles();
    double[][] z = KernelCovariance.points(landmarks);
    double[][] points = KernelCovariance.points(grid);
    int kept = 0;
    while (kept < rank && lambda[kept] > LANDMARK_TOLERANCE * lambda[0]) {
      kept++;
    }
    int n = points.length;
    double[] loadings = new double[kept * n];
    double[] row = new double[m];
    for (int i = 0; i < n; i++) {
      for (int q = 0; q < m; q++) {
        row[q] = landmarks.weight(q) * kernel.covariance(points[i], z[q]);
      }
      for (int j = 0; j < kept; j++) {
        loadings[j * n + i] = DenseForm.dot(row, 0, phi, j * m, m) / Math.sqrt(lambda[j]);
      }
    }
    return new NystromCovariance(kernel, landmarks, rank, grid, loadings);
  }

  /**
   * The number of eigenpairs on this grid.
   *
   * @return the rank
   */
  public int rank() {
    return eigenvalues.length;
  }

  /**
   * The share of the kernel's variance that the eigenpairs carry on this grid.
   *
   * @return {@code Σ_j λ_j / Σ_i w_i k(p_i, p_i)}, at most 1 up to round-off when all eigenpairs
   *     are kept, and up to the quadrature of the landmarks otherwise
   */
  public double explainedVariance() {
    double total = 0;
    double[][] points = KernelCovariance.points(grid);
    for (int i = 0; i < points.length; i++) {
      total += grid.weight(i) * kernel.covariance(points[i], points[i]);
    }
    return trace() / total;
  }

  @Override
  public Grid grid() {
    return grid;
  }

  @Override
  public INDArray applyPower(INDArray x, double exponent) {
    int n = grid.size();
    double[] w = grid.weights();
    double[] factors = Arrays.stream(eigenvalues).map(v -> Math.pow(v, exponent)).toArray();
    return FunctionBatch.of(grid, x)
        .map(
            (in, out, rows) -> {
              double[] weighted = new double[n];
              for (int row = 0; row < rows; row++) {
                for (int i = 0; i < n; i++) {
                  weighted[i] = w[i] * in[row * n + i];
                }
                for (int j = 0; j < factors.length; j++) {
                  double c = factors[j] * DenseForm.dot(functions, j * n, weighted, 0, n);
                  for (int i = 0; i < n; i++) {
                    out[row * n + i] += c * functions[j * n + i];
                  }
                }
              }
            });
  }

  @Override
  public double trace() {
    return Arrays.stream(eigenvalues).sum();
  }

  @Override
  public INDArray sample(NoiseSource noise, INDArray out) {
    FunctionBatch batch = FunctionBatch.of(grid, out);
    int n = grid.size();
    double[] z = new double[loadings.length / n];
    int[] scores = {z.length};
    double[] values = new double[batch.rows() * n];
    for (int row = 0; row < batch.rows(); row++) {
      noise.normals(row / batch.channels(), row % batch.channels(), scores, z, 0);
      for (int j = 0; j < z.length; j++) {
        for (int i = 0; i < n; i++) {
          values[row * n + i] += z[j] * loadings[j * n + i];
        }
      }
    }
    FunctionBatch.write(values, out);
    return out;
  }

  @Override
  public NystromCovariance on(Grid other) {
    return other.equals(grid) ? this : of(other, kernel, landmarks, requested);
  }

  @Override
  public NystromCovariance times(double factor) {
    double root = Math.sqrt(Scale.positive(factor));
    return new NystromCovariance(
        kernel.times(factor),
        landmarks,
        requested,
        grid,
        Arrays.stream(loadings).map(value -> root * value).toArray());
  }

  @Override
  public Eigenpairs eigenpairs(int count) {
    DenseForm.requireCount(grid, count);
    return count > rank()
        ? DenseForm.of(this).eigenpairs(count)
        : Eigenpairs.of(
            Arrays.copyOf(eigenvalues, count),
            FunctionBatch.array(
                grid, DataType.DOUBLE, 1, Arrays.copyOf(functions, count * grid.size())));
  }

  @Override
  public TraceClass traceClass() {
    return TraceClass.finiteRank(eigenvalues);
  }
}
