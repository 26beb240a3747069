package io.fdiff.examples;

import io.fdiff.examples.experiment.Experiment;
import io.fdiff.examples.experiment.ExperimentTraining;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code fdiff train}. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    showDefaultValues = true,
    description = {
      "Trains the model that a configuration file describes, and samples from it.",
      "Writes checkpoint/, training.csv, loss.png, memory.png, samples.npy and samples.png into"
          + " the output folder. Ctrl-C ends the training after its step, with a checkpoint.",
      "Configurations of the papers are in fdiff-examples/configs/."
    })
final class TrainCommand implements Callable<Integer> {

  /** Exit code of a training that was asked to stop. */
  private static final int INTERRUPTED = 130;

  @Spec private CommandSpec spec;

  @Mixin private ConfigurationOptions configuration = new ConfigurationOptions();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Output folder.",
      defaultValue = "fdiff-out")
  private Path folder;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Training steps instead of those of the configuration.")
  private @Nullable Long steps;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed instead of that of the configuration.")
  private @Nullable Long seed;

  @Option(
      names = "--show-every",
      paramLabel = "N",
      description = "Steps between two pictures of samples, 0 for one at the end only.",
      defaultValue = "0")
  private long showEvery;

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "Functions to sample at the end.",
      defaultValue = "64")
  private int count;

  @Option(names = "--resume", description = "Go on from the checkpoint in the output folder.")
  private boolean resume;

  TrainCommand() {}

  @Override
  public Integer call() throws Exception {
    Long wanted = steps;
    if (wanted != null && wanted < 1) {
      throw new ParameterException(
          spec.commandLine(), "--steps " + wanted + ": train at least 1 step");
    }
    if (count < 1 || showEvery < 0) {
      throw new ParameterException(
          spec.commandLine(),
          "--count " + count + ", --show-every " + showEvery + ": at least 1 and at least 0");
    }
    Experiment experiment = configuration.experiment();
    if (wanted != null) {
      experiment = experiment.withTraining(experiment.training().withSteps(wanted));
    }
    Long number = seed;
    if (number != null) {
      experiment = experiment.withTraining(experiment.training().withSeed(number));
    }
    ExperimentTraining training =
        new ExperimentTraining(
            experiment,
            new ExperimentTraining.Options(
                configuration.dataFolder(), folder, resume, showEvery, count),
            System.out);
    return training.run() ? 0 : INTERRUPTED;
  }
}
