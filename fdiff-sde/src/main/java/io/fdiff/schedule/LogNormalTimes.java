package io.fdiff.schedule;

import org.apache.commons.math3.distribution.NormalDistribution;

/** {@code ln σ(t)} normal, cut to the interval. */
final class LogNormalTimes implements TimeDistribution {

  private final LevelSchedule levels;
  private final NormalDistribution law;
  private final double first;
  private final double last;
  private final double below;
  private final double mass;

  LogNormalTimes(LevelSchedule levels, double mean, double deviation, double first, double last) {
    StratifiedTimes.requireInterval(first, last);
    if (!(Double.isFinite(mean) && deviation > 0 && deviation < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "logarithm of the level with mean "
              + mean
              + " and deviation "
              + deviation
              + ": needs a finite mean and a positive, finite deviation");
    }
    this.levels = levels;
    this.law = new NormalDistribution(null, mean, deviation);
    this.first = first;
    this.last = last;
    this.below = law.cumulativeProbability(Math.log(levels.level(first)));
    this.mass = law.cumulativeProbability(Math.log(levels.level(last))) - below;
    if (!(mass > 1e-12)) {
      throw new IllegalArgumentException(
          "levels "
              + levels.level(first)
              + " to "
              + levels.level(last)
              + " carry the share "
              + mass
              + " of the log-normal law: choose mean and deviation to fit them");
    }
  }

  @Override
  public double first() {
    return first;
  }

  @Override
  public double last() {
    return last;
  }

  @Override
  public double quantile(double u) {
    StratifiedTimes.requireShare(u);
    double share = Math.min(1, below + u * mass);
    double time = levels.inverse(Math.exp(law.inverseCumulativeProbability(share)));
    return Math.max(first, Math.min(last, time));
  }

  @Override
  public double density(double t) {
    if (!(t >= first && t <= last)) {
      return 0;
    }
    double level = levels.level(t);
    // d ln σ/dt = (σ²)'/(2σ²).
    double clock = 0.5 * levels.squareRate(t) / (level * level);
    return law.density(Math.log(level)) * clock / mass;
  }
}
