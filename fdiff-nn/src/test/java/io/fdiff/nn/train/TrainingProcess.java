package io.fdiff.nn.train;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A training in a process of its own that is there to be interrupted. */
final class TrainingProcess {

  /** Exit code if a checkpoint could not be written. */
  static final int NOT_WRITTEN = 3;

  /** More steps than any of the processes makes. */
  private static final long STEPS = 100_000;

  private TrainingProcess() {}

  static TrainingConfig config(long checkpointEvery) {
    return TrainingFixture.mixedConfig().withSteps(STEPS).withCheckpointEvery(checkpointEvery);
  }

  /** Goes on from the newest checkpoint, if there is one. */
  static Trainer trainer(Path checkpoints, long checkpointEvery) throws IOException {
    Optional<Checkpoint> latest = Checkpoint.latest(checkpoints);
    List<DenoisingObjective> objectives = TrainingFixture.mixedObjectives();
    TrainingConfig config = config(checkpointEvery);
    Trainer trainer =
        latest.isEmpty()
            ? Trainer.of(TrainingFixture.network(), objectives, config)
            : Trainer.resume(latest.get().withTraining(config), objectives);
    trainer.checkpointTo(checkpoints, JsonNodeFactory.instance.objectNode(), 2);
    return trainer;
  }

  /**
   * Trains until it is interrupted.
   *
   * @param arguments directory of the checkpoints, steps between two of them
   */
  public static void main(String[] arguments) throws IOException {
    try (StopSwitch stop = StopSwitch.onSignals(Duration.ofMinutes(1));
        Trainer trainer = trainer(Path.of(arguments[0]), Long.parseLong(arguments[1]))) {
      trainer.stopOn(stop);
      trainer.listen(
          event -> {
            System.out.println(event.step());
            return true;
          });
      trainer.run();
    } catch (UncheckedIOException ex) {
      System.out.println(ex.getMessage());
      Runtime.getRuntime().halt(NOT_WRITTEN);
    }
  }
}
