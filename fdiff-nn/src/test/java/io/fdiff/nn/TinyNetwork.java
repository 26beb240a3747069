package io.fdiff.nn;

import io.fdiff.noise.NoiseSource;
import io.fdiff.space.Grid;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The smallest network with every input, on any grid: {@code tanh(z W_z + f W_f + p W_p) W} at each
 * point {@code p}, with {@code z} the mean over the points of {@code tanh} of the values.
 */
public final class TinyNetwork implements CoordinateNetwork {

  private static final int WIDTH = 4;

  private final Config config;
  private final int dimension;

  /** Its numbers. */
  public record Config(int channels, int levelFeatures, Conditioning conditioning, int dimension)
      implements NetworkConfig {
    @Override
    public Network network() {
      return new TinyNetwork(this);
    }
  }

  private TinyNetwork(Config config) {
    this.config = config;
    this.dimension = config.dimension();
  }

  /** A network of one channel without conditions. */
  public static Network on(Grid grid) {
    return new Config(1, 4, Conditioning.NONE, grid.dimension()).network();
  }

  /** Random parameters. */
  public static ParameterVector parameters(Network network, DataType type) {
    ParameterVector vector = ParameterVector.zeros(network, type);
    double[] values = new double[vector.size()];
    NoiseSource.of(3).normals(0, 0, new int[] {values.length}, values, 0);
    vector.assign(values);
    return vector;
  }

  @Override
  public NetworkConfig config() {
    return config;
  }

  @Override
  public List<Parameter> parameters() {
    List<Parameter> list = new ArrayList<>();
    list.add(Parameter.of("state", Initializer.normal(1), config.inputChannels(), WIDTH));
    list.add(Parameter.of("features", Initializer.normal(1), config.inputFeatures(), WIDTH));
    list.add(Parameter.of("position", Initializer.normal(1), dimension, WIDTH));
    for (int c = 0; c < config.channels(); c++) {
      list.add(Parameter.of("out" + c, Initializer.normal(1), WIDTH));
    }
    return list;
  }

  @Override
  public SDVariable build(GraphContext context) {
    SDVariable pooled = context.graph().math().tanh(context.values()).mean(0);
    SDVariable sample =
        pooled
            .mmul(context.parameter("state"))
            .add(context.features().mmul(context.parameter("features")));
    SDVariable position =
        context
            .input(GraphContext.COORDINATES, -1, dimension)
            .mmul(context.parameter("position"))
            .reshape(-1, 1, WIDTH);
    // [points, 1, width] + [1, batch, width]
    SDVariable hidden =
        context.graph().math().tanh(position.add(context.graph().expandDims(sample, 0)));
    SDVariable[] out = new SDVariable[config.channels()];
    for (int c = 0; c < out.length; c++) {
      out[c] = hidden.mul(context.parameter("out" + c)).sum(2);
    }
    return context.graph().stack(2, out);
  }

  @Override
  public Map<String, INDArray> gridInputs(Grid grid, DataType type) {
    return Map.of(
        GraphContext.COORDINATES, grid.unitCoordinates(DataType.DOUBLE).mul(2).sub(1).castTo(type));
  }
}
