package io.fdiff.examples;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code fdiff bench}: the commands that measure. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "Measures the execution engine of networks.",
      "The command engine, which compares it with PyTorch, needs PyTorch's libraries and is in a",
      "module of its own: ./fdiff bench engine --help"
    },
    subcommands = {ProfileCommand.class, CommandLine.HelpCommand.class})
final class BenchCommand {

  BenchCommand() {}
}
