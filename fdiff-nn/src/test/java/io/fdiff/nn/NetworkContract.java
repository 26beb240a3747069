package io.fdiff.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.nn.io.ConfigurationFormat;
import io.fdiff.nn.train.LossGradient;
import io.fdiff.nn.train.Objective;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** What every network promises. */
public abstract class NetworkContract {

  /**
   * A small instance with all parts: two layers, width 4.
   *
   * @return the configuration
   */
  protected abstract NetworkConfig config();

  /**
   * A grid that the small instance runs on.
   *
   * @return the grid
   */
  protected abstract Grid grid();

  /**
   * Values of the parameters: normals of deviation ½ unless a network needs others.
   *
   * @param network the network
   * @param type FLOAT or DOUBLE
   * @return the parameters
   */
  protected ParameterVector parameters(Network network, DataType type) {
    ParameterVector vector = ParameterVector.zeros(network, type);
    double[] values = new double[vector.size()];
    NoiseSource.of(17).normals(0, 0, new int[] {values.length}, values, 0);
    for (int i = 0; i < values.length; i++) {
      values[i] *= 0.5;
    }
    vector.assign(values);
    return vector;
  }

  /**
   * Largest relative error of a gradient against central differences of fourth order.
   *
   * @return the tolerance
   */
  protected double gradientTolerance() {
    return 1e-6;
  }

  private static INDArray array(DataType type, long seed, long... shape) {
    INDArray array = Nd4j.create(type, shape);
    double[] values = new double[(int) array.length()];
    NoiseSource.of(seed).normals(0, 0, new int[] {values.length}, values, 0);
    FunctionBatch.write(values, array);
    return array;
  }

  /** Random values, level, condition and context, by the names of their placeholders. */
  private Map<String, INDArray> inputs(DataType type, int batch, long seed) {
    NetworkConfig config = config();
    Map<String, INDArray> inputs = new LinkedHashMap<>();
    long points = grid().size();
    inputs.put(GraphContext.VALUES, array(type, seed, points, batch, config.channels()));
    inputs.put(GraphContext.LEVEL, array(type, seed + 100, batch, config.levelFeatures()));
    Conditioning conditioning = config.conditioning();
    if (conditioning.features() > 0) {
      inputs.put(GraphContext.CONDITION, array(type, seed + 200, batch, conditioning.features()));
    }
    if (conditioning.contextChannels() > 0) {
      inputs.put(
          GraphContext.CONTEXT,
          array(type, seed + 300, points, batch, conditioning.contextChannels()));
    }
    return inputs;
  }

  private double[] evaluate(ParameterVector parameters, Map<String, INDArray> inputs) {
    Network network = config().network();
    INDArray values = inputs.get(GraphContext.VALUES);
    double[] out = new double[(int) values.length()];
    try (NetworkFunction function = NetworkFunction.of(network, parameters, grid())) {
      Map<String, INDArray> all = new HashMap<>(network.gridInputs(grid(), parameters.type()));
      all.putAll(inputs);
      function.evaluate(
          all,
          result -> {
            assertThat(result.shape()).containsExactly(values.shape());
            FunctionBatch.read(result, out);
          });
    }
    return out;
  }

  /** Mean square of the output against fixed random targets. */
  private record Quadratic(Grid grid, int channels, Map<String, INDArray> inputs)
      implements Objective {
    @Override
    public SDVariable loss(GraphContext context, SDVariable output) {
      SDVariable target = context.input("target", -1, -1, channels);
      return context.graph().math().square(output.sub(target)).mean();
    }

    @Override
    public Map<String, INDArray> batch(
        NetworkConfig config, DataType type, int size, NoiseSource noise) {
      return inputs;
    }
  }

