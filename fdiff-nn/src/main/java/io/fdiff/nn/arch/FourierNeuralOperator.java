package io.fdiff.nn.arch;

import io.fdiff.nn.GraphContext;
import io.fdiff.nn.Initializer;
import io.fdiff.nn.Network;
import io.fdiff.nn.Parameter;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.transform.Basis;
import io.fdiff.transform.SpectralTransform;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The Fourier neural operator in one dimension (Li et al. 2021), modulated by the noise level.
 *
 * <p>Lift {@code u = x W_x + (2p − 1, 1) W_p}; layers {@code u ← u + φ(s ⊙ (K u + u W + t))} with
 * scale {@code s} and shift {@code t} of each layer from a two-layer perceptron on the level;
 * output {@code φ(u W_1) W_2}, with {@code W_2 = 0} at first, so that the initial network is 0.
 * {@code φ(x) = x·min(max(0.2x + ½, 0), 1)}. Every map but {@code K} acts at each point.
 *
 * <p>{@code K} acts on the frequencies {@code 0 … M} of the domain's Fourier basis {@code 1, √2 cos
 * 2πku, √2 sin 2πku}: with coefficients {@code a_k}, {@code b_k} (so that {@code c_k = (a_k −
 * ib_k)/√2}) and the complex weight {@code P_k + iQ_k}, the product {@code c'_k = c_k(P_k + iQ_k)}
 * is
 *
 * <pre>{@code a'_k = a_k P_k + b_k Q_k,   b'_k = b_k P_k − a_k Q_k,   a'_0 = a_0 P_0.}</pre>
 *
 * Coefficients are those of the function, so the weights mean one operator on all grids with more
 * than {@code 2M} points (strictly below the Nyquist index); on scattered points they come from
 * weighted least squares. The nonlinearity aliases: equality across grids holds up to that. Unlike
 * the original, transforms are products with real matrices: few modes, any points.
 *
 * <p>In the graph a slot is one weight matrix: {@code P_0, …, P_M, Q_1, …, Q_M}. The analysis
 * matrix holds for each slot the two rows that are multiplied by it, {@code (a_k, b_k)} or {@code
 * (b_k, −a_k)}, the synthesis matrix the functions that the two products belong to, and a last
 * constant one for the shift.
 */
public final class FourierNeuralOperator implements Network {

  private static final String ANALYSIS = "analysis";
  private static final String SYNTHESIS = "synthesis";
  private static final String COORDINATES = "coordinates";
  private static final String ONES = "ones";
  private static final String ROWS = "rows";
  private static final String WIDE_ROWS = "wideRows";
  private static final String OUTPUT_ROWS = "outputRows";

  private final FourierNeuralOperatorConfig config;
  private final int slots;

  FourierNeuralOperator(FourierNeuralOperatorConfig config) {
    this.config = Objects.requireNonNull(config, "config");
    this.slots = 2 * config.modes() + 1;
  }

  @Override
  public FourierNeuralOperatorConfig config() {
    return config;
  }

  @Override
  public List<Parameter> parameters() {
    int width = config.width();
    int layers = config.layers();
    int hidden = config.levelWidth();
    List<Parameter> list = new ArrayList<>();
    list.add(
        Parameter.of(
            "lift.values", normalised(config.inputChannels()), config.inputChannels(), width));
    list.add(Parameter.undecayed("lift.coordinates", Initializer.normal(0.5), 2, width));
    list.add(
        Parameter.of(
            "level.hidden",
            normalised(config.levelFeatures() / 2 + config.conditioning().features()),
            config.inputFeatures(),
            hidden));
    list.add(Parameter.undecayed("level.hidden.bias", Initializer.zeros(), 1, hidden));
    list.add(Parameter.of("level.out", normalised(16 * hidden), hidden, 2 * layers * width));
    list.add(
        Parameter.undecayed(
            "level.out.bias",
            (noise, values) -> {
              Arrays.fill(values, 0, layers * width, 1);
              Arrays.fill(values, layers * width, values.length, 0);
            },
            1,
            2 * layers * width));
    for (int layer = 0; layer < layers; layer++) {
      // K and W bring half of the variance each.
      list.add(Parameter.of(name(layer, "spectral"), normalised(4 * width), slots, width, width));
      list.add(Parameter.of(name(layer, "pointwise"), normalised(2 * width), width, width));
    }
    list.add(Parameter.of("project.hidden", normalised(width), width, config.projection()));
    list.add(
        Parameter.of("project.out", Initializer.zeros(), config.projection(), config.channels()));
    return List.copyOf(list);
  }

  private static Initializer normalised(int inputs) {
    return Initializer.normal(1 / Math.sqrt(inputs));
  }

  private static String name(int layer, String part) {
    return "layer" + layer + "." + part;
  }

  @Override
  public SDVariable build(GraphContext context) {
    SameDiff graph = context.graph();
    int width = config.width();
    SDVariable rows = context.input(ROWS, DataType.INT64, 3);
    SDVariable ones = context.input(ONES, -1, 1);
    SDVariable[] modulation = modulation(context);

    SDVariable lifted =
        context.values().reshape(-1, config.inputChannels()).mmul(context.parameter("lift.values"));
    SDVariable position =
        context.input(COORDINATES, -1, 2).mmul(context.parameter("lift.coordinates"));
    // [points, batch, width] + [points, 1, width]
    SDVariable u =
        graph.reshape(lifted, rows).add(position.reshape(-1, 1, width)).reshape(-1, width);
    for (int layer = 0; layer < config.layers(); layer++) {
      SDVariable scale = modulation[layer];
      SDVariable shift = modulation[config.layers() + layer];
      SDVariable wide = wide(graph, u, context);
      SDVariable global =
          spectral(context, wide, context.parameter(name(layer, "spectral")), shift);
      SDVariable local = wide(graph, u.mmul(context.parameter(name(layer, "pointwise"))), context);
      // A product with a column of ones spreads the scale over the points: multiplying by a
      // broadcast array has a backward pass that is fifty times slower.
      SDVariable modulated = global.add(local).mul(ones.mmul(scale));
      u = wide.add(activate(graph, modulated)).reshape(-1, width);
    }
    SDVariable hidden = activate(graph, u.mmul(context.parameter("project.hidden")));
    SDVariable out = hidden.mmul(context.parameter("project.out"));
    return graph.reshape(out, context.input(OUTPUT_ROWS, DataType.INT64, 3));
  }

  /** {@code [points · batch, width]} as {@code [points, batch · width]}. */
  private static SDVariable wide(SameDiff graph, SDVariable u, GraphContext context) {
    return graph.reshape(u, context.input(WIDE_ROWS, DataType.INT64, 2));
  }

  /**
   * {@code x·min(max(0.2x + ½, 0), 1)}, a piecewise quadratic neighbour of {@code xσ(x)} that
   * trains as well at a third of the time. The derivatives of the stock {@code gelu} and {@code
   * swish} overflow to NaN in FLOAT, above 26 and 44.
   */
  private static SDVariable activate(SameDiff graph, SDVariable x) {
    return x.mul(graph.nn().hardSigmoid(x));
  }

  /** Scales of all layers, then shifts, each {@code [1, batch · width]}. */
  private SDVariable[] modulation(GraphContext context) {
    SameDiff graph = context.graph();
    int parts = 2 * config.layers();
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
            .reshape(-1, parts, config.width())
            .permute(1, 0, 2)
            .reshape(parts, -1);
    return graph.split(all, parts, 0);
  }

  /**
   * {@code K u + t} on {@code [points, batch · width]}.
   *
   * @param weights {@code [slots, width, width]}
   * @param shift {@code [1, batch · width]}
   */
  SDVariable spectral(GraphContext context, SDVariable wide, SDVariable weights, SDVariable shift) {
    SDVariable analysis = context.input(ANALYSIS, 2L * slots, -1);
    SDVariable synthesis = context.input(SYNTHESIS, -1, 2L * slots + 1);
    SDVariable coefficients =
        analysis.mmul(wide).reshape(slots, -1, config.width()).mmul(weights).reshape(2 * slots, -1);
    return synthesis.mmul(context.graph().concat(0, coefficients, shift));
  }

  @Override
  public Map<String, INDArray> gridInputs(Grid grid, DataType type) {
    int modes = config.modes();
    int points = grid.size();
    if (grid.dimension() != 1) {
      throw new IllegalArgumentException(
          "grid of dimension "
              + grid.dimension()
              + ": this Fourier neural operator maps functions of one variable");
    }
    if (points <= 2 * modes) {
      throw new IllegalArgumentException(
          points
              + " points cannot carry "
              + modes
              + " modes: give a grid of more than "
              + 2 * modes
              + " points, or configure fewer modes");
    }
    SpectralTransform transform = Basis.FOURIER.on(grid, slots);
    double[] fit = analysisColumns(transform);
    double[] functions = functions(transform);
    int width = 2 * slots + 1;
    double[] analysis = new double[2 * slots * points];
    double[] synthesis = new double[points * width];
    for (int slot = 0; slot < slots; slot++) {
      boolean real = slot <= modes;
      int frequency = real ? slot : slot - modes;
      int cosine = frequency == 0 ? 0 : 2 * frequency - 1;
      for (int p = 0; p < points; p++) {
        double a = fit[p * slots + cosine];
        double b = frequency == 0 ? 0 : fit[p * slots + cosine + 1];
        analysis[2 * slot * points + p] = real ? a : b;
        analysis[(2 * slot + 1) * points + p] = real ? b : -a;
        synthesis[p * width + 2 * slot] = functions[cosine * points + p];
        synthesis[p * width + 2 * slot + 1] =
            frequency == 0 ? 0 : functions[(cosine + 1) * points + p];
      }
    }
    double[] coordinates = new double[2 * points];
    for (int p = 0; p < points; p++) {
      synthesis[p * width + 2 * slots] = 1;
      coordinates[2 * p] = 2 * grid.domain().get(0).toUnit(grid.coordinate(p, 0)) - 1;
      coordinates[2 * p + 1] = 1;
    }
    Map<String, INDArray> inputs = new LinkedHashMap<>();
    inputs.put(ANALYSIS, matrix(type, 2 * slots, points, analysis));
    inputs.put(SYNTHESIS, matrix(type, points, width, synthesis));
    inputs.put(COORDINATES, matrix(type, points, 2, coordinates));
    double[] ones = new double[points];
    Arrays.fill(ones, 1);
    inputs.put(ONES, matrix(type, points, 1, ones));
    inputs.put(ROWS, Nd4j.createFromArray((long) points, -1L, (long) config.width()));
    inputs.put(WIDE_ROWS, Nd4j.createFromArray((long) points, -1L));
    inputs.put(OUTPUT_ROWS, Nd4j.createFromArray((long) points, -1L, (long) config.channels()));
    return inputs;
  }

  /** {@code [points, slots]}: the coefficients of a unit value at each point. */
  private double[] analysisColumns(SpectralTransform transform) {
    int points = transform.grid().size();
    double[] impulses = new double[points * points];
    for (int p = 0; p < points; p++) {
      impulses[p * points + p] = 1;
    }
    double[] coefficients = new double[points * slots];
    transform.forward(impulses, coefficients, points);
    return coefficients;
  }

  /** {@code [slots, points]}: the values of the basis functions. */
  private double[] functions(SpectralTransform transform) {
    double[] unit = new double[slots * slots];
    for (int k = 0; k < slots; k++) {
      unit[k * slots + k] = 1;
    }
    double[] values = new double[slots * transform.grid().size()];
    transform.inverse(unit, values, slots);
    return values;
  }

  private static INDArray matrix(DataType type, int rows, int columns, double[] values) {
    INDArray array = Nd4j.createUninitialized(type, rows, columns);
    FunctionBatch.write(values, array);
    return array;
  }

  @Override
  public String toString() {
    return config.toString();
  }
}
