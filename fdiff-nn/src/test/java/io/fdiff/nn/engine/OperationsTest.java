package io.fdiff.nn.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDIndex;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;

/** Every operation of the engine, forward and backward, against SameDiff's own session. */
class OperationsTest {

  /** Four variables: {@code [2, 3, 4]} twice, one that broadcasts to it, a positive one. */
  private record Variables(
      SameDiff graph, SDVariable x, SDVariable y, SDVariable b, SDVariable positive) {}

  private interface Case {
    SDVariable of(Variables v);
  }

  private static final Map<String, Case> CASES = new LinkedHashMap<>();

  private static void put(String name, Case of) {
    CASES.put(name, of);
  }

  static {
    put("add", v -> v.x().add(v.y()));
    put("subtract", v -> v.x().sub(v.y()));
    put("divide", v -> v.x().div(v.positive()));
    put("reverse subtract", v -> v.x().rsub(v.b()));
    put("reverse divide", v -> v.positive().rdiv(v.b()));
    put("self product", v -> v.x().mul(v.x()));
    put("squared difference", v -> v.x().squaredDifference(v.b()));
    put("add broadcast", v -> v.x().add(v.b()));
    put("subtract broadcast", v -> v.b().sub(v.x()));
    put("multiply broadcast", v -> v.x().mul(v.b()));
    put("divide broadcast", v -> v.b().div(v.positive()));
    put("scalars", v -> v.x().add(2).sub(0.5).mul(3).div(1.5).rsub(1));
    put("scalar over", v -> v.positive().rdiv(2));
    put("powers", v -> v.positive().pow(3).add(v.positive().pow(2)).add(v.positive().pow(1.7)));
    put("at least, at most", v -> v.graph().math().clipByValue(v.x(), -0.5, 0.5));
    put("maximum", v -> v.graph().math().max(v.x(), v.y()));
    put("minimum", v -> v.graph().math().min(v.x(), v.y()));
    put("negative", v -> v.x().neg());
    put("square root", v -> v.graph().math().sqrt(v.positive()));
    put("reciprocal root", v -> v.graph().math().rsqrt(v.positive()));
    put("reciprocal", v -> v.graph().math().reciprocal(v.positive()));
    put("exponential", v -> v.graph().math().exp(v.x()));
    put("logarithm", v -> v.graph().math().log(v.positive()));
    put("error function", v -> v.graph().math().erf(v.x()));
    put("sine", v -> v.graph().math().sin(v.x().mul(30)));
    put("cosine", v -> v.graph().math().cos(v.x().mul(30)));
    put("absolute", v -> v.graph().math().abs(v.x()));
    put("tanh", v -> v.graph().math().tanh(v.x()));
    put("sigmoid", v -> v.graph().nn().sigmoid(v.x()));
    put("relu", v -> v.graph().nn().relu(v.x(), 0));
    put("gelu", v -> v.graph().nn().gelu(v.x()));
    put("swish", v -> v.graph().nn().swish(v.x()));
    put("hard sigmoid", v -> v.graph().nn().hardSigmoid(v.x().mul(3)));
    put("soft plus, by ND4J", v -> v.graph().nn().softplus(v.x()));
    put("elu, by ND4J", v -> v.graph().nn().elu(v.x()));
    put("sum of rows", v -> v.x().sum(2));
    put("sum of columns", v -> v.x().sum(true, 0, 1));
    put("sum of the middle", v -> v.x().sum(1));
    put("sum of the ends", v -> v.x().sum(true, 0, 2));
    put("sum of all", v -> v.x().mul(v.y()).sum().add(1));
    put("mean", v -> v.x().mean(true, 2));
    put("mean of the front", v -> v.x().mean(0));
    put("column sums of a square", v -> ofSquare(v));
    put("maximum of rows", v -> v.x().max(2));
    put("minimum of rows", v -> v.x().min(2));
    put("softmax", v -> v.graph().nn().softmax(v.x(), 2));
    put("softmax of the middle", v -> v.graph().nn().softmax(v.x(), 1));
    put("permute", v -> v.x().permute(2, 0, 1).mul(v.y().permute(2, 0, 1)));
    put("permute rows", v -> v.x().permute(1, 0, 2).reshape(6, 4).mul(2));
    put("transpose", v -> v.graph().transpose(v.x()));
    put("reshape", v -> v.x().reshape(4, 6).add(1).reshape(3, 8));
    put("expand", v -> v.graph().expandDims(v.x(), 1).mul(2));
    put("squeeze", v -> v.graph().squeeze(v.b(), 0).mul(2));
    put("stack", v -> v.graph().stack(1, v.x(), v.y()));
    put("unstack", v -> v.graph().unstack(v.x(), 1, 3)[1]);
    put("concat", v -> v.graph().concat(2, v.x(), v.y(), v.x()));
    put("concat of results", v -> v.graph().concat(1, v.x().mul(2), v.y().mul(v.b())));
    put("split", v -> join(v.graph(), v.graph().split(v.x(), 2, 2)));
    put("slice", v -> v.graph().slice(v.x(), new int[] {0, 1, 1}, new int[] {2, 2, 3}));
    put(
        "strided slice",
        v -> v.x().get(SDIndex.all(), SDIndex.interval(0, 2, 3), SDIndex.interval(1, 3)));
    put("point", v -> v.x().get(SDIndex.all(), SDIndex.point(1), SDIndex.all()));
    put("tile, by ND4J", v -> v.graph().tile(v.b(), 2, 3, 1));
    put("product", v -> v.x().reshape(6, 4).mmul(v.y().reshape(4, 6)));
    put("product turned", v -> v.graph().mmul(v.x(), v.y(), false, true, false));
    put("product of turned", v -> v.graph().mmul(v.x(), v.y(), true, false, false));
    put("product turned twice", v -> turnedTwice(v));
    put("outer product", v -> v.x().reshape(24, 1).mmul(v.y().reshape(1, 24)).mul(0.5));
    put(
        "product with a row",
        v -> v.x().reshape(1, 24).mmul(v.y().reshape(24, 1).mmul(v.b().reshape(1, 4))));
    put("product of slices", v -> ofSlices(v));
    put(
        "linear",
        v ->
            v.graph()
                .nn()
                .linear(
                    v.x().reshape(6, 4),
                    v.y().reshape(4, 6),
                    v.x().reshape(24).get(SDIndex.interval(0, 6))));
    put(
        "bias",
        v -> v.graph().nn().biasAdd(v.x(), v.y().reshape(24).get(SDIndex.interval(0, 4)), false));
    put(
        "attention",
        v ->
            v.graph()
                .nn()
                .dotProductAttention(
                    v.x().reshape(1, 2, 3, 4),
                    v.y().reshape(1, 2, 3, 4),
                    v.x().mul(v.y()).reshape(1, 2, 3, 4),
                    null,
                    true));
    put("convolution", v -> convolution(v, 3, 3, PaddingMode.SAME));
    put("convolution, wide kernel", v -> convolution(v, 1, 5, PaddingMode.SAME));
    put("convolution, by ND4J", v -> convolution(v, 2, 2, PaddingMode.VALID));
    put("layer norm by hand", v -> layerNorm(v));
    put("modulation", v -> v.x().mul(v.x().mean(true, 1).add(1)).add(v.y().mean(true, 1)));
    put("zeros of unused parts", v -> v.graph().split(v.x(), 2, 2)[1]);
  }

