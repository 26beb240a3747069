package io.fdiff.nn;

import io.fdiff.space.Grid;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A family of maps {@code F(x, level; θ)} from functions to functions, one for each parameter
 * vector {@code θ}, that is written down as a SameDiff graph.
 *
 * <p>The parameters do not depend on the grid. A graph is built for one grid, whose shape it may
 * use ({@link GraphContext#grid}), and for any batch; arrays that describe the grid enter through
 * the inputs that {@link #gridInputs} computes. Values are held with the points first, {@code
 * [points, batch, channels]} in C order, so that transforms over the points and maps of the
 * channels are matrix products without permutation.
 *
 * <p>Laws: sample {@code b} of the output depends on sample {@code b} of the inputs alone; the
 * output of a denoiser's network is {@code [points, batch, channels]}, without the channels of the
 * context. Implementations are immutable and thread-safe.
 */
public interface Network {

  /**
   * The configuration that rebuilds this network.
   *
   * @return the configuration
   */
  NetworkConfig config();

  /**
   * The trainable tensors with their initial laws, in the order of the parameter vector.
   *
   * @return an unmodifiable list; names are unique
   */
  List<Parameter> parameters();

  /**
   * Adds the network to a graph.
   *
   * @param context gives parameters and inputs as variables of the graph. Modified: operations are
   *     added to its graph.
   * @return the output {@code [points, batch, channels]}
   */
  SDVariable build(GraphContext context);

  /**
   * The constant inputs that describe a grid, by the names under which {@link #build} asks for
   * them.
   *
   * @param grid the grid
   * @param type FLOAT or DOUBLE, the type of the real ones
   * @return fresh arrays
   * @throws IllegalArgumentException if the network cannot run on this grid
   */
  Map<String, INDArray> gridInputs(Grid grid, DataType type);
}
