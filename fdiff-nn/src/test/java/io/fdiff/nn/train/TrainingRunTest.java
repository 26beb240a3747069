package io.fdiff.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.fdiff.nn.GraphContext;
import io.fdiff.nn.Network;
import io.fdiff.nn.NetworkConfig;
import io.fdiff.nn.ParameterVector;
import io.fdiff.nn.TinyNetwork;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Prefetching, accumulation, several grids, listeners, and the ways a run ends early. */
class TrainingRunTest {

  private static final JsonNode MODEL = JsonNodeFactory.instance.objectNode().put("basis", "cos");

  @TempDir Path directory;

  private static void same(Trainer one, Trainer other) {
    assertThat(one.steps()).isEqualTo(other.steps());
    assertThat(one.state().weights()).isEqualTo(other.state().weights());
    assertThat(one.state().average()).isEqualTo(other.state().average());
    assertThat(one.state().m()).isEqualTo(other.state().m());
    assertThat(one.state().v()).isEqualTo(other.state().v());
    assertThat(one.runningLoss()).isEqualTo(other.runningLoss());
  }

  /** An objective that records what it is asked for and may fail or give NaN. */
  private static final class Watched implements Objective {
    final Objective original;
    final List<String> asked = new ArrayList<>();
    long brokenStep = -1;

    Watched(Objective original) {
      this.original = original;
    }

    @Override
    public Grid grid() {
      return original.grid();
    }

    @Override
    public SDVariable loss(GraphContext context, SDVariable output) {
      return original.loss(context, output);
    }

    @Override
    public Map<String, INDArray> batch(
        NetworkConfig config, DataType type, int size, NoiseSource noise) {
      asked.add(noise.toString());
      Map<String, INDArray> batch = new HashMap<>(original.batch(config, type, size, noise));
      if (noise.toString().contains("step " + brokenStep + "]")) {
        INDArray values = batch.get(GraphContext.VALUES).dup('c');
        values.putScalar(5, Float.NaN);
        batch.put(GraphContext.VALUES, values);
      }
      return batch;
    }
  }

  @Test
  void prefetchingChangesNoBit() {
    TrainingConfig config = TrainingFixture.mixedConfig();
    try (Trainer with = TrainingFixture.mixedTrainer(config);
        Trainer without = TrainingFixture.mixedTrainer(config.withPrefetch(false))) {
      with.run(7);
      // A stop in between must not lose or repeat a batch.
      with.run(12);
      without.run(12);
      same(with, without);
    }
  }

  /** Every batch is made once, and none that no step needs. */
  @Test
  void batchesAreMadeOnce() {
    Watched objective = new Watched(new AddressedObjective());
    TrainingConfig config =
        TrainingFixture.config().withSteps(6).withAccumulation(2).withPrefetch(true);
    try (Trainer trainer = Trainer.of(TrainingFixture.network(), objective, config)) {
      trainer.run();
    }
    assertThat(objective.asked).hasSize(12).doesNotHaveDuplicates();
  }

  /**
   * Four batches of 4 are one of 16: gradients agree up to the rounding of FLOAT sums, for samples
   * that stand alone, for times of low discrepancy, random points, and noise coupled to the data.
   */
  @Test
  void accumulationIsTheLargeBatch() {
    sameAsTheLargeBatch(TrainingFixture.network(), new AddressedObjective());
    sameAsTheLargeBatch(TrainingFixture.network(), TrainingFixture.objective());
    sameAsTheLargeBatch(TrainingFixture.network(), TrainingFixture.coupledObjective());
    sameAsTheLargeBatch(
        TinyNetwork.on(RegularGrid.unit(16)), TrainingFixture.objective().onPoints(5));
  }

