package io.fdiff.covariance;

import io.fdiff.kernel.CovarianceKernel;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.CholeskyDecomposition;
import org.apache.commons.math3.linear.NonPositiveDefiniteMatrixException;
import org.apache.commons.math3.linear.RealMatrix;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The integral operator of a kernel, {@code (Cx)(p) = ∫ k(p, q) x(q) dq}, held as the dense matrix
 * {@code K_ij = k(p_i, p_j)} of the grid: {@code C = K W}.
 *
 * <p>{@code K} carries a jitter {@code δI}, {@code δ = 10⁻¹⁰ · mean K_ii}, doubled up to six times
 * until the Cholesky factorisation succeeds; {@link #jitter()} tells it and every method uses the
 * same {@code K + δI}. Beyond that a negative eigenvalue is no round-off, and the kernel is
 * refused. Samples are {@code L z}, {@code LLᵀ = K + δI}, addressed by the point, so samples on
 * different grids have the same law but are not coupled ({@link NystromCovariance} couples them).
 * Other powers than 1 use the Nyström eigenpairs {@code W^{1/2}KW^{1/2} = UΛUᵀ}; eigenvalues up to
 * {@code 1e-14·max λ} count as outside the range.
 *
 * <p>Cost: {@code N³/3} once at construction, one eigendecomposition at the first power other than
 * 1, {@code N²} a function after that; memory {@code 3N²/2}, then {@code 5N²/2} numbers. Immutable
 * and thread-safe.
 */
public final class KernelCovariance implements CovarianceOperator {

  private static final double JITTER = 1e-10;
  private static final int DOUBLINGS = 6;

  private final Grid grid;
  private final CovarianceKernel kernel;
  private final double jitter;
  private final double[] weights;
  private final double[] matrix; // K + δI, N × N
  private final double[] factor; // rows of L one after the other, row i with i + 1 entries
  private final Lazy<DenseForm> form;

  private KernelCovariance(
      Grid grid, CovarianceKernel kernel, double[] matrix, double[] factor, double jitter) {
    this.grid = grid;
    this.kernel = kernel;
    this.weights = grid.weights();
    this.matrix = matrix;
    this.factor = factor;
    this.jitter = jitter;
    this.form = new Lazy<>(() -> DenseForm.of(grid, matrix));
  }

  /**
   * The operator of a kernel on a grid.
   *
   * @param grid the grid
   * @param kernel the kernel
   * @return the operator
   * @throws IllegalArgumentException if the kernel is not finite, or its matrix has an eigenvalue
   *     below {@code −6.4·10⁻⁹ · mean K_ii}: it is then not positive semi-definite
   */
  public static KernelCovariance of(Grid grid, CovarianceKernel kernel) {
    Objects.requireNonNull(grid, "grid");
    Objects.requireNonNull(kernel, "kernel");
    double[] k = matrix(grid, kernel);
    int n = grid.size();
    double mean = 0;
    for (int i = 0; i < n; i++) {
      mean += k[i * n + i] / n;
    }
    if (!(mean > 0)) {
      throw new IllegalArgumentException(
          "kernel "
              + kernel
              + " has the mean variance "
              + mean
              + " on "
              + grid
              + ": it is not positive semi-definite, or 0");
    }
    double delta = JITTER * mean;
    double added = 0;
    for (int attempt = 0; attempt <= DOUBLINGS; attempt++, delta *= 2) {
      addToDiagonal(k, n, delta - added);
      added = delta;
      Optional<double[]> lower = cholesky(k, n);
      if (lower.isPresent()) {
        return new KernelCovariance(grid, kernel, k, lower.get(), added);
      }
    }
    addToDiagonal(k, n, -added);
    double smallest = SymmetricEigen.of(k, n).values()[n - 1];
    throw new IllegalArgumentException(
        "kernel "
            + kernel
            + " is not positive semi-definite on "
            + grid
            + ": its matrix has the eigenvalue "
            + smallest
            + " with mean variance "
            + mean
            + ", the least that passes as round-off is "
            + -JITTER * (1 << DOUBLINGS) * mean
            + "; give a valid kernel, or add a Nugget of that size");
  }

  private static void addToDiagonal(double[] k, int n, double delta) {
    for (int i = 0; i < n; i++) {
      k[i * n + i] += delta;
    }
  }

  private static Optional<double[]> cholesky(double[] k, int n) {
    double[][] rows = new double[n][];
    for (int i = 0; i < n; i++) {
      rows[i] = Arrays.copyOfRange(k, i * n, (i + 1) * n);
    }
    try {
      RealMatrix upper =
          new CholeskyDecomposition(new Array2DRowRealMatrix(rows, false), 1e-9, 0).getLT();
      double[] packed = new double[Math.toIntExact(n * (n + 1L) / 2)];
      for (int i = 0; i < n; i++) {
        for (int j = 0; j <= i; j++) {
          packed[i * (i + 1) / 2 + j] = upper.getEntry(j, i);
        }
      }
      return Optional.of(packed);
    } catch (NonPositiveDefiniteMatrixException e) {
      return Optional.empty();
    }
  }

  /** {@code K_ij = k(p_i, p_j)} without jitter. */
  private static double[] matrix(Grid grid, CovarianceKernel kernel) {
    int n = grid.size();
    double[][] points = points(grid);
    double[] k = new double[Math.multiplyExact(n, n)];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        double value = kernel.covariance(points[i], points[j]);
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
        k[i * n + j] = value;
        k[j * n + i] = value;
      }
    }
    return k;
  }

  /** The points of a grid, {@code [points][axis]}. */
  static double[][] points(Grid grid) {
    double[][] points = new double[grid.size()][grid.dimension()];
    for (int i = 0; i < points.length; i++) {
      for (int a = 0; a < points[i].length; a++) {
        points[i][a] = grid.coordinate(i, a);
      }
    }
    return points;
  }

  /**
   * The number {@code δ} on the diagonal, in units of variance.
   *
   * @return {@code δ > 0}
   */
  public double jitter() {
    return jitter;
  }

  /**
   * The kernel.
   *
   * @return the kernel, without jitter
   */
  public CovarianceKernel kernel() {
    return kernel;
  }

  /** {@code K + δI}, {@code N × N}. Not to be modified. */
  double[] matrix() {
    return matrix;
  }

  /** {@code L}, {@code N × N} with zeros above the diagonal. */
  double[] factorMatrix() {
    int n = weights.length;
    double[] lower = new double[n * n];
    for (int i = 0; i < n; i++) {
      System.arraycopy(factor, i * (i + 1) / 2, lower, i * n, i + 1);
    }
    return lower;
  }

  /** Fills a row with {@code L z}. */
  void multiplyFactor(double[] z, int from, double[] out, int to) {
    for (int i = weights.length - 1; i >= 0; i--) {
      out[to + i] = DenseForm.dot(factor, i * (i + 1) / 2, z, from, i + 1);
    }
  }

  /** The factorisation of {@code W^{1/2}(K + δI)W^{1/2}}. */
  DenseForm form() {
    return form.get();
  }

  @Override
  public Grid grid() {
    return grid;
  }

  @Override
  public INDArray applyPower(INDArray x, double exponent) {
    return exponent == 1 ? apply(x) : form().applyPower(x, exponent);
  }

  @Override
  public INDArray apply(INDArray x) {
    int n = weights.length;
    return FunctionBatch.of(grid, x)
        .map(
            (in, out, rows) -> {
              double[] weighted = new double[in.length];
              for (int i = 0; i < in.length; i++) {
                weighted[i] = in[i] * weights[i % n];
              }
              DenseForm.rows(rows, n)
                  .forEach(
                      row -> {
                        for (int i = 0; i < n; i++) {
                          out[row * n + i] = DenseForm.dot(matrix, i * n, weighted, row * n, n);
                        }
                      });
            });
  }

  @Override
  public double trace() {
    double sum = 0;
    int n = weights.length;
    for (int i = 0; i < n; i++) {
      sum += weights[i] * matrix[i * n + i];
    }
    return sum;
  }

  @Override
  public INDArray sample(NoiseSource noise, INDArray out) {
    FunctionBatch batch = FunctionBatch.of(grid, out);
    int n = weights.length;
    int[] points = {n};
    double[] values = new double[batch.rows() * n];
    DenseForm.rows(batch.rows(), n)
        .forEach(
            row -> {
              noise.normals(
                  row / batch.channels(), row % batch.channels(), points, values, row * n);
              // From the last point upwards, so that L z may replace z.
              multiplyFactor(values, row * n, values, row * n);
            });
    FunctionBatch.write(values, out);
    return out;
  }

  @Override
  public Eigenpairs eigenpairs(int count) {
    DenseForm.requireCount(grid, count);
    return form().eigenpairs(count);
  }

  /**
   * {@inheritDoc} By Mercer's theorem: continuous kernels are trace class on a bounded box, {@code
   * tr C = ∫ k(p, p) dp}, others are not.
   */
  @Override
  public TraceClass traceClass() {
    return mercer(this, kernel);
  }

  /** The report of a kernel operator, with the Nyström eigenvalues of its grid as evidence. */
  static TraceClass mercer(CovarianceOperator operator, CovarianceKernel kernel) {
    PartialSums sums = TraceClass.sums(operator.eigenpairs(operator.grid().size()).eigenvalues());
    return kernel.continuous()
        ? TraceClass.of(true, sums, "the kernel " + kernel + " is continuous on a bounded box")
        : TraceClass.of(
            false,
            sums,
            "the kernel "
                + kernel
                + " has a part that is independent at every point (a nugget): trace class needs a"
                + " continuous kernel");
  }

  @Override
  public KernelCovariance on(Grid other) {
    return other.equals(grid) ? this : of(Scale.sameDomain(grid, other), kernel);
  }

  @Override
  public KernelCovariance times(double factor) {
    double scale = Scale.positive(factor);
    double root = Math.sqrt(scale);
    return new KernelCovariance(
        grid,
        kernel.times(scale),
        Arrays.stream(matrix).map(value -> scale * value).toArray(),
        Arrays.stream(this.factor).map(value -> root * value).toArray(),
        scale * jitter);
  }

  @Override
  public String toString() {
    return "KernelCovariance[" + kernel + " on " + grid + "]";
  }
}
