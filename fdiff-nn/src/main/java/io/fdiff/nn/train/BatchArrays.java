package io.fdiff.nn.train;

import io.fdiff.nn.Conditioning;
import io.fdiff.nn.GraphContext;
import io.fdiff.nn.NetworkConfig;
import io.fdiff.space.FunctionBatch;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The arrays of the batches of one size, and the blocks that they are computed in. */
final class BatchArrays {

  static final String TARGET = "target";
  static final String WEIGHTS = "weights";

  private final NetworkConfig config;
  private final DataType type;
  private final int size;
  private final Map<String, INDArray> arrays = new HashMap<>();

  /** {@code [points, size, channels]}. */
  final double[] inputs;

  /** {@code [targetPoints, size, channels]}. */
  final double[] targets;

  /** {@code [rows, size, channels]}. */
  final double[] weights;

  /** {@code [size, levelFeatures]}. */
  final double[] levels;

  /** {@code [size, features]}. */
  final double[] condition;

  /** {@code [points, size, contextChannels]}. */
  final double[] context;

  /** {@code [points, dimension]} of all points, empty if the loss is on all of them. */
  final double[] allCoordinates;

  /** {@code [targetPoints, dimension]}, empty if the loss is on all points. */
  final double[] coordinates;

  /** Whether the weights are known and written. */
  boolean weighted;

  BatchArrays(
      NetworkConfig config,
      DataType type,
      int size,
      int points,
      int targetPoints,
      int rows,
      @Nullable INDArray allCoordinates) {
    this.config = config;
    this.type = type;
    this.size = size;
    int channels = config.channels();
    Conditioning conditioning = config.conditioning();
    this.inputs = new double[points * size * channels];
    this.targets = new double[targetPoints * size * channels];
    this.weights = new double[rows * size * channels];
    this.levels = new double[size * config.levelFeatures()];
    this.condition = new double[size * conditioning.features()];
    this.context = new double[points * size * conditioning.contextChannels()];
    add(GraphContext.VALUES, points, size, channels);
    add(GraphContext.LEVEL, size, config.levelFeatures());
    add(TARGET, targetPoints, size, channels);
    add(WEIGHTS, rows, size, channels);
    if (condition.length > 0) {
      add(GraphContext.CONDITION, size, conditioning.features());
    }
    if (context.length > 0) {
      add(GraphContext.CONTEXT, points, size, conditioning.contextChannels());
    }
    int dimension = allCoordinates == null ? 0 : (int) allCoordinates.size(1);
    this.allCoordinates = new double[points * dimension];
    this.coordinates = new double[targetPoints * dimension];
    if (allCoordinates != null) {
      FunctionBatch.read(allCoordinates, this.allCoordinates);
      add(GraphContext.COORDINATES, targetPoints, dimension);
    }
  }

  private void add(String name, long... shape) {
    arrays.put(name, Nd4j.createUninitialized(type, shape, 'c'));
  }

  boolean fits(NetworkConfig otherConfig, DataType otherType, int otherSize) {
    return type == otherType && size == otherSize && config.equals(otherConfig);
  }

  /** Takes the coordinates of some points. */
  void choose(int[] subset) {
    int dimension = coordinates.length / subset.length;
    for (int s = 0; s < subset.length; s++) {
      System.arraycopy(
          allCoordinates, subset[s] * dimension, coordinates, s * dimension, dimension);
    }
  }

  void writeWeights() {
    FunctionBatch.write(weights, Objects.requireNonNull(arrays.get(WEIGHTS)));
  }

  /** Writes all blocks but the weights. */
  Map<String, INDArray> written() {
    write(GraphContext.VALUES, inputs);
    write(GraphContext.LEVEL, levels);
    write(TARGET, targets);
    if (condition.length > 0) {
      write(GraphContext.CONDITION, condition);
    }
    if (context.length > 0) {
      write(GraphContext.CONTEXT, context);
    }
    if (coordinates.length > 0) {
      write(GraphContext.COORDINATES, coordinates);
    }
    return arrays;
  }

  private void write(String name, double[] values) {
    FunctionBatch.write(values, Objects.requireNonNull(arrays.get(name)));
  }

  void close() {
    arrays.values().forEach(INDArray::close);
  }
}
