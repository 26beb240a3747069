package io.fdiff.metrics;

import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A function of statistics with a confidence interval at every point, each for itself: at level
 * {@code 0.95} about one point in twenty lies outside. Immutable and thread-safe.
 */
public final class Band {

  private final Grid grid;
  private final int channels;
  private final double level;
  private final double[] value;
  private final double[] lower;
  private final double[] upper;

  Band(Grid grid, int channels, Estimate[] points) {
    this.grid = grid;
    this.channels = channels;
    this.level = points[0].level();
    this.value = new double[points.length];
    this.lower = new double[points.length];
    this.upper = new double[points.length];
    for (int i = 0; i < points.length; i++) {
      value[i] = points[i].value();
      lower[i] = points[i].lower();
      upper[i] = points[i].upper();
    }
  }

  /**
   * The statistic.
   *
   * @return a fresh array {@code [1, channels, n1, …, nd]}, DOUBLE
   */
  public INDArray value() {
    return FunctionBatch.array(grid, DataType.DOUBLE, channels, value);
  }

  /**
   * The lower bounds.
   *
   * @return a fresh array {@code [1, channels, n1, …, nd]}, DOUBLE
   */
  public INDArray lower() {
    return FunctionBatch.array(grid, DataType.DOUBLE, channels, lower);
  }

  /**
   * The upper bounds.
   *
   * @return a fresh array {@code [1, channels, n1, …, nd]}, DOUBLE
   */
  public INDArray upper() {
    return FunctionBatch.array(grid, DataType.DOUBLE, channels, upper);
  }

  /**
   * The nominal coverage of each interval.
   *
   * @return in {@code (0, 1)}
   */
  public double level() {
    return level;
  }
}
