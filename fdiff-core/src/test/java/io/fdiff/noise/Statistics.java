package io.fdiff.noise;

import java.util.Arrays;
import org.apache.commons.math3.distribution.ChiSquaredDistribution;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.distribution.PoissonDistribution;

/**
 * Thresholds of stochastic tests. Every test states its sample size and its false-alarm rate: the
 * chance that a correct implementation draws a bad seed once; with the seed fixed it then always
 * passes.
 */
public final class Statistics {

  // The generator argument would only serve sampling.
  private static final NormalDistribution NORMAL = new NormalDistribution(null, 0, 1);

  private Statistics() {}

  /** {@code z} with {@code P(|Z| > z) = alpha}. */
  public static double normal(double alpha) {
    return -NORMAL.inverseCumulativeProbability(alpha / 2);
  }

  /** Bounds that a χ² variable leaves with probability {@code alpha}, half on each side. */
  public static double[] chiSquare(int degrees, double alpha) {
    ChiSquaredDistribution chi = new ChiSquaredDistribution(null, degrees);
    return new double[] {
      chi.inverseCumulativeProbability(alpha / 2), chi.inverseCumulativeProbability(1 - alpha / 2)
    };
  }

  /** Bounds that a Poisson count leaves with probability at most {@code alpha}. */
  public static int[] poisson(double mean, double alpha) {
    PoissonDistribution count = new PoissonDistribution(mean);
    return new int[] {
      count.inverseCumulativeProbability(alpha / 2) - 1,
      count.inverseCumulativeProbability(1 - alpha / 2)
    };
  }

  /** {@code √n D} of Kolmogorov and Smirnov against N(0, 1). */
  public static double kolmogorov(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    double d = 0;
    for (int i = 0; i < n; i++) {
      double f = NORMAL.cumulativeProbability(sorted[i]);
      d = Math.max(d, Math.max(f - (double) i / n, (i + 1.0) / n - f));
    }
    return Math.sqrt(n) * d;
  }

  /** The bound of {@link #kolmogorov}, asymptotic, for n ≥ 1000. */
  public static double kolmogorovBound(double alpha) {
    return Math.sqrt(-0.5 * Math.log(alpha / 2));
  }

  /**
   * {@code Σ a_i b_i / √Σ a_i²}, which is exactly N(0, 1) if the {@code b_i} are independent
   * standard normals independent of the {@code a_i}.
   */
  public static double correlation(double[] a, double[] b) {
    double product = 0;
    double square = 0;
    for (int i = 0; i < a.length; i++) {
      product += a[i] * b[i];
      square += a[i] * a[i];
    }
    return product / Math.sqrt(square);
  }
}
