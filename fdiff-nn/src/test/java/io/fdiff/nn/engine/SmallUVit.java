package io.fdiff.nn.engine;

import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDIndex;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.factory.Nd4j;

/** A U-ViT with all parts, small: patches, time token, blocks, a skip, a convolution, a loss. */
final class SmallUVit {

  private static final int SIDE = 8;
  private static final int PATCH = 4;
  private static final int WIDTH = 16;
  private static final int HEADS = 2;
  private static final int TOKENS = 1 + (SIDE / PATCH) * (SIDE / PATCH);

  /** How the parts are written. */
  record Style(boolean linear, boolean stockAttention, boolean tanhGelu) {}

  private final SameDiff graph = SameDiff.create();
  private final DataType type;
  private final Style style;
  private final List<SDVariable> parameters = new ArrayList<>();

  SmallUVit(DataType type, Style style) {
    this.type = type;
    this.style = style;
    build();
  }

  static INDArray random(DataType type, long seed, double scale, long... shape) {
    INDArray array = Nd4j.create(type, shape);
    double[] values = new double[(int) array.length()];
    NoiseSource.of(seed).normals(0, 0, new int[] {values.length}, values, 0);
    for (int i = 0; i < values.length; i++) {
      values[i] *= scale;
    }
    FunctionBatch.write(values, array);
    return array;
  }

  SameDiff graph() {
    return graph;
  }

  /** The loss, then the gradient by each parameter. */
  static List<String> outputs(SameDiff graph, List<SDVariable> parameters) {
    List<String> names = new ArrayList<>(List.of("loss"));
    parameters.forEach(parameter -> names.add(parameter.getGradient().name()));
    return names;
  }

  List<SDVariable> parameters() {
    return parameters;
  }

  Map<String, INDArray> inputs(int batch) {
    Map<String, INDArray> inputs = new LinkedHashMap<>();
    inputs.put("values", random(type, 91, 1, SIDE * SIDE, batch, 1));
    inputs.put("level", random(type, 92, 1, batch, 6));
    inputs.put("target", random(type, 93, 1, SIDE * SIDE, batch, 1));
    return inputs;
  }

  private SDVariable parameter(String name, double scale, long... shape) {
    SDVariable variable = graph.var(name, random(type, 100 + parameters.size(), scale, shape));
    parameters.add(variable);
    return variable;
  }

  private SDVariable linear(String name, SDVariable x, int in, int out) {
    SDVariable w = parameter(name + ".w", 1 / Math.sqrt(in), in, out);
    SDVariable b = parameter(name + ".b", 0.1, 1, out);
    return style.linear() ? graph.nn().linear(x, w, graph.reshape(b, out)) : x.mmul(w).add(b);
  }

  private SDVariable norm(String name, SDVariable x) {
    SDVariable gain = parameter(name + ".g", 1, 1, WIDTH);
    SDVariable bias = parameter(name + ".b", 0.1, 1, WIDTH);
    SDVariable c = x.sub(x.mean(true, 1));
    SDVariable variance = graph.math().square(c).mean(true, 1).add(1e-5);
    return c.mul(graph.math().rsqrt(variance)).mul(gain).add(bias);
  }

  private SDVariable gelu(SDVariable x) {
    if (style.tanhGelu()) {
      SDVariable inner = x.mul(x).mul(x).mul(0.044715).add(x).mul(Math.sqrt(2 / Math.PI));
      return x.mul(0.5).mul(graph.math().tanh(inner).add(1));
    }
    return x.mul(graph.nn().sigmoid(x.mul(1.702)));
  }

  private SDVariable attention(String name, SDVariable x) {
    int depth = WIDTH / HEADS;
    SDVariable[] parts =
        graph.split(
            linear(name + ".qkv", x, WIDTH, 3 * WIDTH)
                .reshape(-1, TOKENS, 3, HEADS, depth)
                .permute(2, 0, 3, 1, 4),
            3,
            0);
    SDVariable q = parts[0].reshape(-1, HEADS, TOKENS, depth);
    SDVariable k = parts[1].reshape(-1, HEADS, TOKENS, depth);
    SDVariable v = parts[2].reshape(-1, HEADS, TOKENS, depth);
    SDVariable out;
    if (style.stockAttention()) {
      out =
          graph
              .nn()
              .dotProductAttention(
                  q.permute(0, 1, 3, 2), k.permute(0, 1, 3, 2), v.permute(0, 1, 3, 2), null, true)
              .permute(0, 3, 1, 2);
    } else {
      SDVariable scores = graph.mmul(q, k.permute(0, 1, 3, 2)).mul(1 / Math.sqrt(depth));
      out = graph.mmul(graph.nn().softmax(scores, 3), v).permute(0, 2, 1, 3);
    }
    return linear(name + ".proj", out.reshape(-1, WIDTH), WIDTH, WIDTH);
  }

  private SDVariable block(String name, SDVariable x) {
    SDVariable attended = x.add(attention(name + ".att", norm(name + ".n1", x)));
    SDVariable hidden = gelu(linear(name + ".m1", norm(name + ".n2", attended), WIDTH, 4 * WIDTH));
    return attended.add(linear(name + ".m2", hidden, 4 * WIDTH, WIDTH));
  }

  private void build() {
    int side = SIDE / PATCH;
    SDVariable values = graph.placeHolder("values", type, SIDE * SIDE, -1, 1);
    SDVariable level = graph.placeHolder("level", type, -1, 6);
    SDVariable target = graph.placeHolder("target", type, SIDE * SIDE, -1, 1);
    SDVariable patches =
        values
            .reshape(side, PATCH, side, PATCH, -1)
            .permute(4, 0, 2, 1, 3)
            .reshape(-1, PATCH * PATCH);
    SDVariable tokens =
        linear("patch", patches, PATCH * PATCH, WIDTH).reshape(-1, TOKENS - 1, WIDTH);
    SDVariable time =
        linear("time2", gelu(linear("time1", level, 6, WIDTH)), WIDTH, WIDTH).reshape(-1, 1, WIDTH);
    SDVariable h =
        graph
            .concat(1, time, tokens)
            .add(parameter("position", 0.1, 1, TOKENS, WIDTH))
            .reshape(-1, WIDTH);
    Deque<SDVariable> skips = new ArrayDeque<>();
    h = block("in", h);
    skips.push(h);
    h = block("middle", h);
    h = linear("skip", graph.concat(1, h, skips.pop()), 2 * WIDTH, WIDTH);
    h = norm("final", block("out", h));
    h =
        linear("unpatch", h, WIDTH, PATCH * PATCH)
            .reshape(-1, TOKENS, PATCH * PATCH)
            .get(SDIndex.all(), SDIndex.interval(1, TOKENS), SDIndex.all());
    SDVariable image =
        h.reshape(-1, side, side, PATCH, PATCH).permute(0, 1, 3, 2, 4).reshape(-1, 1, SIDE, SIDE);
    SDVariable kernel = parameter("conv.w", 0.3, 3, 3, 1, 1);
    SDVariable bias = parameter("conv.b", 0.1, 1);
    Conv2DConfig config =
        Conv2DConfig.builder()
            .kH(3)
            .kW(3)
            .sH(1)
            .sW(1)
            .dataFormat("NCHW")
            .paddingMode(PaddingMode.SAME)
            .build();
    SDVariable out =
        graph
            .cnn()
            .conv2d(image, kernel, bias, config)
            .reshape(-1, SIDE * SIDE)
            .permute(1, 0)
            .reshape(SIDE * SIDE, -1, 1);
    graph.math().square(out.sub(target)).mean().rename("loss");
    graph.setLossVariables("loss");
  }
}
