package io.fdiff.schedule;

/** Uniform in {@code t}. */
record UniformTimes(double first, double last) implements TimeDistribution {

  UniformTimes {
    StratifiedTimes.requireInterval(first, last);
  }

  @Override
  public double quantile(double u) {
    StratifiedTimes.requireShare(u);
    return Math.min(last, first + u * (last - first));
  }

  @Override
  public double density(double t) {
    return t >= first && t <= last ? 1 / (last - first) : 0;
  }
}
