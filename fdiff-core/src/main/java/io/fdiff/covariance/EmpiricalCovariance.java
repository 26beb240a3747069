package io.fdiff.covariance;

import io.fdiff.measure.GaussianMeasure;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.transform.Resampling;
import io.fdiff.transform.SpectralTransform;
import java.util.Arrays;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The spectrum of a data set as a covariance operator (Foresti 2024, (4.28), in function-space
 * scaling): with coefficients {@code c_ik} of {@code n} functions,
 *
 * <pre>{@code
 * uncentred   λ̂_k = (1/n) Σ_i c_ik²                  Σ_k λ̂_k = (1/n) Σ_i ‖x_i‖²
 * centred     λ̂_k = (1/(n−1)) Σ_i (c_ik − c̄_k)²
 * }</pre>
 *
 * averaged over channels and over the modes that share a frequency (cosine and sine), so that it is
 * the stationary part of the data covariance in the basis. The printed formula uses the orthonormal
 * DFT, {@code r̂_k = N λ̂_k}. The uncentred form charges the square of the mean function to the
 * noise; the centred one goes with {@link #gaussian()}, which carries the mean.
 *
 * <p>Modes beyond those of the training grid have eigenvalue 0 unless {@link #withFloor} continues
 * them. Immutable and thread-safe.
 */
public final class EmpiricalCovariance implements CovarianceOperator {

  private final SpectralCovariance operator;
  private final SpectralTransform trainingTransform;
  private final double[] meanCoefficients;
  private final double[] table;
  private final int[] tableShape;
  private final boolean centred;

  private EmpiricalCovariance(
      SpectralCovariance operator,
      SpectralTransform trainingTransform,
      double[] meanCoefficients,
      double[] table,
      int[] tableShape,
      boolean centred) {
    this.operator = operator;
    this.trainingTransform = trainingTransform;
    this.meanCoefficients = meanCoefficients;
    this.table = table;
    this.tableShape = tableShape;
    this.centred = centred;
  }

  /**
   * The spectrum about the mean function.
   *
   * @param transform basis, on the grid of the data
   * @param functions {@code [n, channels, n1, …, nd]}, {@code n ≥ 2}, finite. Not modified.
   * @return the operator
   * @throws IllegalArgumentException if shape or values are not as described
   */
  public static EmpiricalCovariance centred(SpectralTransform transform, INDArray functions) {
    return estimate(transform, functions, true);
  }

  /**
   * The spectrum about 0, the thesis's form.
   *
   * @param transform basis, on the grid of the data
   * @param functions {@code [n, channels, n1, …, nd]}, finite. Not modified.
   * @return the operator
   * @throws IllegalArgumentException if shape or values are not as described
   */
  public static EmpiricalCovariance uncentred(SpectralTransform transform, INDArray functions) {
    return estimate(transform, functions, false);
  }

  private static EmpiricalCovariance estimate(
      SpectralTransform transform, INDArray functions, boolean centred) {
    FunctionBatch batch = FunctionBatch.of(transform.grid(), functions);
    int n = batch.batch();
    int channels = batch.channels();
    if (centred && n < 2) {
      throw new IllegalArgumentException(
          n + " function: a covariance about the mean needs at least 2");
    }
    int modes = transform.modes();
    double[] c = new double[batch.rows() * modes];
    transform.forward(batch.toDoubles(), c, batch.rows());
    double[] mean = new double[channels * modes];
    for (int i = 0; i < c.length; i++) {
      if (!Double.isFinite(c[i])) {
        throw new IllegalArgumentException(
            "function " + i / (channels * modes) + " is not finite: remove it or fill its gaps");
      }
      mean[i % mean.length] += c[i] / n;
    }
    int[] shape = tableShape(transform);
    double[] table = new double[Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    int[] members = new int[table.length];
    double divisor = (centred ? n - 1 : n) * (double) channels;
    for (int k = 0; k < modes; k++) {
      double sum = 0;
      for (int row = 0; row < batch.rows(); row++) {
        double shift = centred ? mean[row % channels * modes + k] : 0;
        double d = c[row * modes + k] - shift;
        sum += d * d;
      }
      int at = 0;
      int[] frequency = transform.frequency(k);
      for (int a = 0; a < shape.length; a++) {
        at = at * shape[a] + frequency[a];
      }
      table[at] += sum / divisor;
      members[at]++;
    }
    for (int at = 0; at < table.length; at++) {
      table[at] /= Math.max(1, members[at]);
    }
    return of(transform, mean, table, centred);
  }

  /**
   * The operator of an earlier estimate, from what {@link #meanCoefficients} and {@link
   * #frequencyEigenvalues} told of it.
   *
   * @param transform the transform that the estimate was made with
   * @param meanCoefficients {@code channels × modes} coefficients of the mean function; copied
   * @param frequencyEigenvalues eigenvalues by frequency, C order; copied
   * @param centred whether the estimate was about the mean
   * @return the operator, without floor
   * @throws IllegalArgumentException if the lengths do not fit the transform, or an eigenvalue is
   *     negative or not finite
   */
  public static EmpiricalCovariance of(
      SpectralTransform transform,
      double[] meanCoefficients,
      double[] frequencyEigenvalues,
      boolean centred) {
    if (meanCoefficients.length == 0 || meanCoefficients.length % transform.modes() != 0) {
      throw new IllegalArgumentException(
          meanCoefficients.length
              + " mean coefficients: expected a multiple of the "
              + transform.modes()
              + " modes on "
              + transform.grid());
    }
    int[] shape = tableShape(transform);
    Spectrum spectrum = Spectrum.table(shape, frequencyEigenvalues);
    return new EmpiricalCovariance(
        SpectralCovariance.of(transform, spectrum),
        transform,
        meanCoefficients.clone(),
        frequencyEigenvalues.clone(),
        shape,
        centred);
  }

  private static int[] tableShape(SpectralTransform transform) {
    int[] shape = transform.frequency(transform.modes() - 1);
    for (int a = 0; a < shape.length; a++) {
      shape[a]++;
    }
    return shape;
  }

  /**
   * The coefficients of the mean function in the transform of the estimate.
   *
   * @return a fresh array {@code [channels × modes]}
   */
  public double[] meanCoefficients() {
    return meanCoefficients.clone();
  }

  /**
   * The estimated eigenvalues by integer frequency, before any floor.
   *
   * @return a fresh array, C order of the frequencies {@code 0 … highest} of each axis
   */
  public double[] frequencyEigenvalues() {
    return table.clone();
  }

  /**
   * The operator with eigenvalues raised to {@code λ_k ← max(λ̂_k, δ·max λ̂·(1 + |k|²)^{−s})},
   * {@code |k|} the integer frequency; a summable sequence that also continues the spectrum beyond
   * the modes of the data, so that the noise reaches every mode on every grid.
   *
   * @param fraction {@code δ > 0}
   * @param decay {@code s > d/2}
   * @return the raised operator
   * @throws IllegalArgumentException if an argument is out of range or the spectrum is 0
   */
  public EmpiricalCovariance withFloor(double fraction, double decay) {
    double largest = Arrays.stream(table).max().orElse(0);
    if (!(fraction > 0 && fraction < 1 && decay > tableShape.length / 2.0 && largest > 0)) {
      throw new IllegalArgumentException(
          "floor "
              + fraction
              + " with decay "
              + decay
              + " on a spectrum with largest eigenvalue "
              + largest
              + ": needs 0 < fraction < 1, decay > d/2 = "
              + tableShape.length / 2.0
              + " and data that vary");
    }
    Spectrum estimated = Spectrum.table(tableShape, table);
    Spectrum raised =
        (frequency, laplacian) -> {
          double squared = 0;
          for (int f : frequency) {
            squared += (double) f * f;
          }
          double floor = fraction * largest * Math.pow(1 + squared, -decay);
          return Math.max(floor, estimated.eigenvalue(frequency, laplacian));
        };
    return new EmpiricalCovariance(
        SpectralCovariance.of(operator.transform(), raised),
        trainingTransform,
        meanCoefficients,
        table,
        tableShape,
        centred);
  }

  /**
   * The mean function of the data, on the grid of this operator.
   *
   * @return {@code [1, channels, n1, …, nd]}, DOUBLE
   */
  public INDArray mean() {
    SpectralTransform here = operator.transform();
    double[] c = Resampling.carry(meanCoefficients, trainingTransform, here);
    int channels = c.length / here.modes();
    double[] values = new double[channels * here.grid().size()];
    here.inverse(c, values, channels);
    return FunctionBatch.array(here.grid(), DataType.DOUBLE, channels, values);
  }

  /**
   * The mean function of the data on another grid of the domain.
   *
   * @param grid the grid
   * @return {@code [1, channels, n1, …, nd]}, DOUBLE
   */
  public INDArray meanOn(Grid grid) {
    return on(grid).mean();
  }

  /**
   * The Gaussian measure with the first two spectral moments of the data: mean {@link #mean()} and
   * this covariance if it is centred, mean 0 if not.
   *
   * @return the measure on the grid of this operator
   */
  public GaussianMeasure gaussian() {
    INDArray mean = mean();
    return GaussianMeasure.of(centred ? mean : mean.muli(0), this);
  }

  @Override
  public Optional<SpectralCovariance> spectral() {
    return Optional.of(operator);
  }

  @Override
  public Grid grid() {
    return operator.grid();
  }

  @Override
  public INDArray applyPower(INDArray x, double exponent) {
    return operator.applyPower(x, exponent);
  }

  @Override
  public double trace() {
    return operator.trace();
  }

  @Override
  public Eigenpairs eigenpairs(int count) {
    return operator.eigenpairs(count);
  }

  @Override
  public TraceClass traceClass() {
    return operator.traceClass();
  }

  @Override
  public INDArray sample(NoiseSource noise, INDArray out) {
    return operator.sample(noise, out);
  }

  @Override
  public EmpiricalCovariance on(Grid grid) {
    return new EmpiricalCovariance(
        operator.on(grid), trainingTransform, meanCoefficients, table, tableShape, centred);
  }

  /**
   * {@code factor · C}, as a plain spectral operator without the mean of the data.
   *
   * @param factor positive and finite
   * @return the scaled operator
   */
  @Override
  public SpectralCovariance times(double factor) {
    return operator.times(factor);
  }
}
