package io.fdiff.nn;

import io.fdiff.space.Grid;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
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

  /**
   * Name of the placeholder of the features of the condition {@code [batch, features]}, see {@link
   * Conditioning#features}. Only graphs of networks with such features have it.
   */
  public static final String CONDITION = "condition";

  /**
   * Name of the placeholder of the context functions {@code [points, batch, contextChannels]}. Only
   * graphs of networks with context channels have it.
   */
  public static final String CONTEXT = "context";

  /**
   * Name of the placeholder of the points {@code [outputPoints, dimension]} where a network is
   * evaluated that is written for any points ({@link CoordinateNetwork}).
   */
  public static final String COORDINATES = "coordinates";

  private final SameDiff graph = SameDiff.create();
  private final Map<String, SDVariable> parameters = new LinkedHashMap<>();
  private final DataType type;
  private final NetworkConfig config;
  private final Grid grid;
  private @Nullable SDVariable joined;
  private @Nullable SDVariable features;

  /**
   * An empty graph.
   *
   * @param network whose parameters become variables
   * @param vector values of the parameters; the variables are views of it
   * @param grid the grid of the values; a graph is built for one grid and any batch
   */
  public GraphContext(Network network, ParameterVector vector, Grid grid) {
    this.type = vector.type();
    this.grid = Objects.requireNonNull(grid, "grid");
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
   * The grid of the values, whose shape the graph may depend on.
   *
   * @return the grid
   */
  public Grid grid() {
    return grid;
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
   * The values that the network maps: the state, then the channels of the context.
   *
   * @return {@code [points, batch, inputChannels]}
   */
  public SDVariable values() {
    SDVariable state = input(VALUES, -1, -1, config.channels());
    int context = config.conditioning().contextChannels();
    if (context == 0) {
      return state;
    }
    if (joined == null) {
      joined = graph.concat(2, state, input(CONTEXT, -1, -1, context));
    }
    return joined;
  }

  /**
   * The features of each sample: those of the noise level ({@link LevelFeatures}), then those of
   * the condition ({@link Conditioning#features}).
   *
   * @return {@code [batch, inputFeatures]}
   */
  public SDVariable features() {
    SDVariable level = input(LEVEL, -1, config.levelFeatures());
    int condition = config.conditioning().features();
    if (condition == 0) {
      return level;
    }
    if (features == null) {
      features = graph.concat(1, level, input(CONDITION, -1, condition));
    }
    return features;
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
