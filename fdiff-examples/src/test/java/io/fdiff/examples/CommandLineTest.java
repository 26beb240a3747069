package io.fdiff.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Usage, help and bad input: exit code, one short paragraph, nothing written. */
class CommandLineTest {

  @TempDir Path folder;

  private static void assertRefused(CommandRun run, int code, String... parts) {
    assertThat(run.exitCode()).as(run.err()).isEqualTo(code);
    assertThat(run.err()).startsWith("fdiff: ").contains(parts).doesNotContain("\tat ");
    assertThat(run.err().strip().lines()).hasSizeLessThanOrEqualTo(2);
  }

  private void assertNothingWritten(String name) throws IOException {
    Path out = folder.resolve(name);
    if (Files.exists(out)) {
      try (Stream<Path> entries = Files.list(out)) {
        assertThat(entries).isEmpty();
      }
    }
  }

  @Test
  void helpNamesEveryOption() {
    assertThat(CommandRun.of("--help").out()).contains("quickstart", "sample");
    CommandRun quickstart = CommandRun.of("quickstart", "--help");
    assertThat(quickstart.exitCode()).isZero();
    assertThat(quickstart.out())
        .contains("--data", "--out", "--seed", "--steps", "--count", "--resume", "--verbose");
    CommandRun sample = CommandRun.of("sample", "--help");
    assertThat(sample.exitCode()).isZero();
    assertThat(sample.out()).contains("--checkpoint", "--grid", "--count", "--seed");
  }

  @Test
  void noCommandIsUsage() {
    CommandRun run = CommandRun.of();
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).startsWith("fdiff: ").contains("subcommand", "fdiff --help");
  }

  @Test
  void unknownOptionIsNamedWithASuggestion() {
    assertRefused(CommandRun.of("quickstart", "--step", "3"), 2, "--step", "quickstart --help");
  }

  @ParameterizedTest
  @CsvSource({"--steps,0", "--steps,many", "--count,1", "--seconds,-1", "--seed,x"})
  void optionOutOfRangeIsUsage(String option, String value) throws IOException {
    CommandRun run = CommandRun.of("quickstart", "--out", folder.resolve("out"), option, value);
    assertRefused(run, 2, option, value);
    assertNothingWritten("out");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "id,0,1,2;1,1,2|line 2",
        "id,0,1,2;1,1,2,x;2,1,2,3|line 2",
        "id,0,1,2;1,1,NaN,3;2,1,2,3|NaN",
        "id,0,2,1;1,1,2,3;2,1,2,3|line 1",
        "id,0,1,2;1,1,2,3|one curve only",
        "id,0;1,1;2,2|one argument value only"
      })
  void badFileIsRefusedWithItsPlace(String lines, String part) throws IOException {
    Path file = folder.resolve("curves.csv");
    Files.writeString(file, lines.replace(';', '\n') + "\n");
    CommandRun run = CommandRun.of("quickstart", "--data", file, "--out", folder.resolve("out"));
    assertRefused(run, 2, "curves.csv", part);
    assertNothingWritten("out");
  }

  @Test
  void missingAndEmptyFilesAreInputErrors() throws IOException {
    Path out = folder.resolve("out");
    assertRefused(
        CommandRun.of("quickstart", "--data", folder.resolve("none.csv"), "--out", out),
        2,
        "none.csv");
    Path empty = Files.createFile(folder.resolve("empty.csv"));
    assertRefused(CommandRun.of("quickstart", "--data", empty, "--out", out), 2, "empty.csv");
    assertNothingWritten("out");
  }

  @Test
  void constantCurvesAreRefused() throws IOException {
    Path file = folder.resolve("flat.csv");
    Files.writeString(file, "id,0,1,2\n1,5,5,5\n2,5,5,5\n");
    assertRefused(
        CommandRun.of("quickstart", "--data", file, "--out", folder.resolve("out")), 2, "spread");
    assertNothingWritten("out");
  }

  @Test
  void unwritableFolderIsAFailureBeforeTraining() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    assertRefused(CommandRun.of("quickstart", "--out", file), 1, "file", "--out");
  }

  @Test
  void missingAndForeignCheckpointsAreRefused() throws IOException {
    Path out = folder.resolve("out");
    assertRefused(
        CommandRun.of("sample", "--checkpoint", folder.resolve("none"), "--out", out),
        1,
        "none",
        "quickstart");
    Path foreign = Files.createDirectories(folder.resolve("foreign"));
    assertRefused(
        CommandRun.of("sample", "--checkpoint", foreign, "--out", out), 1, "no checkpoint");
    Files.writeString(foreign.resolve("config.json"), "{\"model_type\": \"other\"}");
    assertRefused(CommandRun.of("sample", "--checkpoint", foreign, "--out", out), 1, "foreign");
    assertNothingWritten("out");
  }
}
