package io.fdiff.sde;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.transform.SpectralTransform;
import java.util.Arrays;
import java.util.Optional;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.CholeskyDecomposition;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.NonPositiveDefiniteMatrixException;
import org.apache.commons.math3.linear.RealMatrix;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Coordinates {@code x = Σ_k y_k u_k} in which the noise covariance {@code R} and a data covariance
 * {@code Γ} are both diagonal: independent {@code y_k} with variances {@code λ_k} and {@code μ_k}
 * make a function of covariance {@code R} and {@code Γ}. What is exact for Gaussian data is one
 * formula a mode in them.
 *
 * <p>Where both are diagonal in one spectral basis these are its coefficients, at the price of a
 * transform; elsewhere the generalised eigenvectors {@code Γu = μRu} with {@code λ = 1}, at {@code
 * O(N³)} once and {@code O(N²)} a function. Only the first kind fits processes with multipliers per
 * mode. Immutable and thread-safe.
 */
public final class CommonModes {

  /** Round-off of the matrix of a covariance without full rank leaves pivots of about this size. */
  private static final double SMALLEST_PIVOT = 1e-14;

  private final Grid grid;
  private final double[] noise;
  private final double[] data;
  private final @Nullable SpectralTransform transform;
  private final @Nullable RealMatrix forth;
  private final @Nullable RealMatrix back;
  private volatile @Nullable RealMatrix analysis;

  private CommonModes(
      Grid grid,
      double[] noise,
      double[] data,
      @Nullable SpectralTransform transform,
      @Nullable RealMatrix forth,
      @Nullable RealMatrix back) {
    this.grid = grid;
    this.noise = noise;
    this.data = data;
    this.transform = transform;
    this.forth = forth;
    this.back = back;
  }

  /**
   * The coordinates of the noise of a process and a data covariance.
   *
   * @param sde forward process
   * @param data {@code Γ} on the same grid
   * @return the coordinates
   * @throws IllegalArgumentException if the grids differ, or, where the two covariances share no
   *     spectral basis, if {@code R} is singular or the multipliers are not scalar
   */
  public static CommonModes of(SDE sde, CovarianceOperator data) {
    CovarianceOperator noise = sde.noise();
    if (!noise.grid().equals(data.grid())) {
      throw new IllegalArgumentException(
          "data on " + data.grid() + " and noise on " + noise.grid() + ": bring both to one grid");
    }
    if (shareBasis(noise, data)) {
      SpectralCovariance r = noise.spectral().orElseThrow();
      return new CommonModes(
          noise.grid(),
          r.eigenvalues(),
          data.spectral().orElseThrow().eigenvalues(),
          r.transform(),
          null,
          null);
    }
    requireScalar(sde);
    return dense(noise, kernelMatrix(data));
  }

  /**
   * The coordinates of the noise of a process alone, {@code μ = 0}.
   *
   * @param sde forward process
   * @return the coordinates
   * @throws IllegalArgumentException if the noise has no spectral form and is singular or the
   *     multipliers are not scalar
   */
  public static CommonModes of(SDE sde) {
    Optional<SpectralCovariance> spectral = sde.noise().spectral();
    if (spectral.isPresent()) {
      SpectralTransform transform = spectral.get().transform();
      return new CommonModes(
          sde.noise().grid(),
          spectral.get().eigenvalues(),
          new double[transform.modes()],
          transform,
          null,
          null);
    }
    requireScalar(sde);
    return dense(sde.noise(), null);
  }

  /**
   * Whether there are coordinates in which noise and data of a process are diagonal at all times:
   * they share a spectral basis, or the multipliers of the process are scalar.
   *
   * @param sde forward process
   * @param data {@code Γ} on the same grid
   * @return false if {@link #of(SDE, CovarianceOperator)} refuses the two for this reason
   */
  public static boolean exist(SDE sde, CovarianceOperator data) {
    return scalar(sde) || shareBasis(sde.noise(), data);
  }

  private static boolean shareBasis(CovarianceOperator noise, CovarianceOperator data) {
    Optional<SpectralTransform> a = noise.spectral().map(SpectralCovariance::transform);
    Optional<SpectralTransform> b = data.spectral().map(SpectralCovariance::transform);
    return a.isPresent()
        && b.isPresent()
        && a.get().basis() == b.get().basis()
        && Arrays.equals(a.get().modeShape(), b.get().modeShape());
  }

  private static boolean scalar(SDE sde) {
    Marginal last = sde.marginal(sde.horizon());
    return last.mean() instanceof Multiplier.Scalar && last.variance() instanceof Multiplier.Scalar;
  }

  private static void requireScalar(SDE sde) {
    if (!scalar(sde)) {
      throw new IllegalArgumentException(
          "data and noise share no spectral basis and the multipliers of the process are not"
              + " scalar: there is no common diagonal form");
    }
  }

