package io.fdiff.nn.arch;

import io.fdiff.nn.GraphContext;
import io.fdiff.nn.Initializer;
import io.fdiff.nn.Network;
import io.fdiff.nn.Parameter;
import io.fdiff.space.Grid;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.nd4j.autodiff.samediff.SDIndex;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * LeNet-5 (LeCun et al. 1998), a classifier of images whose last hidden layer serves as features of
 * Fréchet distances.
 *
 * <p>Convolution 5 × 5 to 6 channels with padding 2, mean over 2 × 2, convolution 5 × 5 to 16
 * channels without padding, mean over 2 × 2, dense layers of 120 and {@value #FEATURES} features,
 * all with tanh, and a linear map to the classes: 61,706 weights for 28 × 28 grey images in 10
 * classes. A last odd row or column falls out of a mean. Unlike the original, the second
 * convolution sees all 6 channels, means have no weights, and the output is linear.
 *
 * <p>The output is {@code [batch, classes]}, not a function: logits of the classes. The dense layer
 * belongs to one size of images. Values are taken as they are; give what the network was trained
 * with. Immutable and thread-safe.
 */
public final class LeNet implements Network {

  /** Length of the feature vector. */
  public static final int FEATURES = 84;

  private static final int KERNEL = 5;
  private static final int FIRST = 6;
  private static final int SECOND = 16;
  private static final int DENSE = 120;

  /** Two points on each side of the image. */
  private static final int[][] PADDING = {{2, 2}, {2, 2}, {0, 0}};

  private final LeNetConfig config;

  LeNet(LeNetConfig config) {
    this.config = Objects.requireNonNull(config, "config");
  }

  @Override
  public LeNetConfig config() {
    return config;
  }

  /** Side length after both convolutions and means. */
  private static int pooled(int side) {
    return (side / 2 - (KERNEL - 1)) / 2;
  }

  private int flat() {
    return SECOND * pooled(config.height()) * pooled(config.width());
  }

  @Override
  public List<Parameter> parameters() {
    List<Parameter> list = new ArrayList<>();
    convolution(list, "convolution1", config.channels(), FIRST);
    convolution(list, "convolution2", FIRST, SECOND);
    list.addAll(Layers.linear("dense1", flat(), DENSE, law(flat())));
    list.addAll(Layers.linear("dense2", DENSE, FEATURES, law(DENSE)));
    list.addAll(Layers.linear("classes", FEATURES, config.classes(), law(FEATURES)));
    return List.copyOf(list);
  }

  private static void convolution(List<Parameter> list, String name, int from, int to) {
    Initializer law = law(KERNEL * KERNEL * from);
    list.add(Parameter.of(name, law, KERNEL, KERNEL, from, to));
    list.add(Parameter.undecayed(name + ".bias", Initializer.zeros(), to));
  }

  /** Variance {@code (5/3)²/n} for {@code n} inputs, the gain that keeps signals behind tanh. */
  private static Initializer law(int n) {
    return Initializer.normal(5 / (3 * Math.sqrt(n)));
  }

  @Override
  public SDVariable build(GraphContext context) {
    return classes(context, features(context));
  }

  /**
   * Adds the last, linear layer to a graph.
   *
   * @param context gives the parameters. Modified: operations are added to its graph.
   * @param features what {@link #features} gave, {@code [batch, FEATURES]}
   * @return logits {@code [batch, classes]}
   */
  public SDVariable classes(GraphContext context, SDVariable features) {
    return Layers.linear(context, features, "classes");
  }

  /**
   * Adds the network up to its last hidden layer to a graph.
   *
   * @param context gives parameters and inputs as variables of the graph. Modified: operations are
   *     added to its graph.
   * @return the features {@code [batch, FEATURES]}
   */
  public SDVariable features(GraphContext context) {
    SameDiff graph = context.graph();
    int height = config.height();
    int width = config.width();
    SDVariable images = context.values().reshape(height, width, -1);
    SDVariable padding = graph.constant(Nd4j.createFromArray(PADDING));
    SDVariable padded = graph.nn().pad(images, padding, 0);
    SDVariable first =
        pooled(
            graph,
            convolution(context, padded, "convolution1", height + 4, width + 4, config.channels()),
            height,
            width);
    int rows = height / 2;
    int columns = width / 2;
    SDVariable second =
        pooled(
            graph,
            convolution(context, first, "convolution2", rows, columns, FIRST),
            rows - 4,
            columns - 4);
    // [places, batch, channels] as [batch, places · channels]
    int places = pooled(height) * pooled(width);
    SDVariable flat = second.reshape(places, -1, SECOND).permute(1, 0, 2).reshape(-1, flat());
    SDVariable dense = graph.math().tanh(Layers.linear(context, flat, "dense1"));
    return graph.math().tanh(Layers.linear(context, dense, "dense2"));
  }

  /**
   * A convolution without padding, as one product of the patches {@code [places · batch, 25 ·
   * channels]}: columns of a patch are put side by side, then rows of such columns.
   *
   * @param x {@code [rows, columns, batch · channels]}
   * @return tanh of the result, {@code [(rows − 4)(columns − 4) · batch, out]}
   */
  private static SDVariable convolution(
      GraphContext context, SDVariable x, String name, int rows, int columns, int channels) {
    SameDiff graph = context.graph();
    int width = columns - KERNEL + 1;
    int height = rows - KERNEL + 1;
    SDVariable[] side = new SDVariable[KERNEL];
    for (int i = 0; i < KERNEL; i++) {
      side[i] =
          x.get(SDIndex.all(), SDIndex.interval(i, i + width), SDIndex.all()).reshape(-1, channels);
    }
    SDVariable strips = graph.concat(1, side).reshape(rows, -1);
    SDVariable[] above = new SDVariable[KERNEL];
    for (int i = 0; i < KERNEL; i++) {
      above[i] =
          strips.get(SDIndex.interval(i, i + height), SDIndex.all()).reshape(-1, KERNEL * channels);
    }
    SDVariable patches = graph.concat(1, above);
    SDVariable kernel = context.parameter(name).reshape(KERNEL * KERNEL * channels, -1);
    SDVariable sums = graph.nn().linear(patches, kernel, context.parameter(name + ".bias"));
    return graph.math().tanh(sums);
  }

  /**
   * Means over 2 × 2 places.
   *
   * @param x {@code [height · width · batch, channels]}
   * @return {@code [height/2, width/2, batch · channels]}
   */
  private static SDVariable pooled(SameDiff graph, SDVariable x, int height, int width) {
    int rows = height / 2;
    int columns = width / 2;
    SDVariable whole = x.reshape(height, width, -1);
    if (2 * rows < height || 2 * columns < width) {
      whole =
          whole.get(SDIndex.interval(0, 2 * rows), SDIndex.interval(0, 2 * columns), SDIndex.all());
    }
    SDVariable[] byRow = graph.split(whole.reshape(rows, 2, -1), 2, 1);
    SDVariable[] byColumn =
        graph.split(byRow[0].add(byRow[1]).reshape(rows * columns, 2, -1), 2, 1);
    return byColumn[0].add(byColumn[1]).mul(0.25).reshape(rows, columns, -1);
  }

  @Override
  public Map<String, INDArray> gridInputs(Grid grid, DataType type) {
    int[] expected = {config.height(), config.width()};
    if (!Arrays.equals(grid.shape(), expected)) {
      throw new IllegalArgumentException(
          "grid of shape "
              + Arrays.toString(grid.shape())
              + ": this network takes images of "
              + Arrays.toString(expected)
              + "; resample them, or train one of that size");
    }
    return Map.of();
  }

  @Override
  public String toString() {
    return config.toString();
  }
}