  @Test
  final void gradientIsThatOfCentralDifferences() {
    Network network = config().network();
    ParameterVector theta = parameters(network, DataType.DOUBLE);
    ParameterVector scratch = ParameterVector.zeros(network, DataType.DOUBLE);
    Map<String, INDArray> batch = inputs(DataType.DOUBLE, 3, 1);
    batch.put("target", array(DataType.DOUBLE, 2, grid().size(), 3, config().channels()));
    Objective objective = new Quadratic(grid(), config().channels(), batch);
    List<String> wrong = new ArrayList<>();
    try (LossGradient loss = LossGradient.of(network, theta, objective, scratch)) {
      // Twice: the second time on memory that has been used before.
      for (int round = 0; round < 2; round++) {
        loss.evaluate(batch);
        ParameterVector gradient = ParameterVector.of(network, DataType.DOUBLE, scratch.tensors());
        for (Parameter parameter : network.parameters()) {
          INDArray values = theta.tensor(parameter.name()).reshape(parameter.size());
          INDArray slopes = gradient.tensor(parameter.name()).reshape(parameter.size());
          double scale = slopes.norm2Number().doubleValue() / Math.sqrt(parameter.size());
          for (int entry = 0; entry < 5; entry++) {
            int i = (int) ((entry * 7919L + round) % parameter.size());
            double before = values.getDouble(i);
            double h = 1e-5;
            // Fourth order: error h⁴ and rounding 1e-16/h, both far below the tolerance.
            double difference = 0;
            double[] weights = {1, -8, 8, -1};
            int[] offsets = {-2, -1, 1, 2};
            for (int k = 0; k < 4; k++) {
              values.putScalar(i, before + offsets[k] * h);
              difference += weights[k] * loss.evaluate(batch);
            }
            values.putScalar(i, before);
            difference /= 12 * h;
            double slope = slopes.getDouble(i);
            // An output of order 1 makes rounding of the loss about 1e-16/h = 1e-11.
            double error = Math.abs(slope - difference);
            if (!(error <= gradientTolerance() * Math.max(scale, Math.abs(slope)) + 1e-10)) {
              wrong.add(parameter.name() + "[" + i + "]: " + slope + " is not " + difference);
            }
          }
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  final void everyParameterMatters() {
    Network network = config().network();
    ParameterVector theta = parameters(network, DataType.DOUBLE);
    Map<String, INDArray> batch = inputs(DataType.DOUBLE, 2, 1);
    batch.put("target", array(DataType.DOUBLE, 2, grid().size(), 2, config().channels()));
    ParameterVector gradient = ParameterVector.zeros(network, DataType.DOUBLE);
    try (LossGradient loss =
        LossGradient.of(
            network, theta, new Quadratic(grid(), config().channels(), batch), gradient)) {
      loss.evaluate(batch);
    }
    gradient
        .tensors()
        .forEach(
            (name, tensor) ->
                assertThat(tensor.norm2Number().doubleValue()).as(name).isGreaterThan(1e-12));
  }

  @Test
  final void sampleDoesNotDependOnTheRestOfTheBatch() {
    ParameterVector theta = parameters(config().network(), DataType.DOUBLE);
    int points = grid().size();
    int channels = config().channels();
    Map<String, INDArray> inputs = inputs(DataType.DOUBLE, 5, 3);
    double[] all = evaluate(theta, inputs);
    for (int b = 0; b < 5; b += 2) {
      Map<String, INDArray> one = new HashMap<>();
      for (Map.Entry<String, INDArray> input : inputs.entrySet()) {
        INDArray array = input.getValue();
        int axis = array.rank() == 2 ? 0 : 1;
        INDArrayIndex sample = NDArrayIndex.interval(b, b + 1);
        one.put(
            input.getKey(),
            axis == 0
                ? array.get(sample).dup('c')
                : array.get(NDArrayIndex.all(), sample).dup('c'));
      }
      double[] alone = evaluate(theta, one);
      for (int p = 0; p < points; p++) {
        for (int c = 0; c < channels; c++) {
          double value = all[(p * 5 + b) * channels + c];
          assertThat(alone[p * channels + c])
              .isCloseTo(value, within(1e-12 * Math.max(1, Math.abs(value))));
        }
      }
    }
  }

  @Test
  final void everyInputMatters() {
    ParameterVector theta = parameters(config().network(), DataType.DOUBLE);
    Map<String, INDArray> inputs = inputs(DataType.DOUBLE, 2, 3);
    double[] one = evaluate(theta, inputs);
    for (String name : inputs.keySet()) {
      Map<String, INDArray> changed = new HashMap<>(inputs);
      changed.put(name, inputs(DataType.DOUBLE, 2, 4).get(name));
      double[] other = evaluate(theta, changed);
      double difference = 0;
      for (int i = 0; i < one.length; i++) {
        difference = Math.max(difference, Math.abs(one[i] - other[i]));
      }
      assertThat(difference).as(name).isGreaterThan(1e-3);
    }
  }

  @Test
  final void evaluationIsDeterministicAndFollowsTheParameters() {
    Network network = config().network();
    ParameterVector theta = parameters(network, DataType.FLOAT);
    Map<String, INDArray> inputs = inputs(DataType.FLOAT, 3, 3);
    double[] first = evaluate(theta, inputs);
    assertThat(evaluate(theta, inputs)).isEqualTo(first);
    float[] all = theta.toFloats();
    for (int i = 0; i < all.length; i++) {
      all[i] *= 1.25f;
    }
    theta.assign(all);
    assertThat(evaluate(theta, inputs)).isNotEqualTo(first);
  }

  @Test
  final void initialParametersAreReproducible() {
    Network network = config().network();
    ParameterVector initial = ParameterVector.initial(network, DataType.FLOAT, NoiseSource.of(5));
    assertThat(initial.toFloats())
        .isEqualTo(ParameterVector.initial(network, DataType.FLOAT, NoiseSource.of(5)).toFloats())
        .isNotEqualTo(
            ParameterVector.initial(network, DataType.FLOAT, NoiseSource.of(6)).toFloats());
  }

  @Test
  final void configurationIsReadBackFromJson() throws IOException {
    String json = ConfigurationFormat.mapper().writeValueAsString(config());
    NetworkConfig again = ConfigurationFormat.mapper().readValue(json, NetworkConfig.class);
    assertThat(again).isEqualTo(config());
    assertThat(again.network().parameters().stream().map(Parameter::name).toList())
        .isEqualTo(config().network().parameters().stream().map(Parameter::name).toList())
        .doesNotHaveDuplicates();
  }
}
