package io.fdiff.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.covariance.KernelCovariance;
import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.flow.FlowPath;
import io.fdiff.flow.Interpolant;
import io.fdiff.kernel.Matern;
import io.fdiff.measure.GaussianMeasure;
import io.fdiff.nn.Condition;
import io.fdiff.nn.Conditioning;
import io.fdiff.nn.GraphContext;
import io.fdiff.nn.Network;
import io.fdiff.nn.NetworkConfig;
import io.fdiff.nn.ParameterVector;
import io.fdiff.nn.Preconditioning;
import io.fdiff.nn.SpectralPreconditioning;
import io.fdiff.nn.Target;
import io.fdiff.nn.TinyNetwork;
import io.fdiff.nn.arch.FourierNeuralOperatorConfig;
import io.fdiff.nn.data.Augmentation;
import io.fdiff.nn.data.TrainingData;
import io.fdiff.nn.loss.LossNorm;
import io.fdiff.nn.loss.LossWeight;
import io.fdiff.noise.NoiseSource;
import io.fdiff.schedule.NoiseSchedule;
import io.fdiff.schedule.TimeDistribution;
import io.fdiff.sde.FunctionalDiffusion;
import io.fdiff.sde.SDE;
import io.fdiff.sde.SpectralSDE;
import io.fdiff.sde.VariancePreserving;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.Basis;
import io.fdiff.transform.CosineTransform;
import io.fdiff.transform.FourierTransform;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class DenoisingObjectiveTest {

  private static final RegularGrid GRID = RegularGrid.unit(12);
  private static final SpectralCovariance NOISE =
      SpectralCovariance.of(CosineTransform.of(GRID), Spectrum.bessel(5, 1, 10));
  private static final SpectralCovariance LAW =
      SpectralCovariance.of(CosineTransform.of(GRID), Spectrum.bessel(8, 2, 2000));
  private static final SDE PRESERVING =
      VariancePreserving.of(NOISE, NoiseSchedule.linear(0.1, 20), 1);
  private static final INDArray DATA = GaussianMeasure.centred(LAW).sample(NoiseSource.of(5), 40);
  private static final RegularGrid SQUARE = RegularGrid.unit(RegularGrid.Layout.PERIODIC, 6, 6);
  private static final SpectralSDE PER_MODE = FunctionalDiffusion.images32(SQUARE, 5);
  private static final SpectralCovariance IMAGES =
      SpectralCovariance.of(FourierTransform.of(SQUARE), Spectrum.bessel(4, 2, 100));
  private static final INDArray IMAGE_DATA =
      GaussianMeasure.centred(IMAGES).sample(NoiseSource.of(6), 40);

  private static DenoisingObjective objective() {
    return DenoisingObjective.of(PRESERVING, DATA);
  }

  private static NetworkConfig tiny(Conditioning conditioning) {
    return new TinyNetwork.Config(1, 4, conditioning, 1);
  }

  private static double[] values(INDArray array) {
    double[] values = new double[(int) array.length()];
    FunctionBatch.read(array, values);
    return values;
  }

  private static Map<String, double[]> copy(Map<String, INDArray> batch) {
    Map<String, double[]> copy = new HashMap<>();
    batch.forEach((name, array) -> copy.put(name, values(array)));
    return copy;
  }

  private static INDArray normals(int seed, long... shape) {
    INDArray array = Nd4j.create(DataType.DOUBLE, shape);
    double[] values = new double[(int) array.length()];
    NoiseSource.of(seed).normals(0, 0, new int[] {values.length}, values, 0);
    FunctionBatch.write(values, array);
    return array;
  }

  private static Condition conditions(int size) {
    int[] labels = new int[size];
    for (int i = 0; i < size; i++) {
      labels[i] = i % 3;
    }
    return Condition.ofClasses(labels)
        .and(Condition.ofFunctions(normals(1, size, 2, 12)))
        .and(Condition.ofMeasurements(normals(2, size, 2)));
  }

  private static Map<String, DenoisingObjective> objectives() {
    Map<String, DenoisingObjective> all = new LinkedHashMap<>();
    all.put("default", objective());
    all.put("noise", objective().predicting(Target.NOISE).withWeight(LossWeight.edm(0.5)));
    all.put(
        "operators",
        objective().predicting(SpectralPreconditioning.of(LAW)).withWeight(LossWeight.ON_CLEAN));
    all.put("Sobolev", objective().withNorm(LossNorm.sobolev(Basis.COSINE, -0.5)));
    all.put(
        "Cameron–Martin",
        objective()
            .predicting(Target.CLEAN)
            .withNorm(LossNorm.cameronMartin(NOISE, 5))
            .withWeight(LossWeight.ON_NOISE));
    all.put(
        "dense",
        objective()
            .withNorm(LossNorm.cameronMartin(KernelCovariance.of(GRID, Matern.exponential(1, 1))))
            .withWeight(LossWeight.LIKELIHOOD)
            .withTimes(TimeDistribution.uniform(0.1, 1)));
    all.put("subset", objective().predicting(Target.ROTATED).onPoints(5));
    all.put(
        "flow",
        DenoisingObjective.flow(
            new FlowPath(Interpolant.optimalTransport(1e-4), NOISE), TrainingData.of(GRID, DATA)));
    DenoisingObjective images =
        DenoisingObjective.of(PER_MODE, IMAGE_DATA).withWeight(LossWeight.ON_CLEAN);
    all.put("FDP", images.withNorm(LossNorm.diffusionRates(PER_MODE)));
    all.put(
        "FDP, operators",
        images
            .predicting(SpectralPreconditioning.of(IMAGES))
            .withWeight(LossWeight.LIKELIHOOD)
            .withAugmentation(Augmentation.horizontalFlip()));
    return all;
  }

  @Test
  void gradientsAreThoseOfCentralDifferences() {
    List<String> wrong = new ArrayList<>();
    objectives().forEach((name, objective) -> check(name, objective, wrong));
    check(
        "conditional",
        objective().given(conditions(40), 0.3),
        new TinyNetwork.Config(1, 4, new Conditioning(3, 2, 2), 1).network(),
        wrong);
    assertThat(wrong).isEmpty();
  }

  private static void check(String name, DenoisingObjective objective, List<String> wrong) {
    check(name, objective, TinyNetwork.on(objective.grid()), wrong);
  }

  private static void check(
      String name, DenoisingObjective objective, Network network, List<String> wrong) {
    ParameterVector theta = TinyNetwork.parameters(network, DataType.DOUBLE);
    ParameterVector scratch = ParameterVector.zeros(network, DataType.DOUBLE);
    Map<String, INDArray> batch =
        objective.batch(network.config(), DataType.DOUBLE, 3, NoiseSource.of(8));
    try (LossGradient loss = LossGradient.of(network, theta, objective, scratch)) {
      double value = loss.evaluate(batch);
      ParameterVector gradient = ParameterVector.of(network, DataType.DOUBLE, scratch.tensors());
      for (String parameter : theta.tensors().keySet()) {
        INDArray values = theta.tensor(parameter);
        for (long i = 0; i < values.length(); i += 3) {
          double before = values.getDouble(i);
          double h = 1e-4;
          double difference = 0;
          double[] weights = {1, -8, 8, -1};
          int[] offsets = {-2, -1, 1, 2};
          for (int k = 0; k < 4; k++) {
            values.putScalar(i, before + offsets[k] * h);
            difference += weights[k] * loss.evaluate(batch) / (12 * h);
          }
          values.putScalar(i, before);
          double slope = gradient.tensor(parameter).getDouble(i);
          // Fourth order: h⁴ = 1e-16; rounding of the loss 1e-16/h of its value.
          double scale = 1 + Math.abs(difference) + value;
          if (!(Math.abs(slope - difference) <= 1e-8 * scale)) {
            wrong.add(name + " " + parameter + "[" + i + "]: " + slope + " not " + difference);
          }
        }
      }
    }
  }

  @Test
  void batchesDependOnTheirAddressAloneAndStayValidForOneMore() {
    objectives()
        .forEach(
            (name, objective) -> {
              NetworkConfig config = TinyNetwork.on(objective.grid()).config();
              NoiseSource source = NoiseSource.of(3);
              Map<String, INDArray> first =
                  objective.batch(config, DataType.FLOAT, 6, source.withStep(10));
              Map<String, double[]> before = copy(first);
              Map<String, INDArray> second =
                  objective.batch(config, DataType.FLOAT, 6, source.withStep(11));
              first.forEach(
                  (key, array) -> {
                    assertThat(values(array)).as("%s %s", name, key).isEqualTo(before.get(key));
                    assertThat(array).isNotSameAs(second.get(key));
                  });
              assertThat(values(second.get(GraphContext.VALUES)))
                  .isNotEqualTo(before.get(GraphContext.VALUES));
              Map<String, double[]> again =
                  copy(objective.batch(config, DataType.FLOAT, 6, source.withStep(10)));
              again.forEach(
                  (key, array) ->
                      assertThat(array).as("%s %s", name, key).isEqualTo(before.get(key)));
              assertThat(again.keySet()).isEqualTo(before.keySet());
            });
  }

  /** The mean of the losses on all subsets of 2 of 5 points is the loss on all points. */
  @Test
  void lossOnRandomPointsIsUnbiased() {
    RegularGrid grid = RegularGrid.unit(RegularGrid.Layout.NODE, 5);
    SDE sde =
        VariancePreserving.of(
            SpectralCovariance.of(CosineTransform.of(grid), Spectrum.bessel(5, 1, 10)),
            NoiseSchedule.linear(0.1, 20),
            1);
    INDArray one = normals(4, 1, 1, 5);
    DenoisingObjective full = DenoisingObjective.of(sde, one).withTimes(new ClosedForm.At(0.3));
    DenoisingObjective part = full.onPoints(2);
    Network network = TinyNetwork.on(grid);
    ParameterVector theta = TinyNetwork.parameters(network, DataType.DOUBLE);
    Map<List<Double>, Double> losses = new HashMap<>();
    NoiseSource fixed = NoiseSource.of(2);
    Map<String, double[]> all = copy(full.batch(network.config(), DataType.DOUBLE, 4, fixed));
    ParameterVector gradient = ParameterVector.zeros(network, DataType.DOUBLE);
    try (LossGradient loss = LossGradient.of(network, theta, full, gradient);
        LossGradient some = LossGradient.of(network, theta, part, gradient)) {
      double expected = loss.evaluate(full.batch(network.config(), DataType.DOUBLE, 4, fixed));
      for (int step = 0; step < 300; step++) {
        Map<String, INDArray> batch =
            new HashMap<>(part.batch(network.config(), DataType.DOUBLE, 4, fixed.withStep(step)));
        double[] points = values(batch.get(GraphContext.COORDINATES));
        List<Double> subset = new ArrayList<>(List.of(points[0], points[1]));
        subset.sort(Double::compare);
        if (losses.containsKey(subset)) {
          continue;
        }
        // The states of the full batch, at the points of this one.
        INDArray target = Nd4j.create(DataType.DOUBLE, 2, 4, 1);
        for (int s = 0; s < 2; s++) {
          int p = (int) Math.round((points[s] + 1) * 2);
          for (int b = 0; b < 4; b++) {
            target.putScalar(new int[] {s, b, 0}, all.get(BatchArrays.TARGET)[p * 4 + b]);
          }
        }
        INDArray states = batch.get(GraphContext.VALUES).dup();
        FunctionBatch.write(all.get(GraphContext.VALUES), states);
        batch.put(GraphContext.VALUES, states);
        batch.put(BatchArrays.TARGET, target);
        losses.put(subset, some.evaluate(batch));
      }
      assertThat(losses).hasSize(10);
      double mean = losses.values().stream().mapToDouble(v -> v).average().orElseThrow();
      assertThat(mean).isCloseTo(expected, within(1e-12 * expected));
    }
  }

  @Test
  void conditionsBelongToTheirFunctionsAndAreDroppedAtTheirRate() {
    // Function i of the data is the constant i, and so is its context; its measurement is i.
    int size = 9;
    INDArray data = Nd4j.create(DataType.DOUBLE, size, 1, 12);
    int[] labels = new int[size];
    INDArray measured = Nd4j.create(DataType.DOUBLE, size, 2);
    INDArray context = Nd4j.create(DataType.DOUBLE, size, 2, 12);
    for (int i = 0; i < size; i++) {
      labels[i] = i % 3;
      for (int p = 0; p < 12; p++) {
        data.putScalar(new int[] {i, 0, p}, i);
        context.putScalar(new int[] {i, 0, p}, i + 1);
        context.putScalar(new int[] {i, 1, p}, -i - 1);
      }
      measured.putScalar(i, 0, i);
      measured.putScalar(i, 1, 2 * i);
    }
    Condition conditions =
        Condition.ofClasses(labels)
            .and(Condition.ofFunctions(context))
            .and(Condition.ofMeasurements(measured));
    int n = 2000;
    DenoisingObjective objective =
        DenoisingObjective.of(PRESERVING, data).predicting(Target.CLEAN).given(conditions, 0.25);
    Map<String, INDArray> batch =
        objective.batch(tiny(new Conditioning(3, 2, 2)), DataType.DOUBLE, n, NoiseSource.of(1));
    double[] target = values(batch.get(BatchArrays.TARGET));
    double[] features = values(batch.get(GraphContext.CONDITION));
    double[] functions = values(batch.get(GraphContext.CONTEXT));
    int dropped = 0;
    for (int b = 0; b < n; b++) {
      int i = (int) Math.round(target[b]);
      double[] expected = new double[6];
      boolean told = features[b * 6] == 1;
      if (told) {
        expected[0] = 1;
        expected[1 + i % 3] = 1;
        expected[4] = i;
        expected[5] = 2 * i;
      } else {
        dropped++;
      }
      for (int j = 0; j < 6; j++) {
        assertThat(features[b * 6 + j]).isEqualTo(expected[j]);
      }
      for (int p = 0; p < 12; p += 11) {
        assertThat(functions[(p * n + b) * 2]).isEqualTo(told ? i + 1 : 0);
        assertThat(functions[(p * n + b) * 2 + 1]).isEqualTo(told ? -i - 1 : 0);
      }
    }
    // Binomial with deviation 19.4: 5 of them, false alarm 6e-7.
    assertThat(dropped).isBetween(403, 597);
  }

  @Test
  void augmentationChangesFunctionAndContextAlike() {
    INDArray data = normals(4, 5, 1, 12);
    Augmentation flip = Augmentation.flip(0).withProbability(0.5);
    DenoisingObjective plain =
        DenoisingObjective.of(PRESERVING, data)
            .predicting(Target.CLEAN)
            .given(Condition.ofFunctions(data), 0);
    NetworkConfig config = tiny(Conditioning.onFunctions(1));
    int n = 64;
    Map<String, double[]> before = copy(plain.batch(config, DataType.DOUBLE, n, NoiseSource.of(1)));
    Map<String, double[]> after =
        copy(plain.withAugmentation(flip).batch(config, DataType.DOUBLE, n, NoiseSource.of(1)));
    int flipped = 0;
    for (int b = 0; b < n; b++) {
      boolean same = after.get(BatchArrays.TARGET)[b] == before.get(BatchArrays.TARGET)[b];
      flipped += same ? 0 : 1;
      for (int p = 0; p < 12; p++) {
        int from = (same ? p : 11 - p) * n + b;
        assertThat(after.get(BatchArrays.TARGET)[p * n + b])
            .isEqualTo(before.get(BatchArrays.TARGET)[from]);
        assertThat(after.get(GraphContext.CONTEXT)[p * n + b])
            .isEqualTo(after.get(BatchArrays.TARGET)[p * n + b]);
      }
    }
    assertThat(flipped).isBetween(10, 54);
  }

  /** Weights of the second law make the mean of any function of time that under the first. */
  @Test
  void importanceWeightsAreDensityRatios() {
    TimeDistribution stated = TimeDistribution.uniform(0.01, 1);
    DenoisingObjective objective =
        objective().withTimes(TimeDistribution.logUniform(0.01, 1), stated);
    int n = 4096;
    Map<String, INDArray> batch =
        objective.batch(tiny(Conditioning.NONE), DataType.DOUBLE, n, NoiseSource.of(1));
    double sum = 0;
    for (double w : values(batch.get(BatchArrays.WEIGHTS))) {
      sum += w;
    }
    // Stratified over 4096 strata: the error of the quadrature of the weight is below 1/4096 · 5.
    assertThat(sum).isCloseTo(1, within(2e-3));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> objective().withTimes(TimeDistribution.logUniform(0.1, 1), stated))
        .withMessageContaining("[0.1, 1.0] for a loss stated on [0.01, 1.0]");
  }

  @Test
  void flowsHaveTheVelocityOfThePathAsTarget() {
    FlowPath path = new FlowPath(Interpolant.optimalTransport(1e-4), NOISE);
    DenoisingObjective flow =
        DenoisingObjective.flow(path, TrainingData.of(GRID, normals(4, 1, 1, 12)));
    NetworkConfig config = tiny(Conditioning.NONE);
    double s = 0.4;
    Map<String, double[]> batch =
        copy(
            flow.withTimes(new ClosedForm.At(s))
                .batch(config, DataType.DOUBLE, 1, NoiseSource.of(1)));
    double[] x1 = values(normals(4, 1, 1, 12));
    double alpha = 0.6;
    double beta = 1 - (1 - 1e-4) * alpha;
    double in = 1 / Math.hypot(alpha, beta);
    for (int p = 0; p < 12; p++) {
      double state = batch.get(GraphContext.VALUES)[p] / in;
      double x0 = (state - alpha * x1[p]) / beta;
      assertThat(batch.get(BatchArrays.TARGET)[p])
          .isCloseTo(x1[p] - (1 - 1e-4) * x0, within(1e-12));
    }
  }

  @Test
  void badArgumentsAreRefused() {
    NoiseSource source = NoiseSource.of(1);
    NetworkConfig operator =
        new FourierNeuralOperatorConfig(1, 6, 2, 5, 4, 6, 8, Conditioning.NONE);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> objective().onPoints(5).batch(operator, DataType.FLOAT, 2, source))
        .withMessageContaining("not a function of the coordinates: use all points");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> objective().onPoints(13))
        .withMessageContaining("13 points");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                objective()
                    .withNorm(LossNorm.sobolev(Basis.COSINE, 1))
                    .onPoints(5)
                    .batch(tiny(Conditioning.NONE), DataType.FLOAT, 2, source))
        .withMessageContaining("needs all points");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> objective().withTimes(TimeDistribution.uniform(0.1, 2)))
        .withMessageContaining("times from 0.1 to 2.0 are not in (0, 1.0]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> objective().given(Condition.ofClasses(0, 1), 0.1))
        .withMessageContaining("conditions for 2 of 40 functions");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> objective().given(conditions(40), Double.NaN))
        .withMessageContaining("drop probability NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> objective().batch(tiny(Conditioning.onClasses(2)), DataType.FLOAT, 2, source))
        .withMessageContaining("give it the conditions of the data");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                objective()
                    .given(conditions(40), 0)
                    .batch(tiny(new Conditioning(2, 2, 2)), DataType.FLOAT, 2, source))
        .withMessageContaining("label 2 of sample 2");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                objective()
                    .batch(
                        new TinyNetwork.Config(2, 4, Conditioning.NONE, 1),
                        DataType.FLOAT,
                        2,
                        source))
        .withMessageContaining("network of 2 channels for data with 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DenoisingObjective.of(PRESERVING, TrainingData.of(SQUARE, IMAGE_DATA)))
        .withMessageContaining("use sde.on(data.grid())");
    FlowPath path = new FlowPath(Interpolant.optimalTransport(1e-4), NOISE);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                DenoisingObjective.flow(path, TrainingData.of(GRID, DATA))
                    .predicting(Preconditioning.UNIT)
                    .batch(tiny(Conditioning.NONE), DataType.FLOAT, 2, source))
        .withMessageContaining("at time 1.0 is not finite");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                DenoisingObjective.of(PER_MODE, IMAGE_DATA)
                    .withWeight(LossWeight.ON_CLEAN)
                    .withNorm(
                        LossNorm.cameronMartin(
                            KernelCovariance.of(SQUARE, Matern.exponential(1, 1))))
                    .batch(TinyNetwork.on(SQUARE).config(), DataType.FLOAT, 2, source))
        .withMessageContaining("use a spectral norm");
  }
}
