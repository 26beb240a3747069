package io.fdiff.measure;

import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.CholeskyDecomposition;
import org.apache.commons.math3.linear.NonPositiveDefiniteMatrixException;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The factorised system {@code S = A K Aᵀ + R = LLᵀ} of observations {@code y = A X + n}. */
final class GaussianSystem {

  /** The stream that observation noise is read from, apart from that of functions. */
  private static final long NOISE_STREAM = 0x6e6f697365L;

  /** The least share of its variance that an observation must add to the earlier ones. */
  private static final double SMALLEST_PIVOT = 1e-12;

  private final GaussianMeasure prior;
  private final LinearObservation observation;
  private final double[][] rows;
  private final double[][] noiseRoot;
  private final double[][] factor;

  /** From {@code R} and a lower triangular or diagonal root of it. */
  GaussianSystem(
      GaussianMeasure prior,
      LinearObservation observation,
      double[][] noiseCovariance,
      double[][] noiseRoot) {
    this.prior = prior;
    this.observation = observation;
    this.rows = observation.covarianceRows(prior.covariance());
    this.noiseRoot = noiseRoot;
    double[][] s = observation.applyTo(rows);
    for (int j = 0; j < s.length; j++) {
      for (int l = 0; l < s.length; l++) {
        s[j][l] += noiseCovariance[j][l];
      }
    }
    this.factor = cholesky(s);
  }

  private static double[][] cholesky(double[][] s) {
    int m = s.length;
    double[] roots = new double[m];
    for (int j = 0; j < m; j++) {
      roots[j] = Math.sqrt(s[j][j]);
      if (!(roots[j] > 0 && roots[j] < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "observation "
                + j
                + " has variance "
                + s[j][j]
                + " under the prior and noise: give it noise or leave it out");
      }
    }
    double[][] correlation = new double[m][m];
    for (int j = 0; j < m; j++) {
      for (int l = 0; l < m; l++) {
        correlation[j][l] = j == l ? 1 : s[j][l] / (roots[j] * roots[l]);
      }
    }
    double[][] lower;
    try {
      lower =
          new CholeskyDecomposition(
                  new Array2DRowRealMatrix(correlation, false), 1e-9, SMALLEST_PIVOT)
              .getL()
              .getData();
    } catch (NonPositiveDefiniteMatrixException e) {
      throw new IllegalArgumentException(
          "observation "
              + e.getRow()
              + " is determined by the earlier ones up to "
              + SMALLEST_PIVOT
              + " of its variance: leave it out, or give the observations a noise variance > 0",
          e);
    }
    for (int j = 0; j < m; j++) {
      for (int l = 0; l <= j; l++) {
        lower[j][l] *= roots[j];
      }
    }
    return lower;
  }

  GaussianMeasure prior() {
    return prior;
  }

  LinearObservation observation() {
    return observation;
  }

  /** {@code (K Aᵀ)ᵀ}, {@code [m][points]}. */
  double[][] rows() {
    return rows;
  }

  /** {@code L⁻¹} times a matrix {@code [m][n]}. */
  double[][] whiten(double[][] matrix) {
    double[][] v = new double[matrix.length][];
    for (int j = 0; j < v.length; j++) {
      v[j] = matrix[j].clone();
      for (int l = 0; l < j; l++) {
        double a = factor[j][l];
        for (int i = 0; i < v[j].length; i++) {
          v[j][i] -= a * v[l][i];
        }
      }
      for (int i = 0; i < v[j].length; i++) {
        v[j][i] /= factor[j][j];
      }
    }
    return v;
  }

  /** {@code L⁻¹ y}. */
  double[] whiten(double[] y) {
    double[] v = y.clone();
    for (int j = 0; j < v.length; j++) {
      for (int l = 0; l < j; l++) {
        v[j] -= factor[j][l] * v[l];
      }
      v[j] /= factor[j][j];
    }
    return v;
  }

  /** {@code S⁻¹ y}. */
  double[] solve(double[] y) {
    double[] s = whiten(y);
    for (int j = s.length - 1; j >= 0; j--) {
      s[j] /= factor[j][j];
      for (int l = 0; l < j; l++) {
        s[l] -= factor[j][l] * s[j];
      }
    }
    return s;
  }

  /** {@code ln det S}. */
  double logDeterminant() {
    double sum = 0;
    for (int j = 0; j < factor.length; j++) {
      sum += 2 * Math.log(factor[j][j]);
    }
    return sum;
  }

  /**
   * {@code A X + n} of the centred prior sample that {@code noise} names and noise of its own
   * stream, {@code [batch × channels][m]} flat.
   *
   * @param drawn that sample where the caller has it, else null
   */
  double[] sampleObservations(
      NoiseSource noise, int batch, int channels, double @Nullable [] drawn) {
    double[] values = drawn == null ? draw(noise, batch, channels) : drawn;
    NoiseSource own = noise.withStream(NOISE_STREAM);
    int m = factor.length;
    double[] out = new double[batch * channels * m];
    double[] z = new double[m];
    for (int row = 0; row < batch * channels; row++) {
      observation.apply(values, row * prior.grid().size(), out, row * m);
      own.normals(row / channels, row % channels, new int[] {m}, z, 0);
      for (int j = 0; j < m; j++) {
        for (int l = 0; l <= j; l++) {
          out[row * m + j] += noiseRoot[j][l] * z[l];
        }
      }
    }
    return out;
  }

  private double[] draw(NoiseSource noise, int batch, int channels) {
    INDArray x = FunctionBatch.zeros(prior.grid(), DataType.DOUBLE, batch, channels);
    prior.covariance().sample(noise, x);
    return FunctionBatch.of(prior.grid(), x).toDoubles();
  }
}
