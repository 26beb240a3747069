package io.fdiff.measure;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.util.Arrays;
import java.util.Objects;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.QRDecomposition;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Gaussian-process regression: the law of {@code X ~ N(m, C)} given {@code y = A X + n}, {@code n ~
 * N(0, R)}, in each channel,
 *
 * <pre>{@code
 * G = C A*(A C A* + R)⁻¹ = K Aᵀ(A K Aᵀ + R)⁻¹
 * mean m + G(y − A m),   covariance C − G A C,   samples X + G(y − A X − n)     (Matheron)
 * }</pre>
 *
 * Only {@code K Aᵀ} (one application of {@code C} to {@code m} functions) and the Cholesky factor
 * of the {@code m × m} system are formed, once; they do not depend on {@code y}. Observations
 * without noise are allowed where they are independent; an observation of which the earlier ones
 * leave less than {@code 1e-12} of its variance is refused. Immutable and thread-safe.
 *
 * <p>Source: Rasmussen and Williams 2006, (2.22)–(2.30); Wilson et al. 2020 for sampling.
 */
public final class GaussianRegression {

  private final GaussianSystem system;
  private final PosteriorCovariance covariance;
  private final double[] observedMean; // [channels × m]

  private GaussianRegression(GaussianSystem system) {
    this.system = system;
    this.covariance =
        new PosteriorCovariance(system, system.prior().covariance(), system.rows(), 1);
    GaussianMeasure prior = system.prior();
    this.observedMean =
        Arrays.stream(system.observation().applyAll(prior.meanValues(), prior.channels()))
            .flatMapToDouble(Arrays::stream)
            .toArray();
  }

  /**
   * Observations with independent noise of one variance.
   *
   * @param prior the law of {@code X}
   * @param observation {@code A}, on the grid of the prior
   * @param noiseVariance {@code σ² ≥ 0}, finite
   * @return the regression
   * @throws IllegalArgumentException if the grids differ, the variance is out of range, or an
   *     observation is determined by the earlier ones
   */
  public static GaussianRegression of(
      GaussianMeasure prior, LinearObservation observation, double noiseVariance) {
    double[] variances = new double[observation.count()];
    Arrays.fill(variances, noiseVariance);
    return of(prior, observation, variances);
  }

  /**
   * Observations with independent noise.
   *
   * @param prior the law of {@code X}
   * @param observation {@code A}, on the grid of the prior
   * @param noiseVariances {@code [m]}, each at least 0 and finite; copied
   * @return the regression
   * @throws IllegalArgumentException if the grids differ, the number of variances is not that of
   *     the observations, a variance is out of range, or an observation is determined by the
   *     earlier ones
   */
  public static GaussianRegression of(
      GaussianMeasure prior, LinearObservation observation, double[] noiseVariances) {
    Objects.requireNonNull(prior, "prior");
    int m = observation.count();
    requireCount(noiseVariances.length, m);
    double[][] r = new double[m][m];
    double[][] root = new double[m][m];
    for (int j = 0; j < m; j++) {
      double variance = noiseVariances[j];
      if (!(variance >= 0 && variance < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "noise variance "
                + variance
                + " of observation "
                + j
                + " is not finite and at least 0");
      }
      r[j][j] = variance;
      root[j][j] = Math.sqrt(variance);
    }
    return new GaussianRegression(new GaussianSystem(prior, observation, r, root));
  }

  /**
   * Observations with correlated noise.
   *
   * @param prior the law of {@code X}
   * @param observation {@code A}, on the grid of the prior
   * @param noiseCovariance {@code R}, {@code [m][m]}, symmetric, positive semi-definite; copied
   * @return the regression
   * @throws IllegalArgumentException if the grids differ, the matrix is not {@code m × m},
   *     symmetric to {@code 1e-12} of its largest entry and positive semi-definite to as much, or
   *     an observation is determined by the earlier ones
   */
  public static GaussianRegression of(
      GaussianMeasure prior, LinearObservation observation, double[][] noiseCovariance) {
    Objects.requireNonNull(prior, "prior");
    int m = observation.count();
    requireCount(noiseCovariance.length, m);
    double largest = 0;
    for (double[] row : noiseCovariance) {
      requireCount(row.length, m);
      for (double value : row) {
        largest = Math.max(largest, Math.abs(value));
      }
    }
    double[][] r = new double[m][m];
    for (int j = 0; j < m; j++) {
      for (int l = 0; l < m; l++) {
        double a = noiseCovariance[j][l];
        double b = noiseCovariance[l][j];
        if (!(Math.abs(a - b) <= 1e-12 * largest && Double.isFinite(a))) {
          throw new IllegalArgumentException(
              "noise covariance has "
                  + a
                  + " at ("
                  + j
                  + ", "
                  + l
                  + ") and "
                  + b
                  + " at its mirror: give a finite symmetric matrix");
        }
        r[j][l] = 0.5 * (a + b);
      }
    }
    return new GaussianRegression(new GaussianSystem(prior, observation, r, root(r, largest)));
  }

