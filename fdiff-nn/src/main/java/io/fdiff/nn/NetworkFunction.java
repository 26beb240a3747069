package io.fdiff.nn;

import io.fdiff.nn.engine.GraphSession;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
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
   * @return the function
   */
  public static NetworkFunction of(Network network, ParameterVector parameters) {
    GraphContext context = new GraphContext(network, parameters);
    SDVariable out = network.build(context);
    return new NetworkFunction(new GraphSession(context.graph(), List.of(out.name())), out.name());
  }

  /**
   * {@code F(values, level)}.
   *
   * @param gridInputs {@link Network#gridInputs} of the grid. Not modified.
   * @param values {@code [points, batch, channels]}, C order. Not modified.
   * @param level features {@code [batch, levelFeatures]}. Not modified.
   * @param reader takes the output {@code [points, batch, channels]}; it is valid only until the
   *     reader returns
   */
  public void evaluate(
      Map<String, INDArray> gridInputs,
      INDArray values,
      INDArray level,
      Consumer<INDArray> reader) {
    Map<String, INDArray> inputs = new HashMap<>(gridInputs);
    inputs.put(GraphContext.VALUES, values);
    inputs.put(GraphContext.LEVEL, level);
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

  /** Frees the memory; a later call allocates it again. */
  @Override
  public void close() {
    session.close();
  }
}
