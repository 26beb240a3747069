package io.fdiff.examples;

import io.fdiff.data.InvalidDataException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command line {@code fdiff}. Exit codes: 0 success, 1 failure, 2 usage or input that cannot be
 * used. Errors are one short paragraph on standard error, with a stack trace only if asked for.
 */
@Command(
    name = "fdiff",
    description = "Diffusion models whose samples are functions.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      QuickstartCommand.class,
      TrainCommand.class,
      SampleCommand.class,
      GaussianCommand.class,
      SamplersCommand.class,
      BenchCommand.class,
      CommandLine.HelpCommand.class
    })
public final class Main {

  /** Exit code of input that cannot be used. */
  static final int INPUT = CommandLine.ExitCode.USAGE;

  @Option(
      names = "--verbose",
      description = "Print the stack trace of an error.",
      scope = ScopeType.INHERIT)
  private boolean verbose;

  private Main() {}

  /**
   * Runs the command line and ends the process with its exit code.
   *
   * @param arguments see {@code --help}
   */
  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  /**
   * Runs the command line.
   *
   * @param arguments see {@code --help}
   * @return the exit code
   */
  static int run(String... arguments) {
    return commandLine().execute(arguments);
  }

  /**
   * The command line, for a program that adds a command: with its handling of errors.
   *
   * @return a new command line
   */
  public static CommandLine commandLine() {
    Main main = new Main();
    return new CommandLine(main)
        .setParameterExceptionHandler(Main::reportUsage)
        .setExecutionExceptionHandler((e, line, parsed) -> main.report(e, line));
  }

  private static int reportUsage(ParameterException e, String[] arguments) {
    CommandLine line = e.getCommandLine();
    String command = line.getCommandSpec().qualifiedName();
    PrintWriter err = line.getErr();
    List<String> suggestions =
        e instanceof UnmatchedArgumentException unmatched ? unmatched.getSuggestions() : List.of();
    err.println(
        "fdiff: "
            + e.getMessage()
            + (suggestions.isEmpty() ? "" : " (did you mean " + suggestions.get(0) + "?)")
            + "; see "
            + command
            + " --help");
    return INPUT;
  }

  private int report(Exception e, CommandLine line) {
    PrintWriter err = line.getErr();
    if (verbose) {
      e.printStackTrace(err);
    } else {
      String message = message(e);
      boolean known =
          message != null
              && (e instanceof IllegalArgumentException
                  || e instanceof IOException
                  || e instanceof UncheckedIOException
                  || e instanceof ArithmeticException
                  || e instanceof IllegalStateException);
      err.println(
          "fdiff: "
              + (known
                  ? message
                  : e.getClass().getSimpleName() + (message == null ? "" : ": " + message)));
      if (!known) {
        err.println("This is a fault of fdiff; run again with --verbose for the stack trace.");
      }
    }
    boolean input = e instanceof IllegalArgumentException || e instanceof InvalidDataException;
    return input ? INPUT : CommandLine.ExitCode.SOFTWARE;
  }

  /** Java's own messages of files may be the path alone. */
  private static @Nullable String message(Exception e) {
    if (e instanceof FileSystemException problem && problem.getReason() == null) {
      if (e instanceof NoSuchFileException) {
        return problem.getFile() + ": there is no such file or folder";
      } else if (e instanceof AccessDeniedException) {
        return problem.getFile() + ": no permission; change its mode, or give another one";
      }
    }
    return e.getMessage();
  }

  /** The version that the build wrote into the jar. */
  public static final class Version implements IVersionProvider {

    /** For picocli. */
    public Version() {}

    @Override
    public String[] getVersion() {
      return new String[] {"fdiff " + current()};
    }

    static String current() {
      String version = Main.class.getPackage().getImplementationVersion();
      return version == null ? "development" : version;
    }
  }
}
