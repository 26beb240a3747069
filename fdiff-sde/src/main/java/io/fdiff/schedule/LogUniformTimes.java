package io.fdiff.schedule;

/** Uniform in {@code ln t}. */
record LogUniformTimes(double first, double last) implements TimeDistribution {

  LogUniformTimes {
    StratifiedTimes.requireInterval(first, last);
  }

  @Override
  public double quantile(double u) {
    StratifiedTimes.requireShare(u);
    return Math.min(last, first * Math.exp(u * Math.log(last / first)));
  }

  @Override
  public double density(double t) {
    return t >= first && t <= last ? 1 / (t * Math.log(last / first)) : 0;
  }
}
