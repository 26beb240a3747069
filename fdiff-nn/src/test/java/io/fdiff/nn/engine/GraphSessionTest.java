package io.fdiff.nn.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class GraphSessionTest {

  private static INDArray random(long seed, long... shape) {
    INDArray array = Nd4j.create(DataType.FLOAT, shape);
    double[] values = new double[(int) array.length()];
    NoiseSource.of(seed).normals(0, 0, new int[] {values.length}, values, 0);
    FunctionBatch.write(values, array);
    return array;
  }

  private static double[] values(INDArray array) {
    double[] values = new double[(int) array.length()];
    FunctionBatch.read(array.isView() ? array.dup('c') : array, values);
    return values;
  }

  /** Products with parameters and constants, views, broadcasts, splits, reductions. */
  private static SameDiff graph() {
    SameDiff graph = SameDiff.create();
    SDVariable x = graph.placeHolder("x", DataType.FLOAT, -1, 6);
    SDVariable a = graph.placeHolder("a", DataType.FLOAT, 4, -1);
    SDVariable w = graph.var("w", random(1, 6, 6));
    SDVariable b = graph.var("b", random(2, 1, 6));
    SDVariable z = x.mmul(w).add(b);
    SDVariable h = z.mul(graph.nn().hardSigmoid(z)).add(graph.nn().sigmoid(z));
    SDVariable mixed = a.mmul(h).reshape(2, -1, 6);
    SDVariable moved = mixed.permute(1, 0, 2).reshape(-1, 6);
    SDVariable[] parts = graph.split(moved, 2, 1);
    SDVariable joined = graph.concat(1, parts[1], parts[0].mul(2));
    SDVariable again = joined.mmul(w).add(joined);
    graph.math().square(again).sum("loss");
    graph.setLossVariables("loss");
    return graph;
  }

  private static Map<String, INDArray> inputs(int rows) {
    Map<String, INDArray> inputs = new HashMap<>();
    inputs.put("x", random(10 + rows, rows, 6));
    inputs.put("a", random(20 + rows, 4, rows));
    return inputs;
  }

  @Test
  void planAgreesWithAStockSession() {
    SameDiff graph = graph();
    SameDiff gradient = Gradients.of(graph);
    List<String> outputs = new ArrayList<>(List.of("loss"));
    for (String name : List.of("w", "b")) {
      outputs.add(graph.getVariable(name).getGradient().name());
    }
    try (GraphSession session = new GraphSession(gradient, outputs)) {
      for (int rows : new int[] {5, 8, 5, 3, 8}) {
        Map<String, INDArray> inputs = inputs(rows);
        Map<String, double[]> found = new LinkedHashMap<>();
        session.run(
            inputs,
            results -> {
              results.forEach((name, array) -> found.put(name, values(array)));
              return true;
            });
        Reference.assertEqual(
            rows + " rows", DataType.FLOAT, found, Reference.stock(gradient, outputs, inputs));
      }
    }
  }

  @Test
  void gradientsAreWrittenWhereTheyAreWanted() {
    SameDiff graph = graph();
    SameDiff gradient = Gradients.of(graph);
    String name = graph.getVariable("w").getGradient().name();
    INDArray vector = random(5, 50);
    double[] before = values(vector);
    INDArray view = vector.get(NDArrayIndex.interval(7, 43)).reshape('c', 6, 6);
    List<String> outputs = List.of("loss", name);
    try (GraphSession session = new GraphSession(gradient, outputs, Map.of(name, view))) {
      session.run(inputs(5), results -> true);
      double[] expected = Reference.stock(gradient, outputs, inputs(5)).get(name);
      double[] after = values(vector);
      for (int i = 0; i < 50; i++) {
        if (i >= 7 && i < 43) {
          assertThat(after[i]).isCloseTo(expected[i - 7], withinPercentage(0.01));
        } else {
          assertThat(after[i]).isEqualTo(before[i]);
        }
      }
    }
  }

  @Test
  void destinationsMustFit() {
    SameDiff graph = graph();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new GraphSession(graph, List.of("loss"), Map.of("profit", random(1, 1))))
        .withMessageContaining("destination profit belongs to no output");
    try (GraphSession session =
        new GraphSession(graph, List.of("loss"), Map.of("loss", random(1, 2)))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> session.run(inputs(5), outputs -> true))
          .withMessageContaining("destination of loss has shape [2]");
    }
  }

  @Test
  void stockSessionTakesOverWhereTheEngineIsOff() {
    SameDiff graph = graph();
    double expected;
    try (GraphSession session = new GraphSession(graph, List.of("loss"))) {
      expected = session.run(inputs(5), outputs -> outputs.get("loss").getDouble(0));
    }
    System.setProperty("fdiff.engine", "off");
    try (GraphSession session = new GraphSession(graph, List.of("loss"))) {
      Profile profile = new Profile();
      session.profile(profile);
      for (int i = 0; i < 3; i++) {
        double found = session.run(inputs(5), outputs -> outputs.get("loss").getDouble(0));
        assertThat(found).isCloseTo(expected, withinPercentage(0.001));
      }
      assertThat(session.bytes()).isPositive();
      assertThat(profile.rows()).isEmpty();
      assertThatIllegalArgumentException()
          .isThrownBy(() -> session.run(Map.of("x", random(1, 5, 6)), outputs -> true))
          .withMessageContaining("input a is missing");
      assertThatIllegalStateException()
          .isThrownBy(() -> session.runProducts(inputs(5)))
          .withMessageContaining("with the engine on");
    } finally {
      System.clearProperty("fdiff.engine");
    }
  }

  @Test
  void profileCountsEveryStep() {
    long[] now = {0};
    Profile profile = new Profile(() -> now[0] += 1_000_000);
    try (GraphSession session = new GraphSession(graph(), List.of("loss"))) {
      session.run(inputs(5), outputs -> true);
      assertThat(profile.rows()).isEmpty();
      session.profile(profile);
      session.run(inputs(5), outputs -> true);
      session.run(inputs(5), outputs -> true);
    }
    assertThat(profile.rows())
        .allSatisfy(row -> assertThat(row.calls() % 2).isZero())
        // One tick of the clock a call.
        .allSatisfy(row -> assertThat(row.milliseconds()).isEqualTo((double) row.calls()))
        .anySatisfy(row -> assertThat(row.kernel()).isEqualTo("product [5, 6] x [6, 6]"));
    assertThat(profile.toString()).contains("product [5, 6] x [6, 6]");
  }

  @Test
  void productsRunAloneOnTheirOperands() {
    SameDiff graph = SameDiff.create();
    SDVariable x = graph.placeHolder("x", DataType.FLOAT, -1, 6);
    x.mul(2).mmul(graph.var("w", random(1, 6, 3))).rename("product");
    INDArray destination = Nd4j.create(DataType.FLOAT, 5, 3);
    List<String> outputs = List.of("product");
    Map<String, INDArray> inputs = Map.of("x", random(2, 5, 6));
    try (GraphSession session = new GraphSession(graph, outputs, Map.of("product", destination))) {
      assertThatIllegalStateException()
          .isThrownBy(() -> session.runProducts(inputs))
          .withMessageContaining("no plan for inputs x[5, 6]");
      session.run(inputs, results -> true);
      double[] expected = values(destination);
      destination.assign(0);
      assertThat(session.runProducts(inputs)).isEqualTo(2.0 * 5 * 6 * 3);
      assertThat(values(destination)).isEqualTo(expected);
    }
  }

  @Test
  void productsAreCountedAndLeaveLaterRunsAlone() {
    SameDiff graph = graph();
    SameDiff gradient = Gradients.of(graph);
    List<String> outputs = List.of("loss", graph.getVariable("w").getGradient().name());
    try (GraphSession session = new GraphSession(graph, List.of("loss"));
        GraphSession backward = new GraphSession(gradient, outputs)) {
      List<double[]> runs = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        session.run(inputs(5), results -> true);
        // [5, 6] × [6, 6], [4, 5] × [5, 6] and [4, 6] × [6, 6].
        assertThat(session.runProducts(inputs(5))).isEqualTo(2.0 * (180 + 120 + 144));
        backward.run(inputs(5), results -> runs.add(values(results.get(outputs.get(1)))));
        backward.runProducts(inputs(5));
        backward.runProducts(inputs(5));
      }
      assertThat(runs.get(1)).isEqualTo(runs.get(0));
      assertThat(runs.get(2)).isEqualTo(runs.get(0));
    }
  }

  @Test
  void memoryIsBoundedAndShared() {
    SameDiff graph = graph();
    try (GraphSession session = new GraphSession(graph, List.of("loss"))) {
      session.run(inputs(100), outputs -> true);
      long once = session.bytes();
      for (int i = 0; i < 20; i++) {
        session.run(inputs(100), outputs -> true);
      }
      assertThat(session.bytes()).isEqualTo(once);
      for (int rows = 10; rows < 60; rows++) {
        session.run(inputs(rows), outputs -> true);
      }
      assertThat(session.bytes()).isLessThan(4 * once);
    }
  }

  @Test
  void closedSessionsStartAfresh() {
    GraphSession session = new GraphSession(graph(), List.of("loss"));
    double before = session.run(inputs(7), outputs -> outputs.get("loss").getDouble(0));
    session.close();
    assertThat(session.bytes()).isZero();
    double after = session.run(inputs(7), outputs -> outputs.get("loss").getDouble(0));
    assertThat(after).isPositive().isEqualTo(before);
    session.close();
  }

  @Test
  void inputsAreNotModifiedAndVariablesAreReadAnew() {
    SameDiff graph = graph();
    try (GraphSession session = new GraphSession(graph, List.of("loss"))) {
      Map<String, INDArray> inputs = inputs(5);
      double[] before = values(inputs.get("x"));
      double first = session.run(inputs, outputs -> outputs.get("loss").getDouble(0));
      assertThat(values(inputs.get("x"))).isEqualTo(before);
      graph.getVariable("w").getArr().muli(2);
      double second = session.run(inputs, outputs -> outputs.get("loss").getDouble(0));
      assertThat(second).isNotEqualTo(first);
    }
  }

  @Test
  void missingInputIsNamed() {
    try (GraphSession session = new GraphSession(graph(), List.of("loss"))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> session.run(Map.of("x", random(1, 5, 6)), outputs -> true))
          .withMessageContaining("input a is missing");
      boolean works = session.run(inputs(5), outputs -> outputs.containsKey("loss"));
      assertThat(works).isTrue();
    }
  }

  @Test
  void unknownOutputIsNamed() {
    try (GraphSession session = new GraphSession(graph(), List.of("profit"))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> session.run(inputs(5), outputs -> true))
          .withMessageContaining("output profit does not exist");
    }
  }
}
