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
 * <p>Reads the parameter vector at each call, and writes the gradient where it is wanted: the last
 * operation of each tensor's gradient writes into its part of the vector. Not thread-safe;
 * deterministic.
 */
public final class LossGradient implements AutoCloseable {

  private final GraphSession session;
  private final String loss;
  private final Map<String, INDArray> gridInputs;

  private LossGradient(GraphSession session, String loss, Map<String, INDArray> gridInputs) {
    this.session = session;
    this.loss = loss;
    this.gridInputs = gridInputs;
  }

  /**
   * Builds network, loss and gradient.
   *
   * @param network the architecture
   * @param parameters its weights
   * @param objective gives the loss and the grid
   * @param gradient {@code ∂loss/∂θ}, of the same type as the weights. Modified by each evaluation.
   * @return the gradient
   * @throws IllegalArgumentException if the network cannot run on the objective's grid, the loss
   *     does not depend on a parameter, or the gradient has other tensors or another type
   */
  public static LossGradient of(
      Network network, ParameterVector parameters, Objective objective, ParameterVector gradient) {
    if (gradient.type() != parameters.type()
        || !gradient.tensors().keySet().equals(parameters.tensors().keySet())) {
      throw new IllegalArgumentException(
          "gradient of type "
              + gradient.type()
              + " with "
              + gradient.size()
              + " values for weights of type "
              + parameters.type()
              + " with "
              + parameters.size()
              + ": give a vector of the same network and type");
    }
    Map<String, INDArray> gridInputs = network.gridInputs(objective.grid(), parameters.type());
    GraphContext context = new GraphContext(network, parameters, objective.grid());
    SDVariable loss = objective.loss(context, network.build(context));
    SameDiff graph = context.graph();
    graph.setLossVariables(loss);
    SameDiff backward = Gradients.of(graph);
    Map<String, INDArray> destinations = new LinkedHashMap<>();
    for (String name : parameters.tensors().keySet()) {
      SDVariable slope = graph.getVariable(name).getGradient();
      if (slope == null) {
        throw new IllegalArgumentException(
            "the loss does not depend on parameter " + name + " of " + network.config());
      }
      destinations.put(slope.name(), gradient.tensor(name));
    }
    List<String> outputs = new ArrayList<>(List.of(loss.name()));
    outputs.addAll(destinations.keySet());
    return new LossGradient(
        new GraphSession(backward, outputs, destinations), loss.name(), gridInputs);
  }

  /**
   * Loss and gradient of one batch.
   *
   * @param batch inputs of network and loss without those of the grid. Not modified.
   * @return the loss; the gradient is in the vector given at the start
   */
  public double evaluate(Map<String, INDArray> batch) {
    return session.run(
        inputs(batch), outputs -> Objects.requireNonNull(outputs.get(loss)).getDouble(0));
  }

  private Map<String, INDArray> inputs(Map<String, INDArray> batch) {
    Map<String, INDArray> inputs = new HashMap<>(gridInputs);
    inputs.putAll(batch);
    return inputs;
  }

  /**
   * Runs the matrix products of the latest evaluation and nothing else, see {@link
   * GraphSession#runProducts}. The gradient vector holds no gradient until the next evaluation.
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
