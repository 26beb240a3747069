package io.fdiff.benchmarks;

import io.fdiff.nn.engine.Gradients;
import io.fdiff.nn.engine.GraphSession;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Parts of a transformer on 64 samples of 65 tokens of width 128, forward and with gradients, by
 * the engine and by SameDiff's own session in the same run.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class EngineRowsBenchmark {

  private static final int ROWS = 64 * 65;
  private static final int WIDTH = 128;

  /** What is computed. */
  @Param({"layerNorm", "perceptron", "attention"})
  private String part = "layerNorm";

  /** By whom: {@code on} or {@code off}. */
  @Param({"on", "off"})
  private String engine = "on";

  private GraphSession forward;
  private GraphSession backward;
  private Map<String, INDArray> inputs;

  private static INDArray random(long seed, double scale, long... shape) {
    INDArray array = Nd4j.create(DataType.FLOAT, shape);
    double[] values = new double[(int) array.length()];
    NoiseSource.of(seed).normals(0, 0, new int[] {values.length}, values, 0);
    for (int i = 0; i < values.length; i++) {
      values[i] *= scale;
    }
    FunctionBatch.write(values, array);
    return array;
  }

  /** Builds the graph and its gradient. */
  @Setup
  public void prepare() {
    System.setProperty("fdiff.engine", engine);
    SameDiff graph = SameDiff.create();
    SDVariable x = graph.placeHolder("x", DataType.FLOAT, ROWS, WIDTH);
    List<SDVariable> parameters = new ArrayList<>();
    SDVariable out =
        switch (part) {
          case "layerNorm" -> layerNorm(graph, x, parameters);
          case "perceptron" -> perceptron(graph, x, parameters);
          default -> attention(graph, x, parameters);
        };
    graph.math().square(out).mean().rename("loss");
    graph.setLossVariables("loss");
    SameDiff gradient = Gradients.of(graph);
    List<String> names = new ArrayList<>();
    parameters.forEach(parameter -> names.add(parameter.getGradient().name()));
    inputs = Map.of("x", random(1, 1, ROWS, WIDTH));
    forward = new GraphSession(graph, List.of(out.name()));
    backward = new GraphSession(gradient, names);
  }

  private static SDVariable parameter(
      SameDiff graph, List<SDVariable> parameters, double scale, long... shape) {
    int number = parameters.size();
    SDVariable variable = graph.var("p" + number, random(2L + number, scale, shape));
    parameters.add(variable);
    return variable;
  }

  private static SDVariable layerNorm(SameDiff graph, SDVariable x, List<SDVariable> parameters) {
    SDVariable c = x.sub(x.mean(true, 1));
    SDVariable variance = graph.math().square(c).mean(true, 1).add(1e-5);
    return c.mul(graph.math().rsqrt(variance))
        .mul(parameter(graph, parameters, 1, 1, WIDTH))
        .add(parameter(graph, parameters, 1, 1, WIDTH));
  }

  private static SDVariable perceptron(SameDiff graph, SDVariable x, List<SDVariable> parameters) {
    SDVariable hidden =
        x.mmul(parameter(graph, parameters, 0.1, WIDTH, 4 * WIDTH))
            .add(parameter(graph, parameters, 0.1, 1, 4 * WIDTH));
    SDVariable active = hidden.mul(graph.nn().sigmoid(hidden.mul(1.702)));
    return active
        .mmul(parameter(graph, parameters, 0.1, 4 * WIDTH, WIDTH))
        .add(parameter(graph, parameters, 0.1, 1, WIDTH));
  }

  private static SDVariable attention(SameDiff graph, SDVariable x, List<SDVariable> parameters) {
    SDVariable[] parts =
        graph.split(
            x.mmul(parameter(graph, parameters, 0.1, WIDTH, 3 * WIDTH))
                .reshape(-1, 65, 3, 4, 32)
                .permute(2, 0, 3, 1, 4),
            3,
            0);
    SDVariable q = parts[0].reshape(-1, 4, 65, 32);
    SDVariable k = parts[1].reshape(-1, 4, 65, 32);
    SDVariable v = parts[2].reshape(-1, 4, 65, 32);
    SDVariable scores = graph.mmul(q, k.permute(0, 1, 3, 2)).mul(1 / Math.sqrt(32));
    return graph
        .mmul(graph.nn().softmax(scores, 3), v)
        .permute(0, 2, 1, 3)
        .reshape(-1, WIDTH)
        .mmul(parameter(graph, parameters, 0.1, WIDTH, WIDTH));
  }

  /** Frees the memory. */
  @TearDown(Level.Trial)
  public void close() {
    forward.close();
    backward.close();
  }

  /**
   * The output.
   *
   * @return its first number
   */
  @Benchmark
  public double forward() {
    return forward.run(inputs, found -> found.values().iterator().next().getDouble(0));
  }

  /**
   * The gradients by all parameters.
   *
   * @return the first number of one
   */
  @Benchmark
  public double gradient() {
    return backward.run(inputs, found -> found.values().iterator().next().getDouble(0));
  }
}
