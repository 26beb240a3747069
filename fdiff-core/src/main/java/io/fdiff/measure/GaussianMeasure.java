package io.fdiff.measure;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.util.Arrays;
import java.util.Objects;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The Gaussian measure {@code N(m, C)} on functions, held on a grid. Immutable and thread-safe.
 *
 * <p>Channels are independent with the same covariance and their own mean.
 */
public final class GaussianMeasure {

  private final INDArray mean;
  private final CovarianceOperator covariance;

  private GaussianMeasure(INDArray mean, CovarianceOperator covariance) {
    this.mean = mean;
    this.covariance = covariance;
  }

  /**
   * The measure with a given mean.
   *
   * @param mean {@code [1, channels, n1, …, nd]} on the grid of the covariance, finite; copied
   * @param covariance covariance operator {@code C}
   * @return the measure
   * @throws IllegalArgumentException if the mean does not fit the grid, holds more than one
   *     function, or is not finite
   */
  public static GaussianMeasure of(INDArray mean, CovarianceOperator covariance) {
    FunctionBatch batch = FunctionBatch.of(covariance.grid(), mean);
    if (batch.batch() != 1) {
      throw new IllegalArgumentException(
          "mean of shape " + Arrays.toString(mean.shape()) + " holds more than one function");
    }
    for (double value : batch.toDoubles()) {
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException("mean contains " + value + ": it must be finite");
      }
    }
    return new GaussianMeasure(mean.castTo(DataType.DOUBLE).dup('c'), covariance);
  }

  /**
   * {@code N(0, C)} with one channel.
   *
   * @param covariance covariance operator {@code C}
   * @return the centred measure
   */
  public static GaussianMeasure centred(CovarianceOperator covariance) {
    Objects.requireNonNull(covariance, "covariance");
    return of(FunctionBatch.zeros(covariance.grid(), DataType.DOUBLE, 1, 1), covariance);
  }

  /**
   * The mean function.
   *
   * @return a copy, {@code [1, channels, n1, …, nd]}, DOUBLE
   */
  public INDArray mean() {
    return mean.dup('c');
  }

  /**
   * The covariance operator of each channel.
   *
   * @return {@code C}
   */
  public CovarianceOperator covariance() {
    return covariance;
  }

  /**
   * The grid that functions are held on.
   *
   * @return the grid
   */
  public Grid grid() {
    return covariance.grid();
  }

  /**
   * Draws {@code m + X}, {@code X ~ N(0, C)}.
   *
   * @param noise where to read white noise
   * @param batch number of functions, positive
   * @return {@code [batch, channels, n1, …, nd]}, DOUBLE
   * @throws IllegalArgumentException if {@code batch} is not positive
   */
  public INDArray sample(NoiseSource noise, int batch) {
    int channels = (int) mean.size(1);
    INDArray out = Nd4j.create(DataType.DOUBLE, FunctionBatch.shape(grid(), batch, channels));
    return covariance.sample(noise, out).addi(mean);
  }
}
