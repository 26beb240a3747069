package io.fdiff.nn.arch;

import io.fdiff.nn.Conditioning;
import io.fdiff.nn.GraphContext;
import io.fdiff.nn.Initializer;
import io.fdiff.nn.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * A {@link CoordinateMlp} with weights shared by all samples, in a graph: pre-activations {@code
 * a_l = u_l W_l + enc(p) P_l + x(p) V_l + s_l}, {@code u_{l+1} = σ(a_l)}, with a shift {@code s_l}
 * for each sample.
 */
final class CoordinateLayers {

  static final String SHIFT_BIAS = "shift.bias";
  static final String SHIFT_FEATURES = "shift.features";

  private final CoordinateMlp mlp;
  private final int values;
  private final int features;
  private final int outputs;

  /**
   * Layers of a network.
   *
   * @param mlp its numbers
   * @param values channels that are known at each point, 0 for none
   * @param features features of each sample
   * @param outputs channels of the output
   */
  CoordinateLayers(CoordinateMlp mlp, int values, int features, int outputs) {
    this.mlp = mlp;
    this.values = values;
    this.features = features;
    this.outputs = outputs;
  }

  /** Pre-activations {@code [points · batch, width]} and output {@code [points · batch, …]}. */
  record Pass(List<SDVariable> preActivations, SDVariable output) {}

  /**
   * Where the layers are evaluated.
   *
   * @param encoded encoded points {@code [points, encodedSize]}
   * @param values what is known there, {@code [points · batch, values]}
   * @param points their number, −1 if it is known only when the graph runs
   */
  record Place(SDVariable encoded, @Nullable SDVariable values, int points) {

    /** Rows {@code [points · batch, width]} as {@code [points, batch, width]}. */
    SDVariable apart(SDVariable rows, int width) {
      return points < 0
          ? PointEncoding.apart(encoded.getSameDiff(), rows, encoded, width)
          : rows.reshape(points, -1, width);
    }
  }

  /** Where the parameters of a pass come from: those of the context, or held ones. */
  interface Source extends Function<String, SDVariable> {}

  List<Parameter> parameters() {
    int width = mlp.width();
    int layers = mlp.layers();
    int encoded = mlp.encodedSize();
    List<Parameter> list = new ArrayList<>();
    for (int layer = 0; layer < layers; layer++) {
      if (layer > 0) {
        list.add(Parameter.of(name(layer, "hidden"), mlp.hiddenLaw(), width, width));
      }
      if (mlp.hasInput(layer)) {
        list.add(Parameter.of(name(layer, "point"), mlp.pointLaw(layer), encoded, width));
        if (values > 0) {
          list.add(Parameter.of(name(layer, "values"), mlp.inputLaw(values), values, width));
        }
      }
    }
    if (layers > 0) {
      int all = Math.multiplyExact(layers, width);
      list.add(Parameter.of(SHIFT_FEATURES, mlp.inputLaw(features), features, all));
      list.add(Parameter.undecayed(SHIFT_BIAS, Initializer.zeros(), 1, all));
      list.add(Parameter.of("output.hidden", mlp.outputLaw(width), width, outputs));
    }
    if (mlp.hasInput(layers)) {
      list.add(Parameter.of("output.point", mlp.outputLaw(encoded), encoded, outputs));
      if (values > 0) {
        list.add(Parameter.of("output.values", mlp.outputLaw(values), values, outputs));
      }
      list.add(Parameter.of("output.features", mlp.outputLaw(features), features, outputs));
    }
    list.add(Parameter.undecayed("output.bias", Initializer.zeros(), outputs));
    return list;
  }

  /** Refuses sizes that no coordinate network takes. */
  static void requireSizes(int channels, int levelFeatures) {
    if (channels < 1) {
      throw new IllegalArgumentException("channels " + channels + ": must be at least 1");
    }
    if (levelFeatures < 2 || levelFeatures % 2 != 0) {
      throw new IllegalArgumentException(
          "levelFeatures " + levelFeatures + ": must be even and at least 2");
    }
  }

  /** Refuses context channels whose output weights no gradient would reach. */
  static void requireTrainable(InnerLoop inner, Conditioning conditioning) {
    if (inner.firstOrder() && conditioning.contextChannels() > 0) {
      throw new IllegalArgumentException(
          "first-order inner steps with "
              + conditioning.contextChannels()
              + " context channels: the weights of their output act through the steps alone and"
              + " would never be trained; use steps of second order");
    }
  }

