package io.fdiff.likelihood;

import io.fdiff.denoise.Denoiser;
import io.fdiff.noise.NoiseSource;
import io.fdiff.sde.CommonModes;
import io.fdiff.sde.Marginal;
import io.fdiff.sde.SDE;
import io.fdiff.space.FunctionBatch;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Functions along the forward process, in whitened coefficients of the modes with noise. */
final class PathStates {

  private final CommonModes modes;
  private final int[] order;
  private final INDArray data;
  private final FunctionBatch batch;

  PathStates(SDE sde, INDArray data) {
    this.modes = CommonModes.of(sde);
    this.order = LeadingModes.of(modes);
    this.batch = FunctionBatch.of(modes.grid(), data);
    this.data = data.castTo(DataType.DOUBLE);
  }

  int size() {
    return batch.batch();
  }

  int channels() {
    return batch.channels();
  }

  int modes() {
    return order.length;
  }

  /** The flat index of the mode of a rank. */
  int mode(int rank) {
    return order[rank];
  }

  /** The data, {@code rows × modes}. */
  double[] whitenedData() {
    return whiten(data);
  }

  /** States at a time, with the noise of a node. */
  INDArray draw(Marginal marginal, NoiseSource noise, int node) {
    return marginal.sample(data, noise.withStep(node));
  }

  /** {@code D(x, t)}, {@code rows × modes}. */
  double[] denoise(Denoiser denoiser, INDArray x, double t, int node) {
    INDArray times = Nd4j.create(DataType.DOUBLE, batch.batch()).assign(t);
    INDArray d = denoiser.denoise(x, times);
    batch.requireSameShape(FunctionBatch.of(modes.grid(), d));
    double[] whitened = whiten(d);
    for (int i = 0; i < whitened.length; i++) {
      if (!Double.isFinite(whitened[i])) {
        throw new ArithmeticException(
            "node "
                + node
                + ", t = "
                + t
                + ", sample "
                + i / (order.length * batch.channels())
                + ": the denoised function has coefficient "
                + whitened[i]
                + "; check the denoiser");
      }
    }
    return whitened;
  }

  double[] whiten(INDArray functions) {
    int size = modes.size();
    double[] c = new double[batch.rows() * size];
    modes.forward(FunctionBatch.of(modes.grid(), functions).toDoubles(), c, batch.rows());
    double[] out = new double[batch.rows() * order.length];
    for (int row = 0, at = 0; row < batch.rows(); row++) {
      for (int k : order) {
        out[at++] = c[row * size + k] / Math.sqrt(modes.noise(k));
      }
    }
    return out;
  }
}
