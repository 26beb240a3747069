package io.fdiff.examples;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code fdiff quickstart}. */
@Command(
    name = "quickstart",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    showDefaultValues = true,
    description = {
      "Learns from curves and samples new ones.",
      "Writes samples.csv, samples-fine.csv (grid 4 times finer), curves.png, covariance.png,"
          + " metrics.json and checkpoint/ into the output folder."
    })
final class QuickstartCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--data",
      paramLabel = "FILE.csv",
      description =
          "Curves, one row each; header row of increasing argument values, optional first column"
              + " id. Without it: a mixture of two Gaussian processes.")
  private @Nullable Path data;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Output folder.",
      defaultValue = "fdiff-out")
  private Path folder;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of everything.",
      defaultValue = "1")
  private long seed;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Training steps. Without it: as many as fit the time.")
  private @Nullable Integer steps;

  @Option(
      names = "--count",
      paramLabel = "N",
      description =
          "Curves to sample on each grid, at least 2. Without it: 1024, fewer where the data have"
              + " more than 64 points.")
  private @Nullable Integer count;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "Time for everything, without --steps.",
      defaultValue = "150")
  private double seconds;

  @Option(names = "--resume", description = "Go on from the checkpoint in the output folder.")
  private boolean resume;

  QuickstartCommand() {}

  @Override
  public Integer call() throws Exception {
    Integer wanted = steps;
    if (wanted != null && wanted < 1) {
      throw new ParameterException(
          spec.commandLine(), "--steps " + wanted + ": train at least 1 step");
    }
    Integer curves = count;
    if (curves != null && curves < 2) {
      throw new ParameterException(
          spec.commandLine(), "--count " + curves + ": statistics need at least 2 curves");
    }
    if (!(seconds > 0 && seconds < Double.POSITIVE_INFINITY)) {
      throw new ParameterException(
          spec.commandLine(), "--seconds " + seconds + ": give a positive number of seconds");
    }
    new Quickstart(
            new Quickstart.Options(data, folder, seed, wanted, curves, seconds, resume), System.out)
        .run();
    return 0;
  }
}
