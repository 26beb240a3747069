package io.fdiff.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Conv2d;
import java.util.ArrayDeque;
import java.util.Deque;

/** The U-ViT of {@code UVitConfig.defaults()} in PyTorch: 32×32, patch 4, width 128, 5 blocks. */
final class PeerUVit extends PeerTransformer {

  static final int SIDE = 32;
  private static final int PATCH = 4;
  private static final int WIDTH = 128;
  private static final int HALF = 2;
  private static final int TOKENS = (SIDE / PATCH) * (SIDE / PATCH);

  private final int features;

  PeerUVit(int features) {
    super(WIDTH, 4);
    this.features = features;
    linear("patches", PATCH * PATCH, WIDTH);
    linear("time1", features, WIDTH);
    linear("time2", WIDTH, WIDTH);
    parameter("positions", 0.02, 1, TOKENS + 1, WIDTH);
    for (int i = 0; i < 2 * HALF + 1; i++) {
      block("block" + i);
      if (i > HALF) {
        linear("skip" + i, 2 * WIDTH, WIDTH);
      }
    }
    norm("norm", WIDTH);
    linear("out", WIDTH, PATCH * PATCH);
    parameter("convolution", 0.1, 1, 1, 3, 3);
    constant("convolution.bias", 0, 1);
  }

  int features() {
    return features;
  }

  @Override
  NDArray forward(NDArray values, NDArray level) {
    NDArray tokens = linear(patches(values, SIDE, PATCH), "patches");
    NDArray time = linear(gelu(linear(level, "time1")), "time2");
    NDArray x = prepend(time, tokens).add(get("positions"));
    Deque<NDArray> skips = new ArrayDeque<>();
    for (int i = 0; i < 2 * HALF + 1; i++) {
      if (i > HALF) {
        x = linear(NDArrays.concat(new NDList(x, skips.pop()), 2), "skip" + i);
      }
      x = block(x, "block" + i);
      if (i < HALF) {
        skips.push(x);
      }
    }
    NDArray patches = linear(norm(x, "norm").get(":, 1:"), "out");
    return Conv2d.conv2d(
            image(patches, SIDE, PATCH),
            get("convolution"),
            get("convolution.bias"),
            new Shape(1, 1),
            new Shape(1, 1))
        .singletonOrThrow();
  }
}
