package io.fdiff.benchmarks;

import io.fdiff.benchmarks.Measurement.Job;
import io.fdiff.benchmarks.Measurement.Side;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * Runs {@link Forked} with the options and the environment of this process.
 *
 * <p>Where memory is measured, the C library keeps its own settings, by which both sides give back
 * most, and the heap grows only when it must.
 */
final class JvmForks implements Forks {

  private static final long MOST_MINUTES = 5;
  private static final List<String> KEEPING =
      List.of("MALLOC_MMAP_MAX_", "MALLOC_TRIM_THRESHOLD_", "MALLOC_TOP_PAD_");

  private final boolean quick;

  JvmForks(boolean quick) {
    this.quick = quick;
  }

  @Override
  public Map<String, Double> measure(Measurement what) throws IOException {
    Path output = Files.createTempFile("fdiff-bench", ".txt");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command(what))
              .redirectErrorStream(true)
              .redirectOutput(output.toFile());
      if (what.job() == Job.MEMORY) {
        KEEPING.forEach(builder.environment()::remove);
      }
      int code = run(builder);
      List<String> lines = Files.readAllLines(output);
      if (code != 0) {
        throw new IOException(what + ": the process ended with " + code + ": " + cause(lines));
      }
      return numbers(lines);
    } finally {
      Files.delete(output);
    }
  }

  private static int run(ProcessBuilder builder) throws IOException {
    Process process = builder.start();
    try {
      if (!process.waitFor(MOST_MINUTES, TimeUnit.MINUTES)) {
        throw new IOException(
            "a measurement took more than " + MOST_MINUTES + " minutes: is the machine busy?");
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      process.destroyForcibly();
    }
  }

  private List<String> command(Measurement what) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    if (what.side() == Side.STOCK) {
      command.add("-Dfdiff.engine=off");
    }
    if (what.job() == Job.MEMORY) {
      command.addAll(List.of("-XX:+UseSerialGC", "-Xms32m"));
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Forked.class.getName()));
    command.addAll(
        List.of(
            what.job().name(),
            what.side().name(),
            what.network().name(),
            quick ? "quick" : "full"));
    return command;
  }

  /** The first exception, or else the last line. */
  static String cause(List<String> lines) {
    return lines.stream()
        .filter(line -> line.contains("Exception") || line.contains("Error"))
        .findFirst()
        .orElse(lines.isEmpty() ? "it said nothing" : lines.get(lines.size() - 1));
  }

  /** The numbers among what a fork printed. */
  static Map<String, Double> numbers(List<String> lines) {
    Map<String, Double> numbers = new LinkedHashMap<>();
    for (String line : lines) {
      if (line.startsWith(Forked.MARK)) {
        int equals = line.lastIndexOf('=');
        numbers.put(
            line.substring(Forked.MARK.length(), equals),
            Double.valueOf(Objects.requireNonNull(line.substring(equals + 1))));
      }
    }
    return numbers;
  }
}
