package io.fdiff.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.fdiff.nn.GraphContext;
import io.fdiff.nn.NetworkConfig;
import io.fdiff.nn.ParameterVector;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class TrainerTest {

  /** The objective of the fixture, changed on the way. */
  private abstract static class Changed implements Objective {
    final Objective original = TrainingFixture.objective();

    @Override
    public Grid grid() {
      return original.grid();
    }

    @Override
    public SDVariable loss(GraphContext context, SDVariable output) {
      return original.loss(context, output);
    }
  }

  @Test
  void lossOfAFixedBatchFalls() {
    Objective fixed =
        new Changed() {
          @Override
          public Map<String, INDArray> batch(
              NetworkConfig config, DataType type, int size, NoiseSource noise) {
            return original.batch(config, type, size, noise.withStep(0));
          }
        };
    List<Double> losses = new ArrayList<>();
    try (Trainer trainer =
        Trainer.of(
            TrainingFixture.network(),
            fixed,
            TrainingFixture.config().withSteps(300).withLearningRate(1e-2))) {
      trainer.listen(event -> losses.add(event.loss()));
      assertThat(trainer.run()).isTrue();
    }
    assertThat(losses).hasSize(300);
    assertThat(losses.get(299)).isLessThan(0.3 * losses.get(0));
  }

  @Test
  void equalConfigurationsGiveEqualBits() {
    try (Trainer one = TrainingFixture.trainer();
        Trainer other = TrainingFixture.trainer();
        Trainer third =
            Trainer.of(
                TrainingFixture.network(),
                TrainingFixture.objective(),
                TrainingFixture.config().withSeed(8))) {
      one.run(15);
      other.run(15);
      third.run(15);
      assertThat(one.weights().toFloats()).isEqualTo(other.weights().toFloats());
      assertThat(one.runningLoss()).isEqualTo(other.runningLoss());
      assertThat(one.weights().toFloats()).isNotEqualTo(third.weights().toFloats());
      assertThat(one.averagedWeights().toFloats()).isNotEqualTo(one.weights().toFloats());
    }
  }

  /** Probing runs inside the warm-up do not change the outcome. */
  @Test
  void totalMayBePlannedDuringTheWarmUp() {
    try (Trainer planned =
            Trainer.of(
                TrainingFixture.network(),
                TrainingFixture.objective(),
                TrainingFixture.config().withSteps(1_000_000));
        Trainer known = TrainingFixture.trainer()) {
      planned.run(10);
      planned.planSteps(40);
      planned.run();
      known.run();
      assertThat(planned.weights().toFloats()).isEqualTo(known.weights().toFloats());
      assertThat(planned.steps()).isEqualTo(40);
      assertThat(planned.config().steps()).isEqualTo(40);
      assertThatIllegalStateException()
          .isThrownBy(() -> planned.planSteps(50))
          .withMessageContaining("total of 50 steps after step 40");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> planned.run(41))
          .withMessageContaining("until step 41 of 40");
    }
  }

  @Test
  void listenerEndsTheRun() {
    List<Long> heard = new ArrayList<>();
    try (Trainer trainer = TrainingFixture.trainer()) {
      trainer.listen(
          event -> {
            heard.add(event.step());
            assertThat(event.steps()).isEqualTo(40);
            assertThat(event.learningRate())
                .isEqualTo(TrainingFixture.config().learningRate().at(event.step() - 1, 40));
            assertThat(event.runningLoss()).isEqualTo(trainer.runningLoss());
            return event.step() < 6;
          });
      assertThat(trainer.run()).isFalse();
      assertThat(trainer.steps()).isEqualTo(6);
      assertThat(heard).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
    }
  }

  /** With a tiny clip norm only the direction of the gradient is left: Adam does not see it. */
  @Test
  void clippingBoundsTheGradient() {
    Objective loud =
        new Changed() {
          @Override
          public SDVariable loss(GraphContext context, SDVariable output) {
            return original.loss(context, output).mul(1e6);
          }

          @Override
          public Map<String, INDArray> batch(
              NetworkConfig config, DataType type, int size, NoiseSource noise) {
            return original.batch(config, type, size, noise);
          }
        };
    TrainingConfig config = TrainingFixture.config().withClipNorm(0.5);
    try (Trainer clipped = Trainer.of(TrainingFixture.network(), loud, config);
        Trainer quiet =
            Trainer.of(TrainingFixture.network(), TrainingFixture.objective(), config)) {
      clipped.step();
      quiet.step();
      double moments = norm(clipped);
      assertThat(moments).isBetween(0.05 * 0.9999, 0.05 * 1.0001);
      assertThat(norm(quiet)).isLessThanOrEqualTo(0.05 * 1.0001);
    }
  }

  private static double norm(Trainer trainer) {
    float[] m = trainer.state().m();
    return Math.sqrt(IntStream.range(0, m.length).mapToDouble(i -> (double) m[i] * m[i]).sum());
  }

  @Test
  void notANumberStopsTheRunAndKeepsTheState() {
    Objective broken =
        new Changed() {
          @Override
          public Map<String, INDArray> batch(
              NetworkConfig config, DataType type, int size, NoiseSource noise) {
            Map<String, INDArray> batch = new HashMap<>(original.batch(config, type, size, noise));
            if (noise.toString().contains("step 12]")) {
              // Not mul(NaN): ND4J multiplies by 1e-5 instead.
              INDArray values = batch.get(GraphContext.VALUES).dup('c');
              values.putScalar(5, Float.NaN);
              batch.put(GraphContext.VALUES, values);
            }
            return batch;
          }
        };
    try (Trainer trainer = Trainer.of(TrainingFixture.network(), broken, TrainingFixture.config());
        Trainer sound = TrainingFixture.trainer()) {
      assertThatExceptionOfType(ArithmeticException.class)
          .isThrownBy(trainer::run)
          .withMessageContaining("step 12: loss NaN");
      assertThat(trainer.steps()).isEqualTo(12);
      sound.run(12);
      assertThat(trainer.weights().toFloats()).isEqualTo(sound.weights().toFloats());
    }
  }

  @Test
  void missingValuesInTheDataAreRefused() {
    DenoisingObjective objective = TrainingFixture.objective();
    INDArray data = FunctionBatch.zeros(objective.grid(), DataType.DOUBLE, 3, 1);
    data.putScalar(new int[] {1, 0, 4}, Double.NaN);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TrainingFixture.objective(data))
        .withMessageContaining("function 1 of the data contains NaN");
  }

  @Test
  void batchesDependOnTheirAddressAlone() {
    NetworkConfig config = TrainingFixture.network().config();
    DenoisingObjective objective = TrainingFixture.objective();
    NoiseSource noise = NoiseSource.of(3).withStep(5);
    float[] first = floats(objective.batch(config, DataType.FLOAT, 8, noise));
    objective.batch(config, DataType.FLOAT, 4, noise.withStep(6));
    assertThat(floats(objective.batch(config, DataType.FLOAT, 8, noise))).isEqualTo(first);
    assertThat(floats(objective.batch(config, DataType.FLOAT, 8, noise.withStep(6))))
        .isNotEqualTo(first);
  }

  private static float[] floats(Map<String, INDArray> batch) {
    INDArray values = batch.get(GraphContext.VALUES);
    float[] floats = new float[(int) values.length()];
    values.data().asNioFloat().get(floats);
    return floats;
  }

  /**
   * Times are log-uniform and stratified: the level feature of each eighth lies in its own part.
   */
  @Test
  void timesAreOfLowDiscrepancy() {
    NetworkConfig config = TrainingFixture.network().config();
    DenoisingObjective objective = TrainingFixture.objective();
    INDArray level =
        objective.batch(config, DataType.DOUBLE, 8, NoiseSource.of(3)).get(GraphContext.LEVEL);
    double range = Math.log(20 / 1e-3) / 2;
    boolean[] seen = new boolean[8];
    for (int i = 0; i < 8; i++) {
      // The slowest sine has frequency π/16 and is monotone here.
      double ell = Math.asin(level.getDouble(i, 0)) * 16 / Math.PI;
      double fraction = (ell - Math.log(1e-3) / 2) / range;
      seen[(int) (8 * fraction)] = true;
    }
    assertThat(seen).containsOnly(true);
  }

  @Test
  void memoryStaysFlat() {
    try (Trainer trainer =
        Trainer.of(
            TrainingFixture.network(),
            TrainingFixture.objective(),
            TrainingFixture.config().withSteps(100_000))) {
      trainer.run(300);
      System.gc();
      long before = Pointer.physicalBytes();
      trainer.run(2300);
      long grown = Pointer.physicalBytes() - before;
      // A leak of one array of this net, 3 kB, at each of 150 operations would be 900 MB.
      assertThat(grown).isLessThan(150_000_000);
    }
  }

  @Test
  void foreignNetworkIsRefused() {
    ParameterVector vector = ParameterVector.zeros(TrainingFixture.network(), DataType.FLOAT);
    Map<String, INDArray> tensors = new HashMap<>(vector.tensors());
    tensors.put("layer0.pointwise", Nd4j.create(DataType.FLOAT, 3, 3));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ParameterVector.of(TrainingFixture.network(), DataType.FLOAT, tensors))
        .withMessageContaining("layer0.pointwise has shape [3, 3], expected [6, 6]");
    tensors.remove("layer0.pointwise");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ParameterVector.of(TrainingFixture.network(), DataType.FLOAT, tensors))
        .withMessageContaining("layer0.pointwise is missing");
    tensors.put("layer9.pointwise", Nd4j.create(DataType.FLOAT, 3, 3));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ParameterVector.of(TrainingFixture.network(), DataType.FLOAT, tensors))
        .withMessageContaining("[layer9.pointwise] are not parameters");
  }
}