  private static CommonModes dense(CovarianceOperator noise, @Nullable RealMatrix signal) {
    int n = noise.grid().size();
    // K_R = LLᵀ; L⁻¹K_ΓL⁻ᵀ = QMQᵀ; then Γ and R are diagonal in the columns of LQ.
    RealMatrix k = kernelMatrix(noise);
    double largest = 0;
    for (int i = 0; i < n; i++) {
      largest = Math.max(largest, k.getEntry(i, i));
    }
    RealMatrix l;
    try {
      l = new CholeskyDecomposition(k, 1e-9, SMALLEST_PIVOT * largest).getL();
    } catch (NonPositiveDefiniteMatrixException e) {
      throw new IllegalArgumentException(
          "noise covariance on "
              + noise.grid()
              + " is singular, a pivot is below "
              + SMALLEST_PIVOT
              + " of the largest variance: give noise of full rank, or data that share its basis",
          e);
    }
    RealMatrix inverse = new LUDecomposition(l, 0).getSolver().getInverse();
    double[] ones = new double[n];
    Arrays.fill(ones, 1);
    if (signal == null) {
      return new CommonModes(noise.grid(), ones, new double[n], null, inverse, l);
    }
    RealMatrix whitened = inverse.multiply(signal).multiply(inverse.transpose());
    EigenDecomposition eigen =
        new EigenDecomposition(whitened.add(whitened.transpose()).scalarMultiply(0.5));
    double[] mu = Arrays.stream(eigen.getRealEigenvalues()).map(v -> Math.max(v, 0)).toArray();
    return new CommonModes(
        noise.grid(), ones, mu, null, eigen.getVT().multiply(inverse), l.multiply(eigen.getV()));
  }

