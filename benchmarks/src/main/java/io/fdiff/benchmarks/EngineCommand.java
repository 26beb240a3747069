package io.fdiff.benchmarks;

import io.fdiff.examples.Main;
import io.fdiff.examples.OutputFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code fdiff bench engine}. */
@Command(
    name = "engine",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    description = {
      "Compares the execution engine with PyTorch, with its matrix products alone and with",
      "SameDiff's own session: training steps, forward passes, sampling and peak memory, in single",
      "precision on all threads. Takes about ten minutes on two processors, which should have",
      "nothing else to do. Ratios are ours to theirs; their spread is over three rounds."
    })
final class EngineCommand implements Callable<Integer> {

  private static final int ROUNDS = 3;
  private static final String JSON = "--json";

  @Option(names = JSON, paramLabel = "FILE", description = "Also write the numbers as JSON.")
  private @Nullable Path json;

  @Option(
      names = "--quick",
      description = "One short round: whether everything runs, not how fast.")
  private boolean quick;

  EngineCommand() {}

  @Override
  public Integer call() throws IOException {
    Path file = json == null ? null : json.toAbsolutePath();
    OutputFolder folder = file == null ? null : folder(file);
    int rounds = quick ? 1 : ROUNDS;
    EngineComparison comparison =
        new EngineComparison(
            new JvmForks(quick),
            rounds,
            (quick ? Timing.QUICK : Timing.FULL).samplingSteps(),
            System.out,
            System.err);
    comparison.run();
    if (file != null && folder != null) {
      byte[] text =
          EngineReport.of(rounds, quick, comparison.rows(), comparison.products()).toJson();
      folder.write(file.getFileName().toString(), out -> out.write(text));
    }
    return 0;
  }

  /** The folder of a file that can be written, before minutes are spent. */
  private static OutputFolder folder(Path file) throws IOException {
    Path parent = file.getParent();
    if (parent == null || Files.isDirectory(file)) {
      throw new IOException(file + ": it is a folder; give a file with " + JSON);
    }
    if (!Files.exists(parent)) {
      throw new IOException(
          parent + ": no such folder; make it, or give a file in another one with " + JSON);
    }
    return OutputFolder.open(parent, JSON);
  }
}
