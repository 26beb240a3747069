package io.fdiff.covariance;

import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.transform.SpectralTransform;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An operator that is diagonal in a spectral basis, {@code C e_k = λ_k e_k}.
 *
 * <p>Samples are {@code X = Σ_k √λ_k z_k e_k}, one transform each; {@code z_k} is addressed by the
 * mode, so coarse and fine grids share it. On another grid of the domain the same {@link Spectrum}
 * is read at the modes of that grid. The inverse treats eigenvalues up to {@code 1e-14·max λ} as
 * outside the range. Cost: one transform a sample for {@code sample}, two for the rest.
 */
public final class SpectralCovariance implements CovarianceOperator {

  private static final double RANGE_TOLERANCE = 1e-14;

  private final SpectralTransform transform;
  private final Spectrum spectrum;
  private final double[] eigenvalues;
  private final double[] roots;

  private SpectralCovariance(SpectralTransform transform, Spectrum spectrum) {
    this.transform = transform;
    this.spectrum = spectrum;
    this.eigenvalues = new double[transform.modes()];
    this.roots = new double[eigenvalues.length];
    for (int k = 0; k < eigenvalues.length; k++) {
      int[] frequency = transform.frequency(k);
      double value = spectrum.eigenvalue(frequency, transform.laplacian(k));
      if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "eigenvalue "
                + value
                + " at frequency "
                + Arrays.toString(frequency)
                + ": a covariance operator needs finite eigenvalues, at least 0");
      }
      eigenvalues[k] = value;
      roots[k] = Math.sqrt(value);
    }
  }

  /**
   * The operator with a given spectrum.
   *
   * @param transform the basis and the grid
   * @param spectrum eigenvalues of all modes
   * @return the operator
   * @throws IllegalArgumentException if an eigenvalue is negative or not finite
   */
  public static SpectralCovariance of(SpectralTransform transform, Spectrum spectrum) {
    return new SpectralCovariance(
        Objects.requireNonNull(transform, "transform"),
        Objects.requireNonNull(spectrum, "spectrum"));
  }

  /**
   * The basis and grid.
   *
   * @return the transform that diagonalises the operator
   */
  public SpectralTransform transform() {
    return transform;
  }

  /**
   * The eigenvalues {@code λ_k} of the modes of this grid.
   *
   * @return a fresh array {@code [modes]}, order of the transform
   */
  public double[] eigenvalues() {
    return eigenvalues.clone();
  }

  @Override
  public Grid grid() {
    return transform.grid();
  }

  @Override
  public INDArray apply(INDArray x) {
    return multiply(x, eigenvalues);
  }

  @Override
  public INDArray applySqrt(INDArray x) {
    return multiply(x, roots);
  }

  @Override
  public INDArray applyInverse(INDArray x) {
    return multiply(x, reciprocal(1));
  }

  @Override
  public INDArray applyInverseSqrt(INDArray x) {
    return multiply(x, reciprocal(0.5));
  }

  private double[] reciprocal(double power) {
    double smallest = RANGE_TOLERANCE * Arrays.stream(eigenvalues).max().orElse(0);
    double[] inverse = new double[eigenvalues.length];
    for (int k = 0; k < inverse.length; k++) {
      inverse[k] = eigenvalues[k] > smallest ? Math.pow(eigenvalues[k], -power) : 0;
    }
    return inverse;
  }

  private INDArray multiply(INDArray x, double[] factors) {
    return FunctionBatch.of(grid(), x)
        .map(
            (in, out, rows) -> {
              double[] c = new double[rows * factors.length];
              transform.forward(in, c, rows);
              for (int row = 0, at = 0; row < rows; row++) {
                for (double factor : factors) {
                  c[at++] *= factor;
                }
              }
              transform.inverse(c, out, rows);
            });
  }

  @Override
  public double trace() {
    return Arrays.stream(eigenvalues).sum();
  }

  @Override
  public INDArray sample(NoiseSource noise, INDArray out) {
    FunctionBatch batch = FunctionBatch.of(grid(), out);
    int modes = roots.length;
    int channels = batch.channels();
    int[] shape = transform.modeShape();
    double[] c = new double[batch.rows() * modes];
    IntStream.range(0, batch.rows())
        .parallel()
        .forEach(
            row -> {
              int from = row * modes;
              noise.normals(row / channels, row % channels, shape, c, from);
              for (int k = 0; k < modes; k++) {
                c[from + k] *= roots[k];
              }
            });
    double[] values = new double[batch.rows() * grid().size()];
    transform.inverse(c, values, batch.rows());
    FunctionBatch.write(values, out);
    return out;
  }

  @Override
  public Optional<SpectralCovariance> spectral() {
    return Optional.of(this);
  }

  @Override
  public SpectralCovariance on(Grid grid) {
    return grid.equals(grid()) ? this : of(transform.on(grid), spectrum);
  }

  @Override
  public SpectralCovariance times(double factor) {
    double scale = Scale.positive(factor);
    Spectrum own = spectrum;
    return of(transform, (frequency, laplacian) -> scale * own.eigenvalue(frequency, laplacian));
  }
}