  static String name(int layer, String part) {
    return "layer" + layer + "." + part;
  }

  /** Shifts of all layers by features and bias, {@code [batch, layers · width]}. */
  SDVariable shifts(Source parameter, SDVariable sampleFeatures) {
    return sampleFeatures.mmul(parameter.apply(SHIFT_FEATURES)).add(parameter.apply(SHIFT_BIAS));
  }

  /**
   * Evaluates the layers.
   *
   * @param shifts {@code [batch, layers · width]}, null if there are no hidden layers
   * @param sampleFeatures {@code [batch, features]}
   */
  Pass forward(
      GraphContext context,
      Source parameter,
      Place place,
      @Nullable SDVariable shifts,
      SDVariable sampleFeatures) {
    SameDiff graph = context.graph();
    int width = mlp.width();
    List<SDVariable> pre = new ArrayList<>();
    SDVariable[] shiftOf = shiftsByLayer(graph, shifts);
    SDVariable u = null;
    for (int layer = 0; layer < mlp.layers(); layer++) {
      SDVariable common = shiftOf[layer].reshape(1, -1, width);
      if (mlp.hasInput(layer)) {
        SDVariable point = place.encoded().mmul(parameter.apply(name(layer, "point")));
        common = point.reshape(-1, 1, width).add(common);
      }
      SDVariable rows = rows(parameter, place, layer, u, name(layer, ""));
      SDVariable a = rows == null ? common : place.apart(rows, width).add(common);
      a = a.reshape(-1, width);
      pre.add(a);
      u = mlp.activation().of(graph, a, mlp.omega());
    }
    SDVariable rows = rows(parameter, place, mlp.layers(), u, "output.");
    SDVariable bias = parameter.apply("output.bias");
    if (mlp.hasInput(mlp.layers())) {
      SDVariable point = place.encoded().mmul(parameter.apply("output.point")).add(bias);
      SDVariable sample = sampleFeatures.mmul(parameter.apply("output.features"));
      SDVariable common = point.reshape(-1, 1, outputs).add(sample.reshape(1, -1, outputs));
      SDVariable all = rows == null ? common : place.apart(rows, outputs).add(common);
      return new Pass(pre, all.reshape(-1, outputs));
    }
    return new Pass(pre, Objects.requireNonNull(rows).add(bias));
  }

  /** What differs at each point and sample: hidden features and values. */
  private @Nullable SDVariable rows(
      Source parameter, Place place, int layer, @Nullable SDVariable u, String prefix) {
    SDVariable rows = u == null ? null : u.mmul(parameter.apply(prefix + "hidden"));
    SDVariable known = place.values();
    if (known != null && mlp.hasInput(layer)) {
      SDVariable part = known.mmul(parameter.apply(prefix + "values"));
      rows = rows == null ? part : rows.add(part);
    }
    return rows;
  }

  private SDVariable[] shiftsByLayer(SameDiff graph, @Nullable SDVariable shifts) {
    if (shifts == null) {
      return new SDVariable[0];
    }
    return mlp.layers() == 1 ? new SDVariable[] {shifts} : graph.split(shifts, mlp.layers(), 1);
  }

  /**
   * Gradients by the shifts, by the delta recursion {@code δ_l = (δ_{l+1} W_{l+1}ᵀ) ⊙ σ'(a_l)},
   * {@code ∂/∂s_l = Σ_p δ_l}.
   *
   * @param delta gradient by the output, {@code [points · batch, outputs]}
   * @return {@code [batch, layers · width]}
   */
  SDVariable shiftGradient(
      GraphContext context, Source parameter, Place place, Pass pass, SDVariable delta) {
    SameDiff graph = context.graph();
    int layers = mlp.layers();
    SDVariable[] gradients = new SDVariable[layers];
    SDVariable above = delta;
    for (int layer = layers - 1; layer >= 0; layer--) {
      String weights = layer == layers - 1 ? "output.hidden" : name(layer + 1, "hidden");
      SDVariable slope =
          mlp.activation().slope(graph, pass.preActivations().get(layer), mlp.omega());
      above = graph.mmul(above, parameter.apply(weights), false, true, false).mul(slope);
      gradients[layer] = place.apart(above, mlp.width()).sum(0);
    }
    return layers == 1 ? gradients[0] : graph.concat(1, gradients);
  }
}
