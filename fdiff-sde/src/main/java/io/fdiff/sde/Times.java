package io.fdiff.sde;

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
}
