package io.fdiff.nn.engine;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Runs one SameDiff graph again and again on memory of its own.
 *
 * <p>For each combination of input shapes an execution plan is made once; the latest few are kept.
 * The graph may consist of array operations with fixed axes, no control flow. Its variables are
 * read at every run. Not thread-safe: one session and one graph for each thread, and variables must
 * not change while it runs. Runs are deterministic.
 */
public final class GraphSession implements AutoCloseable {

  private static final int KEPT_PLANS = 4;

  private final SameDiff graph;
  private final List<String> outputs;
  private final LinkedHashMap<String, ExecutionPlan> plans = new LinkedHashMap<>(8, 0.75f, true);

  /**
   * A session of a finished graph.
   *
   * @param graph the graph; not to be changed afterwards
   * @param outputs names of the variables to compute
   */
  public GraphSession(SameDiff graph, List<String> outputs) {
    this.graph = Objects.requireNonNull(graph, "graph");
    this.outputs = List.copyOf(outputs);
  }

  /**
   * Computes the outputs.
   *
   * @param <R> what the reader makes of them
   * @param inputs one array for each placeholder the outputs need. Not modified.
   * @param reader takes the outputs by name; they are valid only until it returns
   * @return the reader's result
   * @throws IllegalArgumentException if an input is missing or the graph has an operation that
   *     cannot be planned
   */
  public <R> R run(Map<String, INDArray> inputs, Function<Map<String, INDArray>, R> reader) {
    String signature = signature(inputs);
    ExecutionPlan plan = plans.get(signature);
    if (plan != null) {
      return reader.apply(plan.run(inputs));
    }
    plan = new ExecutionPlan(graph, outputs, inputs);
    plans.put(signature, plan);
    if (plans.size() > KEPT_PLANS) {
      String oldest = plans.keySet().iterator().next();
      Objects.requireNonNull(plans.remove(oldest)).close();
    }
    return reader.apply(plan.outputs());
  }

  /** Shapes of all inputs, and the values of integer ones, which are shapes themselves. */
  private static String signature(Map<String, INDArray> inputs) {
    StringBuilder text = new StringBuilder();
    new TreeMap<>(inputs)
        .forEach(
            (name, array) -> {
              text.append(name).append(Arrays.toString(array.shape()));
              if (array.dataType().isIntType()) {
                text.append(Arrays.toString(array.toLongVector()));
              }
              text.append(';');
            });
    return text.toString();
  }

  /**
   * Off-heap memory of the session's arrays.
   *
   * @return bytes
   */
  public long bytes() {
    return plans.values().stream().mapToLong(ExecutionPlan::bytes).sum();
  }

  /** Frees the memory; a later run allocates it again. */
  @Override
  public void close() {
    plans.values().forEach(ExecutionPlan::close);
    plans.clear();
  }
}
