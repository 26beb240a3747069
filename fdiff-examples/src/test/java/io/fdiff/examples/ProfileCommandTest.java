package io.fdiff.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code fdiff bench profile} in small: a table that adds up, bad input. */
class ProfileCommandTest {

  @TempDir private Path folder;

  /** A line of the table: share, milliseconds, calls, kernel. */
  private record Line(double share, double milliseconds, long calls, String kernel) {
    static Line of(String text) {
      String[] words = text.strip().split("\\s+", 5);
      assertThat(words[1]).isEqualTo("%");
      return new Line(
          Double.parseDouble(words[0]),
          Double.parseDouble(words[2]),
          Long.parseLong(words[3]),
          words[4]);
    }
  }

  private Path config() throws IOException {
    Path file = folder.resolve("model.yaml");
    Files.writeString(file, TrainCommandTest.SMALL, StandardCharsets.UTF_8);
    return file;
  }

  private static CommandRun profile(Object... words) {
    Object[] all = new Object[words.length + 2];
    all[0] = "bench";
    all[1] = "profile";
    System.arraycopy(words, 0, all, 2, words.length);
    return CommandRun.of(all);
  }

  private static List<Line> lines(CommandRun run, String... heads) {
    assertThat(run.exitCode()).as(run.err()).isZero();
    List<String> text = run.out().lines().toList();
    assertThat(text.get(0)).contains(heads);
    assertThat(Arrays.asList(text.get(2).strip().split("\\s\\s+", -1)))
        .containsExactly("share", "ms per run", "calls", "kernel");
    return text.stream().skip(3).map(Line::of).toList();
  }

  private static void assertAddsUp(List<Line> lines) {
    List<Line> parts = lines.subList(0, lines.size() - 1);
    Line whole = lines.get(lines.size() - 1);
    assertThat(whole.kernel()).isEqualTo("run");
    assertThat(whole.milliseconds()).isPositive();
    Line outside = parts.get(parts.size() - 1);
    assertThat(outside.kernel()).isEqualTo("outside the graph");
    assertThat(outside.milliseconds()).isPositive();
    // Printed to a tenth of a per cent and a microsecond.
    assertThat(parts.stream().mapToDouble(Line::share).sum())
        .isCloseTo(100, within(0.06 * parts.size()));
    assertThat(parts.stream().mapToDouble(Line::milliseconds).sum())
        .isCloseTo(whole.milliseconds(), within(0.0006 * lines.size()));
    List<Double> times =
        parts.subList(0, parts.size() - 1).stream().map(Line::milliseconds).toList();
    assertThat(times).isSortedAccordingTo((a, b) -> Double.compare(b, a));
  }

  private static long products(List<Line> lines) {
    return lines.stream()
        .filter(line -> line.kernel().contains("product"))
        .mapToLong(Line::calls)
        .sum();
  }

  @Test
  void stepAndForwardAddUp() throws IOException {
    Path config = config();
    List<Line> step =
        lines(
            profile("--config", config, "--batch", 4, "--steps", 3),
            "FourierNeuralOperatorConfig",
            "batch 4",
            "training step, mean of 3");
    List<Line> forward =
        lines(
            profile("--config", config, "--forward", "--steps", 2),
            "batch 8",
            "forward, mean of 2");
    assertAddsUp(step);
    assertAddsUp(forward);
    assertThat(products(forward)).isPositive();
    assertThat(products(step)).isGreaterThan(products(forward));
    List<Line> again = lines(profile("--config", config, "--forward", "--steps", 5), "mean of 5");
    assertThat(products(again)).isEqualTo(products(forward));
  }

  @Test
  void graphOutsideTheEngineIsRefused() throws IOException {
    System.setProperty("fdiff.engine", "off");
    try {
      CommandRun run = profile("--config", config(), "--steps", 1);
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.err()).startsWith("fdiff: ").contains("own session", "-Dfdiff.engine");
    } finally {
      System.clearProperty("fdiff.engine");
    }
  }

  @ParameterizedTest
  @CsvSource({"--steps,0", "--batch,0", "--threads,-1", "--threads,many", "--backward,1"})
  void badOptionIsUsage(String option, String value) throws IOException {
    CommandRun run = profile("--config", config(), option, value);
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).startsWith("fdiff: ").contains(option);
    assertThat(run.err().strip().lines()).hasSize(1);
  }

  @Test
  void missingFileAndCommandAreNamed() {
    CommandRun file = profile("--config", folder.resolve("none.yaml"));
    assertThat(file.exitCode()).isEqualTo(1);
    assertThat(file.err()).startsWith("fdiff: ").contains("none.yaml");
    CommandRun command = CommandRun.of("bench");
    assertThat(command.exitCode()).isEqualTo(2);
    assertThat(command.err()).startsWith("fdiff: ").contains("fdiff bench --help");
    assertThat(CommandRun.of("bench", "--help").out()).contains("profile", "bench engine");
  }
}
