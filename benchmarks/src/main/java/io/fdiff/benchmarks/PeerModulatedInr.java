package io.fdiff.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;

/**
 * The modulated coordinate network of {@code ModulatedInrConfig.defaults()} in PyTorch: a vision
 * transformer on 32×32, whose mean token gives scales and shifts of a perceptron over the pixels.
 */
final class PeerModulatedInr extends PeerTransformer {

  private static final int SIDE = 32;
  private static final int PATCH = 4;
  private static final int WIDTH = 128;
  private static final int DEPTH = 5;
  private static final int TOKENS = (SIDE / PATCH) * (SIDE / PATCH);
  private static final int LAYERS = 6;
  private static final int LATENT = 128;
  private static final int FREQUENCIES = 6;
  private static final int ENCODED = 2 * (1 + 2 * FREQUENCIES);

  private final NDArray coordinates;

  PeerModulatedInr(int features) {
    super(WIDTH, 4);
    linear("patches", PATCH * PATCH, WIDTH);
    linear("time1", features, WIDTH);
    linear("time2", WIDTH, WIDTH);
    parameter("positions", 0.02, 1, TOKENS + 1, WIDTH);
    for (int i = 0; i < DEPTH; i++) {
      block("block" + i);
    }
    norm("norm", WIDTH);
    linear("latent", WIDTH, LATENT);
    parameter("modulation", 0.02, 2L * LAYERS * WIDTH, LATENT);
    parameter("coordinates", 0.2, WIDTH, ENCODED);
    linear("level", features, WIDTH);
    for (int i = 1; i < LAYERS; i++) {
      linear("layer" + i, WIDTH, WIDTH);
    }
    linear("out", WIDTH, 1);
    coordinates = constant(encoded(), (long) SIDE * SIDE, ENCODED);
  }

  private static float[] encoded() {
    float[] rows = new float[SIDE * SIDE * ENCODED];
    for (int p = 0; p < SIDE * SIDE; p++) {
      int at = p * ENCODED;
      for (int axis = 0; axis < 2; axis++) {
        int index = axis == 0 ? p / SIDE : p % SIDE;
        double x = 2 * (index + 0.5) / SIDE - 1;
        rows[at++] = (float) x;
        for (int j = 0; j < FREQUENCIES; j++) {
          rows[at++] = (float) Math.sin(Math.PI / 2 * Math.pow(2, j) * x);
          rows[at++] = (float) Math.cos(Math.PI / 2 * Math.pow(2, j) * x);
        }
      }
    }
    return rows;
  }

  /** Output {@code [batch, points, 1]}. */
  @Override
  NDArray forward(NDArray values, NDArray level) {
    NDArray tokens = linear(patches(values, SIDE, PATCH), "patches");
    NDArray time = linear(gelu(linear(level, "time1")), "time2");
    NDArray x = prepend(time, tokens).add(get("positions"));
    for (int i = 0; i < DEPTH; i++) {
      x = block(x, "block" + i);
    }
    NDArray pooled = norm(x, "norm").mean(new int[] {1});
    NDList parts =
        linear(pooled, "latent").matMul(get("modulation").transpose()).split(2L * LAYERS, 1);
    NDArray u =
        coordinates
            .matMul(get("coordinates").transpose())
            .expandDims(0)
            .add(linear(level, "level").expandDims(1));
    for (int i = 0; i < LAYERS; i++) {
      if (i > 0) {
        u = linear(u, "layer" + i);
      }
      NDArray scale = parts.get(LAYERS + i).expandDims(1).add(1);
      u = gelu(u.mul(scale).add(parts.get(i).expandDims(1)));
    }
    return linear(u, "out");
  }
}
