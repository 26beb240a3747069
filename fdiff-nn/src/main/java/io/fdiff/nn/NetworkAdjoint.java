package io.fdiff.nn;

import io.fdiff.nn.engine.Gradients;
import io.fdiff.nn.engine.GraphSession;
import io.fdiff.space.Grid;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The gradient of {@code Σ cotangent ⊙ F} by the values that enter a network. */
final class NetworkAdjoint implements AutoCloseable {

  /** Name of the placeholder of the cotangent {@code [points, batch, channels]}. */
  static final String COTANGENT = "cotangent";

  private final GraphSession session;
  private final String gradient;

  private NetworkAdjoint(GraphSession session, String gradient) {
    this.session = session;
    this.gradient = gradient;
  }

  static NetworkAdjoint of(Network network, ParameterVector parameters, Grid grid) {
    GraphContext context = new GraphContext(network, parameters, grid);
    SDVariable out = network.build(context);
    SDVariable cotangent = context.input(COTANGENT, -1, -1, network.config().channels());
    SameDiff graph = context.graph();
    graph.setLossVariables(out.mul(cotangent).sum());
    SameDiff backward = Gradients.of(graph, GraphContext.VALUES);
    SDVariable gradient = graph.getVariable(GraphContext.VALUES).getGradient();
    if (gradient == null) {
      throw new IllegalArgumentException(
          "the output of " + network.config() + " does not depend on its values");
    }
    return new NetworkAdjoint(
        new GraphSession(backward, List.of(gradient.name())), gradient.name());
  }

  /** The reader's array {@code [points, batch, channels]} is valid until it returns. */
  void evaluate(Map<String, INDArray> inputs, Consumer<INDArray> reader) {
    session.run(
        inputs,
        outputs -> {
          reader.accept(Objects.requireNonNull(outputs.get(gradient)));
          return true;
        });
  }

  @Override
  public void close() {
    session.close();
  }
}