  /** A lower triangular root: from {@code R = U Λ Uᵀ}, the QR factor of {@code Λ^{1/2}Uᵀ}. */
  private static double[][] root(double[][] r, double largest) {
    Array2DRowRealMatrix matrix = new Array2DRowRealMatrix(r);
    EigenDecomposition eigen = new EigenDecomposition(matrix);
    for (double value : eigen.getRealEigenvalues()) {
      if (!(value >= -1e-12 * largest * r.length)) {
        throw new IllegalArgumentException(
            "noise covariance has eigenvalue "
                + value
                + ": it must be positive semi-definite; check its signs");
      }
    }
    double[][] scaled = eigen.getVT().getData();
    for (int k = 0; k < scaled.length; k++) {
      double s = Math.sqrt(Math.max(0, eigen.getRealEigenvalue(k)));
      for (int j = 0; j < scaled.length; j++) {
        scaled[k][j] *= s;
      }
    }
    return new QRDecomposition(new Array2DRowRealMatrix(scaled, false))
        .getR()
        .transpose()
        .getData();
  }

  private static void requireCount(int given, int count) {
    if (given != count) {
      throw new IllegalArgumentException(
          given + " entries of noise for " + count + " observations: give one for each");
    }
  }

  /**
   * The prior.
   *
   * @return the law of {@code X}
   */
  public GaussianMeasure prior() {
    return system.prior();
  }

  /**
   * The covariance {@code C − G A C} of each channel, which does not depend on the observed values.
   * Roots and inverses are dense.
   *
   * @return the operator
   */
  public CovarianceOperator covariance() {
    return covariance;
  }

  /**
   * The pointwise variance of each channel.
   *
   * <p>Takes the diagonal of {@code K}: {@code N} applications of {@code C}.
   *
   * @return {@code [1, 1, n1, …, nd]}, DOUBLE
   */
  public INDArray variance() {
    double[] values = covariance.variances(PointVariances.of(covariance.prior()));
    return FunctionBatch.array(covariance.grid(), DataType.DOUBLE, 1, values);
  }

  /**
   * The conditional mean {@code m + G(y − Am)}.
   *
   * @param y observed values {@code [batch, channels, m]}, finite. Not modified.
   * @return {@code [batch, channels, n1, …, nd]}, DOUBLE
   * @throws IllegalArgumentException if shape or values are not as described
   */
  public INDArray mean(INDArray y) {
    double[] residuals = residuals(y);
    double[] values =
        new double[Math.multiplyExact(residuals.length / count(), prior().grid().size())];
    addMean(values);
    addGain(residuals, values);
    return FunctionBatch.array(prior().grid(), DataType.DOUBLE, prior().channels(), values);
  }

  private void addMean(double[] values) {
    double[] m = prior().meanValues();
    for (int i = 0; i < values.length; i++) {
      values[i] += m[i % m.length];
    }
  }

  private void addGain(double[] residuals, double[] values) {
    int m = count();
    int n = prior().grid().size();
    for (int row = 0; row < residuals.length / m; row++) {
      double[] s = system.solve(Arrays.copyOfRange(residuals, row * m, (row + 1) * m));
      PosteriorCovariance.addProducts(system.rows(), s, 1, values, row * n);
    }
  }

  /**
   * The conditional law.
   *
   * @param y observed values {@code [1, channels, m]}, finite. Not modified.
   * @return {@code N(m + G(y − Am), C − GAC)}
   * @throws IllegalArgumentException if shape or values are not as described
   */
  public GaussianMeasure posterior(INDArray y) {
    return GaussianMeasure.of(mean(y), covariance);
  }

