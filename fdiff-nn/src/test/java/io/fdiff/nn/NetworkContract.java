package io.fdiff.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.measure.GaussianMeasure;
import io.fdiff.nn.train.DenoisingObjective;
import io.fdiff.nn.train.LossGradient;
import io.fdiff.noise.NoiseSource;
import io.fdiff.sde.Driftless;
import io.fdiff.sde.SDE;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.transform.CosineTransform;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What every network promises. */
abstract class NetworkContract {

  /** A small instance with all parts: two layers, width 4. */
  protected abstract NetworkConfig config();

  /** A grid that the small instance runs on. */
  protected abstract Grid grid();

  private static ParameterVector random(Network network, DataType type) {
    ParameterVector vector = ParameterVector.zeros(network, type);
    double[] values = new double[vector.size()];
    NoiseSource.of(17).normals(0, 0, new int[] {values.length}, values, 0);
    for (int i = 0; i < values.length; i++) {
      values[i] *= 0.5;
    }
    vector.assign(values);
    return vector;
  }

  private static INDArray array(DataType type, long seed, long... shape) {
    INDArray array = Nd4j.create(type, shape);
    double[] values = new double[(int) array.length()];
    NoiseSource.of(seed).normals(0, 0, new int[] {values.length}, values, 0);
    FunctionBatch.write(values, array);
    return array;
  }

  private double[] evaluate(ParameterVector parameters, INDArray values, INDArray level, Grid on) {
    Network network = config().network();
    double[] out = new double[(int) values.length()];
    try (NetworkFunction function = NetworkFunction.of(network, parameters)) {
      function.evaluate(
          network.gridInputs(on, parameters.type()),
          values,
          level,
          result -> {
            assertThat(result.shape()).containsExactly(values.shape());
            FunctionBatch.read(result, out);
          });
    }
    return out;
  }

  @Test
  final void gradientIsThatOfCentralDifferences() {
    Network network = config().network();
    Grid grid = grid();
    SDE sde =
        Driftless.of(
            SpectralCovariance.of(CosineTransform.of(grid), Spectrum.bessel(5, 1, 10)), 20);
    int channels = config().channels();
    INDArray data =
        GaussianMeasure.of(FunctionBatch.zeros(grid, DataType.DOUBLE, 1, channels), sde.noise())
            .sample(NoiseSource.of(1), 8);
    DenoisingObjective objective =
        DenoisingObjective.of(
            sde,
            data,
            g -> FunctionBatch.zeros(g, DataType.DOUBLE, 1, channels),
            Preconditioning.UNIT,
            1e-2);
    ParameterVector theta = random(network, DataType.DOUBLE);
    ParameterVector gradient = ParameterVector.zeros(network, DataType.DOUBLE);
    ParameterVector scratch = ParameterVector.zeros(network, DataType.DOUBLE);
    Map<String, INDArray> batch = objective.batch(config(), DataType.DOUBLE, 3, NoiseSource.of(2));
    List<String> wrong = new ArrayList<>();
    try (LossGradient loss = LossGradient.of(network, theta, objective)) {
      // Twice: the second time on memory that has been used before.
      for (int round = 0; round < 2; round++) {
        loss.evaluate(batch, gradient);
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
              difference += weights[k] * loss.evaluate(batch, scratch);
            }
            values.putScalar(i, before);
            difference /= 12 * h;
            double slope = slopes.getDouble(i);
            if (!(Math.abs(slope - difference) <= 1e-6 * Math.max(scale, Math.abs(slope)))) {
              wrong.add(parameter.name() + "[" + i + "]: " + slope + " is not " + difference);
            }
          }
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  final void sampleDoesNotDependOnTheRestOfTheBatch() {
    ParameterVector theta = random(config().network(), DataType.DOUBLE);
    int points = grid().size();
    int channels = config().channels();
    INDArray values = array(DataType.DOUBLE, 3, points, 5, channels);
    INDArray level = array(DataType.DOUBLE, 4, 5, config().levelFeatures());
    double[] all = evaluate(theta, values, level, grid());
    for (int b = 0; b < 5; b += 2) {
      INDArray one = Nd4j.create(DataType.DOUBLE, points, 1, channels);
      for (int p = 0; p < points; p++) {
        for (int c = 0; c < channels; c++) {
          one.putScalar(new int[] {p, 0, c}, values.getDouble(p, b, c));
        }
      }
      INDArray oneLevel = level.getRow(b).dup('c').reshape(1, level.size(1));
      double[] alone = evaluate(theta, one, oneLevel, grid());
      for (int p = 0; p < points; p++) {
        for (int c = 0; c < channels; c++) {
          assertThat(alone[p * channels + c])
              .isCloseTo(all[(p * 5 + b) * channels + c], within(1e-12));
        }
      }
    }
  }

  @Test
  final void levelMatters() {
    ParameterVector theta = random(config().network(), DataType.DOUBLE);
    INDArray values = array(DataType.DOUBLE, 3, grid().size(), 2, config().channels());
    double[] one =
        evaluate(theta, values, array(DataType.DOUBLE, 4, 2, config().levelFeatures()), grid());
    double[] other =
        evaluate(theta, values, array(DataType.DOUBLE, 5, 2, config().levelFeatures()), grid());
    double difference = 0;
    for (int i = 0; i < one.length; i++) {
      difference = Math.max(difference, Math.abs(one[i] - other[i]));
    }
    assertThat(difference).isGreaterThan(1e-3);
  }

  @Test
  final void evaluationIsDeterministicAndFollowsTheParameters() {
    Network network = config().network();
    ParameterVector theta = random(network, DataType.FLOAT);
    INDArray values = array(DataType.FLOAT, 3, grid().size(), 3, config().channels());
    INDArray level = array(DataType.FLOAT, 4, 3, config().levelFeatures());
    double[] first = evaluate(theta, values, level, grid());
    assertThat(evaluate(theta, values, level, grid())).isEqualTo(first);
    float[] all = theta.toFloats();
    for (int i = 0; i < all.length; i++) {
      all[i] *= 1.25f;
    }
    theta.assign(all);
    assertThat(evaluate(theta, values, level, grid())).isNotEqualTo(first);
  }

  @Test
  final void initialNetworkIsZeroAndInitialParametersAreReproducible() {
    Network network = config().network();
    ParameterVector initial = ParameterVector.initial(network, DataType.FLOAT, NoiseSource.of(5));
    assertThat(initial.toFloats())
        .isEqualTo(ParameterVector.initial(network, DataType.FLOAT, NoiseSource.of(5)).toFloats())
        .isNotEqualTo(
            ParameterVector.initial(network, DataType.FLOAT, NoiseSource.of(6)).toFloats());
    double[] out =
        evaluate(
            initial,
            array(DataType.FLOAT, 3, grid().size(), 2, config().channels()),
            array(DataType.FLOAT, 4, 2, config().levelFeatures()),
            grid());
    assertThat(Arrays.stream(out).map(Math::abs).max()).hasValue(0);
  }

  @Test
  final void configurationRebuildsTheParameters() {
    Map<String, List<Integer>> shapes = new LinkedHashMap<>();
    config().network().parameters().forEach(p -> shapes.put(p.name(), p.shape()));
    Map<String, List<Integer>> again = new LinkedHashMap<>();
    config().network().config().network().parameters().forEach(p -> again.put(p.name(), p.shape()));
    assertThat(again).isEqualTo(shapes).hasSameSizeAs(config().network().parameters());
  }
}
