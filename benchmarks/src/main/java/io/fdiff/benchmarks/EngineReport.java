package io.fdiff.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/**
 * What {@code bench engine} writes; names in the file are in snake case.
 *
 * @param date when it ended, UTC
 * @param machine where it ran
 * @param rounds how often everything was measured
 * @param quick whether the measurements were only tried out
 * @param rows the comparisons
 * @param products the matrix products of the U-ViT
 */
record EngineReport(
    String date,
    Machine machine,
    int rounds,
    boolean quick,
    List<EngineRow> rows,
    List<Products> products) {

  /**
   * Where it ran.
   *
   * @param processor its name, as the operating system has it
   * @param threads processors of the Java machine, which both sides use
   * @param system operating system and architecture
   * @param jdk version and maker of the Java runtime
   * @param openblas kernels that OpenBLAS was told to use, empty if none
   */
  record Machine(String processor, int threads, String system, String jdk, String openblas) {

    private static final Path PROCESSORS = Path.of("/proc/cpuinfo");

    /** This one. */
    static Machine here() {
      String kernels = System.getenv("OPENBLAS_CORETYPE");
      return new Machine(
          name(),
          Runtime.getRuntime().availableProcessors(),
          System.getProperty("os.name") + " " + System.getProperty("os.arch"),
          System.getProperty("java.runtime.version") + " " + System.getProperty("java.vm.vendor"),
          kernels == null ? "" : kernels);
    }

    private static String name() {
      try {
        return Files.readAllLines(PROCESSORS).stream()
            .filter(line -> line.startsWith("model name"))
            .map(line -> line.substring(line.indexOf(':') + 1).strip())
            .findFirst()
            .orElse("");
      } catch (IOException e) {
        // Not Linux: the name is left out.
        return "";
      }
    }
  }

  /**
   * The matrix products of a graph beside the fastest single product.
   *
   * @param work what the graph computes
   * @param operations floating-point operations of its products, in 10⁹
   * @param productsMs the time of all its products alone
   * @param bestRate largest rate of [4096, 512] × [512, 512], in 10⁹ operations a second
   * @param atBestRateMs the time of as many operations at that rate
   * @param ratioToBestRate time of the work to that time
   */
  record Products(
      String work,
      double operations,
      double productsMs,
      double bestRate,
      double atBestRateMs,
      double ratioToBestRate) {

    static Products of(
        String work, double workMs, double operations, double productsMs, double bestRate) {
      double least = operations / bestRate * 1e3;
      return new Products(work, operations, productsMs, bestRate, least, workMs / least);
    }

    /** A sentence of the numbers. */
    String line() {
      return String.format(
          Locale.ROOT,
          "%s: %.1f GFLOP in products, %.0f GFLOP/s; at %.0f GFLOP/s of one large product %.1f ms,"
              + " ratio %.2f",
          work,
          operations,
          operations / productsMs * 1e3,
          bestRate,
          atBestRateMs,
          ratioToBestRate);
    }
  }

  /** A report of now and here. */
  static EngineReport of(int rounds, boolean quick, List<EngineRow> rows, List<Products> products) {
    return new EngineReport(
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
        Machine.here(),
        rounds,
        quick,
        List.copyOf(rows),
        List.copyOf(products));
  }

  /** The file. */
  byte[] toJson() throws IOException {
    ObjectMapper mapper =
        JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();
    return mapper.writeValueAsBytes(this);
  }
}
