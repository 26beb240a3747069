package io.fdiff.kernel;

import org.apache.commons.math3.special.Gamma;

/**
 * The modified Bessel function of the second kind {@code K_ν(z)}, {@code z > 0}, any real order.
 *
 * <p>Orders {@code μ} and {@code μ + 1}, {@code |μ| ≤ ½}, come from Temme's power series for {@code
 * z ≤ 2} and from Temme's continued fraction, evaluated forward by Steed's algorithm, for {@code z
 * > 2} (N. M. Temme, J. Comput. Phys. 19 (1975) 324); higher orders from the recurrence {@code
 * K_{ν+1} = K_{ν−1} + (2ν/z) K_ν}, which is stable upwards. Relative accuracy about 1e-14.
 */
final class BesselK {

  private static final double PRECISION = 1e-17;
  private static final int MAX_TERMS = 10_000;

  private BesselK() {}

  /** {@code e^z K_ν(z)}; +∞ where it overflows. */
  static double scaled(double order, double z) {
    double nu = Math.abs(order);
    int steps = (int) Math.rint(nu);
    double mu = nu - steps;
    double[] pair = z <= 2 ? series(mu, z) : fraction(mu, z);
    double low = pair[0];
    double high = pair[1];
    for (int k = 1; k <= steps; k++) {
      double next = low + 2 * (mu + k) / z * high;
      low = high;
      high = next;
    }
    return low;
  }

  /**
   * {@code e^z K_μ} and {@code e^z K_{μ+1}} for {@code 0 < z ≤ 2}: {@code K_μ = Σ c_k f_k}, {@code
   * K_{μ+1} = (2/z) Σ c_k (p_k − k f_k)}, {@code c_k = (z²/4)^k / k!}.
   */
  private static double[] series(double mu, double z) {
    double minus = Gamma.invGamma1pm1(-mu); // 1/Γ(1−μ) − 1
    double plus = Gamma.invGamma1pm1(mu);
    // γ₁ = (1/Γ(1−μ) − 1/Γ(1+μ))/(2μ) tends to −γ (Euler); the difference has no cancellation.
    double gamma1 = Math.abs(mu) < 1e-9 ? -Gamma.GAMMA : (minus - plus) / (2 * mu);
    double gamma2 = 1 + (minus + plus) / 2;
    double logarithm = Math.log(2 / z);
    double sigma = mu * logarithm;
    double sine = Math.abs(mu) < 1e-9 ? 1 : Math.PI * mu / Math.sin(Math.PI * mu);
    double sinh = Math.abs(sigma) < 1e-9 ? 1 : Math.sinh(sigma) / sigma;
    double f = sine * (Math.cosh(sigma) * gamma1 + sinh * logarithm * gamma2);
    double p = Math.exp(sigma) / (2 * (1 + plus));
    double q = Math.exp(-sigma) / (2 * (1 + minus));
    double c = 1;
    double low = f;
    double high = p;
    for (int k = 1; k <= MAX_TERMS; k++) {
      f = (k * f + p + q) / (k * (double) k - mu * mu);
      p /= k - mu;
      q /= k + mu;
      c *= z * z / 4 / k;
      low += c * f;
      high += c * (p - k * f);
      if (c * Math.abs(f) <= PRECISION * Math.abs(low)
          && c * Math.abs(p - k * f) <= PRECISION * Math.abs(high)) {
        break;
      }
    }
    double scale = Math.exp(z);
    return new double[] {scale * low, scale * 2 / z * high};
  }

  /**
   * {@code e^z K_μ} and {@code e^z K_{μ+1}} for {@code z > 2}. The fraction has partial numerators
   * {@code a_n = μ² − (n − ½)²} and denominators {@code b_n = 2(z + n)}; its convergents also weigh
   * the sum whose value is {@code √(π/2z)/(e^z K_μ)}.
   */
  private static double[] fraction(double mu, double z) {
    double first = 0.25 - mu * mu;
    double b = 2 * (1 + z);
    double d = 1 / b;
    double increment = d;
    double value = d;
    double before = 0;
    double current = 1;
    double weight = first;
    double total = first;
    double sum = 1 + total * increment;
    for (int n = 2; n <= MAX_TERMS; n++) {
      double a = mu * mu - (n - 0.5) * (n - 0.5);
      weight *= -a / n;
      double next = (before - b * current) / a;
      before = current;
      current = next;
      total += weight * next;
      b += 2;
      d = 1 / (b + a * d);
      increment *= b * d - 1;
      value += increment;
      double term = total * increment;
      sum += term;
      if (Math.abs(term) <= PRECISION * Math.abs(sum)
          && Math.abs(increment) <= PRECISION * Math.abs(value)) {
        break;
      }
    }
    double low = Math.sqrt(Math.PI / (2 * z)) / sum;
    return new double[] {low, low * (mu + z + 0.5 - first * value) / z};
  }
}
