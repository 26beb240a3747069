package io.fdiff.nn.arch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.nn.Conditioning;
import io.fdiff.nn.CoordinateNetwork;
import io.fdiff.nn.GraphContext;
import io.fdiff.nn.Network;
import io.fdiff.nn.NetworkConfig;
import io.fdiff.nn.NetworkFunction;
import io.fdiff.nn.ParameterVector;
import io.fdiff.nn.arch.CoordinateMlp.Activation;
import io.fdiff.nn.engine.GraphSession;
import io.fdiff.nn.train.LossGradient;
import io.fdiff.nn.train.Objective;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.PointSet;
import io.fdiff.space.RegularGrid;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class CoordinateNetworksTest {

  private static final CoordinateMlp SINES =
      new CoordinateMlp(2, 6, 3, Activation.SINE, 6, 0, false);

  private static final List<NetworkConfig> ALL =
      List.of(
          new SirenConfig(1, SINES, 4, Conditioning.NONE),
          new MetaInrConfig(1, SINES, 5, InnerLoop.defaults(), 4, Conditioning.NONE),
          new AdaptedInrConfig(1, SINES, InnerLoop.defaults(), 4, Conditioning.NONE));

  private static ParameterVector initial(Network network, DataType type) {
    return ParameterVector.initial(network, type, NoiseSource.of(11));
  }

  private static double f(Grid grid, int point) {
    double x = grid.coordinate(point, 0);
    double y = grid.dimension() == 1 ? 0 : grid.coordinate(point, 1);
    return Math.sin(3 * x + 1) * Math.cos(2 * y);
  }

  /** Two samples: {@code f} and {@code −½f}. */
  private static Map<String, INDArray> inputs(Network network, Grid grid, DataType type) {
    Map<String, INDArray> inputs = new HashMap<>(network.gridInputs(grid, type));
    double[] values = new double[2 * grid.size()];
    for (int p = 0; p < grid.size(); p++) {
      values[2 * p] = f(grid, p);
      values[2 * p + 1] = -0.5 * f(grid, p);
    }
    double[] level = {0.3, -0.1, 0.9, 0.8, -0.5, 0.2, 0.4, 0.6};
    inputs.put(GraphContext.VALUES, CleanPrediction.array(type, values, grid.size(), 2, 1));
    inputs.put(GraphContext.LEVEL, CleanPrediction.array(type, level, 2, 4));
    return inputs;
  }

  private static double[] evaluate(
      Network network, ParameterVector theta, Grid grid, Map<String, INDArray> inputs) {
    try (NetworkFunction function = NetworkFunction.of(network, theta, grid)) {
      List<double[]> result = new ArrayList<>();
      function.evaluate(
          inputs,
          out -> {
            double[] values = new double[(int) out.length()];
            FunctionBatch.read(out, values);
            result.add(values);
          });
      return result.get(0);
    }
  }

  /**
   * The counts of Franzese et al. (2023) follow from their sizes; the others are summed by hand.
   */
  @Test
  void parametersAreCounted() {
    CoordinateMlp digits = CoordinateMlp.wavelet(1, 128, 8);
    CoordinateMlp faces = CoordinateMlp.wavelet(2, 256, 15);
    InnerLoop inner = InnerLoop.defaults();
    assertThat(count(new AdaptedInrConfig(1, digits, inner, 2, Conditioning.NONE)))
        .isEqualTo(118_916);
    assertThat(count(new AdaptedInrConfig(3, faces, inner, 4, Conditioning.NONE)))
        .isEqualTo(945_173);
    assertThat(
            count(new AdaptedInrConfig(1, digits, inner.withLearnedRates(), 2, Conditioning.NONE)))
        .isEqualTo(2 * 118_916);
    // point 1·128, values 1·128, hidden 3·128², shifts (16 + 1)·512, output 128 + 1
    assertThat(count(SirenConfig.defaults())).isEqualTo(58_241);
    // point 128, hidden 4·128², shifts (16 + 1)·640, output 128 + 1, latent 64·640, rates 64
    assertThat(count(MetaInrConfig.defaults())).isEqualTo(117_697);
  }

  private static int count(NetworkConfig config) {
    return ParameterVector.zeros(config.network(), DataType.FLOAT).size();
  }

  /**
   * Sitzmann et al. (2020): {@code sin} of normal variables of variance {@code v'} has variance
   * {@code (1 − e^{−2v'})/2}, and {@code v' = 2v} behind weights {@code U(±√(6/n)/ω_0)}, so that
   * from ½ the variances go 0.432, 0.411, 0.403 … to 0.398. Width 1024 and 400 points of one
   * sample: the sample variance of a layer of {@code n} units that share the points scatters by
   * about {@code √(2/n) = 4 %}; the bound is 10 % for units, 0.02 for what is not normal.
   */
  @Test
  void variancesOfActivationsStayNearOneHalfThroughTheDepth() {
    int depth = 6;
    Siren network =
        new Siren(new SirenConfig(1, CoordinateMlp.siren(1, 1024, depth), 2, Conditioning.NONE));
    ParameterVector theta = initial(network, DataType.FLOAT);
    theta.tensor(CoordinateLayers.SHIFT_FEATURES).assign(0);
    theta.tensor("layer0.values").assign(0);
    RegularGrid grid = RegularGrid.unit(400);
    GraphContext context = new GraphContext(network, theta, grid);
    CoordinateLayers.Pass pass = network.pass(context, network.place(context));
    List<String> names = pass.preActivations().stream().map(SDVariable::name).toList();
    Map<String, INDArray> inputs = new HashMap<>(network.gridInputs(grid, DataType.FLOAT));
    inputs.put(
        GraphContext.VALUES, CleanPrediction.array(DataType.FLOAT, new double[400], 400, 1, 1));
    inputs.put(GraphContext.LEVEL, CleanPrediction.array(DataType.FLOAT, new double[2], 1, 2));
    double[] variances = new double[depth];
    double[] spread = new double[depth];
    try (GraphSession session = new GraphSession(context.graph(), names)) {
      session.run(
          inputs,
          outputs -> {
            for (int layer = 0; layer < depth; layer++) {
              double[] z = new double[400 * 1024];
              FunctionBatch.read(outputs.get(names.get(layer)), z);
              for (double value : z) {
                variances[layer] += Math.sin(30 * value) * Math.sin(30 * value) / z.length;
                spread[layer] += 900 * value * value / z.length;
              }
            }
            return true;
          });
    }
    assertThat(variances[0]).isCloseTo(0.5, within(0.05));
    double expected = 0.5;
    for (int layer = 1; layer < depth; layer++) {
      // Pre-activations of standard deviation between 0.8 and 1.2.
      assertThat(Math.sqrt(spread[layer])).isBetween(0.8, 1.2);
      expected = (1 - Math.exp(-4 * expected)) / 2;
      assertThat(variances[layer]).as("layer %d", layer).isCloseTo(expected, within(0.06));
    }
  }

  /** The inner gradient, by central differences of the inner loss computed outside the graph. */
  @Test
  void innerGradientIsThatOfTheInnerLoss() {
    RegularGrid grid = RegularGrid.unit(3, 4);
    for (int latent : new int[] {0, 4}) {
      for (Activation activation : Activation.values()) {
        CoordinateMlp mlp = new CoordinateMlp(2, 5, 3, activation, 4, 1, true);
        MetaInr network =
            new MetaInr(
                new MetaInrConfig(1, mlp, latent, InnerLoop.defaults(), 4, Conditioning.NONE));
        ParameterVector theta = initial(network, DataType.DOUBLE);
        Map<String, INDArray> inputs = inputs(network, grid, DataType.DOUBLE);
        GraphContext context = new GraphContext(network, theta, grid);
        int size = latent > 0 ? latent : 15;
        SDVariable m = context.input("m", -1, size);
        SDVariable gradient = network.innerGradient(context, context::parameter, m);
        SDVariable out = network.decode(context, m);
        double[] at = new double[2 * size];
        NoiseSource.of(4).normals(0, 0, new int[] {at.length}, at, 0);
        try (GraphSession session =
            new GraphSession(context.graph(), List.of(gradient.name(), out.name()))) {
          double[] slopes = at(session, inputs, at, size, gradient.name());
          for (int i = 0; i < at.length; i++) {
            double h = 1e-5;
            double before = at[i];
            at[i] = before + h;
            double up = innerLoss(at(session, inputs, at, size, out.name()), grid, i / size);
            at[i] = before - h;
            double down = innerLoss(at(session, inputs, at, size, out.name()), grid, i / size);
            at[i] = before;
            // Second order: h² times a third derivative of order 10², and rounding 1e-16/h.
            assertThat(slopes[i])
                .as("%s, latent %d", activation, latent)
                .isCloseTo((up - down) / (2 * h), within(1e-6));
          }
          assertThat(slopes[0]).isNotCloseTo(0, within(1e-4));
        }
      }
    }
  }

  private static double[] at(
      GraphSession session, Map<String, INDArray> inputs, double[] m, int size, String name) {
    Map<String, INDArray> all = new HashMap<>(inputs);
    all.put("m", CleanPrediction.array(DataType.DOUBLE, m, 2, size));
    return session.run(
        all,
        outputs -> {
          double[] values = new double[(int) outputs.get(name).length()];
          FunctionBatch.read(outputs.get(name), values);
          return values;
        });
  }

  private static double innerLoss(double[] out, Grid grid, int sample) {
    double loss = 0;
    for (int p = 0; p < grid.size(); p++) {
      double residual = out[2 * p + sample] - (sample == 0 ? 1 : -0.5) * f(grid, p);
      loss += grid.weight(p) / grid.measure() * residual * residual;
    }
    return loss;
  }

  /**
   * A linear network {@code θ·r(p)}: one step is {@code θ − 2α Σ_i (w_i/|D|)(θ·r_i − x_i) r_i}, on
   * uneven points, evaluated elsewhere.
   */
  @Test
  void stepOfALinearNetworkIsTheClosedForm() {
    double rate = 0.2;
    AdaptedInrConfig config = linear(new InnerLoop(1, rate, false, false));
    Network network = config.network();
    ParameterVector theta = initial(network, DataType.DOUBLE);
    Grid grid = uneven();
    double[] t = new double[10];
    for (int j = 0; j < 9; j++) {
      t[j] = theta.tensor("layer0.input").getDouble(j, 0);
    }
    double[] expected = t.clone();
    for (int p = 0; p < grid.size(); p++) {
      double[] r = row(2 * grid.coordinate(p, 0) - 1);
      double residual = dot(t, r) - f(grid, p);
      for (int j = 0; j < 10; j++) {
        expected[j] -= 2 * rate * grid.weight(p) * residual * r[j];
      }
    }
    double[] out = evaluateAt(network, theta, grid, -0.7, 0.1, 0.95);
    assertThat(out[0]).isCloseTo(dot(expected, row(-0.7)), within(1e-13));
    assertThat(out[2]).isCloseTo(dot(expected, row(0.1)), within(1e-13));
    assertThat(out[4]).isCloseTo(dot(expected, row(0.95)), within(1e-13));
  }

  /**
   * Many steps of a linear network go to the weighted least-squares solution, whose residual is
   * orthogonal to the inputs: the inner minimiser. Data in the span are reproduced at other points.
   */
  @Test
  void stepsOfALinearNetworkGoToTheLeastSquaresSolution() {
    CoordinateMlp mlp = new CoordinateMlp(1, 1, 0, Activation.SINE, Math.PI, 1, false);
    AdaptedInrConfig config =
        new AdaptedInrConfig(1, mlp, new InnerLoop(200, 0.3, false, false), 4, Conditioning.NONE);
    Network network = config.network();
    ParameterVector theta = initial(network, DataType.DOUBLE);
    Grid grid = RegularGrid.unit(24);
    Map<String, INDArray> inputs = inputs(network, grid, DataType.DOUBLE);
    double[] values = new double[48];
    for (int p = 0; p < 24; p++) {
      double x = 2 * grid.coordinate(p, 0) - 1;
      values[2 * p] = 0.4 + 0.3 * x - Math.sin(Math.PI * x) + 0.2 * Math.cos(Math.PI * x);
      // Adds what is orthogonal to 1, x, sin πx and cos πx on the grid: a finer cosine.
      values[2 * p + 1] = values[2 * p] + Math.cos(3 * Math.PI * x);
    }
    inputs.put(GraphContext.VALUES, CleanPrediction.array(DataType.DOUBLE, values, 24, 2, 1));
    inputs.put(
        GraphContext.COORDINATES,
        CleanPrediction.array(DataType.DOUBLE, new double[] {-0.9, 0.33}, 2, 1));
    double[] out = evaluate(network, theta, grid, inputs);
    double[] points = {-0.9, -0.9, 0.33, 0.33};
    for (int i = 0; i < 4; i++) {
      double x = points[i];
      double exact = 0.4 + 0.3 * x - Math.sin(Math.PI * x) + 0.2 * Math.cos(Math.PI * x);
      // x and sin πx are far from orthogonal: the smallest eigenvalue of the mean of r rᵀ is 0.088,
      // so that (1 − 0.6 · 0.088)^200 = 2e-5 of the first error is left.
      assertThat(out[i]).isCloseTo(exact, within(2e-4));
    }
  }

  private static AdaptedInrConfig linear(InnerLoop inner) {
    CoordinateMlp mlp = new CoordinateMlp(1, 1, 0, Activation.SINE, 4, 2, false);
    return new AdaptedInrConfig(1, mlp, inner, 4, Conditioning.NONE);
  }

  /** Point, sines and cosines of π/2 and 4, the features of sample 0, the bias. */
  private static double[] row(double x) {
    double low = Math.PI / 2;
    return new double[] {
      x,
      Math.sin(low * x),
      Math.sin(4 * x),
      Math.cos(low * x),
      Math.cos(4 * x),
      0.3,
      -0.1,
      0.9,
      0.8,
      1
    };
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static Grid uneven() {
    double[][] points = {{0.02}, {0.1}, {0.15}, {0.4}, {0.45}, {0.7}, {0.99}};
    return PointSet.of(List.of(new Interval(0, 1)), points);
  }

  private static double[] evaluateAt(
      Network network, ParameterVector theta, Grid grid, double... points) {
    Map<String, INDArray> inputs = inputs(network, grid, theta.type());
    inputs.put(
        GraphContext.COORDINATES, CleanPrediction.array(theta.type(), points, points.length, 1));
    return evaluate(network, theta, grid, inputs);
  }

  /** The same points in another order give the same values in that order. */
  @Test
  void orderOfThePointsDoesNotMatter() {
    double[][] points = {{0.1, 0.2}, {0.9, 0.3}, {0.4, 0.8}, {0.6, 0.6}, {0.2, 0.95}};
    int[] order = {3, 0, 4, 2, 1};
    double[][] moved = new double[5][];
    for (int i = 0; i < 5; i++) {
      moved[i] = points[order[i]];
    }
    List<Interval> square = List.of(new Interval(0, 1), new Interval(0, 1));
    Grid one = PointSet.of(square, points);
    Grid other = PointSet.of(square, moved);
    for (NetworkConfig config : ALL) {
      Network network = config.network();
      ParameterVector theta = initial(network, DataType.DOUBLE);
      double[] first = evaluate(network, theta, one, inputs(network, one, DataType.DOUBLE));
      double[] second = evaluate(network, theta, other, inputs(network, other, DataType.DOUBLE));
      for (int i = 0; i < 5; i++) {
        assertThat(second[2 * i]).isCloseTo(first[2 * order[i]], within(1e-12));
        assertThat(second[2 * i + 1]).isCloseTo(first[2 * order[i] + 1], within(1e-12));
      }
    }
  }

  /**
   * The output at fixed points, fitted on finer and finer grids of one smooth function: the
   * midpoint rule leaves an error of {@code O(h²)}, so that halving {@code h} divides the change by
   * 4.
   */
  @Test
  void refinementOfTheInputConvergesAtTheOrderOfTheQuadrature() {
    for (NetworkConfig config : ALL.subList(1, 3)) {
      Network network = config.network();
      assertThat(network).isInstanceOf(CoordinateNetwork.class);
      ParameterVector theta = initial(network, DataType.DOUBLE);
      double[][] out = new double[4][];
      for (int i = 0; i < 4; i++) {
        Grid grid = RegularGrid.unit(12 << i, 12 << i);
        Map<String, INDArray> inputs = inputs(network, grid, DataType.DOUBLE);
        double[] points = {-1, 1, 0.3, 0.2, 0, -0.8};
        inputs.put(GraphContext.COORDINATES, CleanPrediction.array(DataType.DOUBLE, points, 3, 2));
        out[i] = evaluate(network, theta, grid, inputs);
        assertThat(out[i]).hasSize(6);
      }
      double coarse = distance(out[0], out[1]);
      double middle = distance(out[1], out[2]);
      double fine = distance(out[2], out[3]);
      assertThat(coarse).isGreaterThan(1e-9);
      assertThat(coarse / middle).isBetween(3.5, 4.5);
      assertThat(middle / fine).isBetween(3.8, 4.2);
    }
  }

  private static double distance(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return Math.sqrt(sum);
  }

  /**
   * A pointwise network gives the same value at a point that two grids share, exactly in theory.
   */
  @Test
  void pointwiseNetworkDoesNotSeeTheGrid() {
    Network network = ALL.get(0).network();
    ParameterVector theta = initial(network, DataType.DOUBLE);
    Grid coarse = RegularGrid.unit(3, 3);
    Grid fine = RegularGrid.unit(9, 9);
    double[] few = evaluate(network, theta, coarse, inputs(network, coarse, DataType.DOUBLE));
    double[] many = evaluate(network, theta, fine, inputs(network, fine, DataType.DOUBLE));
    for (int p = 0; p < 9; p++) {
      int same = (3 * (p / 3) + 1) * 9 + 3 * (p % 3) + 1;
      assertThat(few[2 * p]).isCloseTo(many[2 * same], within(1e-12));
    }
  }

  /** Values at one point do not depend on the other points of the output. */
  @Test
  void outputPointsAreApart() {
    for (NetworkConfig config : ALL.subList(1, 3)) {
      Network network = config.network();
      ParameterVector theta = initial(network, DataType.DOUBLE);
      Grid grid = RegularGrid.unit(4, 3);
      Map<String, INDArray> inputs = inputs(network, grid, DataType.DOUBLE);
      double[] onGrid = evaluate(network, theta, grid, inputs);
      double[] point = {2 * grid.coordinate(7, 0) - 1, 2 * grid.coordinate(7, 1) - 1};
      inputs.put(GraphContext.COORDINATES, CleanPrediction.array(DataType.DOUBLE, point, 1, 2));
      assertThat(evaluate(network, theta, grid, inputs))
          .containsExactly(new double[] {onGrid[14], onGrid[15]}, within(1e-12));
    }
  }

  /** A fixed target at fixed inputs. */
  private record Fixed(Grid grid, Map<String, INDArray> inputs) implements Objective {
    @Override
    public SDVariable loss(GraphContext context, SDVariable output) {
      return context.graph().math().square(output.sub(0.7)).mean();
    }

    @Override
    public Map<String, INDArray> batch(
        NetworkConfig config, DataType type, int size, NoiseSource noise) {
      return inputs;
    }
  }

  private static ParameterVector gradient(Network network, ParameterVector theta, Grid grid) {
    ParameterVector gradient = ParameterVector.zeros(network, DataType.DOUBLE);
    Map<String, INDArray> inputs = inputs(network, grid, DataType.DOUBLE);
    try (LossGradient loss = LossGradient.of(network, theta, new Fixed(grid, inputs), gradient)) {
      loss.evaluate(inputs);
    }
    return gradient;
  }

  /**
   * First order: the same function, and the gradient of the loss at a latent that counts as a
   * constant, computed by central differences with the latent held.
   */
  @Test
  void firstOrderGradientHoldsTheLatent() {
    MetaInrConfig second =
        new MetaInrConfig(1, SINES, 5, InnerLoop.defaults(), 4, Conditioning.NONE);
    MetaInr network = new MetaInr(second.withInner(InnerLoop.defaults().ofFirstOrder()));
    ParameterVector theta = initial(network, DataType.DOUBLE);
    RegularGrid grid = RegularGrid.unit(3, 4);
    Map<String, INDArray> inputs = inputs(network, grid, DataType.DOUBLE);
    assertThat(evaluate(network, theta, grid, inputs))
        .containsExactly(evaluate(second.network(), theta, grid, inputs), within(1e-13));

    GraphContext context = new GraphContext(network, theta, grid);
    SDVariable m = context.input("m", -1, 5);
    SDVariable found = network.latent(context);
    SDVariable out = network.decode(context, m);
    ParameterVector gradient = gradient(network, theta, grid);
    ParameterVector full = gradient(second.network(), theta, grid);
    try (GraphSession latent = new GraphSession(context.graph(), List.of(found.name()));
        GraphSession decoder = new GraphSession(context.graph(), List.of(out.name()))) {
      double[] held = at(latent, inputs, new double[10], 5, found.name());
      for (String name : List.of("layer0.point", "layer1.hidden", "modulation", "output.hidden")) {
        INDArray tensor = theta.tensor(name);
        long[] entry = {tensor.size(0) - 1, 0};
        double before = tensor.getDouble(entry);
        double h = 1e-5;
        tensor.putScalar(entry, before + h);
        double up = square(at(decoder, inputs, held, 5, out.name()));
        tensor.putScalar(entry, before - h);
        double down = square(at(decoder, inputs, held, 5, out.name()));
        tensor.putScalar(entry, before);
        double slope = gradient.tensor(name).getDouble(entry);
        // Second order, third derivatives of order 10³.
        assertThat(slope).as(name).isCloseTo((up - down) / (2 * h), within(1e-6));
        assertThat(slope).isNotCloseTo(full.tensor(name).getDouble(entry), within(1e-4));
      }
    }
  }

  private static double square(double[] out) {
    double sum = 0;
    for (double value : out) {
      sum += (value - 0.7) * (value - 0.7) / out.length;
    }
    return sum;
  }

  /**
   * All weights of a linear network by steps of first order: {@code ∂loss/∂θ} is that of the loss
   * by the adapted weights, {@code Σ (2/n)(f − 0.7) r}.
   */
  @Test
  void firstOrderGradientOfAllWeightsIsThatAtTheAdaptedOnes() {
    AdaptedInrConfig config = linear(new InnerLoop(2, 0.1, false, true));
    Network network = config.network();
    ParameterVector theta = initial(network, DataType.DOUBLE);
    RegularGrid grid = RegularGrid.unit(6);
    double[] out = evaluate(network, theta, grid, inputs(network, grid, DataType.DOUBLE));
    assertThat(out)
        .containsExactly(
            evaluate(
                linear(new InnerLoop(2, 0.1, false, false)).network(),
                theta,
                grid,
                inputs(network, grid, DataType.DOUBLE)),
            within(1e-13));
    double expected = 0;
    for (int p = 0; p < 6; p++) {
      double x = 2 * grid.coordinate(p, 0) - 1;
      expected += (out[2 * p] - 0.7 + out[2 * p + 1] - 0.7) * x / 6;
    }
    assertThat(gradient(network, theta, grid).tensor("layer0.input").getDouble(0))
        .isCloseTo(expected, within(1e-12));
  }

  /** Learned rates start uniform on (α/2, 10α): mean 5.25α, and act as fixed ones of that size. */
  @Test
  void learnedRatesStartWhereTheyShould() {
    InnerLoop loop = InnerLoop.defaults().withLearnedRates();
    MetaInrConfig config =
        new MetaInrConfig(1, CoordinateMlp.siren(1, 200, 5), 0, loop, 4, Conditioning.NONE);
    INDArray logits = initial(config.network(), DataType.DOUBLE).tensor("rates");
    double mean = 0;
    double low = 1;
    double high = 0;
    for (int i = 0; i < 1000; i++) {
      double rate = 1 / (1 + Math.exp(-logits.getDouble(i)));
      mean += rate / 1000;
      low = Math.min(low, rate);
      high = Math.max(high, rate);
    }
    // 1000 uniform values: the mean scatters by 0.095/√12000 = 0.0009, five times that is 0.0045.
    assertThat(mean).isCloseTo(0.0525, within(0.0045));
    assertThat(low).isBetween(0.005, 0.006);
    assertThat(high).isBetween(0.099, 0.1);

    MetaInrConfig learned = new MetaInrConfig(1, SINES, 5, loop, 4, Conditioning.NONE);
    MetaInrConfig fixed = learned.withInner(new InnerLoop(3, 1 / (1 + Math.exp(2)), false, false));
    ParameterVector theta = initial(learned.network(), DataType.DOUBLE);
    theta.tensor("rates").assign(-2);
    Map<String, INDArray> tensors = new HashMap<>(theta.tensors());
    tensors.remove("rates");
    ParameterVector same = ParameterVector.of(fixed.network(), DataType.DOUBLE, tensors);
    RegularGrid grid = RegularGrid.unit(4, 4);
    Map<String, INDArray> inputs = inputs(fixed.network(), grid, DataType.DOUBLE);
    assertThat(evaluate(learned.network(), theta, grid, inputs))
        .containsExactly(evaluate(fixed.network(), same, grid, inputs), within(1e-12));
  }

  /** Pre-activations of 10⁵ in FLOAT: exponentials and cubes must not make NaN. */
  @Test
  void gradientsStayFiniteWherePreActivationsAreLarge() {
    RegularGrid grid = RegularGrid.unit(3, 4);
    for (Activation activation : Activation.values()) {
      CoordinateMlp mlp = new CoordinateMlp(2, 4, 2, activation, 5, 1, true);
      Network network =
          new MetaInrConfig(1, mlp, 0, InnerLoop.defaults(), 4, Conditioning.NONE).network();
      ParameterVector theta = initial(network, DataType.FLOAT);
      theta.tensor("layer0.point").assign(1e5);
      theta.tensor("layer1.point").assign(-1e5);
      ParameterVector gradient = ParameterVector.zeros(network, DataType.FLOAT);
      Map<String, INDArray> inputs = inputs(network, grid, DataType.FLOAT);
      try (LossGradient loss = LossGradient.of(network, theta, new Fixed(grid, inputs), gradient)) {
        assertThat(loss.evaluate(inputs)).as("%s", activation).isFinite();
      }
      for (float value : gradient.toFloats()) {
        assertThat(value).as("%s", activation).isFinite();
      }
    }
  }

  @Test
  void badNumbersAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CoordinateMlp.siren(0, 8, 2))
        .withMessageContaining("dimension 0, width 8: each must be at least 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new CoordinateMlp(1, 8, -1, Activation.SINE, 30, 0, false))
        .withMessageContaining("layers -1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new CoordinateMlp(1, 8, 2, Activation.SINE, Double.NaN, 0, false))
        .withMessageContaining("omega NaN is not positive and finite; 30 suits");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new InnerLoop(0, 0.01, false, false))
        .withMessageContaining("inner steps 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new InnerLoop(3, Double.NaN, false, false))
        .withMessageContaining("inner rate NaN is not in (0, 1]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new InnerLoop(3, 0.1, true, false))
        .withMessageContaining("give a rate below 0.1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SirenConfig(1, SINES, 3, Conditioning.NONE))
        .withMessageContaining("levelFeatures 3: must be even");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SirenConfig.defaults().withChannels(0))
        .withMessageContaining("channels 0");
    MetaInrConfig meta = MetaInrConfig.defaults();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> meta.withMlp(CoordinateMlp.siren(1, 8, 0)))
        .withMessageContaining("layers 0: there are no shifts to adapt");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                meta.withInner(InnerLoop.defaults().ofFirstOrder())
                    .withConditioning(Conditioning.onFunctions(2)))
        .withMessageContaining("first-order inner steps with 2 context channels");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new MetaInrConfig(1, SINES, -1, InnerLoop.defaults(), 4, Conditioning.NONE))
        .withMessageContaining("latent -1");
    AdaptedInrConfig adapted = AdaptedInrConfig.defaults();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> adapted.withMlp(CoordinateMlp.siren(2, 512, 6)))
        .withMessageContaining("1317377 weights: every sample would adapt a copy")
        .withMessageContaining("MetaInrConfig");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                adapted
                    .withMlp(CoordinateMlp.siren(1, 8, 0))
                    .withConditioning(Conditioning.onFunctions(1)))
        .withMessageContaining("layers 0 with 1 context channels");
    for (NetworkConfig config : ALL) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> config.network().gridInputs(RegularGrid.unit(8), DataType.FLOAT))
          .withMessageContaining("grid of dimension 1")
          .withMessageContaining("configure it with dimension 1");
    }
  }
}
