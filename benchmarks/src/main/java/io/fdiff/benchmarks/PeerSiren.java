package io.fdiff.benchmarks;

import ai.djl.ndarray.NDArray;

/** A coordinate network with sine layers in PyTorch, on rows {@code [rows, inputs]}. */
final class PeerSiren extends Peer {

  private static final double OMEGA = 30;

  private final int layers;

  PeerSiren(int inputs, int width, int layers, int outputs) {
    this.layers = layers;
    for (int i = 0; i < layers; i++) {
      int fan = i == 0 ? inputs : width;
      parameter("layer" + i, i == 0 ? 1.0 / fan : 1 / (Math.sqrt(fan) * OMEGA), width, fan);
      constant("layer" + i + ".bias", 0, width);
    }
    linear("out", width, outputs);
  }

  /** Features are not used: they are columns of the rows. */
  @Override
  NDArray forward(NDArray rows, NDArray features) {
    NDArray u = rows;
    for (int i = 0; i < layers; i++) {
      u = linear(u, "layer" + i).mul(OMEGA).sin();
    }
    return linear(u, "out");
  }
}
