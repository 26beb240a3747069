package io.fdiff.covariance;

import java.util.Arrays;

/**
 * Partial sums {@code S(n) = Σ_{k≤n} a_k} of a series of non-negative terms over doubling numbers
 * of terms, and how they grow: the numerical evidence for "trace class", "equivalent" and the like,
 * which no single truncation can give.
 *
 * <p>The increments {@code S(2n) − S(n)} of {@code a_k ∝ k^{−p}} scale like {@code n^{1−p}}. So the
 * growth exponent is {@code 1 − p}: negative for a convergent series, 0 for logarithmic growth,
 * positive for {@code S(n) ∝ n^{1−p}}. Immutable and thread-safe.
 */
public final class PartialSums {

  private final int[] counts;
  private final double[] sums;
  private final double[] increments; // summed on their own: the tail may be below round-off of S

  private PartialSums(int[] counts, double[] increments) {
    this.counts = counts;
    this.increments = increments;
    this.sums = increments.clone();
    for (int i = 1; i < sums.length; i++) {
      sums[i] += sums[i - 1];
    }
  }

  /**
   * The partial sums over {@code N, N/2, N/4, …} terms, {@code N} the length.
   *
   * @param terms at least 4 terms {@code a_1, a_2, …} in the order of summation, not negative; +∞
   *     is allowed. Not modified.
   * @return the sums, the smallest over 1 to 3 terms
   * @throws IllegalArgumentException if there are fewer than 4 terms, or one is negative or NaN
   */
  public static PartialSums of(double... terms) {
    if (terms.length < 4) {
      throw new IllegalArgumentException(
          terms.length + " terms: growth over two doublings needs at least 4");
    }
    int levels = 31 - Integer.numberOfLeadingZeros(terms.length);
    int[] counts = new int[levels];
    for (int level = 0; level < levels; level++) {
      counts[level] = terms.length >> (levels - 1 - level);
    }
    double[] increments = new double[levels];
    int level = 0;
    for (int k = 0; k < terms.length; k++) {
      if (!(terms[k] >= 0)) {
        throw new IllegalArgumentException(
            "term " + k + " is " + terms[k] + ": the terms of a series must be at least 0");
      }
      increments[level] += terms[k];
      if (counts[level] == k + 1) {
        level++;
      }
    }
    return new PartialSums(counts, increments);
  }

  /** The sums of blocks of terms that end at increasing numbers of terms. */
  static PartialSums ofBlocks(int[] counts, double[] blocks) {
    return new PartialSums(counts.clone(), blocks.clone());
  }

  /** The sums of {@code factor · a_k}. */
  PartialSums times(double factor) {
    return new PartialSums(counts, Arrays.stream(increments).map(v -> factor * v).toArray());
  }

  /**
   * The numbers of terms.
   *
   * @return a fresh array, each (about) twice its predecessor
   */
  public int[] counts() {
    return counts.clone();
  }

  /**
   * The sums.
   *
   * @return a fresh array, {@code S(counts()[i])}
   */
  public double[] sums() {
    return sums.clone();
  }

  /**
   * The sum of all terms.
   *
   * @return {@code S(N)}
   */
  public double total() {
    return sums[sums.length - 1];
  }

  /**
   * The growth exponent over the last two doublings, {@code log2 [(S(4n) − S(2n)) / (S(2n) −
   * S(n))]}.
   *
   * @return {@code 1 − p} for terms {@code ∝ k^{−p}}; −∞ if the last half of the terms is 0, +∞ if
   *     it holds an infinite term or the half before it is 0
   */
  public double growthExponent() {
    int last = sums.length - 1;
    if (Double.isInfinite(sums[last])) {
      return Double.POSITIVE_INFINITY;
    }
    double later = increments[last];
    double earlier = increments[last - 1];
    return later == 0
        ? Double.NEGATIVE_INFINITY
        : Math.log(later / earlier) / Math.log((double) counts[last] / counts[last - 1]);
  }

  @Override
  public String toString() {
    return "PartialSums[counts "
        + Arrays.toString(counts)
        + ", sums "
        + Arrays.toString(sums)
        + ", growth exponent "
        + growthExponent()
        + "]";
  }
}
