package io.fdiff.nn.arch;

import io.fdiff.nn.CoordinateNetwork;
import io.fdiff.nn.GraphContext;
import io.fdiff.nn.Initializer;
import io.fdiff.nn.Parameter;
import io.fdiff.space.Grid;
import java.util.ArrayList;
import java.util.LinkedHashMap;
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
 * An implicit neural representation all of whose weights are adapted to the noisy function by
 * gradient steps inside the forward pass (Franzese et al. 2023, after MAML).
 *
 * <p>{@code f(p; θ)} has the layers {@code u_{l+1} = σ(u_l W_l + r R_l + b_l)} on {@code r =
 * (enc(p), e)}, the encoded point and the features of level and condition; {@code r} enters the
 * first layer, or every one and the output. For each sample, from the common {@code θ},
 *
 * <pre>{@code θ ← θ − α ⊙ ∂_θ L_in(θ),   L_in(θ) = Σ_i (w_i/|D|) ‖f(p_i; θ) − x_t(p_i)‖²,}</pre>
 *
 * and the output is {@code f(·; θ_K)} at any points. Context functions are further channels of
 * {@code f} that the steps fit with the state; the output leaves them out. The inner gradient is
 * written in forward operations, {@code ∂/∂W_l = u_lᵀ δ_l}, and differentiated with the rest; with
 * steps of first order it counts as a constant.
 *
 * <p>For small networks: every sample has weights of its own from the first step on, in a training
 * step about {@code 5K + 2} copies of {@code batch × weights} numbers, and products are one for
 * each sample. A {@link MetaInr} shares its weights. Of the published networks, 8 wavelet layers of
 * 128 on {@code r} of length 3 have 118,916 weights, 15 of 256 with {@code r} of length 6 and 3
 * channels 945,173. Immutable and thread-safe.
 */
public final class AdaptedInr implements CoordinateNetwork {

  private static final String RATE = ".rate";

  private final AdaptedInrConfig config;
  private final CoordinateMlp mlp;

  AdaptedInr(AdaptedInrConfig config) {
    this.config = Objects.requireNonNull(config, "config");
    this.mlp = config.mlp();
  }

  /** The tensors of one set of weights, each {@code [batch, rows, columns]}. */
  private record Weights(Map<String, SDVariable> tensors) {
    SDVariable of(String name) {
      return Objects.requireNonNull(tensors.get(name), name);
    }
  }

  /** Inputs and pre-activations of the layers, and the output, {@code [batch, points, …]}. */
  private record Pass(
      List<SDVariable> inputs, List<SDVariable> preActivations, SDVariable output) {}

  private static String name(int layer, String part) {
    return "layer" + layer + "." + part;
  }

  @Override
  public AdaptedInrConfig config() {
    return config;
  }

  private List<Parameter> weights() {
    int encoded = mlp.encodedSize();
    int features = config.inputFeatures();
    List<Parameter> list = new ArrayList<>();
    for (int layer = 0; layer <= mlp.layers(); layer++) {
      boolean last = layer == mlp.layers();
      int columns = last ? config.inputChannels() : mlp.width();
      if (layer > 0) {
        list.add(
            Parameter.of(
                name(layer, "hidden"),
                last ? mlp.outputLaw(mlp.width()) : mlp.hiddenLaw(),
                mlp.width(),
                columns));
      }
      if (mlp.hasInput(layer)) {
        Initializer point = last ? mlp.outputLaw(encoded) : mlp.pointLaw(layer);
        Initializer level = last ? mlp.outputLaw(features) : mlp.inputLaw(features);
        list.add(
            Parameter.of(
                name(layer, "input"),
                stacked(point, encoded * columns, level),
                encoded + features,
                columns));
      }
      list.add(Parameter.undecayed(name(layer, "bias"), Initializer.zeros(), 1, columns));
    }
    return list;
  }

  /** The first values by one law, the others by another. */
  private static Initializer stacked(Initializer first, int count, Initializer second) {
    return (noise, values) -> {
      double[] upper = new double[count];
      double[] lower = new double[values.length - count];
      first.fill(noise.withStream(0), upper);
      second.fill(noise.withStream(1), lower);
      System.arraycopy(upper, 0, values, 0, count);
      System.arraycopy(lower, 0, values, count, lower.length);
    };
  }

  @Override
  public List<Parameter> parameters() {
    List<Parameter> list = new ArrayList<>(weights());
    if (config.inner().learnedRates()) {
      for (Parameter weight : weights()) {
        int[] shape = weight.shape().stream().mapToInt(n -> n).toArray();
        list.add(InnerSteps.rates(weight.name() + RATE, config.inner(), shape));
      }
    }
    return List.copyOf(list);
  }

  @Override
  public SDVariable build(GraphContext context) {
    SDVariable coordinates = context.input(GraphContext.COORDINATES, -1, mlp.dimension());
    SDVariable out = pass(context, adapted(context), input(context, coordinates)).output();
    SDVariable all = out.permute(1, 0, 2);
    return config.inputChannels() == config.channels()
        ? all
        : all.get(SDIndex.all(), SDIndex.all(), SDIndex.interval(0, config.channels()));
  }

