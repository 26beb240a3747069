package io.fdiff.nn;

import io.fdiff.nn.engine.Profile;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A network on one grid together with the arrays its inputs are written to. Not thread-safe. The
 * graph of the derivative is made when it is first asked for.
 */
final class NetworkCall implements AutoCloseable {

  private final Network network;
  private final ParameterVector parameters;
  private final Grid grid;
  private final Map<String, INDArray> gridInputs;
  private final NetworkFunction function;
  private @Nullable NetworkAdjoint adjoint;
  private @Nullable Inputs latest;

  NetworkCall(Network network, ParameterVector parameters, Grid grid) {
    this.network = network;
    this.parameters = parameters;
    this.grid = grid;
    this.gridInputs = network.gridInputs(grid, parameters.type());
    this.function = NetworkFunction.of(network, parameters, grid);
  }

  /** The inputs of a number of samples. */
  final class Inputs {
    private final int count;
    private final Map<String, INDArray> arrays = new HashMap<>();

    /** {@code [points, count, channels]}: values in, output or gradient out. */
    final RealBlock values;

    /** {@code [points, count, channels]}. */
    final RealBlock cotangent;

    /** {@code [points, count, contextChannels]}, withheld where it is 0. */
    final RealBlock context;

    /** {@code [count, levelFeatures]}. */
    final double[] level;

    /** {@code [count, features]}, withheld where it is 0. */
    final double[] condition;

    Inputs(int count) {
      NetworkConfig config = network.config();
      Conditioning conditioning = config.conditioning();
      DataType type = parameters.type();
      int rows = count * grid.size();
      this.count = count;
      this.values = RealBlock.zeros(type, rows * config.channels());
      this.cotangent = RealBlock.zeros(type, rows * config.channels());
      this.context = RealBlock.zeros(type, rows * conditioning.contextChannels());
      this.level = new double[count * config.levelFeatures()];
      this.condition = new double[count * conditioning.features()];
      add(GraphContext.VALUES, grid.size(), count, config.channels());
      add(GraphContext.LEVEL, count, config.levelFeatures());
      if (condition.length > 0) {
        add(GraphContext.CONDITION, count, conditioning.features());
      }
      if (conditioning.contextChannels() > 0) {
        add(GraphContext.CONTEXT, grid.size(), count, conditioning.contextChannels());
      }
    }

    private void add(String name, long... shape) {
      arrays.put(name, Nd4j.createUninitialized(parameters.type(), shape, 'c'));
    }

    private INDArray array(String name) {
      INDArray array = arrays.get(name);
      if (array == null) {
        throw new IllegalStateException("no input " + name);
      }
      return array;
    }

    private Map<String, INDArray> written() {
      values.write(array(GraphContext.VALUES));
      FunctionBatch.write(level, array(GraphContext.LEVEL));
      if (condition.length > 0) {
        FunctionBatch.write(condition, array(GraphContext.CONDITION));
      }
      if (arrays.containsKey(GraphContext.CONTEXT)) {
        context.write(array(GraphContext.CONTEXT));
      }
      Map<String, INDArray> all = new HashMap<>(gridInputs);
      all.putAll(arrays);
      return all;
    }

    /** From functions {@code [count, channels, points]} to points first. */
    void put(double[] functions, RealBlock to) {
      int points = grid.size();
      int rows = functions.length / points;
      for (int row = 0; row < rows; row++) {
        for (int p = 0; p < points; p++) {
          to.set(p * rows + row, functions[row * points + p]);
        }
      }
    }

    /** The values as functions {@code [count, channels, points]}. */
    double[] result() {
      int points = grid.size();
      int rows = count * network.config().channels();
      double[] functions = new double[rows * points];
      for (int row = 0; row < rows; row++) {
        for (int p = 0; p < points; p++) {
          functions[row * points + p] = values.get(p * rows + row);
        }
      }
      return functions;
    }

    /** Writes the conditions of the samples from one on, zeros if there is none. */
    void tell(@Nullable Condition given, int from) {
      Conditioning conditioning = network.config().conditioning();
      int channels = conditioning.contextChannels();
      int points = grid.size();
      Arrays.fill(condition, 0);
      double[] functions = new double[channels * points];
      for (int b = 0; b < count; b++) {
        if (given != null) {
          given.writeFeatures(conditioning, from + b, condition, b * conditioning.features());
          if (channels > 0) {
            given.readContext(from + b, functions);
          }
        }
        for (int c = 0; c < channels; c++) {
          for (int p = 0; p < points; p++) {
            context.set((p * count + b) * channels + c, functions[c * points + p]);
          }
        }
      }
    }

    /** Replaces the values by {@code F}. */
    void evaluate() {
      Map<String, INDArray> inputs = written();
      // An input that this graph has not.
      inputs.remove(NetworkAdjoint.COTANGENT);
      function.evaluate(inputs, values::read);
    }

    /** Replaces the values by the gradient of {@code Σ cotangent ⊙ F}. */
    void evaluateAdjoint() {
      if (!arrays.containsKey(NetworkAdjoint.COTANGENT)) {
        add(NetworkAdjoint.COTANGENT, grid.size(), count, network.config().channels());
      }
      cotangent.write(array(NetworkAdjoint.COTANGENT));
      if (adjoint == null) {
        adjoint = NetworkAdjoint.of(network, parameters, grid);
      }
      adjoint.evaluate(written(), values::read);
    }

    private void close() {
      arrays.values().forEach(INDArray::close);
    }
  }

  /** The inputs of so many samples, to be filled; valid until the next call. */
  Inputs inputs(int count) {
    Inputs inputs = latest;
    if (inputs == null || inputs.count != count) {
      if (inputs != null) {
        inputs.close();
      }
      inputs = new Inputs(count);
      latest = inputs;
    }
    return inputs;
  }

  void profile(@Nullable Profile to) {
    function.profile(to);
  }

  @Override
  public void close() {
    function.close();
    if (adjoint != null) {
      adjoint.close();
    }
    if (latest != null) {
      latest.close();
      latest = null;
    }
  }
}
