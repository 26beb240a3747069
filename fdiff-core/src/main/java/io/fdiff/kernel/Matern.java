package io.fdiff.kernel;

import org.apache.commons.math3.special.Gamma;

/**
 * The Matérn kernel of smoothness {@code ν > 0}, with {@code z = √(2ν) r/ℓ}: {@code k = s² 2^{1−ν}
 * z^ν K_ν(z)/Γ(ν)}. Half-integer orders are elementary: {@code s²e^{−z}} (ν = ½, exponential),
 * {@code s²(1 + z)e^{−z}} (ν = 3/2), {@code s²(1 + z + z²/3)e^{−z}} (ν = 5/2). Samples have {@code
 * ⌈ν⌉ − 1} derivatives in mean square.
 *
 * <p>Cost: one exponential for half-integers, one Bessel function (about a microsecond) for other
 * orders, {@code O(ν)} for large ones.
 *
 * @param smoothness {@code ν > 0}
 * @param variance {@code s² > 0}
 * @param lengthScale {@code ℓ > 0} in units of the domain
 */
public record Matern(double smoothness, double variance, double lengthScale)
    implements IsotropicKernel {

  /** Below this, z² is 0 beside 1 and orders up to 2 do not overflow. */
  private static final double SMALLEST = 1e-140;

  /**
   * Checks the parameters.
   *
   * @param smoothness {@code ν}
   * @param variance {@code s²}
   * @param lengthScale {@code ℓ}
   * @throws IllegalArgumentException if a parameter is not positive and finite
   */
  public Matern {
    Distance.positive("smoothness", smoothness);
    Distance.positive("variance", variance);
    Distance.positive("length scale", lengthScale);
  }

  /**
   * The exponential kernel {@code s² e^{−r/ℓ}}, the Matérn kernel of smoothness ½ (stationary
   * Ornstein–Uhlenbeck process).
   *
   * @param variance {@code s² > 0}
   * @param lengthScale {@code ℓ > 0}
   * @return the kernel
   * @throws IllegalArgumentException if a parameter is not positive and finite
   */
  public static Matern exponential(double variance, double lengthScale) {
    return new Matern(0.5, variance, lengthScale);
  }

  @Override
  public double at(double distance) {
    double z = Math.sqrt(2 * smoothness) * distance / lengthScale;
    return z == 0 ? variance : variance * correlation(z);
  }

  /**
   * {@code M_ν(z) = 2^{1−ν} z^ν K_ν(z)/Γ(ν)}, upwards by {@code M_{ν+1} = M_ν + z² M_{ν−1}/(4ν(ν −
   * 1))} from an order in {@code (0, 1]} and the next, without overflow at any order.
   */
  private double correlation(double distance) {
    double z = Math.max(distance, SMALLEST);
    int steps = (int) Math.ceil(smoothness) - 1;
    double order = smoothness - steps;
    double low;
    double high;
    if (order == 0.5) {
      low = Math.exp(-z);
      high = low * (1 + z);
    } else {
      low = normalised(order, z);
      high = steps == 0 ? 0 : normalised(order + 1, z);
    }
    for (int k = 1; k <= steps; k++) {
      double nu = order + k;
      double next = high + z * z / (4 * nu * (nu - 1)) * low;
      low = high;
      high = next;
    }
    return low;
  }

  private static double normalised(double order, double z) {
    return Math.pow(2, 1 - order)
        / Gamma.gamma(order)
        * Math.pow(z, order)
        * BesselK.scaled(order, z)
        * Math.exp(-z);
  }

  @Override
  public double spectralDensity(double omega, int dimension) {
    double half = dimension / 2.0;
    double logarithm =
        dimension * Math.log(2 * Math.sqrt(Math.PI) * lengthScale)
            + Gamma.logGamma(smoothness + half)
            - Gamma.logGamma(smoothness)
            - half * Math.log(2 * smoothness)
            - (smoothness + half)
                * Math.log1p(omega * lengthScale * omega * lengthScale / (2 * smoothness));
    return variance * Math.exp(logarithm);
  }
}