  private static void sameAsTheLargeBatch(Network network, Objective objective) {
    TrainingConfig large = TrainingFixture.config().withBatchSize(16).withClipNorm(0.01);
    TrainingConfig parts = large.withBatchSize(4).withAccumulation(4);
    List<TrainingEvent> events = new ArrayList<>();
    try (Trainer one = Trainer.of(network, objective, large);
        Trainer four = Trainer.of(network, objective, parts)) {
      one.listen(events::add);
      four.listen(events::add);
      one.run(1);
      four.run(1);
      double norm = 0;
      double error = 0;
      for (int i = 0; i < one.state().m().length; i++) {
        norm += Math.pow(one.state().m()[i], 2);
        error += Math.pow(one.state().m()[i] - four.state().m()[i], 2);
      }
      // m = 0.1 g after one step, and g was clipped.
      assertThat(Math.sqrt(norm)).isCloseTo(1e-3, within(1e-8));
      assertThat(Math.sqrt(error / norm)).as("%s", objective).isLessThan(1e-5);
    }
    double loss = events.get(0).loss();
    double slope = events.get(0).gradientNorm();
    assertThat(events.get(1).loss()).isCloseTo(loss, within(1e-6 * Math.max(1, loss)));
    assertThat(events.get(1).gradientNorm()).isCloseTo(slope, within(1e-5 * slope));
  }

  @Test
  void stepsUseTheObjectivesOfTheCurriculum() {
    TrainingConfig config = TrainingFixture.config().withCurriculum(Curriculum.stages(3));
    Watched coarse = new Watched(TrainingFixture.objective(RegularGrid.unit(12)));
    Watched fine = new Watched(TrainingFixture.objective(RegularGrid.unit(32)));
    List<Integer> used = new ArrayList<>();
    try (Trainer trainer = Trainer.of(TrainingFixture.network(), List.of(coarse, fine), config);
        Trainer coarseOnly =
            Trainer.of(TrainingFixture.network(), coarse.original, TrainingFixture.config())) {
      trainer.listen(event -> used.add(event.objective()));
      trainer.run(3);
      coarseOnly.run(3);
      // One set of weights: the stage is the training on the coarse grid.
      same(trainer, coarseOnly);
      float[] before = trainer.weights().toFloats();
      trainer.run(5);
      assertThat(trainer.weights().toFloats()).isNotEqualTo(before);
    }
    assertThat(used).containsExactly(0, 0, 0, 1, 1);
    assertThat(coarse.asked).hasSize(3);
    assertThat(fine.asked).hasSize(3);
  }

  /** With everything on, killed at steps that a fixed seed draws. */
  @Test
  void resumedTrainingEndsInTheSameBits() throws IOException {
    TrainingConfig config = TrainingFixture.mixedConfig().withSteps(24).withCheckpointEvery(5);
    Random random = new Random(11);
    try (Trainer whole = TrainingFixture.mixedTrainer(config)) {
      whole.run();
      for (int repeat = 0; repeat < 2; repeat++) {
        Path checkpoints = directory.resolve("run" + repeat);
        long killed = 5L + random.nextInt(19);
        try (Trainer first = TrainingFixture.mixedTrainer(config)) {
          first.checkpointTo(checkpoints, MODEL, 1);
          first.run(killed);
        }
        Checkpoint checkpoint = Checkpoint.latest(checkpoints).orElseThrow();
        assertThat(checkpoint.step()).isEqualTo(killed / 5 * 5);
        try (Trainer second = Trainer.resume(checkpoint, TrainingFixture.mixedObjectives())) {
          second.run();
          same(second, whole);
        }
        assertThatIllegalArgumentException()
            .isThrownBy(() -> Trainer.resume(checkpoint, List.of(TrainingFixture.objective())))
            .withMessageContaining("RegularGrid[CELL [24]");
      }
    }
  }

  @Test
  void notANumberLeavesTheLastGoodState() throws IOException {
    Watched objective = new Watched(TrainingFixture.objective());
    objective.brokenStep = 12;
    TrainingConfig config = TrainingFixture.config();
    try (Trainer trainer = Trainer.of(TrainingFixture.network(), objective, config);
        Trainer sound = TrainingFixture.trainer()) {
      trainer.checkpointTo(directory, MODEL, 2);
      assertThatExceptionOfType(ArithmeticException.class)
          .isThrownBy(trainer::run)
          .withMessageContaining("step 12: loss NaN")
          .withMessageContaining("those after 12 steps")
          .withMessageContaining("learning rate below 0.003");
      sound.run(12);
      same(trainer, sound);
      Checkpoint saved = Checkpoint.latest(directory).orElseThrow();
      assertThat(saved.step()).isEqualTo(12);
      // Resumed with a lower rate and mended data the training goes on.
      Checkpoint calmer = saved.withTraining(config.withLearningRate(1e-4));
      try (Trainer second = Trainer.resume(calmer, TrainingFixture.objective())) {
        same(second, sound);
        second.run(13);
        sound.run(13);
        assertThat(second.state().m()).isEqualTo(sound.state().m());
        assertThat(second.state().weights()).isNotEqualTo(sound.state().weights());
      }
    }
  }

