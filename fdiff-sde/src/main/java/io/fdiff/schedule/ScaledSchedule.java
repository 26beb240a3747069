package io.fdiff.schedule;

/** {@code c·β(t)}. */
record ScaledSchedule(NoiseSchedule base, double factor) implements NoiseSchedule {

  ScaledSchedule {
    if (!(factor > 0 && factor < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "factor " + factor + " of a schedule is not positive and finite");
    }
  }

  @Override
  public double rate(double t) {
    return factor * base.rate(t);
  }

  @Override
  public double integral(double t) {
    return factor * base.integral(t);
  }

  @Override
  public double integral(double s, double t) {
    return factor * base.integral(s, t);
  }

  @Override
  public double inverse(double value) {
    return base.inverse(value / factor);
  }
}
