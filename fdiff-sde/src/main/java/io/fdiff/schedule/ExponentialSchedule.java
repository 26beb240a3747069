package io.fdiff.schedule;

/** {@code B(t) = c₀(e^{ct} − 1)}. */
record ExponentialSchedule(double scale, double exponent) implements NoiseSchedule {

  @Override
  public double rate(double t) {
    return scale * exponent * Math.exp(exponent * t);
  }

  @Override
  public double integral(double t) {
    return scale * Math.expm1(exponent * t);
  }

  @Override
  public double integral(double s, double t) {
    return scale * Math.exp(exponent * s) * Math.expm1(exponent * (t - s));
  }

  @Override
  public double inverse(double value) {
    return Math.log1p(value / scale) / exponent;
  }
}
