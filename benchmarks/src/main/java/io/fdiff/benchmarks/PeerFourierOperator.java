package io.fdiff.benchmarks;

import ai.djl.ndarray.NDArray;
import java.util.function.DoubleUnaryOperator;

/**
 * The Fourier neural operator in one dimension in PyTorch: {@code u ← u + φ(s ⊙ (K u + u W + t))},
 * values {@code [batch, points, channels]}.
 *
 * <p>The few modes are reached by products with real matrices. DJL cannot differentiate its view of
 * pairs as complex numbers, which PyTorch's own Fourier transform would need for the weights.
 */
final class PeerFourierOperator extends Peer {

  private static final int PROJECTION = 64;
  private static final int LEVEL_WIDTH = 64;

  private final int width;
  private final int layers;
  private final int modes;
  private final NDArray cosines;
  private final NDArray sines;

  PeerFourierOperator(int width, int layers, int modes, int points, int features) {
    this.width = width;
    this.layers = layers;
    this.modes = modes;
    cosines = matrix(points, Math::cos);
    sines = matrix(points, Math::sin);
    linear("lift", 1, width);
    parameter("coordinates", 0.5, 1, points, width);
    linear("level1", features, LEVEL_WIDTH);
    linear("level2", LEVEL_WIDTH, 2 * layers * width);
    for (int i = 0; i < layers; i++) {
      parameter("real" + i, 0.5 / Math.sqrt(width), modes + 1L, width, width);
      parameter("imaginary" + i, 0.5 / Math.sqrt(width), modes + 1L, width, width);
      linear("pointwise" + i, width, width);
    }
    linear("hidden", width, PROJECTION);
    linear("out", PROJECTION, 1);
  }

  private NDArray matrix(int points, DoubleUnaryOperator function) {
    float[] values = new float[(modes + 1) * points];
    for (int k = 0; k <= modes; k++) {
      for (int p = 0; p < points; p++) {
        values[k * points + p] =
            (float) (function.applyAsDouble(2 * Math.PI * k * p / points) / Math.sqrt(points));
      }
    }
    return constant(values, modes + 1L, points);
  }

  @Override
  NDArray forward(NDArray values, NDArray level) {
    long batch = values.getShape().get(0);
    NDArray modulation =
        linear(gelu(linear(level, "level1")), "level2").reshape(batch, 2L * layers, width);
    NDArray u = linear(values, "lift").add(get("coordinates"));
    for (int i = 0; i < layers; i++) {
      NDArray scale = modulation.get(":, " + i).expandDims(1);
      NDArray shift = modulation.get(":, " + (layers + i)).expandDims(1);
      NDArray real = get("real" + i);
      NDArray imaginary = get("imaginary" + i);
      NDArray cosine = cosines.matMul(u).transpose(1, 0, 2);
      NDArray sine = sines.matMul(u).transpose(1, 0, 2);
      NDArray first = cosine.matMul(real).add(sine.matMul(imaginary)).transpose(1, 0, 2);
      NDArray second = sine.matMul(real).sub(cosine.matMul(imaginary)).transpose(1, 0, 2);
      NDArray global =
          cosines.transpose().matMul(first).add(sines.transpose().matMul(second)).mul(2);
      NDArray sum = global.add(linear(u, "pointwise" + i)).add(shift).mul(scale.add(1));
      u = u.add(gelu(sum));
    }
    return linear(gelu(linear(u, "hidden")), "out");
  }
}
