package io.fdiff.nn.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.fdiff.nn.GraphContext;
import io.fdiff.nn.Network;
import io.fdiff.nn.ParameterVector;
import io.fdiff.nn.arch.FourierNeuralOperatorConfig;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.RegularGrid;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Whole networks on the engine. */
class EngineTest {

  static Stream<SmallUVit.Style> styles() {
    return Stream.of(
        new SmallUVit.Style(false, false, false),
        new SmallUVit.Style(true, true, false),
        new SmallUVit.Style(true, false, true));
  }

  @ParameterizedTest
  @MethodSource("styles")
  void transformerAgreesWithStockSession(SmallUVit.Style style) {
    for (DataType type : List.of(DataType.DOUBLE, DataType.FLOAT)) {
      SmallUVit network = new SmallUVit(type, style);
      SameDiff backward = Gradients.of(network.graph());
      List<String> outputs = SmallUVit.outputs(backward, network.parameters());
      Map<String, INDArray> inputs = network.inputs(3);
      Reference.assertEqual(
          style.toString(),
          type,
          Reference.engine(backward, outputs, inputs, 2),
          Reference.stock(backward, outputs, inputs));
    }
  }

  @Test
  void bitsDoNotDependOnThreads() {
    SmallUVit network = new SmallUVit(DataType.FLOAT, new SmallUVit.Style(false, false, false));
    SameDiff backward = Gradients.of(network.graph());
    List<String> outputs = SmallUVit.outputs(backward, network.parameters());
    // 200 samples: a thousand rows, so that every step has several tasks.
    Map<String, INDArray> inputs = network.inputs(200);
    Map<String, double[]> one = Reference.engine(backward, outputs, inputs, 1);
    for (int threads : new int[] {2, 3}) {
      Map<String, double[]> more = Reference.engine(backward, outputs, inputs, threads);
      one.forEach((name, values) -> assertThat(more.get(name)).as(name).isEqualTo(values));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"FLOAT", "DOUBLE"})
  void neuralOperatorAgreesWithStockSession(DataType type) {
    Network network =
        FourierNeuralOperatorConfig.defaults().withWidth(6).withLayers(2).withModes(3).network();
    ParameterVector parameters = ParameterVector.zeros(network, type);
    double[] values = new double[parameters.size()];
    NoiseSource.of(3).normals(0, 0, new int[] {values.length}, values, 0);
    parameters.assign(values);
    GraphContext context = new GraphContext(network, parameters, RegularGrid.unit(20));
    SDVariable out = network.build(context);
    SameDiff graph = context.graph();
    graph.math().square(out).mean().rename("loss");
    graph.setLossVariables("loss");
    SameDiff backward = Gradients.of(graph);
    List<String> outputs = new ArrayList<>(List.of("loss", out.name()));
    parameters
        .tensors()
        .keySet()
        .forEach(name -> outputs.add(graph.getVariable(name).getGradient().name()));
    Map<String, INDArray> inputs = new HashMap<>(network.gridInputs(RegularGrid.unit(20), type));
    inputs.put(GraphContext.VALUES, SmallUVit.random(type, 1, 1, 20, 3, 1));
    inputs.put(
        GraphContext.LEVEL, SmallUVit.random(type, 2, 1, 3, network.config().levelFeatures()));
    Reference.assertEqual(
        "operator",
        type,
        Reference.engine(backward, outputs, inputs, 2),
        Reference.stock(backward, outputs, inputs));
  }

  private static List<String> products(
      SameDiff graph, String output, Map<String, INDArray> inputs) {
    try (GraphSession session = new GraphSession(graph, List.of(output))) {
      Profile profile = new Profile();
      session.profile(profile);
      session.run(inputs, found -> true);
      return profile.rows().stream().map(Profile.Row::kernel).toList();
    }
  }

