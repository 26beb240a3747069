package io.fdiff.nn;

import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.util.Objects;
import java.util.function.Function;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The mean function {@code m} of the data, to be had on any grid.
 *
 * @param function gives {@code m} as {@code [1, channels, n1, …, nd]}, FLOAT or DOUBLE
 * @param channels number of channels
 */
public record MeanFunction(Function<Grid, INDArray> function, int channels) {

  /**
   * Checks that there is a function.
   *
   * @param function gives {@code m} as {@code [1, channels, n1, …, nd]}, FLOAT or DOUBLE
   * @param channels number of channels
   */
  public MeanFunction {
    Objects.requireNonNull(function, "function");
  }

  /**
   * The values of {@code m} on a grid.
   *
   * @param grid the grid
   * @return {@code channels × points} finite values, C order
   * @throws IllegalArgumentException if the function does not give one finite function of these
   *     channels
   */
  public double[] values(Grid grid) {
    FunctionBatch batch = FunctionBatch.of(grid, function.apply(grid));
    if (batch.batch() != 1 || batch.channels() != channels) {
      throw new IllegalArgumentException(
          "mean of "
              + batch.batch()
              + " functions with "
              + batch.channels()
              + " channels: expected one function with "
              + channels);
    }
    double[] values = batch.toDoubles();
    for (double value : values) {
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException(
            "mean contains " + value + " on " + grid + ": it must be finite");
      }
    }
    return values;
  }
}
