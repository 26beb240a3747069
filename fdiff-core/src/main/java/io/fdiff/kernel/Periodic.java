package io.fdiff.kernel;

import org.apache.commons.math3.special.Gamma;

/**
 * The periodic kernel {@code k = s² exp(−(2/ℓ²) Σ_a sin²(πh_a/P))} of the lag {@code h}: the
 * squared exponential of length {@code ℓ} on the unit circle. On an interval of length {@code P} it
 * is diagonal in the Fourier basis, see {@link #eigenvalue}.
 *
 * @param variance {@code s² > 0}
 * @param lengthScale {@code ℓ > 0}, relative to the radius of the circle
 * @param period {@code P > 0} in units of the domain, on every axis
 */
public record Periodic(double variance, double lengthScale, double period)
    implements StationaryKernel {

  /**
   * Checks the parameters.
   *
   * @param variance {@code s²}
   * @param lengthScale {@code ℓ}
   * @param period {@code P}
   * @throws IllegalArgumentException if a parameter is not positive and finite
   */
  public Periodic {
    Distance.positive("variance", variance);
    Distance.positive("length scale", lengthScale);
    Distance.positive("period", period);
  }

  @Override
  public double at(double[] lag) {
    double sum = 0;
    for (double h : lag) {
      double sine = Math.sin(Math.PI * h / period);
      sum += sine * sine;
    }
    return variance * Math.exp(-2 * sum / (lengthScale * lengthScale));
  }

  /**
   * The eigenvalue of one frequency on an interval of length {@code P}, {@code λ_k = s² P e^{−1/ℓ²}
   * I_k(1/ℓ²)}; cosine and sine share it.
   *
   * @param frequency {@code k ≥ 0}
   * @return {@code λ_k}
   * @throws IllegalArgumentException if the frequency is negative
   */
  public double eigenvalue(int frequency) {
    if (frequency < 0) {
      throw new IllegalArgumentException("frequency " + frequency + " is negative");
    }
    // Power series of e^{−x} I_k(x), all terms positive, outwards from its largest one.
    double half = 0.5 / (lengthScale * lengthScale);
    double k = frequency;
    long peak = (long) Math.floor((Math.hypot(k, 2 * half) - k) / 2);
    double top =
        Math.exp(
            (2 * peak + k) * Math.log(half)
                - Gamma.logGamma(peak + 1.0)
                - Gamma.logGamma(peak + k + 1)
                - 2 * half);
    double sum = top;
    double term = top;
    for (long m = peak; term > 1e-18 * sum; m++) {
      term *= half / (m + 1) * half / (m + 1 + k);
      sum += term;
    }
    term = top;
    for (long m = peak; m > 0 && term > 1e-18 * sum; m--) {
      term *= m / half * (m + k) / half;
      sum += term;
    }
    return variance * period * sum;
  }
}
