package io.fdiff.nn.train.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fdiff.nn.train.TrainingEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingLogTest {

  private static final String HEADER =
      "step,loss,running_loss,gradient_norm,learning_rate,seconds,"
          + "heap_bytes,off_heap_bytes,resident_bytes";

  @TempDir Path directory;

  private static TrainingEvent event(long step, double seconds) {
    return new TrainingEvent(step, 10, 0, 1.0 / step, 0.5, 2.25, 1e-3, seconds);
  }

  private void write(Path file, long done, long until) throws IOException {
    try (CsvLog log = CsvLog.open(file, done)) {
      for (long step = done + 1; step <= until; step++) {
        assertThat(log.onStep(event(step, (double) (step - done)))).isTrue();
      }
    }
  }

  private static List<String> columns(Path file, int from, int to) throws IOException {
    try (Stream<String> lines = Files.lines(file)) {
      return lines
          .skip(1)
          .map(line -> String.join(",", List.of(line.split(",", -1)).subList(from, to)))
          .toList();
    }
  }

  @Test
  void rowsHoldTheEventAndTheMemory() throws IOException {
    Path file = directory.resolve("log.csv");
    try (CsvLog log = CsvLog.open(file, 0)) {
      log.onStep(event(4, 1.5));
      // Readable before it is closed.
      assertThat(Files.readAllLines(file)).hasSize(2).first().isEqualTo(HEADER);
    }
    assertThat(columns(file, 0, 6)).containsExactly("4,0.25,0.5,2.25,0.001,1.5");
    String[] memory = columns(file, 6, 9).get(0).split(",", -1);
    assertThat(Long.parseLong(memory[0])).isBetween(1_000_000L, Runtime.getRuntime().maxMemory());
    assertThat(Long.parseLong(memory[1])).isNotNegative();
    assertThat(Long.parseLong(memory[2])).isGreaterThan(20_000_000L);
  }

  /** Steps 5 and 6 came after the checkpoint and are done again. */
  @Test
  void resumedLogHasNoRowTwice() throws IOException {
    Path file = directory.resolve("log.csv");
    write(file, 0, 6);
    write(file, 4, 8);
    assertThat(columns(file, 0, 1)).containsExactly("1", "2", "3", "4", "5", "6", "7", "8");
    assertThat(columns(file, 5, 6))
        .containsExactly("1.0", "2.0", "3.0", "4.0", "5.0", "6.0", "7.0", "8.0");
    assertThat(Files.readAllLines(file).get(0)).isEqualTo(HEADER);
    // A new training begins anew.
    write(file, 0, 2);
    assertThat(columns(file, 0, 1)).containsExactly("1", "2");
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void halfARowIsDropped() throws IOException {
    Path file = directory.resolve("log.csv");
    write(file, 0, 3);
    Files.writeString(file, Files.readString(file) + "4,0.2");
    write(file, 3, 4);
    assertThat(columns(file, 0, 1)).containsExactly("1", "2", "3", "4");
    assertThat(columns(file, 5, 6)).containsExactly("1.0", "2.0", "3.0", "4.0");
  }

  @Test
  void foreignFilesAreLeftAlone() throws IOException {
    Path file = directory.resolve("log.csv");
    for (String text :
        List.of(
            "x,y\n1,2\n", "", HEADER + "\n1,2\n3,4\n", HEADER + "\na" + ",1".repeat(8) + "\n")) {
      Files.writeString(file, text);
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> CsvLog.open(file, 3))
          .withMessageContaining(file.toString());
      assertThat(Files.readString(file)).isEqualTo(text);
    }
  }

  private static String printed(Duration interval, TrainingEvent... events) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ConsoleLog log = ConsoleLog.to(new PrintStream(bytes, true, StandardCharsets.UTF_8), interval);
    for (TrainingEvent event : events) {
      assertThat(log.onStep(event)).isTrue();
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void consoleHasALineEverySoOften() {
    String text =
        printed(
            Duration.ofSeconds(5),
            event(1, 10),
            event(2, 12),
            event(3, 14.9),
            event(4, 16),
            event(9, 17),
            event(10, 18));
    List<String> lines = text.lines().toList();
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0))
        .startsWith("step 1/10  loss 1.000 (mean 0.5000)  gradient 2.25  rate 0.00100  heap ")
        .endsWith(" MB");
    // Three steps in six seconds, six are left.
    assertThat(lines.get(1))
        .startsWith("step 4/10  loss 0.2500")
        .contains("  0.500 steps/s, 0:00:12 left  heap ");
    assertThat(lines.get(2)).startsWith("step 10/10");
    assertThat(printed(Duration.ZERO, event(1, 1), event(2, 1)).lines()).hasSize(2);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ConsoleLog.to(System.err, Duration.ofSeconds(-1)))
        .withMessageContaining("PT-1S");
  }
}