  /** {@code r}, {@code [batch, points, encodedSize + features]}. */
  private SDVariable input(GraphContext context, SDVariable coordinates) {
    SameDiff graph = context.graph();
    SDVariable encoded = PointEncoding.encode(graph, coordinates, mlp, context.type());
    SDVariable features = context.features();
    SDVariable overPoints = zeros(context, coordinates, mlp.dimension()).reshape(1, -1, 1);
    SDVariable overBatch = zeros(context, features, config.inputFeatures()).reshape(-1, 1, 1);
    return graph.concat(
        2,
        encoded.reshape(1, -1, mlp.encodedSize()).add(overBatch),
        features.reshape(-1, 1, config.inputFeatures()).add(overPoints));
  }

  /** A 0 for each row, to repeat others along the rows. */
  private static SDVariable zeros(GraphContext context, SDVariable rows, int columns) {
    INDArray none = Nd4j.create(context.type(), columns, 1);
    return rows.mmul(context.graph().constant(none));
  }

  /** {@code θ_K} of each sample. */
  private Weights adapted(GraphContext context) {
    InnerLoop inner = config.inner();
    SDVariable points = context.input(InnerSteps.POINTS, context.grid().size(), mlp.dimension());
    SDVariable input = input(context, points);
    CoordinateLayers.Source parameter =
        inner.firstOrder() ? name -> InnerSteps.held(context, name) : context::parameter;
    // One copy of the common weights for each sample.
    SDVariable zeros = zeros(context, context.features(), config.inputFeatures()).reshape(-1, 1, 1);
    Map<String, SDVariable> start = new LinkedHashMap<>();
    for (Parameter weight : weights()) {
      int[] shape = weight.shape().stream().mapToInt(n -> n).toArray();
      start.put(
          weight.name(), parameter.apply(weight.name()).reshape(1, shape[0], shape[1]).add(zeros));
    }
    Weights current = new Weights(start);
    Map<String, SDVariable> sums = new LinkedHashMap<>();
    for (int step = 0; step < inner.steps(); step++) {
      Map<String, SDVariable> gradient = innerGradient(context, current, input);
      gradient.forEach((name, g) -> sums.merge(name, g, SDVariable::add));
      current = moved(context, parameter, sums);
    }
    return inner.firstOrder() ? moved(context, context::parameter, sums) : current;
  }

  /** {@code θ − α ⊙ Σ gradients}. */
  private Weights moved(
      GraphContext context, CoordinateLayers.Source parameter, Map<String, SDVariable> sums) {
    Map<String, SDVariable> next = new LinkedHashMap<>();
    for (Parameter weight : weights()) {
      String name = weight.name();
      int[] shape = weight.shape().stream().mapToInt(n -> n).toArray();
      SDVariable sum = Objects.requireNonNull(sums.get(name), name);
      SDVariable step =
          config.inner().learnedRates()
              ? sum.mul(
                  InnerSteps.logistic(context.graph(), parameter.apply(name + RATE))
                      .reshape(1, shape[0], shape[1]))
              : sum.mul(config.inner().rate());
      next.put(name, parameter.apply(name).reshape(1, shape[0], shape[1]).sub(step));
    }
    return new Weights(next);
  }

  private Pass pass(GraphContext context, Weights weights, SDVariable input) {
    SameDiff graph = context.graph();
    List<SDVariable> inputs = new ArrayList<>();
    List<SDVariable> pre = new ArrayList<>();
    SDVariable u = null;
    for (int layer = 0; layer <= mlp.layers(); layer++) {
      SDVariable a = weights.of(name(layer, "bias"));
      if (mlp.hasInput(layer)) {
        a = graph.mmul(input, weights.of(name(layer, "input"))).add(a);
      }
      if (u != null) {
        a = graph.mmul(u, weights.of(name(layer, "hidden"))).add(a);
        inputs.add(u);
      }
      pre.add(a);
      if (layer < mlp.layers()) {
        u = mlp.activation().of(graph, a, mlp.omega());
      }
    }
    return new Pass(inputs, pre, pre.get(mlp.layers()));
  }

  /** {@code ∂_θ L_in} of each sample. */
  private Map<String, SDVariable> innerGradient(
      GraphContext context, Weights weights, SDVariable input) {
    SameDiff graph = context.graph();
    int points = context.grid().size();
    SDVariable target = context.values().permute(1, 0, 2);
    SDVariable quadrature = context.input(InnerSteps.WEIGHTS, points, 1).reshape(1, points, 1);
    Pass pass = pass(context, weights, input);
    SDVariable delta = pass.output().sub(target).mul(quadrature);
    Map<String, SDVariable> gradient = new LinkedHashMap<>();
    for (int layer = mlp.layers(); layer >= 0; layer--) {
      gradient.put(name(layer, "bias"), delta.sum(true, 1));
      if (mlp.hasInput(layer)) {
        gradient.put(name(layer, "input"), graph.mmul(input, delta, true, false, false));
      }
      if (layer > 0) {
        SDVariable u = pass.inputs().get(layer - 1);
        gradient.put(name(layer, "hidden"), graph.mmul(u, delta, true, false, false));
        SDVariable slope =
            mlp.activation().slope(graph, pass.preActivations().get(layer - 1), mlp.omega());
        SDVariable hidden = weights.of(name(layer, "hidden"));
        delta = graph.mmul(delta, hidden, false, true, false).mul(slope);
      }
    }
    return gradient;
  }

  @Override
  public Map<String, INDArray> gridInputs(Grid grid, DataType type) {
    return InnerSteps.gridInputs(grid, mlp.dimension(), type);
  }

  @Override
  public String toString() {
    return config.toString();
  }
}
