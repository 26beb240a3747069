package io.fdiff.schedule;

/** A base law whose bins of equal probability have been given other shares. */
final class BinnedTimes implements TimeDistribution {

  private final TimeDistribution base;
  private final double[] shares;
  private final double[] cumulative;
  private final double[] edges;

  BinnedTimes(TimeDistribution base, double[] shares) {
    this.base = base;
    this.shares = shares;
    this.cumulative = new double[shares.length + 1];
    this.edges = new double[shares.length + 1];
    for (int i = 0; i <= shares.length; i++) {
      edges[i] = base.quantile((double) i / shares.length);
      if (i > 0) {
        cumulative[i] = cumulative[i - 1] + shares[i - 1];
      }
    }
  }

  @Override
  public double first() {
    return base.first();
  }

  @Override
  public double last() {
    return base.last();
  }

  @Override
  public double quantile(double u) {
    StratifiedTimes.requireShare(u);
    int n = shares.length;
    int bin = 0;
    while (bin < n - 1 && u >= cumulative[bin + 1]) {
      bin++;
    }
    double within = Math.max(0, Math.min(1, (u - cumulative[bin]) / shares[bin]));
    return base.quantile(Math.min(1, (bin + within) / n));
  }

  @Override
  public double density(double t) {
    int n = shares.length;
    int bin = 0;
    while (bin < n - 1 && t >= edges[bin + 1]) {
      bin++;
    }
    return base.density(t) * shares[bin] * n;
  }
}
