package io.fdiff.schedule;

/**
 * {@code γ = e^{−B} = cos²(½π(t + s)/(1 + s))/cos²(½πs/(1 + s))} until the rate reaches its cap,
 * then the constant rate.
 */
final class CosineSchedule implements NoiseSchedule {

  private final double offset;
  private final double phase;
  private final double largestRate;
  private final double capTime;
  private final double capIntegral;

  CosineSchedule(double offset, double largestRate) {
    if (!(offset >= 0 && offset < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "offset " + offset + " of the cosine schedule is not finite and at least 0");
    }
    this.offset = offset;
    this.phase = angle(0);
    double start = slope() * Math.tan(phase);
    if (!(largestRate > start && largestRate < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "largest rate "
              + largestRate
              + ": the cosine schedule starts with rate "
              + start
              + " and grows without bound towards t = 1; give a finite cap above the start");
    }
    this.largestRate = largestRate;
    this.capTime = time(Math.atan(largestRate / slope()));
    this.capIntegral = uncapped(0, capTime);
  }

  private double angle(double t) {
    return 0.5 * Math.PI * (t + offset) / (1 + offset);
  }

  private double time(double angle) {
    return angle * 2 / Math.PI * (1 + offset) - offset;
  }

  /** {@code β = slope · tan(angle)}. */
  private double slope() {
    return Math.PI / (1 + offset);
  }

  /**
   * {@code −2 ln(cos(a + h)/cos a)} with {@code cos(a + h)/cos a = 1 − 2 sin²½h − tan a sin h},
   * which keeps short differences.
   */
  private double uncapped(double s, double t) {
    double h = angle(t) - angle(s);
    double half = Math.sin(0.5 * h);
    double lost = 2 * half * half + Math.tan(angle(s)) * Math.sin(h);
    return lost < 0.5
        ? -2 * Math.log1p(-lost)
        : -2 * Math.log(Math.cos(angle(t)) / Math.cos(angle(s)));
  }

  @Override
  public double rate(double t) {
    return t < capTime ? slope() * Math.tan(angle(t)) : largestRate;
  }

  @Override
  public double integral(double t) {
    return integral(0, t);
  }

  @Override
  public double integral(double s, double t) {
    if (s >= capTime) {
      return largestRate * (t - s);
    }
    return t <= capTime ? uncapped(s, t) : uncapped(s, capTime) + largestRate * (t - capTime);
  }

  @Override
  public double inverse(double value) {
    if (value > capIntegral) {
      return capTime + (value - capIntegral) / largestRate;
    }
    // tan² a = (1 − cos² a)/cos² a with cos² a = e^{−B} cos² phase: no cancellation near a = 0.
    double squared = Math.cos(phase) * Math.cos(phase);
    double gap = 1 - squared - squared * Math.expm1(-value);
    // Round-off of the offset must not give a time before 0.
    return Math.max(0, time(Math.atan(Math.sqrt(gap / (squared * Math.exp(-value))))));
  }

  @Override
  public String toString() {
    return "CosineSchedule[offset " + offset + ", largest rate " + largestRate + "]";
  }
}
