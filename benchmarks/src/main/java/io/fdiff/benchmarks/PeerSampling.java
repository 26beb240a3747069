package io.fdiff.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.fdiff.schedule.TimeGrid;

/**
 * The sampling of {@link SamplingCase} in PyTorch: for each step the network on batches of 64, a
 * draw of the noise and one affine update. Not thread-safe.
 */
final class PeerSampling implements AutoCloseable {

  private final PeerUVit network = new PeerUVit(NetworkCase.UVIT.config().levelFeatures());
  private final NDManager manager = Peer.newManager();
  private final PeerNoise noise =
      new PeerNoise(
          manager,
          SamplingCase.SPECTRUM,
          SamplingCase.IMAGES,
          SamplingCase.SIDE,
          SamplingCase.SIDE);
  private final NDArray terminal;

  PeerSampling() {
    try (NDManager scope = manager.newSubManager()) {
      terminal = draw(scope).mul(Math.sqrt(SamplingCase.HORIZON));
      terminal.attach(manager);
    }
  }

  private NDArray draw(NDManager scope) {
    return noise.draw(scope).reshape(SamplingCase.IMAGES, 1, SamplingCase.SIDE, SamplingCase.SIDE);
  }

  /** Samples; a value of the samples. */
  float sample(int steps) {
    TimeGrid times = SamplingCase.times(steps);
    NDArray x = terminal.duplicate();
    for (int k = 0; k < steps; k++) {
      double t = times.time(k);
      double h = t - times.time(k + 1);
      try (NDManager scope = network.scope()) {
        x.attach(scope);
        NDArray clean = denoise(x, t, scope);
        x = x.mul(1 - h / t).addi(clean.muli(h / t)).addi(draw(scope).muli(Math.sqrt(h)));
        x.attach(manager);
      }
    }
    try (NDManager scope = network.scope()) {
      x.attach(scope);
      return denoise(x, times.time(steps), scope).getFloat(0, 0, 0, 0);
    }
  }

  /** {@code D(x, t) = c_skip x + c_out F(c_in x, ℓ)} with the factors of unit preconditioning. */
  private NDArray denoise(NDArray x, double t, NDManager scope) {
    NDArray level = level(t, scope);
    NDList parts = new NDList();
    for (int from = 0; from < SamplingCase.IMAGES; from += NetworkCase.BATCH) {
      NDArray part = x.get(from + ":" + (from + NetworkCase.BATCH));
      NDArray out = network.forward(part.mul(1 / Math.sqrt(1 + t)), level);
      parts.add(out.muli(Math.sqrt(t / (1 + t))).addi(part.mul(1 / (1 + t))));
    }
    return NDArrays.concat(parts, 0);
  }

  private NDArray level(double t, NDManager scope) {
    int features = network.features();
    float[] values = new float[NetworkCase.BATCH * features];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin((1 + i % features) * Math.log(t));
    }
    return scope.create(values, new Shape(NetworkCase.BATCH, features));
  }

  @Override
  public void close() {
    network.close();
    manager.close();
  }
}
