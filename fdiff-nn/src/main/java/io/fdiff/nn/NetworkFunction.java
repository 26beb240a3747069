package io.fdiff.nn;

import io.fdiff.nn.engine.GraphSession;
import io.fdiff.nn.engine.Profile;
import io.fdiff.space.Grid;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A network with its weights, ready to be evaluated.
 *
 * <p>Reads the parameter vector at each call, so it follows a training. Not thread-safe: one
 * instance for each thread may share the vector as long as nobody changes it. Deterministic.
 */
public final class NetworkFunction implements AutoCloseable {

  private final GraphSession session;
  private final String output;

  private NetworkFunction(GraphSession session, String output) {
    this.session = session;
    this.output = output;
  }

  /**
   * Builds the graph.
   *
   * @param network the architecture
   * @param parameters its weights
   * @param grid the grid of the values
   * @return the function
   * @throws IllegalArgumentException if the network cannot run on this grid
   */
  public static NetworkFunction of(Network network, ParameterVector parameters, Grid grid) {
    GraphContext context = new GraphContext(network, parameters, grid);
    SDVariable out = network.build(context);
    return new NetworkFunction(new GraphSession(context.graph(), List.of(out.name())), out.name());
  }

  /**
   * {@code F} at some inputs.
   *
   * @param inputs arrays by the name of their placeholder: {@link Network#gridInputs} of the grid,
   *     {@link GraphContext#VALUES}, {@link GraphContext#LEVEL} and, for a network with conditions,
   *     {@link GraphContext#CONDITION} and {@link GraphContext#CONTEXT}; C order. Not modified.
   * @param reader takes the output {@code [points, batch, channels]}; it is valid only until the
   *     reader returns
   */
  public void evaluate(Map<String, INDArray> inputs, Consumer<INDArray> reader) {
    session.run(
        inputs,
        outputs -> {
          INDArray result = outputs.get(output);
          if (result == null) {
            throw new IllegalStateException("the graph gave no output " + output);
          }
          reader.accept(result);
          return true;
        });
  }

  /**
   * Runs the matrix products of an earlier evaluation and nothing else, see {@link
   * GraphSession#runProducts}.
   *
   * @param inputs of the shapes of that evaluation. Not modified.
   * @return their floating-point operations
   * @throws IllegalStateException if no plan for these shapes has run
   */
  public double runProducts(Map<String, INDArray> inputs) {
    return session.runProducts(inputs);
  }

  /**
   * Measures the steps of the graph in the evaluations that follow.
   *
   * @param to gets their times; null ends it
   */
  public void profile(@Nullable Profile to) {
    session.profile(to);
  }

  /** Frees the memory; a later call allocates it again. */
  @Override
  public void close() {
    session.close();
  }
}
