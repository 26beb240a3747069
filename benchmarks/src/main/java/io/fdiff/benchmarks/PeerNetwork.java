package io.fdiff.benchmarks;

import ai.djl.ndarray.NDArray;

/** A network of {@link NetworkCase} in PyTorch, with fixed inputs and targets. Not thread-safe. */
final class PeerNetwork implements AutoCloseable {

  private final Peer peer;
  private final NDArray values;
  private final NDArray features;
  private final NDArray target;

  PeerNetwork(NetworkCase which) {
    int level = which.config().levelFeatures();
    long batch = NetworkCase.BATCH;
    peer =
        switch (which) {
          case UVIT -> new PeerUVit(level);
          case MODULATED_INR -> new PeerModulatedInr(level);
          case FOURIER_OPERATOR -> new PeerFourierOperator(64, 4, 16, 256, level);
          // Coordinates, value and features of the level are the columns of its rows.
          case SIREN -> new PeerSiren(3 + level, 128, 4, 1);
        };
    values =
        switch (which) {
          case UVIT, MODULATED_INR -> peer.input(batch, 1, 32, 32);
          case FOURIER_OPERATOR -> peer.input(batch, 256, 1);
          case SIREN -> peer.input(batch * 1024, 3L + level);
        };
    features = peer.input(batch, level);
    target =
        switch (which) {
          case UVIT -> peer.input(batch, 1, 32, 32);
          case MODULATED_INR -> peer.input(batch, 1024, 1);
          case FOURIER_OPERATOR -> peer.input(batch, 256, 1);
          case SIREN -> peer.input(batch * 1024, 1);
        };
  }

  /** A training step without clipping and moving average; the loss. */
  float step() {
    return peer.step(values, features, target);
  }

  /** The output; one value of it. */
  float forward() {
    return peer.evaluate(values, features);
  }

  @Override
  public void close() {
    peer.close();
  }
}
