package io.fdiff.sde;

import io.fdiff.schedule.LevelSchedule;
import io.fdiff.schedule.NoiseSchedule;
import java.util.Objects;

/** Checks of times. */
final class Times {

  private Times() {}

  static double horizon(double horizon) {
    if (!(horizon > 0 && horizon < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "horizon "
              + horizon
              + " is not positive and finite; give the end time T > 0 of the forward process");
    }
    return horizon;
  }

  static void inside(double t, double horizon) {
    if (!(t > 0 && t <= horizon)) {
      throw new IllegalArgumentException("time " + t + " is not in (0, " + horizon + "]");
    }
  }

  static void ordered(double s, double t, double horizon) {
    if (!(s >= 0 && s < t && t <= horizon)) {
      throw new IllegalArgumentException(
          "transition from " + s + " to " + t + ": needs 0 ≤ s < t ≤ " + horizon);
    }
  }

  /** A rate that is finite and not negative, seen at 65 times: user schedules can be anything. */
  static NoiseSchedule schedule(NoiseSchedule schedule, double horizon) {
    Objects.requireNonNull(schedule, "schedule");
    int checks = 64;
    for (int i = 0; i <= checks; i++) {
      double t = i == checks ? horizon : horizon * i / checks;
      double rate = schedule.rate(t);
      double integral = schedule.integral(t);
      if (!(rate >= 0 && rate < Double.POSITIVE_INFINITY && Double.isFinite(integral))) {
        throw new IllegalArgumentException(
            "noise rate β = "
                + rate
                + " with integral "
                + integral
                + " at time "
                + t
                + ": both must be finite and β at least 0 up to the horizon "
                + horizon
                + "; end earlier or cap the rate");
      }
    }
    return schedule;
  }

  /** A level that is finite and does not shrink, seen at 65 times. */
  static void levels(LevelSchedule levels, double horizon) {
    Objects.requireNonNull(levels, "levels");
    int checks = 64;
    for (int i = 0; i <= checks; i++) {
      double t = i == checks ? horizon : horizon * i / checks;
      double level = levels.level(t);
      // At time 0 the rate of a square may be infinite, and no process is asked for it there.
      double rate = i == 0 ? 0 : levels.squareRate(t);
      if (!(level >= 0 && level < Double.POSITIVE_INFINITY)
          || !(rate >= 0 && rate < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "level "
                + level
                + " with rate of its square "
                + rate
                + " at time "
                + t
                + ": both must be finite and at least 0 up to the horizon "
                + horizon
                + "; levels cannot shrink");
      }
    }
  }
}
