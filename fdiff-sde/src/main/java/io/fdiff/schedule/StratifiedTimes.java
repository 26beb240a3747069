package io.fdiff.schedule;

import io.fdiff.noise.NoiseSource;

/** Draws and checks that laws of times share. */
final class StratifiedTimes {

  private StratifiedTimes() {}

  static double[] room(int n) {
    if (n < 1) {
      throw new IllegalArgumentException(n + " times: draw at least 1");
    }
    return new double[n];
  }

  static double[] draw(TimeDistribution law, NoiseSource source, int n) {
    double[] times = room(n);
    double u = source.uniform(0).nextDouble();
    for (int i = 0; i < n; i++) {
      times[i] = law.quantile((u + (double) i / n) % 1);
    }
    return times;
  }

  static void requireInterval(double first, double last) {
    if (!(first > 0 && first < last && last < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "training times from " + first + " to " + last + ": needs 0 < first < last");
    }
  }

  static void requireShare(double u) {
    if (!(u >= 0 && u <= 1)) {
      throw new IllegalArgumentException("share " + u + " is not in [0, 1]");
    }
  }
}
