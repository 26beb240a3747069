package io.fdiff.examples;

import io.fdiff.examples.experiment.Experiment;
import io.fdiff.examples.experiment.ExperimentProfile;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code fdiff bench profile}. */
@Command(
    name = "profile",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    showDefaultValues = true,
    description = {
      "Prints where the time of a network goes, by operation and fused kernel of the engine: share,",
      "milliseconds and calls of one training step, or of one forward pass.",
      "Configurations of the papers are in fdiff-examples/configs/."
    })
final class ProfileCommand implements Callable<Integer> {

  /** The engine reads it when it is first used. */
  private static final String THREADS = "fdiff.engine.threads";

  @Spec private CommandSpec spec;

  @Mixin private ConfigurationOptions configuration = new ConfigurationOptions();

  @Option(names = "--forward", description = "The network alone, without loss and gradient.")
  private boolean forward;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Functions in a batch instead of those of the configuration.")
  private @Nullable Integer batch;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Steps or passes to measure, after a few to warm up.",
      defaultValue = "20")
  private int steps;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads of the engine instead of all of the machine.")
  private @Nullable Integer threads;

  ProfileCommand() {}

  @Override
  public Integer call() throws Exception {
    requirePositive("--steps", steps);
    requirePositive("--batch", batch);
    requirePositive("--threads", threads);
    Experiment experiment = configuration.experiment();
    if (batch != null) {
      experiment = experiment.withTraining(experiment.training().withBatchSize(batch));
    }
    if (threads != null) {
      System.setProperty(THREADS, threads.toString());
    }
    System.out.print(
        ExperimentProfile.table(experiment, configuration.dataFolder(), forward, steps));
    return 0;
  }

  private void requirePositive(String option, @Nullable Integer value) {
    if (value != null && value < 1) {
      throw new ParameterException(spec.commandLine(), option + " " + value + ": give at least 1");
    }
  }
}
