package io.fdiff.denoise;

import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Checks that denoisers share. */
final class Arguments {

  private Arguments() {}

  static void requireTimes(FunctionBatch batch, INDArray t) {
    if (t.length() != batch.batch()) {
      throw new IllegalArgumentException(
          "times of shape "
              + Arrays.toString(t.shape())
              + " for "
              + batch.batch()
              + " functions: give one time each");
    }
  }

  /** The states, with a time for each and a cotangent of their shape. */
  static FunctionBatch requireCotangent(Grid grid, INDArray xt, INDArray t, INDArray cotangent) {
    FunctionBatch batch = FunctionBatch.of(grid, xt);
    requireTimes(batch, t);
    batch.requireSameShape(FunctionBatch.of(grid, cotangent));
    return batch;
  }

  /** The channels of the data are those of the states, or one that all share. */
  static void requireChannels(FunctionBatch batch, INDArray data, boolean shared) {
    if (!(shared && data.size(1) == 1) && data.size(1) != batch.channels()) {
      throw new IllegalArgumentException(
          "states with "
              + batch.channels()
              + " channels, data with "
              + data.size(1)
              + ": they must agree");
    }
  }
}
