package io.fdiff.data;

import io.fdiff.space.FunctionBatch;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Values of batches that constants for each channel apply to, on whatever grid. */
final class ChannelValues {

  private ChannelValues() {}

  /** A copy of the values, in C order, of a batch with a given number of channels. */
  static double[] of(INDArray x, int channels) {
    if (x.rank() < 3 || x.size(1) != channels || x.isEmpty()) {
      throw new IllegalArgumentException(
          "shape "
              + Arrays.toString(x.shape())
              + ": expected [batch, "
              + channels
              + ", points…], one channel for each pair of constants");
    }
    double[] values = new double[Math.toIntExact(x.length())];
    FunctionBatch.read(x, values);
    return values;
  }

  /** A fresh array of the shape and type of another one. */
  static INDArray array(INDArray like, double[] values) {
    INDArray out = Nd4j.createUninitialized(like.dataType(), like.shape(), 'c');
    FunctionBatch.write(values, out);
    return out;
  }
}
