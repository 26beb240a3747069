package io.fdiff.schedule;

/** {@code σ(t) = σ_min e^{ct}}. */
record GeometricLevel(double min, double logRatio) implements LevelSchedule {

  @Override
  public double level(double t) {
    return min * Math.exp(logRatio * t);
  }

  @Override
  public double squareRate(double t) {
    double level = level(t);
    return 2 * logRatio * level * level;
  }

  @Override
  public double inverse(double level) {
    return Math.log(level / min) / logRatio;
  }

  @Override
  public double squareGrowth(double s, double t) {
    double level = level(t);
    return -level * level * Math.expm1(-2 * (t - s) * logRatio);
  }
}
