package io.fdiff.nn.arch;

import io.fdiff.nn.GraphContext;
import io.fdiff.nn.Initializer;
import io.fdiff.nn.Parameter;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * The parts that architectures share, on activations held as rows {@code [rows, features]}.
 *
 * <p>Written from stock operations whose gradients are right (all axes are counted from the front,
 * layer norm has its ε and keeps NaN, no stock gelu, whose derivative overflows).
 */
final class Layers {

  private static final double NORM_EPSILON = 1e-5;

  private Layers() {}

  /**
   * The check of a size.
   *
   * @throws IllegalArgumentException if {@code value < 1}
   */
  static void positive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " " + value + ": must be at least 1");
    }
  }

  /**
   * The checks of numbers that all configurations have.
   *
   * @throws IllegalArgumentException if {@code channels < 1} or {@code levelFeatures} is odd or
   *     below 2
   */
  static void checkSizes(int channels, int levelFeatures) {
    positive("channels", channels);
    if (levelFeatures < 2 || levelFeatures % 2 != 0) {
      throw new IllegalArgumentException(
          "levelFeatures " + levelFeatures + ": must be even and at least 2");
    }
  }

  /**
   * Weights {@code name} {@code [inputs, outputs]} and bias {@code name.bias} {@code [outputs]},
   * the bias 0 at first.
   */
  static List<Parameter> linear(String name, int inputs, int outputs, Initializer weights) {
    return List.of(
        Parameter.of(name, weights, inputs, outputs),
        Parameter.undecayed(name + ".bias", Initializer.zeros(), outputs));
  }

  /** {@code xW + b}. */
  static SDVariable linear(GraphContext context, SDVariable x, String name) {
    return context
        .graph()
        .nn()
        .linear(x, context.parameter(name), context.parameter(name + ".bias"));
  }

  /** Scale {@code name.scale} of ones and shift {@code name.shift} of zeros, {@code [features]}. */
  static List<Parameter> layerNorm(String name, int features) {
    return List.of(
        Parameter.undecayed(name + ".scale", Initializer.constant(1), features),
        Parameter.undecayed(name + ".shift", Initializer.zeros(), features));
  }

  /** {@code (x − mean)/√(var + ε) ⊙ scale + shift} over the features of each row. */
  static SDVariable layerNorm(GraphContext context, SDVariable x, String name) {
    return normalised(context.graph(), x)
        .mul(context.parameter(name + ".scale"))
        .add(context.parameter(name + ".shift"));
  }

  /** {@code (x − mean)/√(var + ε)} over the features of each row. */
  static SDVariable normalised(SameDiff graph, SDVariable x) {
    SDVariable centred = x.sub(x.mean(true, 1));
    SDVariable variance = graph.math().square(centred).mean(true, 1);
    return centred.mul(graph.math().rsqrt(variance.add(NORM_EPSILON)));
  }

  /** {@code ½x(1 + tanh(√(2/π)(x + 0.044715x³)))}. */
  static SDVariable gelu(SameDiff graph, SDVariable x) {
    SDVariable cube = x.mul(graph.math().square(x));
    SDVariable inner = x.add(cube.mul(0.044715)).mul(Math.sqrt(2 / Math.PI));
    return x.mul(graph.math().tanh(inner).add(1)).mul(0.5);
  }

  /** {@code x·σ(x)}, written with the hyperbolic tangent, whose derivative cannot overflow. */
  static SDVariable swish(SameDiff graph, SDVariable x) {
    SDVariable half = x.mul(0.5);
    return half.mul(graph.math().tanh(half).add(1));
  }

  /**
   * Softmax attention of each sample's tokens among themselves (Vaswani et al. 2017), without the
   * output map.
   *
   * @param qkv queries, keys and values of all heads, {@code [batch · tokens, 3 · width]}
   * @return {@code [batch · tokens, width]}
   */
  static SDVariable attention(SameDiff graph, SDVariable qkv, int tokens, int heads, int width) {
    int size = width / heads;
    // [3, batch, heads, tokens, size]
    SDVariable[] parts =
        graph.split(
            qkv.reshape(-1, tokens, 3, heads, size)
                .permute(2, 0, 3, 1, 4)
                .reshape(3, -1, tokens, size),
            3,
            0);
    SDVariable query = parts[0].reshape(-1, tokens, size);
    SDVariable key = parts[1].reshape(-1, tokens, size);
    SDVariable value = parts[2].reshape(-1, tokens, size);
    SDVariable scores = graph.mmul(query, key, false, true, false).mul(1 / Math.sqrt(size));
    SDVariable mixed = graph.mmul(graph.nn().softmax(scores, 2), value);
    return mixed.reshape(-1, heads, tokens, size).permute(0, 2, 1, 3).reshape(-1, width);
  }
}