  private static SDVariable join(SameDiff graph, SDVariable[] parts) {
    return graph.concat(2, parts[1], parts[0]);
  }

  private static SDVariable turnedTwice(Variables v) {
    SDVariable a = v.x().permute(0, 2, 1);
    return v.graph().mmul(a, v.y()).permute(0, 2, 1).reshape(2, 16);
  }

  private static SDVariable ofSlices(Variables v) {
    SDVariable left = v.x().get(SDIndex.all(), SDIndex.all(), SDIndex.interval(1, 4));
    SDVariable right = v.y().get(SDIndex.all(), SDIndex.all(), SDIndex.interval(0, 2));
    return v.graph().mmul(left, right);
  }

  /** Two channels to three. */
  private static SDVariable convolution(Variables v, int height, int width, PaddingMode padding) {
    Conv2DConfig config =
        Conv2DConfig.builder()
            .kH(height)
            .kW(width)
            .sH(1)
            .sW(1)
            .dataFormat("NCHW")
            .paddingMode(padding)
            .build();
    DataType type = v.x().dataType();
    SDVariable kernel = v.graph().var("k", SmallUVit.random(type, 6, 1, height, width, 2, 3));
    SDVariable bias = v.graph().var("bias", SmallUVit.random(type, 7, 1, 3));
    return v.graph().cnn().conv2d(v.x().reshape(1, 2, 3, 4).mul(2), kernel, bias, config);
  }

  /** As many columns as rows: sums of columns must not be taken for numbers of the rows. */
  private static SDVariable ofSquare(Variables v) {
    SDVariable square = v.x().reshape(24).get(SDIndex.interval(0, 16)).reshape(4, 4);
    SDVariable twice = square.mul(2);
    return twice.sum(0).mul(3).add(twice.sum(1)).add(twice);
  }

  private static SDVariable layerNorm(Variables v) {
    SDVariable c = v.x().sub(v.x().mean(true, 2));
    SDVariable variance = v.graph().math().square(c).mean(true, 2).add(1e-3);
    return c.mul(v.graph().math().rsqrt(variance)).mul(v.b()).add(v.b());
  }

  static Stream<Arguments> cases() {
    return CASES.keySet().stream()
        .flatMap(
            name ->
                Stream.of(DataType.DOUBLE, DataType.FLOAT).map(type -> Arguments.of(name, type)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithStockSession(String name, DataType type) {
    SameDiff graph = SameDiff.create();
    SDVariable x = graph.var("x", SmallUVit.random(type, 1, 1, 2, 3, 4));
    SDVariable y = graph.var("y", SmallUVit.random(type, 2, 1, 2, 3, 4));
    SDVariable b = graph.var("b", SmallUVit.random(type, 3, 1, 1, 1, 4));
    INDArray above = SmallUVit.random(type, 4, 1, 2, 3, 4);
    above.muli(above).addi(0.3);
    SDVariable positive = graph.var("positive", above);
    SDVariable out = CASES.get(name).of(new Variables(graph, x, y, b, positive));
    out.rename("out");
    // A weight of its own for every entry, so that no gradient cancels.
    long[] shape = out.eval().shape();
    SDVariable weights = graph.constant("weights", SmallUVit.random(type, 5, 1, shape));
    graph.math().square(out).mul(weights).sum("loss");
    graph.setLossVariables("loss");
    SameDiff backward = Gradients.of(graph);
    List<String> outputs = new ArrayList<>(List.of("loss", "out"));
    for (SDVariable variable : graph.variables()) {
      if (variable.getVariableType() == VariableType.VARIABLE && variable.getGradient() != null) {
        outputs.add(variable.getGradient().name());
      }
    }
    assertThat(outputs).hasSizeGreaterThan(2);
    Map<String, double[]> expected = Reference.stock(backward, outputs, Map.of());
    Map<String, double[]> found = Reference.engine(backward, outputs, Map.of(), 2);
    Reference.assertEqual(name, type, found, expected);
  }
}
