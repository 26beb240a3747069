package io.fdiff.schedule;

import java.util.Arrays;

/** {@code e^{−B(i)} = Π_{j≤i}(1 − β_j)} at whole times, with a constant rate between them. */
final class DiscreteSchedule implements NoiseSchedule {

  private final double[] rates;
  private final double[] integrals;

  DiscreteSchedule(double[] betas) {
    if (betas.length == 0) {
      throw new IllegalArgumentException("0 values of β: a table needs at least 1");
    }
    for (int i = 0; i < betas.length; i++) {
      if (!(betas[i] > 0 && betas[i] < 1)) {
        throw new IllegalArgumentException(
            "β = " + betas[i] + " at step " + (i + 1) + " is not in (0, 1)");
      }
    }
    this.rates = new double[betas.length];
    this.integrals = new double[betas.length + 1];
    for (int i = 0; i < betas.length; i++) {
      rates[i] = -Math.log1p(-betas[i]);
      integrals[i + 1] = integrals[i] + rates[i];
    }
  }

  private int interval(double t) {
    return (int) Math.min(rates.length - 1.0, Math.max(0, Math.ceil(t) - 1));
  }

  @Override
  public double rate(double t) {
    return rates[interval(t)];
  }

  @Override
  public double integral(double t) {
    int i = interval(t);
    return integrals[i] + rates[i] * (t - i);
  }

  @Override
  public double integral(double s, double t) {
    int i = interval(Math.nextUp(s));
    int j = interval(t);
    return i == j
        ? rates[i] * (t - s)
        : rates[i] * (i + 1 - s) + (integrals[j] - integrals[i + 1]) + rates[j] * (t - j);
  }

  @Override
  public double inverse(double value) {
    int found = Arrays.binarySearch(integrals, value);
    if (found >= 0) {
      return found;
    }
    int i = Math.min(rates.length - 1, Math.max(0, -found - 2));
    return i + (value - integrals[i]) / rates[i];
  }

  @Override
  public String toString() {
    return "DiscreteSchedule[" + rates.length + " steps]";
  }
}