  /** {@code K = C W⁻¹}, column by column from the action of the operator. */
  private static RealMatrix kernelMatrix(CovarianceOperator operator) {
    Grid grid = operator.grid();
    int n = grid.size();
    double[] w = grid.weights();
    double[] impulses = new double[n * n];
    for (int i = 0; i < n; i++) {
      impulses[i * n + i] = 1 / w[i];
    }
    INDArray image = operator.apply(FunctionBatch.array(grid, DataType.DOUBLE, 1, impulses));
    double[] flat = FunctionBatch.of(grid, image).toDoubles();
    RealMatrix k = new Array2DRowRealMatrix(n, n);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        k.setEntry(i, j, 0.5 * (flat[i * n + j] + flat[j * n + i]));
      }
    }
    return k;
  }

  /**
   * The grid of the functions.
   *
   * @return the grid
   */
  public Grid grid() {
    return grid;
  }

  /**
   * The number of coordinates.
   *
   * @return the number of modes
   */
  public int size() {
    return noise.length;
  }

  /**
   * The variance of the noise in one coordinate.
   *
   * @param mode index
   * @return {@code λ_k ≥ 0}
   */
  public double noise(int mode) {
    return noise[mode];
  }

  /**
   * The variance of the data in one coordinate.
   *
   * @param mode index
   * @return {@code μ_k ≥ 0}
   */
  public double data(int mode) {
    return data[mode];
  }

  /**
   * The gain {@code τμ/V}, {@code V = τ²μ + ς²λ}, of {@code E[X₀ | X_t]}.
   *
   * @param mode index
   * @param tau mean factor of the mode
   * @param variance variance multiplier {@code ς²} of the mode
   * @return the gain; 0 where there are no data, {@code 1/τ} where there is no noise
   */
  public double gain(int mode, double tau, double variance) {
    double mu = data[mode];
    return mu == 0 ? 0 : tau / (tau * tau + variance * (noise[mode] / mu));
  }

  /**
   * Values to coordinates.
   *
   * @param values {@code rows × points}. Not modified.
   * @param coordinates {@code rows × size()}. Modified. Another array.
   * @param rows number of functions
   */
  public void forward(double[] values, double[] coordinates, int rows) {
    if (transform != null) {
      transform.forward(values, coordinates, rows);
    } else if (forth != null) {
      multiply(forth, values, coordinates, rows);
    }
  }

  /**
   * Coordinates to values.
   *
   * @param coordinates {@code rows × size()}. Not modified.
   * @param values {@code rows × points}. Modified. Another array.
   * @param rows number of functions
   */
  public void inverse(double[] coordinates, double[] values, int rows) {
    if (transform != null) {
      transform.inverse(coordinates, values, rows);
    } else if (back != null) {
      multiply(back, coordinates, values, rows);
    }
  }

  /**
   * Inner products {@code ⟨x, u_k⟩}, the adjoint of {@link #inverse}: the operator with variances
   * {@code s_k} in these coordinates is {@code inverse ∘ s ∘ adjoint}.
   *
   * @param values {@code rows × points}. Not modified.
   * @param products {@code rows × size()}. Modified. Another array.
   * @param rows number of functions
   */
  public void adjoint(double[] values, double[] products, int rows) {
    if (transform != null) {
      transform.quadrature(values, products, rows);
    } else if (back != null) {
      double[] w = grid.weights();
      double[] weighted = new double[values.length];
      Arrays.setAll(weighted, i -> w[i % w.length] * values[i]);
      multiplyTransposed(back, weighted, products, rows);
    }
  }

  /**
   * The transpose of {@link #inverse} as a matrix, {@code Σ_i w_i u_k(p_i)} without quadrature
   * weights: derivatives run backwards through it.
   *
   * @param values {@code rows × points}. Not modified.
   * @param coordinates {@code rows × size()}. Modified. Another array.
   * @param rows number of functions
   */
  public void inverseTranspose(double[] values, double[] coordinates, int rows) {
    if (transform != null) {
      double[] w = grid.weights();
      double[] weightless = new double[rows * w.length];
      Arrays.setAll(weightless, i -> values[i] / w[i % w.length]);
      transform.quadrature(weightless, coordinates, rows);
    } else if (back != null) {
      multiplyTransposed(back, values, coordinates, rows);
    }
  }

  /**
   * The transpose of {@link #forward} as a matrix: derivatives run backwards through it. Where the
   * basis is not orthonormal on the grid a product with a matrix.
   *
   * @param coordinates {@code rows × size()}. Not modified.
   * @param values {@code rows × points}. Modified. Another array.
   * @param rows number of functions
   */
  public void forwardTranspose(double[] coordinates, double[] values, int rows) {
    if (forth != null) {
      multiplyTransposed(forth, coordinates, values, rows);
    } else if (transform != null && transform.orthonormal()) {
      double[] w = grid.weights();
      transform.inverse(coordinates, values, rows);
      for (int i = 0; i < rows * w.length; i++) {
        values[i] *= w[i % w.length];
      }
    } else if (transform != null) {
      RealMatrix matrix = analysis;
      if (matrix == null) {
        // Threads that come at once compute the same.
        matrix = analysis(transform);
        analysis = matrix;
      }
      multiplyTransposed(matrix, coordinates, values, rows);
    }
  }

  /** The matrix of {@code transform.forward}. */
  private static RealMatrix analysis(SpectralTransform transform) {
    int points = transform.grid().size();
    double[] impulses = new double[points * points];
    for (int i = 0; i < points; i++) {
      impulses[i * points + i] = 1;
    }
    double[] c = new double[points * transform.modes()];
    transform.forward(impulses, c, points);
    RealMatrix matrix = new Array2DRowRealMatrix(transform.modes(), points);
    for (int i = 0; i < points; i++) {
      for (int k = 0; k < transform.modes(); k++) {
        matrix.setEntry(k, i, c[i * transform.modes() + k]);
      }
    }
    return matrix;
  }

  /**
   * The squared norms {@code ‖u_k‖²}, 1 in an orthonormal basis: {@code Σ_k s_k‖u_k‖²} is the trace
   * of the operator with variances {@code s_k}.
   *
   * @return a fresh array {@code [size()]}
   */
  public double[] squaredNorms() {
    int modes = noise.length;
    double[] norms = new double[modes];
    if (transform != null && transform.orthonormal()) {
      Arrays.fill(norms, 1);
      return norms;
    }
    double[] w = grid.weights();
    double[] unit = new double[modes];
    double[] values = new double[w.length];
    for (int k = 0; k < modes; k++) {
      unit[k] = 1;
      inverse(unit, values, 1);
      unit[k] = 0;
      for (int i = 0; i < w.length; i++) {
        norms[k] += w[i] * values[i] * values[i];
      }
    }
    return norms;
  }

  private static void multiply(RealMatrix matrix, double[] in, double[] out, int rows) {
    int n = matrix.getColumnDimension();
    int m = matrix.getRowDimension();
    for (int row = 0; row < rows; row++) {
      double[] y = matrix.operate(Arrays.copyOfRange(in, row * n, (row + 1) * n));
      System.arraycopy(y, 0, out, row * m, m);
    }
  }

  private static void multiplyTransposed(RealMatrix matrix, double[] in, double[] out, int rows) {
    int n = matrix.getRowDimension();
    int m = matrix.getColumnDimension();
    for (int row = 0; row < rows; row++) {
      double[] y = matrix.preMultiply(Arrays.copyOfRange(in, row * n, (row + 1) * n));
      System.arraycopy(y, 0, out, row * m, m);
    }
  }
}
