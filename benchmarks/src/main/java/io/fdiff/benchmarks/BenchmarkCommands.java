package io.fdiff.benchmarks;

import io.fdiff.examples.Main;
import java.util.Objects;
import picocli.CommandLine;

/** The command line {@code fdiff} with the command that needs PyTorch. */
final class BenchmarkCommands {

  private BenchmarkCommands() {}

  /**
   * Runs the command line and ends the process with its exit code.
   *
   * @param arguments see {@code --help}
   */
  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  static int run(String... arguments) {
    CommandLine line = Main.commandLine();
    Objects.requireNonNull(line.getSubcommands().get("bench")).addSubcommand(new EngineCommand());
    return line.execute(arguments);
  }
}