  @Test
  void switchEndsTheRunWithACheckpoint() throws IOException {
    List<TrainingEvent> events = new ArrayList<>();
    try (Trainer trainer = TrainingFixture.trainer();
        StopSwitch stop = StopSwitch.manual()) {
      trainer.checkpointTo(directory, MODEL, 2);
      trainer.stopOn(stop);
      trainer.listen(
          event -> {
            events.add(event);
            if (event.step() == 7) {
              stop.request();
            }
            return true;
          });
      assertThat(trainer.run()).isFalse();
      assertThat(stop.requested()).isTrue();
    }
    assertThat(events).hasSize(7);
    assertThat(Checkpoint.latest(directory).orElseThrow().step()).isEqualTo(7);
  }

  @Test
  void averagedWeightsAreHandedOut() {
    Map<Long, float[]> heard = new LinkedHashMap<>();
    TrainingConfig config = TrainingFixture.config().withSteps(8);
    try (Trainer trainer =
        Trainer.of(TrainingFixture.network(), TrainingFixture.objective(), config)) {
      trainer.sampleEvery(
          3,
          (step, averaged) -> {
            assertThat(averaged.toFloats()).isEqualTo(trainer.averagedWeights().toFloats());
            heard.put(step, averaged.toFloats());
            // A copy: training goes on unharmed.
            averaged.assign(new float[averaged.size()]);
          });
      trainer.run();
      assertThat(heard).containsOnlyKeys(3L, 6L, 8L);
      assertThat(heard.get(8L)).isEqualTo(trainer.averagedWeights().toFloats());
      assertThatIllegalArgumentException()
          .isThrownBy(() -> trainer.sampleEvery(0, (step, averaged) -> {}))
          .withMessageContaining("every 0 steps");
    }
  }

  @Test
  void listenersAreCombined() {
    List<String> heard = new ArrayList<>();
    TrainingListener some =
        event -> {
          heard.add("some " + event.step());
          return event.step() < 6;
        };
    TrainingListener each =
        event -> {
          heard.add("each " + event.step());
          return true;
        };
    TrainingListener both = TrainingListener.all(some.every(3), each);
    for (long step = 1; step <= 7; step++) {
      TrainingEvent event = new TrainingEvent(step, 7, 0, 1, 1, 1, 1, step);
      assertThat(both.onStep(event)).isEqualTo(step < 6);
    }
    assertThat(heard)
        .containsExactly(
            "each 1", "each 2", "some 3", "each 3", "each 4", "each 5", "some 6", "each 6",
            "some 7", "each 7");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> each.every(0))
        .withMessageContaining("every 0 steps");
  }

  /** A checkpoint that cannot be written ends the run; older ones stay, and it may go on. */
  @Test
  void failedCheckpointsLoseNothing() throws IOException {
    Path checkpoints = directory.resolve("checkpoints");
    try (Trainer trainer = TrainingFixture.trainer();
        Trainer whole = TrainingFixture.trainer()) {
      trainer.checkpointTo(checkpoints, MODEL, 2);
      trainer.run(20);
      Path moved = Files.move(checkpoints, directory.resolve("moved"));
      Files.writeString(checkpoints, "no directory");
      assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(trainer::run);
      assertThat(trainer.steps()).isEqualTo(40);
      Files.delete(checkpoints);
      Files.move(moved, checkpoints);
      assertThat(Checkpoint.latest(checkpoints).orElseThrow().step()).isEqualTo(20);
      trainer.checkpoint();
      whole.run();
      Checkpoint last = Checkpoint.latest(checkpoints).orElseThrow();
      assertThat(last.step()).isEqualTo(40);
      ParameterVector weights = last.weights();
      assertThat(weights.toFloats()).isEqualTo(whole.weights().toFloats());
    }
  }
}
