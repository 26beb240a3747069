package io.fdiff.examples;

import io.fdiff.examples.experiment.Experiment;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of commands that read a configuration and its data. */
final class ConfigurationOptions {

  @Option(
      names = "--config",
      paramLabel = "FILE.yaml",
      required = true,
      description = "What to train: data, process, network, objective, training, sampling.")
  private Path config;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Folder that paths in the configuration are relative to. Without it: the variable"
              + " FDIFF_DATA, or ../shared/data.")
  private @Nullable Path data;

  ConfigurationOptions() {}

  /** Reads the configuration. */
  Experiment experiment() throws IOException {
    return Experiment.read(config);
  }

  /** What relative paths of the data are relative to. */
  Path dataFolder() {
    return DataFolder.of(data);
  }
}
