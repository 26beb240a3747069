package io.fdiff.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fdiff.benchmarks.Measurement.Job;
import io.fdiff.benchmarks.Measurement.Side;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code fdiff bench engine} without its processes: rounds, rows, file, bad input. */
class EngineCommandTest {

  private static final PrintStream NOWHERE = new PrintStream(PrintStream.nullOutputStream());

  @TempDir private Path folder;

  /** Numbers by side, slower from round to round. */
  private static final class Invented implements Forks {
    final List<Measurement> asked = new ArrayList<>();

    @Override
    public Map<String, Double> measure(Measurement what) {
      long round = asked.stream().filter(what::equals).count();
      asked.add(what);
      double base =
          (10 + round)
              * switch (what.side()) {
                case ENGINE -> 1;
                case PEER -> 2;
                case STOCK -> 8;
              };
      Map<String, Double> numbers = new HashMap<>();
      switch (what.job()) {
        case MEMORY -> numbers.put(Measurement.MEMORY, 7 * base);
        case SAMPLING -> {
          numbers.put(Measurement.SAMPLING, 100 * base);
          numbers.put(Measurement.NETWORK, 90 * base);
        }
        case TIMES, TIMES_AND_PRODUCTS -> {
          numbers.put(Measurement.STEP, 3 * base);
          numbers.put(Measurement.FORWARD, base);
        }
      }
      if (what.job() == Job.TIMES_AND_PRODUCTS) {
        for (String work : List.of(Measurement.STEP, Measurement.FORWARD)) {
          numbers.put(Measurement.PRODUCTS + work, 0.5 * base);
          numbers.put(Measurement.OPERATIONS + work, 2.0);
        }
        numbers.put(Measurement.RATE, 100.0 + round);
      }
      return numbers;
    }
  }

  private static JsonNode row(JsonNode rows, String work, String peer) {
    for (JsonNode row : rows) {
      if (row.path("work").asText().equals(work) && row.path("peer").asText().startsWith(peer)) {
        return row;
      }
    }
    throw new AssertionError("no row " + work + " against " + peer);
  }

  @Test
  void everyRowHasItsNumbersAndGoal() throws IOException {
    Invented forks = new Invented();
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
    EngineComparison comparison = new EngineComparison(forks, 3, 20, out, NOWHERE);
    comparison.run();
    JsonNode report =
        new ObjectMapper()
            .readTree(EngineReport.of(3, false, comparison.rows(), comparison.products()).toJson());
    JsonNode rows = report.path("rows");
    assertThat(rows).hasSize(17);
    for (JsonNode row : rows) {
      String unit = row.has("ours_mb") ? "mb" : "ms";
      assertThat(row.path("ratio_to_peer").asDouble())
          .isCloseTo(
              row.path("ours_" + unit).asDouble() / row.path("peer_" + unit).asDouble(),
              within(1e-12));
      assertThat(row.path("spread")).hasSize(2);
      assertThat(printed.toString(StandardCharsets.UTF_8)).contains(row.path("work").asText());
    }
    JsonNode step = row(rows, "U-ViT 1.1M step", "PyTorch");
    assertThat(step.path("ours_ms").asDouble()).isEqualTo(33);
    assertThat(step.path("peer_ms").asDouble()).isEqualTo(66);
    assertThat(step.path("goal").asDouble()).isEqualTo(0.9);
    assertThat(step.path("bound").asText()).isEqualTo("AT_MOST");
    assertThat(step.path("met").asBoolean()).isTrue();
    JsonNode floor = row(rows, "U-ViT 1.1M step", "its products");
    assertThat(floor.path("ratio_to_peer").asDouble()).isCloseTo(6, within(1e-12));
    assertThat(floor.path("goal").asDouble()).isEqualTo(1.5);
    assertThat(floor.path("met").asBoolean()).isFalse();
    JsonNode forward = row(rows, "U-ViT 1.1M forward", "its products");
    assertThat(forward.path("goal").asDouble()).isEqualTo(1.6);
    for (String name : List.of("U-ViT 1.1M", "FNO-1D width 64, 16 modes, 256 points")) {
      for (String work : List.of(" step", " forward")) {
        JsonNode stock = row(rows, name + work, "SameDiff");
        assertThat(stock.path("ratio_to_peer").asDouble()).isCloseTo(0.125, within(1e-12));
        assertThat(stock.path("goal").asDouble()).isEqualTo(0.25);
      }
    }
    JsonNode share = row(rows, "sampling 256 images, 20 of 100 steps, network", "whole");
    assertThat(share.path("ratio_to_peer").asDouble()).isCloseTo(0.9, within(1e-12));
    assertThat(share.path("bound").asText()).isEqualTo("AT_LEAST");
    assertThat(share.path("met").asBoolean()).isFalse();
    JsonNode memory = row(rows, "U-ViT 1.1M step, peak memory", "PyTorch");
    assertThat(memory.path("ours_mb").asDouble()).isCloseTo(77, within(1e-12));
    assertThat(memory.has("ours_ms")).isFalse();
    assertThat(row(rows, "SIREN forward", "PyTorch").has("goal")).isFalse();

    JsonNode products = report.path("products").path(0);
    // 2·10⁹ operations at the best of the rates, 102·10⁹ a second.
    assertThat(products.path("at_best_rate_ms").asDouble()).isCloseTo(2e3 / 102, within(1e-12));
    assertThat(products.path("ratio_to_best_rate").asDouble())
        .isCloseTo(33 / (2e3 / 102), within(1e-12));
    assertThat(report.path("machine").path("threads").asInt())
        .isEqualTo(Runtime.getRuntime().availableProcessors());
    assertThat(report.path("rounds").asInt()).isEqualTo(3);
    assertThat(report.path("date").asText()).endsWith("Z");
  }

