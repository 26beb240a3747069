package io.fdiff.nn.arch;

import io.fdiff.nn.GraphContext;
import io.fdiff.nn.Initializer;
import io.fdiff.nn.NetworkConfig;
import io.fdiff.nn.Parameter;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What the neural operators have in common: everything but the linear integral operators {@code
 * K_l} of their layers.
 *
 * <p>Lift {@code u = x W_x + (2p − 1, 1) W_p}; layers {@code u ← u + φ(s ⊙ (K_l u + u W_l + t))}
 * with scale {@code s} and shift {@code t} of each layer from a two-layer perceptron on the level
 * and the condition; output {@code φ(u W_1) W_2}, with {@code W_2 = 0} at first, so that the
 * initial network is 0. {@code φ(x) = x·min(max(0.2x + ½, 0), 1)}. Every map but {@code K_l} acts
 * at each point.
 *
 * @param config channels, level and conditions
 * @param dimension axes of the domain
 * @param width hidden channels
 * @param layers number of layers
 * @param levelWidth hidden features of the level
 * @param projection hidden channels of the output map
 */
record OperatorFrame(
    NetworkConfig config, int dimension, int width, int layers, int levelWidth, int projection) {

  private static final String COORDINATES = "coordinates";
  private static final String ONES = "ones";

  /** The operator of a layer. */
  @FunctionalInterface
  interface Kernel {

    /**
     * {@code K_l u + t}.
     *
     * @param layer {@code l}, from 0
     * @param u {@code [points, batch · width]}
     * @param shift {@code t}, {@code [1, batch · width]}
     * @return {@code [points, batch · width]}
     */
    SDVariable apply(int layer, SDVariable u, SDVariable shift);
  }

  static void positive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " " + value + ": must be at least 1");
    }
  }

  static void evenLevelFeatures(int value) {
    if (value < 2 || value % 2 != 0) {
      throw new IllegalArgumentException(
          "levelFeatures " + value + ": must be even and at least 2");
    }
  }

  static Initializer normalised(int inputs) {
    return Initializer.normal(1 / Math.sqrt(inputs));
  }

  static String name(int layer, String part) {
    return "layer" + layer + "." + part;
  }

  /** All parameters; those of {@code K_l} come before the pointwise map of the layer. */
  List<Parameter> parameters(IntFunction<List<Parameter>> kernel) {
    List<Parameter> list = new ArrayList<>();
    int channels = config.inputChannels();
    list.add(Parameter.of("lift.values", normalised(channels), channels, width));
    list.add(
        Parameter.undecayed("lift.coordinates", Initializer.normal(0.5), dimension + 1, width));
    list.add(
        Parameter.of(
            "level.hidden",
            normalised(config.levelFeatures() / 2 + config.conditioning().features()),
            config.inputFeatures(),
            levelWidth));
    list.add(Parameter.undecayed("level.hidden.bias", Initializer.zeros(), 1, levelWidth));
    int modulations = layers * width;
    list.add(Parameter.of("level.out", normalised(16 * levelWidth), levelWidth, 2 * modulations));
    list.add(
        Parameter.undecayed(
            "level.out.bias",
            (noise, values) -> {
              Arrays.fill(values, 0, modulations, 1);
              Arrays.fill(values, modulations, values.length, 0);
            },
            1,
            2 * modulations));
    for (int layer = 0; layer < layers; layer++) {
      list.addAll(kernel.apply(layer));
      // K and W bring half of the variance each.
      list.add(Parameter.of(name(layer, "pointwise"), normalised(2 * width), width, width));
    }
    list.add(Parameter.of("project.hidden", normalised(width), width, projection));
    list.add(Parameter.of("project.out", Initializer.zeros(), projection, config.channels()));
    return List.copyOf(list);
  }

  /** The network around the operators {@code K_l}. */
  SDVariable build(GraphContext context, Kernel kernel) {
    SameDiff graph = context.graph();
    int points = context.grid().size();
    SDVariable ones = ones(context);
    SDVariable[] modulation = modulation(context);
    SDVariable lifted =
        context.values().reshape(-1, config.inputChannels()).mmul(context.parameter("lift.values"));
    SDVariable position =
        context
            .input(COORDINATES, points, dimension + 1)
            .mmul(context.parameter("lift.coordinates"));
    // [points, batch, width] + [points, 1, width]
    SDVariable u =
        lifted.reshape(points, -1, width).add(position.reshape(-1, 1, width)).reshape(-1, width);
    for (int layer = 0; layer < layers; layer++) {
      SDVariable wide = u.reshape(points, -1);
      SDVariable global = kernel.apply(layer, wide, modulation[layers + layer]);
      SDVariable local = u.mmul(context.parameter(name(layer, "pointwise"))).reshape(points, -1);
      // A product with a column of ones spreads the scale over the points: multiplying by a
      // broadcast array has a backward pass that is fifty times slower on the stock session.
      SDVariable modulated = global.add(local).mul(ones.mmul(modulation[layer]));
      u = wide.add(activate(graph, modulated)).reshape(-1, width);
    }
    SDVariable hidden = activate(graph, u.mmul(context.parameter("project.hidden")));
    SDVariable out = hidden.mmul(context.parameter("project.out"));
    return out.reshape(points, -1, config.channels());
  }

  private static SDVariable ones(GraphContext context) {
    return context.input(ONES, context.grid().size(), 1);
  }

  /** The shift of a layer at all points, {@code [points, batch · width]}. */
  static SDVariable spread(GraphContext context, SDVariable shift) {
    return ones(context).mmul(shift);
  }

  /**
   * {@code x·min(max(0.2x + ½, 0), 1)}, a piecewise quadratic neighbour of {@code xσ(x)} that
   * trains as well at a third of the time. The derivatives of the stock {@code gelu} and {@code
   * swish} overflow to NaN in FLOAT, above 26 and 44.
   */
  static SDVariable activate(SameDiff graph, SDVariable x) {
    return x.mul(graph.nn().hardSigmoid(x));
  }

  /** Scales of all layers, then shifts, each {@code [1, batch · width]}. */
  private SDVariable[] modulation(GraphContext context) {
    SameDiff graph = context.graph();
    int parts = 2 * layers;
    SDVariable hidden =
        activate(
            graph,
            context
                .features()
                .mmul(context.parameter("level.hidden"))
                .add(context.parameter("level.hidden.bias")));
    SDVariable all =
        hidden
            .mmul(context.parameter("level.out"))
            .add(context.parameter("level.out.bias"))
            .reshape(-1, parts, width)
            .permute(1, 0, 2)
            .reshape(parts, -1);
    return graph.split(all, parts, 0);
  }

  /**
   * Refuses a grid of another dimension.
   *
   * @throws IllegalArgumentException if the dimension of the grid is another one
   */
  void requireDimension(Grid grid, String remedy) {
    if (grid.dimension() != dimension) {
      throw new IllegalArgumentException(
          "grid of dimension "
              + grid.dimension()
              + ": this operator maps functions of "
              + dimension
              + (dimension == 1 ? " variable; " : " variables; ")
              + remedy);
    }
  }

  /** The inputs of the frame: coordinates and the column of ones. */
  Map<String, INDArray> gridInputs(Grid grid, DataType type) {
    int points = grid.size();
    int columns = dimension + 1;
    double[] coordinates = new double[columns * points];
    for (int p = 0; p < points; p++) {
      for (int a = 0; a < dimension; a++) {
        coordinates[columns * p + a] = 2 * grid.domain().get(a).toUnit(grid.coordinate(p, a)) - 1;
      }
      coordinates[columns * p + dimension] = 1;
    }
    double[] ones = new double[points];
    Arrays.fill(ones, 1);
    Map<String, INDArray> inputs = new LinkedHashMap<>();
    inputs.put(COORDINATES, array(type, coordinates, points, columns));
    inputs.put(ONES, array(type, ones, points, 1));
    return inputs;
  }

  /** An array of given values. */
  static INDArray array(DataType type, double[] values, long... shape) {
    INDArray array = Nd4j.createUninitialized(type, shape);
    FunctionBatch.write(values, array);
    return array;
  }
}
