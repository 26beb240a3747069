package io.fdiff.likelihood;

import org.apache.commons.math3.analysis.integration.gauss.GaussIntegrator;
import org.apache.commons.math3.analysis.integration.gauss.GaussIntegratorFactory;

/**
 * Gauss–Legendre nodes in panels of 16, uniform in {@code t} from 0, or in {@code ln t} from a
 * positive time, where integrands of a path vary by orders of magnitude.
 */
final class TimeRule {

  private static final int PANEL = 16;

  private final double[] times;
  private final double[] weights;

  private TimeRule(double[] times, double[] weights) {
    this.times = times;
    this.weights = weights;
  }

  static TimeRule of(double from, double to, int panels) {
    if (panels < 1) {
      throw new IllegalArgumentException(
          panels + " panels of " + PANEL + " times: give at least 1");
    }
    if (!(from >= 0 && from < to)) {
      throw new IllegalArgumentException(
          "times from " + from + " to " + to + ": needs 0 ≤ from < to");
    }
    double[] times = new double[panels * PANEL];
    double[] weights = new double[times.length];
    double first = from == 0 ? 0 : Math.log(from);
    double last = from == 0 ? to : Math.log(to);
    GaussIntegratorFactory factory = new GaussIntegratorFactory();
    for (int p = 0; p < panels; p++) {
      GaussIntegrator rule =
          factory.legendre(
              PANEL,
              first + (last - first) * p / panels,
              first + (last - first) * (p + 1) / panels);
      for (int i = 0; i < PANEL; i++) {
        double u = rule.getPoint(i);
        int at = p * PANEL + i;
        times[at] = from == 0 ? u : Math.min(to, Math.exp(u));
        weights[at] = rule.getWeight(i) * (from == 0 ? 1 : times[at]);
      }
    }
    return new TimeRule(times, weights);
  }

  int size() {
    return times.length;
  }

  double time(int node) {
    return times[node];
  }

  double weight(int node) {
    return weights[node];
  }
}
