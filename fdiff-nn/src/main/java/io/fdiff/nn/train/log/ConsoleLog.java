package io.fdiff.nn.train.log;

import io.fdiff.nn.train.TrainingEvent;
import io.fdiff.nn.train.TrainingListener;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;

/**
 * Prints a line of progress every so often: steps, loss, gradient norm, learning rate, speed, time
 * left, memory. Not thread-safe.
 */
public final class ConsoleLog implements TrainingListener {

  private static final double MEGABYTE = 1e6;

  private final PrintStream out;
  private final double interval;
  private long firstStep = -1;
  private double firstSeconds;
  private double printed = Double.NEGATIVE_INFINITY;

  private ConsoleLog(PrintStream out, double interval) {
    this.out = out;
    this.interval = interval;
  }

  /**
   * A log to a stream.
   *
   * @param out where lines go, for example {@code System.err}
   * @param interval least training time between two lines; zero for a line each step. The last step
   *     always has one.
   * @return the log
   * @throws IllegalArgumentException if the interval is negative
   */
  public static ConsoleLog to(PrintStream out, Duration interval) {
    if (interval.isNegative()) {
      throw new IllegalArgumentException("interval " + interval + " is negative; give 0 or more");
    }
    return new ConsoleLog(Objects.requireNonNull(out, "out"), interval.toMillis() * 1e-3);
  }

  @Override
  public boolean onStep(TrainingEvent event) {
    if (firstStep < 0) {
      firstStep = event.step();
      firstSeconds = event.seconds();
    }
    if (event.last() || event.seconds() - printed >= interval) {
      printed = event.seconds();
      out.println(line(event));
    }
    return true;
  }

  private String line(TrainingEvent event) {
    MemoryUse memory = MemoryUse.now();
    // The first step makes plans of execution: it says nothing about the others.
    long steps = event.step() - firstStep;
    String speed = "";
    if (steps > 0 && event.seconds() > firstSeconds) {
      double rate = steps / (event.seconds() - firstSeconds);
      long left = Math.round((event.steps() - event.step()) / rate);
      speed =
          String.format(
              Locale.ROOT,
              "  %.3g steps/s, %d:%02d:%02d left",
              rate,
              left / 3600,
              left / 60 % 60,
              left % 60);
    }
    return String.format(
        Locale.ROOT,
        "step %d/%d  loss %.4g (mean %.4g)  gradient %.3g  rate %.3g%s  heap %.0f MB, process %.0f"
            + " MB",
        event.step(),
        event.steps(),
        event.loss(),
        event.runningLoss(),
        event.gradientNorm(),
        event.learningRate(),
        speed,
        memory.heap() / MEGABYTE,
        memory.resident() / MEGABYTE);
  }
}