  @Test
  void sidesTakeTurns() throws IOException {
    Invented forks = new Invented();
    new EngineComparison(forks, 2, 20, NOWHERE, NOWHERE).run();
    assertThat(forks.asked.stream().limit(6).map(Measurement::side))
        .containsExactly(Side.ENGINE, Side.PEER, Side.STOCK, Side.STOCK, Side.PEER, Side.ENGINE);
  }

  @Test
  void numbersAndFailuresOfAProcessAreRead() {
    assertThat(JvmForks.numbers(List.of("a warning", Forked.MARK + "products of step=1.5", "x=3")))
        .containsExactly(Map.entry("products of step", 1.5));
    assertThat(JvmForks.cause(List.of("a warning", "java.io.IOException: no", "\tat there")))
        .isEqualTo("java.io.IOException: no");
    assertThat(JvmForks.cause(List.of("killed"))).isEqualTo("killed");
    assertThat(JvmForks.cause(List.of())).isEqualTo("it said nothing");
    assertThatIOException()
        .isThrownBy(
            () ->
                new EngineComparison(
                        what -> {
                          throw new IOException(what + ": failed");
                        },
                        1,
                        20,
                        NOWHERE,
                        NOWHERE)
                    .run())
        .withMessage("uvit, times and products, engine: failed");
  }

  private record Run(int code, String out, String err) {}

  private static Run run(Object... words) {
    String[] arguments = new String[words.length];
    for (int i = 0; i < words.length; i++) {
      arguments[i] = words[i].toString();
    }
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
    ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(outBytes, true, StandardCharsets.UTF_8));
      System.setErr(new PrintStream(errBytes, true, StandardCharsets.UTF_8));
      int code = BenchmarkCommands.run(arguments);
      return new Run(
          code,
          outBytes.toString(StandardCharsets.UTF_8),
          errBytes.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  private static void assertRefused(Run run, int code, String... parts) {
    assertThat(run.code()).as(run.err()).isEqualTo(code);
    assertThat(run.err()).startsWith("fdiff: ").contains(parts);
    assertThat(run.err().strip().lines()).hasSize(1);
    assertThat(run.out()).isEmpty();
  }

  @Test
  void filesThatCannotBeWrittenAreRefusedBeforeMeasuring() throws IOException {
    assertRefused(run("bench", "engine", "--json", folder), 1, folder.toString(), "a folder");
    Path missing = folder.resolve("none");
    assertRefused(
        run("bench", "engine", "--json", missing.resolve("a.json")), 1, "none", "no such folder");
    assertThat(missing).doesNotExist();
    Path file = Files.createFile(folder.resolve("file"));
    assertRefused(
        run("bench", "engine", "--json", file.resolve("a.json")), 1, "it is a file", "--json");
  }

  @Test
  void unknownOptionIsUsage() {
    assertRefused(run("bench", "engine", "--jason", "x"), 2, "--jason", "bench engine --help");
    assertRefused(run("bench", "engine", "--json"), 2, "--json");
    assertThat(run("bench", "engine", "--help").out()).contains("--json", "--quick", "--verbose");
  }
}
