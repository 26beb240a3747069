package io.fdiff.examples.experiment;

import io.fdiff.data.FunctionDataset;
import io.fdiff.examples.Checkpoints;
import io.fdiff.examples.OutputFolder;
import io.fdiff.examples.Progress;
import io.fdiff.nn.Condition;
import io.fdiff.nn.Network;
import io.fdiff.nn.ParameterVector;
import io.fdiff.nn.train.Checkpoint;
import io.fdiff.nn.train.StopSwitch;
import io.fdiff.nn.train.Trainer;
import io.fdiff.nn.train.TrainingListener;
import io.fdiff.nn.train.log.CsvLog;
import io.fdiff.noise.NoiseSource;
import io.fdiff.sde.TerminalLaw;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;

/** Runs the training of an experiment and samples from what it learned. */
public final class ExperimentTraining {

  private static final String CHECKPOINTS = "checkpoint";
  private static final String LOG = "training.csv";
  private static final int KEPT = 2;
  private static final int SHOWN = 64;

  /** Longest time that a step and a checkpoint may take after a signal. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final Experiment experiment;
  private final Options options;
  private final PrintStream out;

  /**
   * What the command line says.
   *
   * @param data folder that paths of the data are relative to
   * @param folder output folder
   * @param resume whether to go on from its newest checkpoint
   * @param showEvery steps between two pictures, 0 for one at the end only
   * @param count functions to sample at the end
   */
  public record Options(Path data, Path folder, boolean resume, long showEvery, int count) {}

  /**
   * A training that has not begun.
   *
   * @param experiment what to train
   * @param options what the command line says
   * @param out where to print
   */
  public ExperimentTraining(Experiment experiment, Options options, PrintStream out) {
    this.experiment = experiment;
    this.options = options;
    this.out = out;
  }

  /**
   * Trains and samples.
   *
   * @return false if the training was interrupted; a checkpoint of the last step is then written
   * @throws IOException if data cannot be read or results cannot be written
   */
  public boolean run() throws IOException {
    PreparedTraining prepared = PreparedTraining.of(experiment, options.data());
    FunctionDataset data = prepared.data();
    Network network = prepared.network();
    Sampling sampling = prepared.sampling();
    Condition condition = prepared.condition();
    out.printf(
        Locale.ROOT, "%d functions, %d channels, %s%n", data.size(), data.channels(), data.grid());
    out.printf(
        Locale.ROOT,
        "%s, %,d parameters%n",
        experiment.network().getClass().getSimpleName(),
        ParameterVector.zeros(network, DataType.FLOAT).size());
    out.println(TerminalLaw.of(prepared.sde(), sampling.model().estimate().gaussian()));
    OutputFolder output = OutputFolder.open(options.folder());
    Path checkpoints = output.path(CHECKPOINTS);
    try (Trainer trainer = trainer(prepared, checkpoints, output.path(LOG))) {
      trainer.checkpointTo(checkpoints, sampling.toJson(), KEPT);
      boolean complete = train(trainer, sampling, condition, output);
      LossPlot.write(output, output.path(LOG));
      MemoryPlot.write(output, output.path(LOG));
      if (!complete) {
        out.printf(
            "interrupted after %d of %d steps; go on with --resume%n",
            trainer.steps(), experiment.training().steps());
        return false;
      }
      show(sampling, trainer.averagedWeights(), condition, output, "samples", options.count());
    }
    out.printf(
        "samples.npy, samples.png, loss.png, memory.png, %s in %s%n",
        CHECKPOINTS, options.folder());
    return true;
  }

  private Trainer trainer(PreparedTraining prepared, Path checkpoints, Path log)
      throws IOException {
    if (options.resume()) {
      Checkpoint checkpoint = Checkpoints.latest(checkpoints);
      if (!checkpoint.network().equals(experiment.network())) {
        throw new IllegalArgumentException(
            checkpoints
                + ": the checkpoint has another network than the configuration; resume with the"
                + " configuration it was made with, or use another --out");
      }
      Trainer trainer = Trainer.resume(checkpoint, prepared.objective());
      trainer.planSteps(experiment.training().steps());
      out.printf("resumed after step %d%n", trainer.steps());
      return trainer;
    }
    Checkpoints.clear(checkpoints);
    Files.deleteIfExists(log);
    return Trainer.of(prepared.network(), prepared.objective(), experiment.training());
  }

  private boolean train(
      Trainer trainer, Sampling sampling, @Nullable Condition condition, OutputFolder output)
      throws IOException {
    try (Progress progress = Progress.of("train");
        CsvLog log = CsvLog.open(output.path(LOG), trainer.steps());
        StopSwitch stop = StopSwitch.onSignals(PATIENCE)) {
      TrainingListener bar =
          event -> {
            progress.at(event.step(), event.steps());
            progress.loss(event.runningLoss());
            return true;
          };
      trainer.listen(TrainingListener.all(bar, log));
      trainer.stopOn(stop);
      if (options.showEvery() > 0) {
        trainer.sampleEvery(
            options.showEvery(),
            (step, averaged) -> {
              try {
                show(sampling, averaged, condition, output, "samples-" + step, SHOWN);
                LossPlot.write(output, output.path(LOG));
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
      }
      return trainer.run();
    }
  }

  /**
   * Samples on the grid of the data, writes a picture and the values: of the law of all data, or,
   * if the network was never trained without its condition, under the conditions of the first ones.
   */
  private void show(
      Sampling sampling,
      ParameterVector weights,
      @Nullable Condition condition,
      OutputFolder output,
      String name,
      int count)
      throws IOException {
    double[] values;
    try (Progress progress = Progress.of("sample")) {
      values =
          sampling.draw(
              weights,
              sampling.model().grid(),
              sampling.mayWithholdCondition() ? null : condition,
              1,
              count,
              NoiseSource.of(experiment.training().seed()),
              (step, steps, t) -> progress.at(step, steps));
    }
    FunctionFiles.write(output, name, sampling.model(), sampling.model().grid(), values);
  }
}
