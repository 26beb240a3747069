package io.fdiff.nn;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.array.SingleThreadArrayHolder;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * A SameDiff graph under construction: parameters as variables that are views of one parameter
 * vector, inputs as placeholders.
 */
public final class GraphContext {

  /** Name of the placeholder of the values {@code [points, batch, channels]}. */
  public static final String VALUES = "values";

  /** Name of the placeholder of the level features {@code [batch, levelFeatures]}. */
  public static final String LEVEL = "level";

  private final SameDiff graph = SameDiff.create();
  private final Map<String, SDVariable> parameters = new LinkedHashMap<>();
  private final DataType type;
  private final NetworkConfig config;

  /**
   * An empty graph.
   *
   * @param network whose parameters become variables
   * @param vector values of the parameters; the variables are views of it
   */
  public GraphContext(Network network, ParameterVector vector) {
    this.type = vector.type();
    this.config = network.config();
    // The default holders copy a view; these keep it, so that θ is updated in place.
    graph.setArrayHolders(new SingleThreadArrayHolder(), new SingleThreadArrayHolder(), false);
    vector.tensors().forEach((name, view) -> parameters.put(name, graph.var(name, view)));
  }

  /**
   * The graph.
   *
   * @return the graph that operations are added to
   */
  public SameDiff graph() {
    return graph;
  }

  /**
   * The type of parameters and values.
   *
   * @return FLOAT or DOUBLE
   */
  public DataType type() {
    return type;
  }

  /**
   * A parameter.
   *
   * @param name its name
   * @return its variable
   * @throws IllegalArgumentException if the network has no such parameter
   */
  public SDVariable parameter(String name) {
    SDVariable variable = parameters.get(Objects.requireNonNull(name, "name"));
    if (variable == null) {
      throw new IllegalArgumentException(
          "no parameter " + name + ": the network declares " + parameters.keySet());
    }
    return variable;
  }

  /**
   * The values that the network maps.
   *
   * @return {@code [points, batch, channels]}
   */
  public SDVariable values() {
    return input(VALUES, -1, -1, config.channels());
  }

  /**
   * The features of the noise level, one row a sample.
   *
   * @return {@code [batch, levelFeatures]}
   */
  public SDVariable level() {
    return input(LEVEL, -1, config.levelFeatures());
  }

  /**
   * A real input, the same variable whenever it is asked for.
   *
   * @param name name of the placeholder
   * @param shape its shape, −1 for a length that is not fixed
   * @return the placeholder
   * @throws IllegalArgumentException if the input exists with another shape or type
   */
  public SDVariable input(String name, long... shape) {
    return input(name, type, shape);
  }

  /**
   * An input, the same variable whenever it is asked for.
   *
   * @param name name of the placeholder
   * @param inputType its type
   * @param shape its shape, −1 for a length that is not fixed
   * @return the placeholder
   * @throws IllegalArgumentException if the input exists with another shape or type
   */
  public SDVariable input(String name, DataType inputType, long... shape) {
    if (!graph.hasVariable(name)) {
      return graph.placeHolder(name, inputType, shape);
    }
    SDVariable known = graph.getVariable(name);
    if (!known.isPlaceHolder()
        || known.dataType() != inputType
        || !Arrays.equals(known.placeholderShape(), shape)) {
      throw new IllegalArgumentException(
          "input "
              + name
              + " of shape "
              + Arrays.toString(shape)
              + " is already another variable of the graph: use another name");
    }
    return known;
  }
}
