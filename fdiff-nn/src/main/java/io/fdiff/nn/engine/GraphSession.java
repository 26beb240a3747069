package io.fdiff.nn.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one SameDiff graph again and again on memory of its own.
 *
 * <p>For each combination of input shapes a plan is made once; the latest few are kept. The graph
 * may consist of array operations with fixed axes, no control flow. Its variables are read at every
 * run. Not thread-safe: one session and one graph for each thread, and variables must not change
 * while it runs. Runs are deterministic: the same bits whatever the number of threads.
 *
 * <p>An operation that the engine does not know is run by ND4J, and named once in the log. A graph
 * that cannot be planned at all, a backend other than the CPU's, and the system property {@code
 * fdiff.engine=off} lead to SameDiff's own session.
 */
public final class GraphSession implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(GraphSession.class);
  private static final Set<String> NAMED = ConcurrentHashMap.newKeySet();
  private static final int KEPT_PLANS = 4;

  private final SameDiff graph;
  private final List<String> outputs;
  private final Map<String, INDArray> destinations;
  private final LinkedHashMap<String, Plan> plans = new LinkedHashMap<>(8, 0.75f, true);
  private final @Nullable KernelSet kernels;
  private @Nullable StockSession stock;
  private @Nullable Profile profile;

  /**
   * A session of a finished graph.
   *
   * @param graph the graph; not to be changed afterwards
   * @param outputs names of the variables to compute
   */
  public GraphSession(SameDiff graph, List<String> outputs) {
    this(graph, outputs, Map.of());
  }

  /**
   * A session that writes some outputs into given arrays.
   *
   * @param graph the graph; not to be changed afterwards
   * @param outputs names of the variables to compute
   * @param destinations by output, an array of its type and shape in C order, for example a view of
   *     one vector of gradients. Modified by each run.
   * @throws IllegalArgumentException if a destination belongs to no output
   */
  public GraphSession(SameDiff graph, List<String> outputs, Map<String, INDArray> destinations) {
    this(graph, outputs, destinations, Workers.shared());
  }

  GraphSession(
      SameDiff graph, List<String> outputs, Map<String, INDArray> destinations, Workers workers) {
    this.graph = Objects.requireNonNull(graph, "graph");
    this.outputs = List.copyOf(outputs);
    this.destinations = Map.copyOf(destinations);
    for (String name : destinations.keySet()) {
      if (!this.outputs.contains(name)) {
        throw new IllegalArgumentException(
            "destination " + name + " belongs to no output: outputs are " + outputs);
      }
    }
    this.kernels = isEngine() ? new CpuKernels(workers) : null;
  }

  private static boolean isEngine() {
    return !"off".equals(System.getProperty("fdiff.engine"))
        && Nd4j.getBackend().getClass().getSimpleName().equals("CpuBackend")
        && OpenBlas.isPresent();
  }

  /**
   * Computes the outputs.
   *
   * @param <R> what the reader makes of them
   * @param inputs one array for each placeholder the outputs need. Not modified.
   * @param reader takes the outputs by name; they are valid only until it returns
   * @return the reader's result
   * @throws IllegalArgumentException if an input is missing or an output is unknown
   */
  public <R> R run(Map<String, INDArray> inputs, Function<Map<String, INDArray>, R> reader) {
    if (kernels != null && stock == null) {
      String signature = signature(inputs);
      Plan plan = plans.get(signature);
      if (plan == null) {
        plan = plan(signature, inputs, kernels);
      }
      if (plan != null) {
        return reader.apply(plan.run(inputs, profile));
      }
    }
    return runStock(inputs, reader);
  }

  private @Nullable Plan plan(String signature, Map<String, INDArray> inputs, KernelSet by) {
    Plan plan;
    try {
      plan = new Plan(graph, outputs, destinations, inputs, by);
    } catch (UnsupportedOperationException e) {
      LOG.warn("graph runs in SameDiff's own session: {}", e.getMessage());
      return null;
    }
    for (String operation : plan.foreign()) {
      if (NAMED.add(operation)) {
        LOG.info("operation {} is run by ND4J", operation);
      }
    }
    plans.put(signature, plan);
    if (plans.size() > KEPT_PLANS) {
      String oldest = plans.keySet().iterator().next();
      Objects.requireNonNull(plans.remove(oldest)).close();
    }
    return plan;
  }

  private <R> R runStock(Map<String, INDArray> inputs, Function<Map<String, INDArray>, R> reader) {
    requireNames(inputs);
    if (stock == null) {
      stock = new StockSession(graph);
    }
    StockSession session = stock;
    try {
      Map<String, INDArray> found = session.run(outputs, inputs);
      Map<String, INDArray> results = new LinkedHashMap<>();
      for (String name : outputs) {
        INDArray result = Objects.requireNonNull(found.get(name));
        INDArray destination = destinations.get(name);
        results.put(name, destination == null ? result : destination.assign(result));
      }
      return reader.apply(results);
    } finally {
      session.reclaim();
    }
  }

  /** SameDiff's session names neither in a usable way. */
  private void requireNames(Map<String, INDArray> inputs) {
    for (String output : outputs) {
      if (!graph.hasVariable(output)) {
        throw new IllegalArgumentException(
            "output "
                + output
                + " does not exist in the graph: it has "
                + graph.getVariables().keySet());
      }
    }
    List<String> needed = new ArrayList<>(graph.inputs());
    for (String name : needed) {
      if (!inputs.containsKey(name)) {
        throw new IllegalArgumentException(
            "input " + name + " is missing: the graph needs an array for it");
      }
    }
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
   * Measures the steps of the following runs.
   *
   * @param to gets their times; null ends it
   */
  public void profile(@Nullable Profile to) {
    profile = to;
  }

  /**
   * Runs the matrix products of a plan and nothing else: the same calls on the same memory in the
   * same order, on what the run before left in their operands. Its time is a bound that fusion and
   * placement of everything else cannot pass. Products that lie in destinations, or add to an array
   * in place, are made or added again, so outputs hold nothing until the next run, which is not
   * affected.
   *
   * @param inputs arrays of the shapes of an earlier run. Not modified, and not read.
   * @return floating-point operations of the products, two for each multiplication
   * @throws IllegalStateException if no plan for these shapes has run
   */
  public double runProducts(Map<String, INDArray> inputs) {
    Plan plan = plans.get(signature(inputs));
    if (plan == null) {
      throw new IllegalStateException(
          "no plan for inputs "
              + signature(inputs)
              + " has run: run the session on them first, with the engine on");
    }
    return plan.runProducts();
  }

  /**
   * Off-heap memory of the session's arrays.
   *
   * @return bytes
   */
  public long bytes() {
    return plans.values().stream().mapToLong(Plan::bytes).sum()
        + (stock == null ? 0 : stock.bytes());
  }

  /** Frees the memory; a later run allocates it again. */
  @Override
  public void close() {
    plans.values().forEach(Plan::close);
    plans.clear();
    if (stock != null) {
      stock.close();
      stock = null;
    }
  }
}