  /** A product is added to an array in memory: in its place, or to a copy if it is read later. */
  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"FLOAT", "DOUBLE"})
  void productsAreAddedToArraysInMemory(DataType type) {
    for (boolean readLater : new boolean[] {false, true}) {
      SameDiff graph = SameDiff.create();
      SDVariable x = graph.placeHolder("x", type, 96, 80);
      SDVariable y = graph.placeHolder("y", type, 80, 96);
      SDVariable z = x.mmul(y);
      SDVariable sum = z.add(z.mmul(z.mul(0.01)));
      SDVariable wide = sum.reshape(48, 192).add(z.mmul(z).reshape(48, 192));
      (readLater ? wide.add(graph.math().sin(z.reshape(48, 192))) : wide).rename("out");
      Map<String, INDArray> inputs =
          Map.of(
              "x", SmallUVit.random(type, 1, 1, 96, 80), "y", SmallUVit.random(type, 2, 1, 80, 96));
      Reference.assertEqual(
          "added",
          type,
          Reference.engine(graph, List.of("out"), inputs, 2),
          Reference.stock(graph, List.of("out"), inputs));
      assertThat(products(graph, "out", inputs))
          .filteredOn(kernel -> kernel.startsWith("product"))
          .filteredOn(kernel -> kernel.endsWith("added"))
          .isNotEmpty();
    }
  }

  /** A row of ones times a result of row nodes is a sum of their columns. */
  @Test
  void rowTimesResultsIsASumOfColumns() {
    SameDiff graph = SameDiff.create();
    SDVariable x = graph.placeHolder("x", DataType.FLOAT, 50, 300);
    SDVariable ones = graph.placeHolder("ones", DataType.FLOAT, 1, 50);
    ones.mmul(graph.math().sin(x).mul(x)).rename("out");
    Map<String, INDArray> inputs =
        Map.of(
            "x", SmallUVit.random(DataType.FLOAT, 1, 1, 50, 300),
            "ones", SmallUVit.random(DataType.FLOAT, 2, 1, 1, 50));
    Reference.assertEqual(
        "sum",
        DataType.FLOAT,
        Reference.engine(graph, List.of("out"), inputs, 2),
        Reference.stock(graph, List.of("out"), inputs));
    assertThat(products(graph, "out", inputs)).hasSize(1).first().asString().contains("column sum");
  }

  /** Products that are divided by rows, by columns and along the inner side. */
  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"FLOAT", "DOUBLE"})
  void largeProductsAreDivided(DataType type) {
    SameDiff graph = SameDiff.create();
    SDVariable x = graph.var("x", SmallUVit.random(type, 1, 0.1, 3001, 45));
    SDVariable y = graph.var("y", SmallUVit.random(type, 2, 0.1, 3001, 45));
    SDVariable w = graph.var("w", SmallUVit.random(type, 3, 0.1, 45, 45));
    graph.mmul(x, y, true, false, false).rename("inner");
    x.mmul(w).rename("rows");
    graph.mmul(w, y, false, true, false).rename("columns");
    List<String> outputs = List.of("inner", "rows", "columns");
    Map<String, double[]> expected = Reference.stock(graph, outputs, Map.of());
    Map<String, double[]> found = Reference.engine(graph, outputs, Map.of(), 1);
    Reference.assertEqual("products", type, found, expected);
    Map<String, double[]> more = Reference.engine(graph, outputs, Map.of(), 3);
    found.forEach((name, values) -> assertThat(more.get(name)).as(name).isEqualTo(values));
  }

  /** A NaN among the inputs of one sample spoils that sample, and the loss. */
  @Test
  void notANumberPropagates() {
    SmallUVit network = new SmallUVit(DataType.FLOAT, new SmallUVit.Style(false, false, false));
    SameDiff backward = Gradients.of(network.graph());
    List<String> outputs = SmallUVit.outputs(backward, network.parameters());
    Map<String, INDArray> inputs = network.inputs(3);
    inputs.get("values").putScalar(new int[] {5, 1, 0}, Float.NaN);
    Map<String, double[]> found = Reference.engine(backward, outputs, inputs, 2);
    found.forEach((name, values) -> assertThat(values).as(name).contains(Double.NaN));
  }

  /** A layer norm written out, its scaling and an activation are one step each way. */
  @Test
  void chainsOfRowsAreOneStep() {
    SameDiff graph = SameDiff.create();
    SDVariable x = graph.placeHolder("x", DataType.FLOAT, -1, 8);
    SDVariable gain = graph.var("gain", SmallUVit.random(DataType.FLOAT, 1, 1, 1, 8));
    SDVariable c = x.sub(x.mean(true, 1));
    SDVariable variance = graph.math().square(c).mean(true, 1).add(1e-5);
    SDVariable scaled = c.mul(graph.math().rsqrt(variance)).mul(gain);
    graph.nn().softmax(scaled.mul(graph.nn().sigmoid(scaled)), 1).rename("out");
    INDArray values = SmallUVit.random(DataType.FLOAT, 2, 1, 50, 8);
    try (Plan plan =
        new Plan(
            graph, List.of("out"), Map.of(), Map.of("x", values), new CpuKernels(new Workers(1)))) {
      assertThat(plan.size()).isEqualTo(1);
      assertThat(plan.foreign()).isEmpty();
    }
  }

  @Test
  void stepsOfATransformerAreFewAndItsMemoryIsShared() {
    SmallUVit network = new SmallUVit(DataType.FLOAT, new SmallUVit.Style(false, false, false));
    Map<String, INDArray> inputs = network.inputs(64);
    try (Plan plan =
        new Plan(
            network.graph(), List.of("loss"), Map.of(), inputs, new CpuKernels(new Workers(1)))) {
      // 141 operations, none of them left to ND4J.
      assertThat(plan.size()).isLessThan(60);
      assertThat(plan.foreign()).isEmpty();
      // The widest result is 64·5·64 numbers; a dozen of them, not the sum of all.
      assertThat(plan.bytes()).isLessThan(12 * 64 * 5 * 64 * 4);
    }
  }
}
