package io.fdiff.schedule;

/** {@code σ(t) = σ_max sin²(½πt)}. */
record SineSquaredLevel(double max) implements LevelSchedule {

  @Override
  public double level(double t) {
    double s = Math.sin(0.5 * Math.PI * t);
    return max * s * s;
  }

  @Override
  public double squareRate(double t) {
    return level(t) * max * Math.PI * Math.sin(Math.PI * t);
  }

  @Override
  public double inverse(double level) {
    return 2 / Math.PI * Math.asin(Math.sqrt(level / max));
  }

  @Override
  public double squareGrowth(double s, double t) {
    // sin² b − sin² a = sin(b − a) sin(b + a).
    double difference = max * Math.sin(0.5 * Math.PI * (t - s)) * Math.sin(0.5 * Math.PI * (t + s));
    return difference * (level(t) + level(s));
  }
}
