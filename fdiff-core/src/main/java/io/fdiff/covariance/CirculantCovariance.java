package io.fdiff.covariance;

import io.fdiff.kernel.CovarianceKernel;
import io.fdiff.kernel.StationaryKernel;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.Basis;
import io.fdiff.transform.SpectralTransform;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The operator of a stationary kernel on an equispaced grid by circulant embedding: the points are
 * part of a periodic grid on a larger torus, on which the kernel, continued periodically in the
 * lag, is diagonal in the Fourier basis (Dietrich and Newsam 1997; Wood and Chan 1994). If all its
 * eigenvalues there are non-negative, the law on the grid is exactly that of the kernel.
 *
 * <p>An axis of {@code n} points becomes one of {@code n − 1 + m}, where {@code m < n} is the
 * number of steps beyond which the kernel is below {@code 2⁻⁵⁴} of its variance, so that what comes
 * round is lost in rounding; a kernel that reaches through the domain has {@code m = n − 1}. The
 * torus is doubled until the smallest eigenvalue is above {@code −10⁻¹⁰} of the largest, and what
 * is negative is then set to 0. Samples are drawn on the torus in real Fourier modes, {@code Σ_k
 * √λ_k z_k e_k}, and transformed where the grid is: every sample is a function of its own address.
 * Applying is a padded convolution. Both cost {@code M log M}, {@code M ≤ 2^d N} points of the
 * torus or little more, and {@code O(M)} memory, where the dense form takes {@code N²}. The inverse
 * solves by conjugate gradients on large grids; other powers, and the inverse up to 1024 points,
 * use the dense factorisation, {@code O(N³)} once, and treat eigenvalues up to {@code 1e-14·max λ}
 * as outside the range. Immutable and thread-safe.
 */
public final class CirculantCovariance implements CovarianceOperator {

  /** Negative eigenvalues up to this share of the largest one are round-off. */
  private static final double TOLERANCE = 1e-10;

  /** A kernel value below this share of the variance is lost in its rounding. */
  private static final double NEGLIGIBLE = 0x1p-53;

  private static final int MAX_DOUBLINGS = 4;
  private static final int MAX_TORUS = 1 << 26;
  private static final int DENSE_INVERSE = 1024;
  private static final int APPLY_BLOCK = 1 << 20;

  private final RegularGrid grid;
  private final CovarianceKernel kernel;
  private final SpectralCovariance torus;
  private final GridWindow window;
  private final SpectralSampler sampler;
  private final double clipped;
  private final Lazy<DenseForm> form = new Lazy<>(() -> DenseForm.of(this));

  private CirculantCovariance(
      RegularGrid grid, CovarianceKernel kernel, SpectralCovariance torus, double clipped) {
    this.grid = grid;
    this.kernel = kernel;
    this.torus = torus;
    this.window = new GridWindow(grid, torus.grid());
    double[] roots = Arrays.stream(torus.eigenvalues()).map(Math::sqrt).toArray();
    this.sampler = new SpectralSampler(torus.transform(), roots, window);
    this.clipped = clipped;
  }

  /**
   * The exact operator of a stationary kernel.
   *
   * @param grid an equispaced grid, any layout
   * @param kernel a kernel that is stationary and even in each lag
   * @return the operator
   * @throws IllegalArgumentException if the kernel is not stationary, not even in each lag, not
   *     finite, or has no non-negative embedding up to 16 times the smallest
   */
  public static CirculantCovariance of(RegularGrid grid, CovarianceKernel kernel) {
    return embed(grid, kernel, MAX_DOUBLINGS, false);
  }

  /**
   * An approximate operator where no exact embedding is at hand: negative eigenvalues of an
   * embedding are set to 0. The variance at a point exceeds that of the kernel by {@link
   * #clippedVariance()}, and no entry of {@code K} is off by more.
   *
   * @param grid an equispaced grid, any layout
   * @param kernel a kernel that is stationary and even in each lag
   * @param doublings how often to double the smallest torus, in {@code [0, 4]}
   * @return the operator
   * @throws IllegalArgumentException if the kernel is not stationary, not even in each lag or not
   *     finite, or the number is out of range
   */
  public static CirculantCovariance clipped(
      RegularGrid grid, CovarianceKernel kernel, int doublings) {
    if (doublings < 0 || doublings > MAX_DOUBLINGS) {
      throw new IllegalArgumentException(
          doublings + " doublings of the torus: give a number in [0, " + MAX_DOUBLINGS + "]");
    }
    return embed(grid, kernel, doublings, true);
  }

