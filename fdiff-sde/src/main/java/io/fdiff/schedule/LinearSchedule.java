package io.fdiff.schedule;

/** {@code β(t) = β₀ + (β₁ − β₀)t}. */
record LinearSchedule(double start, double end) implements NoiseSchedule {

  LinearSchedule {
    if (!(start > 0 && start <= end && end < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "linear schedule from " + start + " to " + end + ": needs 0 < start ≤ end");
    }
  }

  @Override
  public double rate(double t) {
    return start + (end - start) * t;
  }

  @Override
  public double integral(double t) {
    return t * (start + 0.5 * (end - start) * t);
  }

  @Override
  public double integral(double s, double t) {
    // Factored, so that close times keep their relative accuracy.
    return (t - s) * (start + 0.5 * (end - start) * (s + t));
  }

  @Override
  public double inverse(double value) {
    // The root 2B/(β₀ + √(β₀² + 2(β₁ − β₀)B)) also serves β₁ = β₀.
    return 2 * value / (start + Math.sqrt(start * start + 2 * (end - start) * value));
  }
}
