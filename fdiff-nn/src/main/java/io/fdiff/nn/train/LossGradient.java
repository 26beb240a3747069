package io.fdiff.nn.train;

import io.fdiff.nn.GraphContext;
import io.fdiff.nn.Network;
import io.fdiff.nn.ParameterVector;
import io.fdiff.nn.engine.Gradients;
import io.fdiff.nn.engine.GraphSession;
import io.fdiff.nn.engine.Profile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The loss of a network and its gradient by the parameters, on memory of its own.
 *
 * <p>Reads the parameter vector at each call. Not thread-safe; deterministic.
 */
public final class LossGradient implements AutoCloseable {

  private final GraphSession session;
  private final String loss;
  private final Map<String, String> gradients;
  private final Map<String, INDArray> gridInputs;

  private LossGradient(
      GraphSession session,
      String loss,
      Map<String, String> gradients,
      Map<String, INDArray> gridInputs) {
    this.session = session;
    this.loss = loss;
    this.gradients = gradients;
    this.gridInputs = gridInputs;
  }

  /**
   * Builds network, loss and gradient.
   *
   * @param network the architecture
   * @param parameters its weights
   * @param objective gives the loss and the grid
   * @return the gradient
   * @throws IllegalArgumentException if the network cannot run on the objective's grid
   */
  public static LossGradient of(Network network, ParameterVector parameters, Objective objective) {
    Map<String, INDArray> gridInputs = network.gridInputs(objective.grid(), parameters.type());
    GraphContext context = new GraphContext(network, parameters, objective.grid());
    SDVariable loss = objective.loss(context, network.build(context));
    SameDiff graph = context.graph();
    graph.setLossVariables(loss);
    SameDiff backward = Gradients.of(graph);
    Map<String, String> gradients = new LinkedHashMap<>();
    List<String> outputs = new ArrayList<>(List.of(loss.name()));
    for (String name : parameters.tensors().keySet()) {
      SDVariable gradient = graph.getVariable(name).getGradient();
      if (gradient == null) {
        throw new IllegalArgumentException(
            "the loss does not depend on parameter " + name + " of " + network.config());
      }
      gradients.put(name, gradient.name());
      outputs.add(gradient.name());
    }
    return new LossGradient(
        new GraphSession(backward, outputs), loss.name(), gradients, gridInputs);
  }

  /**
   * Loss and gradient of one batch.
   *
   * @param batch inputs of network and loss without those of the grid. Not modified.
   * @param gradient {@code ∂loss/∂θ}. Modified.
   * @return the loss
   */
  public double evaluate(Map<String, INDArray> batch, ParameterVector gradient) {
    return session.run(
        inputs(batch),
        outputs -> {
          gradients.forEach(
              (name, output) ->
                  gradient.tensor(name).assign(Objects.requireNonNull(outputs.get(output))));
          return Objects.requireNonNull(outputs.get(loss)).getDouble(0);
        });
  }

  private Map<String, INDArray> inputs(Map<String, INDArray> batch) {
    Map<String, INDArray> inputs = new HashMap<>(gridInputs);
    inputs.putAll(batch);
    return inputs;
  }

  /**
   * Runs the matrix products of the latest evaluation and nothing else, see {@link
   * GraphSession#runProducts}.
   *
   * @param batch inputs of the shapes of an earlier evaluation. Not modified.
   * @return their floating-point operations
   * @throws IllegalStateException if no plan for these shapes has run
   */
  public double runProducts(Map<String, INDArray> batch) {
    return session.runProducts(inputs(batch));
  }

  /**
   * Measures the steps of the graph in the evaluations that follow.
   *
   * @param to gets their times; null ends it
   */
  public void profile(@Nullable Profile to) {
    session.profile(to);
  }

  /**
   * Off-heap memory of the activations and gradients.
   *
   * @return bytes
   */
  public long bytes() {
    return session.bytes();
  }

  /** Frees the memory; a later call allocates it again. */
  @Override
  public void close() {
    session.close();
  }
}
