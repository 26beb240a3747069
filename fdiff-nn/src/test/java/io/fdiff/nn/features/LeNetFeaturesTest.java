package io.fdiff.nn.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fdiff.data.IdxReader;
import io.fdiff.metrics.FrechetDistance;
import io.fdiff.nn.GraphContext;
import io.fdiff.nn.Parameter;
import io.fdiff.nn.ParameterVector;
import io.fdiff.nn.arch.LeNet;
import io.fdiff.nn.arch.LeNetConfig;
import io.fdiff.nn.io.SafeTensors;
import io.fdiff.nn.train.ClassificationObjective;
import io.fdiff.nn.train.LearningRate.Decay;
import io.fdiff.nn.train.LossGradient;
import io.fdiff.nn.train.Trainer;
import io.fdiff.nn.train.TrainingConfig;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.RegularGrid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class LeNetFeaturesTest {

  /** Images and their classes. */
  private record Labelled(INDArray images, List<Integer> classes) {
    int[] labels() {
      return classes.stream().mapToInt(k -> k).toArray();
    }
  }

  /**
   * Gratings of random phase and period in noise, the class being one of four directions. The mean
   * image of a class is 0, so that no linear classifier beats chance.
   */
  private static Labelled gratings(int n, long seed) {
    RegularGrid grid = RegularGrid.unit(28, 28);
    double[] values = new double[n * 784];
    int[] labels = new int[n];
    NoiseSource noise = NoiseSource.of(seed);
    for (int i = 0; i < n; i++) {
      var generator = noise.uniform(i);
      labels[i] = generator.nextInt(4);
      double angle = Math.PI * labels[i] / 4;
      double phase = 2 * Math.PI * generator.nextDouble();
      double waves = 3 + 2 * generator.nextDouble();
      for (int p = 0; p < 784; p++) {
        double along =
            grid.coordinate(p, 0) * Math.cos(angle) + grid.coordinate(p, 1) * Math.sin(angle);
        values[i * 784 + p] =
            Math.sin(2 * Math.PI * waves * along + phase) + generator.nextDouble() - 0.5;
      }
    }
    return new Labelled(
        FunctionBatch.array(grid, DataType.FLOAT, 1, values),
        Arrays.stream(labels).boxed().toList());
  }

  private static LeNetFeatures trained(Labelled data, int classes, TrainingConfig training) {
    LeNetConfig config = new LeNetConfig(1, 28, 28, classes);
    ClassificationObjective objective =
        ClassificationObjective.of(RegularGrid.unit(28, 28), data.images(), data.labels(), classes);
    try (Trainer trainer = Trainer.of(config.network(), objective, training)) {
      trainer.run();
      return LeNetFeatures.of(config, trainer.averagedWeights());
    }
  }

  private static TrainingConfig training(int steps) {
    return TrainingConfig.defaults()
        .withSteps(steps)
        .withBatchSize(32)
        .withLearningRate(4e-3)
        .withWarmUpSteps(10)
        .withDecay(Decay.COSINE)
        .withEmaDecay(0.9)
        .withSeed(3);
  }

  /**
   * Four classes of gratings: chance is ¼. The distance between two directions is far above that
   * between two sets of one law, and the features survive a file to the bit.
   */
  @Test
  void gratingsAreToldApart(@TempDir Path directory) throws IOException {
    Labelled data = gratings(2000, 1);
    try (LeNetFeatures features = trained(data, 4, training(200))) {
      Labelled test = gratings(400, 2);
      assertThat(features.accuracy(test.images(), test.labels())).isGreaterThan(0.95);

      double[][] one = features.features(test.images());
      double[][] other = features.features(gratings(400, 7).images());
      assertThat(one[0]).hasSize(84);
      double floor = FrechetDistance.between(one, other);
      // Both laws are fitted from 400 images: the floor is the bias of the estimate.
      Labelled many = gratings(800, 8);
      double[][] all = features.features(many.images());
      double[][] upright = rows(all, many, 0, 1);
      double[][] slanted = rows(all, many, 2, 3);
      assertThat(FrechetDistance.between(upright, slanted)).isGreaterThan(5 * floor);

      Path file = directory.resolve("lenet.safetensors");
      features.write(file);
      try (LeNetFeatures again = LeNetFeatures.read(file)) {
        assertThat(again.features(test.images())).isDeepEqualTo(one);
      }
    }
  }

  /** The rows of two classes. */
  private static double[][] rows(double[][] features, Labelled data, int first, int second) {
    return IntStream.range(0, features.length)
        .filter(i -> data.labels()[i] == first || data.labels()[i] == second)
        .mapToObj(i -> features[i])
        .toArray(double[][]::new);
  }

  /**
   * Digits of MNIST: 12,000 images of the training set, the first 2,000 of the test set, values
   * standardised. Skipped where {@code FDIFF_DATA} does not name the data.
   */
  @Test
  @Tag("slow")
  void digitsAreRead() throws IOException {
    Labelled data = digits("train", 12_000);
    try (LeNetFeatures features = trained(data, 10, training(1200))) {
      Labelled test = digits("t10k", 2000);
      assertThat(features.accuracy(test.images(), test.labels())).isGreaterThan(0.95);
    }
  }

  private static Labelled digits(String part, int count) throws IOException {
    Path images = dataSet("mnist/" + part + "-images-idx3-ubyte.gz");
    Path labels = dataSet("mnist/" + part + "-labels-idx1-ubyte.gz");
    return new Labelled(
        IdxReader.images(images, count).values().sub(0.13).divi(0.31),
        Arrays.stream(IdxReader.labels(labels, count)).boxed().toList());
  }

  private static Path dataSet(String name) {
    String variable = System.getenv("FDIFF_DATA");
    Path root = Path.of(variable == null ? "../../shared/data" : variable);
    Path file = root.resolve(name);
    assumeTrue(Files.exists(file), "data set not found: " + file + "; set FDIFF_DATA");
    return file;
  }

  /**
   * Sums of products: 156 + 2,416 + 48,120 + 10,164 + 850; the original of 32 × 32 has the same.
   */
  @Test
  void parametersAreCounted() {
    assertThat(count(LeNetConfig.defaults())).isEqualTo(61_706);
    // 64 × 64: 14 × 14 places; 3 channels: 450 weights of the first convolution and 6 biases.
    int colour = 456 + 2_416 + 120 * (16 * 14 * 14 + 1) + 10_164 + 85 * 7;
    assertThat(count(new LeNetConfig(3, 64, 64, 7))).isEqualTo(colour);
    // An odd side loses its last row: 29 → 14 → 10 → 5.
    assertThat(count(new LeNetConfig(1, 29, 28, 10))).isEqualTo(61_706);
  }

  private static int count(LeNetConfig config) {
    return ParameterVector.zeros(config.network(), DataType.FLOAT).size();
  }

  private static INDArray colour(int n) {
    double[] values = new double[n * 3 * 29 * 32];
    NoiseSource.of(12).normals(0, 0, new int[] {values.length}, values, 0);
    return FunctionBatch.array(RegularGrid.unit(29, 32), DataType.DOUBLE, 3, values);
  }

  /** Central differences of second order: h² = 1e-10 times third derivatives of order 1. */
  @Test
  void gradientOfTheCrossEntropyIsThatOfCentralDifferences() {
    LeNet network = new LeNetConfig(3, 29, 32, 4).network();
    ParameterVector theta = ParameterVector.initial(network, DataType.DOUBLE, NoiseSource.of(2));
    ParameterVector scratch = ParameterVector.zeros(network, DataType.DOUBLE);
    ClassificationObjective objective =
        ClassificationObjective.of(
            RegularGrid.unit(29, 32), colour(5), new int[] {0, 3, 1, 2, 3}, 4);
    Map<String, INDArray> batch =
        objective.batch(network.config(), DataType.DOUBLE, 5, NoiseSource.of(1));
    try (LossGradient loss = LossGradient.of(network, theta, objective, scratch)) {
      // Twice: the second time on memory that has been used before.
      loss.evaluate(batch);
      loss.evaluate(batch);
      ParameterVector gradient = ParameterVector.of(network, DataType.DOUBLE, scratch.tensors());
      for (Parameter parameter : network.parameters()) {
        INDArray values = theta.tensor(parameter.name()).reshape(parameter.size());
        INDArray slopes = gradient.tensor(parameter.name()).reshape(parameter.size());
        for (int entry = 0; entry < 3; entry++) {
          int i = (int) (entry * 7919L % parameter.size());
          double before = values.getDouble(i);
          values.putScalar(i, before + 1e-5);
          double up = loss.evaluate(batch);
          values.putScalar(i, before - 1e-5);
          double down = loss.evaluate(batch);
          values.putScalar(i, before);
          assertThat(slopes.getDouble(i))
              .as("%s[%d]", parameter.name(), i)
              .isCloseTo((up - down) / 2e-5, within(1e-9));
        }
        assertThat(slopes.norm2Number().doubleValue()).as(parameter.name()).isGreaterThan(1e-6);
      }
    }
  }

  /** Logits that are biases: {@code log Σ_k e^{z_k} − z_y}, also where exponentials overflow. */
  @Test
  void lossIsTheCrossEntropy() {
    LeNet network = new LeNetConfig(1, 28, 28, 3).network();
    Labelled data = gratings(1, 1);
    ClassificationObjective objective =
        ClassificationObjective.of(RegularGrid.unit(28, 28), data.images(), new int[] {1}, 3);
    ParameterVector theta = ParameterVector.zeros(network, DataType.FLOAT);
    ParameterVector gradient = ParameterVector.zeros(network, DataType.FLOAT);
    Map<String, INDArray> batch =
        objective.batch(network.config(), DataType.FLOAT, 2, NoiseSource.of(1));
    try (LossGradient loss = LossGradient.of(network, theta, objective, gradient)) {
      assertThat(loss.evaluate(batch)).isCloseTo(Math.log(3), within(1e-6));
      theta.tensor("classes.bias").assign(Nd4j.createFromArray(1f, 2f, -1f));
      double expected = Math.log(Math.exp(1) + Math.exp(2) + Math.exp(-1)) - 2;
      assertThat(loss.evaluate(batch)).isCloseTo(expected, within(1e-6));
      double second = Math.exp(2) / (Math.exp(1) + Math.exp(2) + Math.exp(-1));
      assertThat(gradient.tensor("classes.bias").getDouble(1)).isCloseTo(second - 1, within(1e-6));
      theta.tensor("classes.bias").assign(Nd4j.createFromArray(500f, -500f, 0f));
      assertThat(loss.evaluate(batch)).isEqualTo(1000);
      assertThat(gradient.tensor("classes.bias").toFloatVector()).containsExactly(1, -1, 0);
    }
  }

  /**
   * A batch is a function of the noise source, and the arrays of the last call stay as they are.
   */
  @Test
  void batchesAreReproducibleAndOutliveTheNextCall() {
    Labelled data = gratings(50, 1);
    ClassificationObjective objective =
        ClassificationObjective.of(RegularGrid.unit(28, 28), data.images(), data.labels(), 4);
    LeNetConfig config = new LeNetConfig(1, 28, 28, 4);
    NoiseSource noise = NoiseSource.of(4).withStep(1);
    INDArray first = objective.batch(config, DataType.FLOAT, 6, noise).get(GraphContext.VALUES);
    float[] values = first.dup().data().asFloat();
    float[] other =
        objective
            .batch(config, DataType.FLOAT, 6, noise.withStep(2))
            .get(GraphContext.VALUES)
            .dup()
            .data()
            .asFloat();
    assertThat(first.dup().data().asFloat()).isEqualTo(values).isNotEqualTo(other);
    assertThat(
            objective
                .batch(config, DataType.FLOAT, 6, noise)
                .get(GraphContext.VALUES)
                .dup()
                .data()
                .asFloat())
        .isEqualTo(values);
  }

  /** An image among others and in another chunk gives the same features to round-off. */
  @Test
  void featuresDoNotDependOnTheBatch() {
    LeNetConfig config = new LeNetConfig(1, 28, 28, 4);
    ParameterVector theta =
        ParameterVector.initial(config.network(), DataType.FLOAT, NoiseSource.of(2));
    try (LeNetFeatures features = LeNetFeatures.of(config, theta)) {
      INDArray images = gratings(150, 5).images();
      INDArray before = images.dup();
      double[][] all = features.features(images);
      assertThat(images).isEqualTo(before);
      for (int i : new int[] {0, 127, 128, 149}) {
        INDArray one = images.get(NDArrayIndex.interval(i, i + 1)).dup('c');
        // FLOAT sums of 400 products of order 1/20.
        assertThat(features.features(one)[0]).containsExactly(all[i], within(2e-6));
      }
    }
  }

  @Test
  void badInputIsRefused(@TempDir Path directory) throws IOException {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LeNetConfig(1, 27, 28, 10))
        .withMessageContaining("images of 27 × 28 points: LeNet takes 28 × 28 and larger");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LeNetConfig(0, 28, 28, 10))
        .withMessageContaining("channels 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LeNetConfig(1, 28, 28, 1))
        .withMessageContaining("classes 1: must be at least 2");
    LeNetConfig config = LeNetConfig.defaults();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> config.network().gridInputs(RegularGrid.unit(32, 28), DataType.FLOAT))
        .withMessageContaining("[32, 28]: this network takes images of [28, 28]");

    RegularGrid grid = RegularGrid.unit(28, 28);
    INDArray images = gratings(3, 1).images();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ClassificationObjective.of(grid, images, new int[] {0, 1}, 4))
        .withMessageContaining("2 labels for 3 functions");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ClassificationObjective.of(grid, images, new int[] {0, 4, 1}, 4))
        .withMessageContaining("label 4 of function 1 is not in [0, 4)");
    INDArray broken = images.dup();
    broken.putScalar(new int[] {1, 0, 3, 3}, Double.NaN);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ClassificationObjective.of(grid, broken, new int[] {0, 1, 2}, 4))
        .withMessageContaining("function 1 contains NaN");

    ParameterVector theta = ParameterVector.zeros(config.network(), DataType.FLOAT);
    try (LeNetFeatures features = LeNetFeatures.of(config, theta)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> features.features(Nd4j.create(DataType.FLOAT, 2, 3, 28, 28)))
          .withMessageContaining("images of 3 channels: the network takes 1");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> features.features(Nd4j.create(DataType.FLOAT, 2, 1, 32, 32)))
          .withMessageContaining("[2, 1, 32, 32]");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> features.accuracy(images, new int[2]))
          .withMessageContaining("2 labels for 3 images");
    }
    Path file = directory.resolve("other.safetensors");
    new SafeTensors(theta.tensors(), Map.of()).write(file);
    assertThatIOException()
        .isThrownBy(() -> LeNetFeatures.read(file))
        .withMessageContaining("has no metadata config");
  }
}