  private static CirculantCovariance embed(
      RegularGrid grid, CovarianceKernel kernel, int doublings, boolean clip) {
    StationaryKernel stationary =
        kernel
            .stationary()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "kernel " + kernel + " is not stationary: use KernelCovariance"));
    int[] reach = CirculantEmbedding.reach(grid, stationary, clip ? 0 : NEGLIGIBLE);
    String found = "";
    for (int level = clip ? doublings : 0; level <= doublings; level++) {
      SpectralTransform transform = Basis.FOURIER.on(CirculantEmbedding.torus(grid, reach, level));
      if (level > 0 && !clip && transform.modes() > MAX_TORUS) {
        break;
      }
      double[] lambda = CirculantEmbedding.eigenvalues(transform, stationary, kernel);
      double largest = Arrays.stream(lambda).max().orElse(0);
      double smallest = Arrays.stream(lambda).min().orElse(0);
      if (!(largest > 0)) {
        throw new IllegalArgumentException(
            "kernel "
                + kernel
                + " has the largest eigenvalue "
                + largest
                + ": it is not positive semi-definite");
      }
      if (clip || smallest >= -TOLERANCE * largest) {
        return of(grid, kernel, transform, lambda);
      }
      found = smallest + " beside " + largest + " on " + transform.grid();
    }
    throw new IllegalArgumentException(
        "circulant embedding of "
            + kernel
            + " has the eigenvalue "
            + found
            + ": give a shorter length scale, a domain that is larger beside it, accept the error"
            + " of CirculantCovariance.clipped, or use KernelCovariance");
  }

  private static CirculantCovariance of(
      RegularGrid grid, CovarianceKernel kernel, SpectralTransform transform, double[] lambda) {
    int[] shape = CirculantEmbedding.tableShape(transform);
    double[] table = new double[Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    double removed = 0;
    for (int k = 0; k < lambda.length; k++) {
      removed += Math.max(0, -lambda[k]);
      table[CirculantEmbedding.at(shape, transform.frequency(k))] = Math.max(0, lambda[k]);
    }
    return new CirculantCovariance(
        grid,
        kernel,
        SpectralCovariance.of(transform, Spectrum.table(shape, table)),
        removed / transform.grid().measure());
  }

  /**
   * What setting negative eigenvalues to 0 has added to the variance at every point.
   *
   * @return {@code Σ_k max(0, −λ_k)/|torus|}; at the round-off level unless the operator is {@link
   *     #clipped}
   */
  public double clippedVariance() {
    return clipped;
  }

  /**
   * The number of points of the torus.
   *
   * @return a fresh array, points per axis
   */
  public int[] torusShape() {
    return torus.grid().shape();
  }

  @Override
  public RegularGrid grid() {
    return grid;
  }

  @Override
  public INDArray apply(INDArray x) {
    double[] w = grid.weights();
    double cell = torus.grid().weight(0);
    int m = torus.grid().size();
    return FunctionBatch.of(grid, x)
        .map(
            (in, out, rows) -> {
              int block = Math.max(1, APPLY_BLOCK / m);
              for (int from = 0; from < rows; from += block) {
                int count = Math.min(block, rows - from);
                double[] padded = new double[count * m];
                for (int row = 0; row < count; row++) {
                  int base = (from + row) * w.length;
                  int to = row * m;
                  window.lines(
                      (here, there, length) -> {
                        for (int i = 0; i < length; i++) {
                          padded[to + there + i] = w[here + i] / cell * in[base + here + i];
                        }
                      });
                }
                INDArray image =
                    torus.apply(FunctionBatch.array(torus.grid(), DataType.DOUBLE, 1, padded));
                FunctionBatch.read(image, padded);
                window.cut(padded, count, out, from);
              }
            });
  }

  /**
   * {@inheritDoc}
   *
   * @throws ArithmeticException if the exponent is −1, the grid has more than 1024 points and the
   *     conjugate gradients do not converge
   */
  @Override
  public INDArray applyPower(INDArray x, double exponent) {
    if (exponent == 1) {
      return apply(x);
    }
    return exponent == -1 && grid.size() > DENSE_INVERSE
        ? ConjugateGradients.solve(this, x)
        : form.get().applyPower(x, exponent);
  }

  @Override
  public double trace() {
    double variance = torus.trace() / torus.grid().measure();
    return variance * Arrays.stream(grid.weights()).sum();
  }

  @Override
  public INDArray sample(NoiseSource noise, INDArray out) {
    sampler.sample(noise, out);
    return out;
  }

  @Override
  public Eigenpairs eigenpairs(int count) {
    DenseForm.requireCount(grid, count);
    return form.get().eigenpairs(count);
  }

  @Override
  public TraceClass traceClass() {
    return KernelCovariance.mercer(this, kernel);
  }

  /** {@inheritDoc} Dense on scattered points. */
  @Override
  public CovarianceOperator on(Grid other) {
    if (other.equals(grid)) {
      return this;
    }
    Scale.sameDomain(grid, other);
    return other instanceof RegularGrid regular
        ? of(regular, kernel)
        : KernelCovariance.of(other, kernel);
  }

  @Override
  public CirculantCovariance times(double factor) {
    return new CirculantCovariance(
        grid, kernel.times(factor), torus.times(Scale.positive(factor)), factor * clipped);
  }

  @Override
  public String toString() {
    return "CirculantCovariance[" + kernel + " on " + grid + "]";
  }
}
