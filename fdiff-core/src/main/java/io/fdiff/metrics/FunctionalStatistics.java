package io.fdiff.metrics;

import io.fdiff.data.FunctionDataset;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import org.jtransforms.fft.DoubleFFT_1D;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Moments and autocorrelation of a set of {@code n ≥ 2} functions, point by point.
 *
 * <ul>
 *   <li>Mean {@code m_i = (1/n) Σ_b x_b(p_i)}.
 *   <li>Variance {@code v_i = 1/(n − 1) Σ_b (x_b(p_i) − m_i)²}.
 *   <li>Skewness {@code m_3/m_2^{3/2}} and excess kurtosis {@code m_4/m_2² − 3}, {@code m_k = (1/n)
 *       Σ_b (x_b(p_i) − m_i)^k}; NaN where all functions agree.
 *   <li>Autocorrelation at index lag {@code ℓ}: {@code r(ℓ)} is the mean over {@code i} of the
 *       correlation over {@code b} of {@code x_b(p_i)} and {@code x_b(p_{i+ℓ})}; on several axes
 *       the lag runs along the last one and the mean also over the others and over channels. Points
 *       of variance 0 have no correlation and are left out; a lag that none is left for is NaN.
 * </ul>
 *
 * On an equispaced grid lag {@code ℓ} is the distance {@code ℓh}, and a stationary process gives
 * its correlation function (Ornstein–Uhlenbeck: {@code e^{−ℓh/length}}), with a bias of order
 * {@code 1/n}. Sums are taken about the mean, in two passes. Confidence intervals: {@link
 * Bootstrap}. Cost {@code O(n N log N)}. Immutable and thread-safe.
 */
public final class FunctionalStatistics {

  private final Grid grid;
  private final int channels;
  private final double[] mean;
  private final double[] variance;
  private final double[] skewness;
  private final double[] excessKurtosis;
  private final double[] autocorrelation;

  private FunctionalStatistics(
      FunctionDataset data,
      double[] mean,
      double[] variance,
      double[] skewness,
      double[] excessKurtosis,
      double[] autocorrelation) {
    this.grid = data.grid();
    this.channels = data.channels();
    this.mean = mean;
    this.variance = variance;
    this.skewness = skewness;
    this.excessKurtosis = excessKurtosis;
    this.autocorrelation = autocorrelation;
  }

  /**
   * The statistics of a set of functions.
   *
   * @param data at least 2 functions
   * @return the statistics
   * @throws IllegalArgumentException if there is one function only
   */
  public static FunctionalStatistics of(FunctionDataset data) {
    int n = data.size();
    if (n < 2) {
      throw new IllegalArgumentException(data + ": a variance needs at least 2 functions");
    }
    double[] x = data.toDoubles();
    int block = x.length / n;
    double[] mean = new double[block];
    double[] squares = new double[block];
    double[] cubes = new double[block];
    double[] fourths = new double[block];
    for (int at = 0; at < x.length; at++) {
      mean[at % block] += x[at];
    }
    for (int i = 0; i < block; i++) {
      // Exactly the value where all functions agree, so that their variance is exactly 0.
      mean[i] = constant(x, i, block) ? x[i] : mean[i] / n;
    }
    for (int at = 0; at < x.length; at++) {
      x[at] -= mean[at % block];
      double square = x[at] * x[at];
      squares[at % block] += square;
      cubes[at % block] += square * x[at];
      fourths[at % block] += square * square;
    }
    int[] axes = data.grid().shape();
    double[] autocorrelation = autocorrelation(x, squares, axes[axes.length - 1]);
    double[] variance = squares.clone();
    for (int i = 0; i < block; i++) {
      variance[i] /= n - 1;
      cubes[i] = Moment.SKEWNESS.of(n, mean[i], 0, squares[i], cubes[i], fourths[i]);
      fourths[i] = Moment.EXCESS_KURTOSIS.of(n, mean[i], 0, squares[i], 0, fourths[i]);
    }
    return new FunctionalStatistics(data, mean, variance, cubes, fourths, autocorrelation);
  }

  private static boolean constant(double[] x, int point, int block) {
    int at = point;
    while (at < x.length && x[at] == x[point]) {
      at += block;
    }
    return at >= x.length;
  }

  /**
   * With {@code z = x/√(Σ_b x²)} the correlation of two points is {@code Σ_b z_i z_j}: the sum over
   * the pairs of a lag is a convolution, taken by a transform padded to at least twice the length.
   */
  private static double[] autocorrelation(double[] centred, double[] squares, int points) {
    int padded = Integer.highestOneBit(Math.max(1, 2 * points - 1)) * 2;
    DoubleFFT_1D fft = new DoubleFFT_1D(padded);
    double[] power = new double[padded];
    double[] row = new double[padded];
    for (int from = 0; from < centred.length; from += points) {
      for (int i = 0; i < padded; i++) {
        double square = i < points ? squares[(from + i) % squares.length] : 0;
        row[i] = square > 0 ? centred[from + i] / Math.sqrt(square) : 0;
      }
      fft.realForward(row);
      // Packed as (Re 0, Re padded/2, Re 1, Im 1, …).
      power[0] += row[0] * row[0];
      power[1] += row[1] * row[1];
      for (int k = 2; k < padded; k += 2) {
        power[k] += row[k] * row[k] + row[k + 1] * row[k + 1];
      }
    }
    fft.realInverse(power, true);
    double[] result = new double[points];
    for (int lag = 0; lag < points; lag++) {
      result[lag] = power[lag] / pairs(squares, points, lag);
    }
    return result;
  }

  /** Pairs of points at a lag that both vary; NaN if there are none. */
  private static double pairs(double[] squares, int points, int lag) {
    int count = 0;
    for (int from = 0; from < squares.length; from += points) {
      for (int i = 0; i + lag < points; i++) {
        count += squares[from + i] > 0 && squares[from + i + lag] > 0 ? 1 : 0;
      }
    }
    return count > 0 ? count : Double.NaN;
  }

  /**
   * The mean function.
   *
   * @return a fresh array {@code [1, channels, n1, …, nd]}, DOUBLE
   */
  public INDArray mean() {
    return FunctionBatch.array(grid, DataType.DOUBLE, channels, mean);
  }

  /**
   * The variance function, divisor {@code n − 1}.
   *
   * @return a fresh array {@code [1, channels, n1, …, nd]}, DOUBLE
   */
  public INDArray variance() {
    return FunctionBatch.array(grid, DataType.DOUBLE, channels, variance);
  }

  /**
   * The skewness function.
   *
   * @return a fresh array {@code [1, channels, n1, …, nd]}, DOUBLE; NaN where all functions agree
   */
  public INDArray skewness() {
    return FunctionBatch.array(grid, DataType.DOUBLE, channels, skewness);
  }

  /**
   * The excess kurtosis function.
   *
   * @return a fresh array {@code [1, channels, n1, …, nd]}, DOUBLE; NaN where all functions agree
   */
  public INDArray excessKurtosis() {
    return FunctionBatch.array(grid, DataType.DOUBLE, channels, excessKurtosis);
  }

  /**
   * The autocorrelation {@code r(0), …, r(N − 1)}, {@code N} points on the last axis.
   *
   * @return a fresh array, {@code r(0) = 1} unless no point varies
   */
  public double[] autocorrelation() {
    return autocorrelation.clone();
  }

  /** Mean, variance, skewness and excess kurtosis, each {@code [channels × points]}. Not copies. */
  double[][] moments() {
    return new double[][] {mean, variance, skewness, excessKurtosis};
  }
}
