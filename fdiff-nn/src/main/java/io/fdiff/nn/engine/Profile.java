package io.fdiff.nn.engine;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Where the time of runs went: one row for each kind of step, fused or not.
 *
 * <p>Not thread-safe.
 */
public final class Profile {

  /**
   * One kind of step.
   *
   * @param kernel what it computes, with shapes
   * @param calls how often it ran
   * @param milliseconds the time of all calls
   */
  public record Row(String kernel, long calls, double milliseconds) {}

  private final Map<String, long[]> counts = new LinkedHashMap<>();

  private final LongSupplier clock;

  /** An empty profile of elapsed times. */
  public Profile() {
    this(System::nanoTime);
  }

  /**
   * An empty profile by another clock, for example the processor time of the thread on a machine
   * that is busy with other things.
   *
   * @param clock nanoseconds from any origin
   */
  public Profile(LongSupplier clock) {
    this.clock = clock;
  }

  long time() {
    return clock.getAsLong();
  }

  void add(String kernel, long nanoseconds) {
    long[] count = counts.computeIfAbsent(kernel, k -> new long[2]);
    count[0]++;
    count[1] += nanoseconds;
  }

  /**
   * The rows, the slowest first.
   *
   * @return a new list
   */
  public List<Row> rows() {
    return counts.entrySet().stream()
        .map(entry -> new Row(entry.getKey(), entry.getValue()[0], entry.getValue()[1] * 1e-6))
        .sorted(Comparator.comparingDouble(Row::milliseconds).reversed())
        .toList();
  }

  /** A table of the rows: milliseconds, calls, kernel. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Row row : rows()) {
      text.append(
          String.format(
              Locale.ROOT, "%10.3f ms %6d  %s%n", row.milliseconds(), row.calls(), row.kernel()));
    }
    return text.toString();
  }
}
