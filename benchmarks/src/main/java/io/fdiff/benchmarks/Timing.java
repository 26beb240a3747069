package io.fdiff.benchmarks;

import java.util.Arrays;
import java.util.stream.DoubleStream;

/**
 * How long is measured.
 *
 * @param warmUp seconds before anything counts
 * @param measured seconds that count
 * @param runs smallest number of runs in each of the two
 * @param samplingSteps steps of {@link SamplingCase}
 */
record Timing(double warmUp, double measured, int runs, int samplingSteps) {

  static final Timing FULL = new Timing(3, 4, 5, 20);
  static final Timing QUICK = new Timing(0.5, 0.5, 2, 2);

  /**
   * Runs tasks in turn, again and again.
   *
   * @return the median time of each, in milliseconds
   */
  double[] medians(Runnable... tasks) {
    repeat(warmUp, tasks);
    double[][] times = repeat(measured, tasks);
    return Arrays.stream(times).mapToDouble(Timing::median).toArray();
  }

  private double[][] repeat(double seconds, Runnable... tasks) {
    DoubleStream.Builder[] times = new DoubleStream.Builder[tasks.length];
    Arrays.setAll(times, i -> DoubleStream.builder());
    long start = System.nanoTime();
    for (int run = 0; run < runs || (System.nanoTime() - start) * 1e-9 < seconds; run++) {
      for (int i = 0; i < tasks.length; i++) {
        long from = System.nanoTime();
        tasks[i].run();
        times[i].add((System.nanoTime() - from) * 1e-6);
      }
    }
    return Arrays.stream(times).map(each -> each.build().toArray()).toArray(double[][]::new);
  }

  /** The middle one of the values in order, the mean of two of an even number. */
  static double median(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
