package io.fdiff.covariance;

import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The covariance {@code B ⊗ C} of functions with {@code c} correlated channels: {@code Cov(X_a(p),
 * X_b(q)) = B_ab k(p, q)}. Colours of an image, components of a vector field.
 *
 * <p>It acts on {@code [batch, c, n1, …, nd]}, FLOAT or DOUBLE. Channels are mixed point by point
 * after (or before) {@code C} has acted on each, so the cost is that of {@code C} and {@code c²} a
 * point. Eigenvalues of {@code B} up to {@code 1e-14} of the largest one count as outside its
 * range. Immutable and thread-safe.
 */
public final class ChannelCovariance {

  private final CovarianceOperator operator;
  private final double[] matrix;
  private final int channels;
  private final SymmetricEigen eigen;

  private ChannelCovariance(
      CovarianceOperator operator, double[] matrix, int channels, SymmetricEigen eigen) {
    this.operator = operator;
    this.matrix = matrix;
    this.channels = channels;
    this.eigen = eigen;
  }

  /**
   * The operator {@code B ⊗ C}.
   *
   * @param channels {@code B}, {@code [c][c]}, symmetric and positive semi-definite; copied
   * @param operator {@code C}
   * @return the product
   * @throws IllegalArgumentException if {@code B} is not square, finite, symmetric to {@code 1e-12}
   *     and positive semi-definite to {@code 1e-12} of its largest eigenvalue, or is 0
   */
  public static ChannelCovariance of(double[][] channels, CovarianceOperator operator) {
    int c = channels.length;
    double[] flat = new double[c * c];
    double largest = 0;
    for (int a = 0; a < c; a++) {
      if (channels[a].length != c) {
        throw new IllegalArgumentException(
            "row " + a + " of the channel matrix has " + channels[a].length + " entries, not " + c);
      }
      for (int b = 0; b < c; b++) {
        if (!Double.isFinite(channels[a][b])) {
          throw new IllegalArgumentException(
              "channel covariance " + channels[a][b] + " at [" + a + "][" + b + "] is not finite");
        }
        flat[a * c + b] = channels[a][b];
        largest = Math.max(largest, Math.abs(channels[a][b]));
      }
    }
    if (!(largest > 0)) {
      throw new IllegalArgumentException(
          "channel matrix of size " + c + " with largest entry " + largest + ": must not be 0");
    }
    for (int a = 0; a < c; a++) {
      for (int b = 0; b < a; b++) {
        if (Math.abs(flat[a * c + b] - flat[b * c + a]) > 1e-12 * largest) {
          throw new IllegalArgumentException(
              "channel matrix has "
                  + flat[a * c + b]
                  + " at ["
                  + a
                  + "]["
                  + b
                  + "] and "
                  + flat[b * c + a]
                  + " opposite: a covariance is symmetric");
        }
      }
    }
    SymmetricEigen eigen = SymmetricEigen.of(flat, c);
    double smallest = eigen.values()[c - 1];
    if (smallest < -1e-12 * eigen.values()[0]) {
      throw new IllegalArgumentException(
          "channel matrix has the eigenvalue "
              + smallest
              + ": a covariance must be positive semi-definite");
    }
    return new ChannelCovariance(operator, flat, c, eigen);
  }

  /**
   * The number of channels.
   *
   * @return {@code c}
   */
  public int channels() {
    return channels;
  }

  /**
   * The operator of one channel, up to its variance.
   *
   * @return {@code C}
   */
  public CovarianceOperator operator() {
    return operator;
  }

  /**
   * {@code (B ⊗ C) x}.
   *
   * @param x {@code [batch, c, n1, …, nd]}. Not modified.
   * @return a fresh array of the same shape and type
   * @throws IllegalArgumentException if the shape does not fit
   */
  public INDArray apply(INDArray x) {
    return mixed(operator.apply(checked(x)), matrix);
  }

  /**
   * {@code (B^p ⊗ C^p) x} on the range.
   *
   * @param x {@code [batch, c, n1, …, nd]}. Not modified.
   * @param exponent {@code p}
   * @return a fresh array of the same shape and type
   * @throws IllegalArgumentException if the shape does not fit
   */
  public INDArray applyPower(INDArray x, double exponent) {
    return mixed(operator.applyPower(checked(x), exponent), power(exponent));
  }

  private double[] power(double exponent) {
    double[] lambda = SymmetricEigen.powers(eigen.values(), exponent, DenseForm.RANGE_TOLERANCE);
    double[] out = new double[channels * channels];
    for (int k = 0; k < channels; k++) {
      for (int a = 0; a < channels; a++) {
        for (int b = 0; b < channels; b++) {
          out[a * channels + b] +=
              lambda[k] * eigen.vectors()[k * channels + a] * eigen.vectors()[k * channels + b];
        }
      }
    }
    return out;
  }

  private INDArray checked(INDArray x) {
    FunctionBatch batch = FunctionBatch.of(operator.grid(), x);
    if (batch.channels() != channels) {
      throw new IllegalArgumentException(
          batch.channels()
              + " channels in an array of shape "
              + Arrays.toString(x.shape())
              + ": this covariance has "
              + channels);
    }
    return x;
  }

  private INDArray mixed(INDArray x, double[] b) {
    int n = operator.grid().size();
    return FunctionBatch.of(operator.grid(), x)
        .map(
            (in, out, rows) -> {
              for (int row = 0; row < rows; row++) {
                int from = row / channels * channels;
                for (int other = 0; other < channels; other++) {
                  double factor = b[row % channels * channels + other];
                  for (int i = 0; i < n; i++) {
                    out[row * n + i] += factor * in[(from + other) * n + i];
                  }
                }
              }
            });
  }

  /**
   * {@code tr B · tr C}, the mean of {@code ‖X‖²} summed over channels.
   *
   * @return the trace
   */
  public double trace() {
    double sum = 0;
    for (int a = 0; a < channels; a++) {
      sum += matrix[a * channels + a];
    }
    return sum * operator.trace();
  }

  /**
   * Draws {@code X ~ N(0, B ⊗ C)}: {@code B^{1/2}} of independent channels.
   *
   * @param noise where to read white noise
   * @param out {@code [batch, c, n1, …, nd]}, contiguous C order. Modified.
   * @return {@code out}
   * @throws IllegalArgumentException if the shape does not fit
   */
  public INDArray sample(NoiseSource noise, INDArray out) {
    FunctionBatch batch = FunctionBatch.of(operator.grid(), checked(out));
    INDArray x = FunctionBatch.zeros(operator.grid(), DataType.DOUBLE, batch.batch(), channels);
    INDArray y = mixed(operator.sample(noise, x), power(0.5));
    FunctionBatch.write(FunctionBatch.of(operator.grid(), y).toDoubles(), out);
    return out;
  }

  /**
   * The same covariance on another grid of the same domain.
   *
   * @param grid the other grid
   * @return the operator there
   * @throws IllegalArgumentException if the grid has another domain
   */
  public ChannelCovariance on(Grid grid) {
    return new ChannelCovariance(operator.on(grid), matrix, channels, eigen);
  }

  /**
   * {@code factor · B ⊗ C}.
   *
   * @param factor positive and finite
   * @return the scaled operator
   * @throws IllegalArgumentException if the factor is not positive and finite
   */
  public ChannelCovariance times(double factor) {
    return new ChannelCovariance(operator.times(factor), matrix, channels, eigen);
  }
}