  /**
   * The conditional law on another grid, for prediction. A spectral prior carries {@code K Aᵀ} by
   * its coefficients; other operators are read on the points of both grids together.
   *
   * @param grid another grid of the domain
   * @param y observed values {@code [1, channels, m]}, finite. Not modified.
   * @return the law there, given the observations of the grid of the prior
   * @throws IllegalArgumentException if {@code y} is not as described, or the prior has no rule for
   *     the grid, see {@link GaussianMeasure#on}
   */
  public GaussianMeasure posteriorOn(Grid grid, INDArray y) {
    double[] residuals = residuals(y);
    requireOne(residuals);
    GaussianMeasure there = prior().on(grid);
    PosteriorCovariance c = covariance.on(grid);
    double[] values = there.meanValues();
    int m = count();
    for (int row = 0; row < there.channels(); row++) {
      double[] s = system.solve(Arrays.copyOfRange(residuals, row * m, (row + 1) * m));
      PosteriorCovariance.addProducts(c.rows(), s, 1, values, row * grid.size());
    }
    return GaussianMeasure.of(
        FunctionBatch.array(grid, DataType.DOUBLE, there.channels(), values), c);
  }

  private void requireOne(double[] residuals) {
    if (residuals.length != prior().channels() * count()) {
      throw new IllegalArgumentException(
          residuals.length / (prior().channels() * count())
              + " sets of observations: a conditional law belongs to one, use mean(y) for many");
    }
  }

  /**
   * Draws from the conditional law by Matheron's rule: a prior sample, and observation noise of a
   * stream of its own, corrected by {@code G(y − AX − n)}. No matrix of the grid is formed.
   *
   * @param noise where to read white noise
   * @param y observed values {@code [batch, channels, m]}, finite: one sample for each. Not
   *     modified.
   * @return {@code [batch, channels, n1, …, nd]}, DOUBLE
   * @throws IllegalArgumentException if shape or values are not as described
   */
  public INDArray sample(NoiseSource noise, INDArray y) {
    double[] residuals = residuals(y);
    int channels = prior().channels();
    int batch = residuals.length / (channels * count());
    INDArray out = FunctionBatch.zeros(prior().grid(), DataType.DOUBLE, batch, channels);
    covariance.sample(noise, out);
    double[] values = FunctionBatch.of(prior().grid(), out).toDoubles();
    addMean(values);
    addGain(residuals, values);
    FunctionBatch.write(values, out);
    return out;
  }

  /**
   * The log density {@code ln p(y) = −½ rᵀS⁻¹r − ½ ln det S − ½ m ln 2π}, {@code r = y − Am},
   * {@code S = A K Aᵀ + R}, summed over channels: the evidence of the prior.
   *
   * @param y observed values {@code [batch, channels, m]}, finite. Not modified.
   * @return {@code [batch]}, DOUBLE
   * @throws IllegalArgumentException if shape or values are not as described
   */
  public INDArray logEvidence(INDArray y) {
    double[] residuals = residuals(y);
    int m = count();
    int channels = prior().channels();
    double[] log = new double[residuals.length / (m * channels)];
    double constant = 0.5 * (system.logDeterminant() + m * Math.log(2 * Math.PI));
    for (int row = 0; row < residuals.length / m; row++) {
      double sum = 0;
      for (double v : system.whiten(Arrays.copyOfRange(residuals, row * m, (row + 1) * m))) {
        sum += v * v;
      }
      log[row / channels] -= 0.5 * sum + constant;
    }
    return Nd4j.createFromArray(log);
  }

  private int count() {
    return system.observation().count();
  }

  /** {@code y − A m}, {@code [batch × channels × m]}. */
  private double[] residuals(INDArray y) {
    if (y.rank() != 3 || y.size(1) != prior().channels() || y.size(2) != count()) {
      throw new IllegalArgumentException(
          "observed values of shape "
              + Arrays.toString(y.shape())
              + ": expected [batch, "
              + prior().channels()
              + ", "
              + count()
              + "], axes batch, channels, observations");
    }
    double[] values = new double[Math.toIntExact(y.length())];
    FunctionBatch.read(y, values);
    for (int i = 0; i < values.length; i++) {
      if (!Double.isFinite(values[i])) {
        throw new IllegalArgumentException(
            "observation "
                + i % count()
                + " is "
                + values[i]
                + ": leave what is missing out of the observation operator");
      }
      values[i] -= observedMean[i % observedMean.length];
    }
    return values;
  }
}
