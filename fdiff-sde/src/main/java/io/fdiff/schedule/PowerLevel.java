package io.fdiff.schedule;

/** {@code σ(t) = (a + bt)^ρ}. */
record PowerLevel(double from, double slope, double exponent) implements LevelSchedule {

  @Override
  public double level(double t) {
    return Math.pow(from + slope * t, exponent);
  }

  @Override
  public double squareRate(double t) {
    return 2 * exponent * slope * Math.pow(from + slope * t, 2 * exponent - 1);
  }

  @Override
  public double inverse(double level) {
    return (Math.pow(level, 1 / exponent) - from) / slope;
  }

  @Override
  public double squareGrowth(double s, double t) {
    // y^{2ρ} − x^{2ρ} = −y^{2ρ}((1 − (y − x)/y)^{2ρ} − 1), without cancellation.
    double end = from + slope * t;
    double lost = slope * (t - s) / end;
    return -Math.pow(end, 2 * exponent) * Math.expm1(2 * exponent * Math.log1p(-lost));
  }
}
