package io.fdiff.nn.arch;

import io.fdiff.nn.GraphContext;
import io.fdiff.nn.Initializer;
import io.fdiff.nn.Parameter;
import io.fdiff.nn.arch.ModulatedInrConfig.Activation;
import io.fdiff.nn.arch.ModulatedInrConfig.Modulation;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The network of the coordinates of a {@link ModulatedInr}.
 *
 * <p>Hidden layers are {@code u ← φ((1 + γ) ⊙ (Wu + b) + β)} on {@code [points, batch, width]}; the
 * first one maps the encoded coordinates and the features of each sample by themselves and adds the
 * two, which is the linear map of both. For sines {@code φ(x) = sin 30x} and the initial weights of
 * Sitzmann et al. (2020), uniform within {@code 1/n} in the first and {@code √(6/n)/30} in the
 * other layers.
 */
final class ModulatedDecoder {

  private static final double OMEGA = 30;

  private final ModulatedInrConfig config;
  private final ModulatedInrConfig.Decoder numbers;
  private final String prefix;
  private final int dimension;

  ModulatedDecoder(String prefix, ModulatedInrConfig config) {
    this.prefix = prefix;
    this.config = config;
    this.numbers = config.decoder();
    this.dimension = config.encoder().tokens().size();
  }

  /** The number of modulations of a sample: the shifts of all layers, then the scales if any. */
  int modulations() {
    return (scales() ? 2 : 1) * numbers.layers() * numbers.width();
  }

  private boolean scales() {
    return numbers.modulation() == Modulation.SCALE_AND_SHIFT;
  }

  private boolean sines() {
    return numbers.activation() == Activation.SINE;
  }

  private String layer(int layer) {
    return prefix + "layer" + layer;
  }

  private int encoded() {
    return dimension * (1 + 2 * numbers.frequencies());
  }

  List<Parameter> parameters() {
    int width = numbers.width();
    int features = config.inputFeatures();
    Initializer coordinates =
        sines()
            ? Initializer.uniform(1.0 / encoded())
            : Initializer.normal(1 / Math.sqrt(encoded()));
    Initializer level = sines() ? sine(features) : Initializer.normal(1 / Math.sqrt(features));
    List<Parameter> list = new ArrayList<>();
    list.add(Parameter.of(layer(0) + ".coordinates", coordinates, encoded(), width));
    list.addAll(Layers.linear(layer(0) + ".level", features, width, level));
    for (int l = 1; l < numbers.layers(); l++) {
      list.addAll(
          Layers.linear(
              layer(l),
              width,
              width,
              sines() ? sine(width) : Initializer.normal(Math.sqrt(2.0 / width))));
    }
    list.addAll(Layers.linear(prefix + "out", width, config.channels(), Initializer.zeros()));
    return list;
  }

  /** Keeps {@code 30Wu} at deviation 1 for {@code u} of mean square ½. */
  private static Initializer sine(int inputs) {
    return Initializer.uniform(Math.sqrt(6.0 / inputs) / OMEGA);
  }

  /**
   * The values at the points of {@link GraphContext#COORDINATES}.
   *
   * @param modulations {@code [batch, modulations]}
   * @return {@code [outputPoints, batch, channels]}
   */
  SDVariable build(GraphContext context, SDVariable modulations) {
    SameDiff graph = context.graph();
    int width = numbers.width();
    int layers = numbers.layers();
    SDVariable[] parts = graph.split(modulations, modulations() / width, 1);
    SDVariable points =
        encode(context).mmul(context.parameter(layer(0) + ".coordinates")).reshape(-1, 1, width);
    SDVariable samples =
        Layers.linear(context, context.features(), layer(0) + ".level").reshape(1, -1, width);
    SDVariable u = points.add(samples);
    // Numbers of points and samples are both open, so shapes are those of arrays that exist.
    SDVariable hidden = graph.shape(u);
    SDVariable values = graph.shape(graph.slice(u, new int[] {0, 0, 0}, -1, -1, config.channels()));
    for (int l = 0; l < layers; l++) {
      if (l > 0) {
        u = graph.reshape(Layers.linear(context, u.reshape(-1, width), layer(l)), hidden);
      }
      if (scales()) {
        u = u.mul(parts[layers + l].reshape(1, -1, width).add(1));
      }
      u = activate(graph, u.add(parts[l].reshape(1, -1, width)));
    }
    return graph.reshape(Layers.linear(context, u.reshape(-1, width), prefix + "out"), values);
  }

  private SDVariable activate(SameDiff graph, SDVariable x) {
    return switch (numbers.activation()) {
      case GELU -> Layers.gelu(graph, x);
      case SWISH -> Layers.swish(graph, x);
      case SINE -> graph.math().sin(x.mul(OMEGA));
    };
  }

  /** {@code (p, sin ωp, cos ωp)}, {@code [outputPoints, encoded]}. */
  private SDVariable encode(GraphContext context) {
    SameDiff graph = context.graph();
    SDVariable coordinates = context.input(GraphContext.COORDINATES, -1, dimension);
    int count = numbers.frequencies();
    if (count == 0) {
      return coordinates;
    }
    INDArray omega = Nd4j.create(context.type(), dimension, (long) dimension * count);
    for (int a = 0; a < dimension; a++) {
      for (int j = 0; j < count; j++) {
        omega.putScalar(a, a * count + j, Math.PI / 2 * Math.pow(2, j));
      }
    }
    SDVariable phase = coordinates.mmul(graph.constant(omega));
    return graph.concat(1, coordinates, graph.math().sin(phase), graph.math().cos(phase));
  }
}
