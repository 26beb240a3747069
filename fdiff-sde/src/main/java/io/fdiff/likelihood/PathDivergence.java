package io.fdiff.likelihood;

import io.fdiff.covariance.PartialSums;

/**
 * The divergence {@code KL(path ‖ path_θ)} of the true reverse process from that of a model, which
 * bounds the divergence {@code KL(μ ‖ μ_θ)} of their ends, in nats, with the evidence that it is
 * finite. Immutable and thread-safe.
 */
public final class PathDivergence {

  /** What the partial sums over modes say of the limit. */
  public enum Finding {
    /** They converge as far as they show: the error of the score lies in {@code H_C}. */
    CONVERGES,
    /** They grow like a power of the number of modes: the divergence is +∞. */
    DIVERGES,
    /** Too few modes (below 16), or growth close to logarithmic. */
    UNDECIDED
  }

  private static final double BAND = 0.25;

  private final double terminal;
  private final double[] terms;
  private final double standardError;

  PathDivergence(double terminal, double[] terms, double standardError) {
    if (!(terminal >= 0)) {
      throw new IllegalArgumentException(
          "divergence " + terminal + " of the terminal law from the prior is negative");
    }
    this.terminal = terminal;
    this.terms = terms;
    this.standardError = standardError;
  }

  /**
   * The divergence.
   *
   * @return {@link #truncated()}, or +∞ where the partial sums are found to diverge
   */
  public double value() {
    return finding() == Finding.DIVERGES ? Double.POSITIVE_INFINITY : truncated();
  }

  /**
   * The divergence on the modes of the grid, which is finite even where there is no limit.
   *
   * @return the terminal divergence and the sum over modes
   */
  public double truncated() {
    double sum = terminal;
    for (double term : terms) {
      sum += term;
    }
    return sum;
  }

  /**
   * The part of the start, {@code KL(μ_T ‖ prior)}.
   *
   * @return the part
   */
  public double terminal() {
    return terminal;
  }

  /**
   * The standard error of {@link #truncated()}.
   *
   * @return 0 for exact evaluations, NaN for one sample
   */
  public double standardError() {
    return standardError;
  }

  /**
   * The number of modes.
   *
   * @return modes of the sum
   */
  public int modes() {
    return terms.length;
  }

  /**
   * The part of one mode, summed over channels.
   *
   * @param mode rank by descending noise, from 0
   * @return {@code ½E∫σ_k²(∂_k log p̂ − ∂_k log p)² dt}
   */
  public double term(int mode) {
    return terms[mode];
  }

  /**
   * The partial sums over modes by descending noise.
   *
   * @return the evidence
   * @throws IllegalArgumentException if there are fewer than 4 modes
   */
  public PartialSums partialSums() {
    return PartialSums.of(terms);
  }

  /**
   * What the partial sums say: growth exponents of the last two doublings both at least 0.25, or
   * both at most −0.25, decide.
   *
   * @return the finding
   */
  public Finding finding() {
    if (terms.length < 16) {
      return Finding.UNDECIDED;
    }
    PartialSums sums = partialSums();
    double late = sums.growthExponent();
    double[] s = sums.sums();
    int last = s.length - 2;
    if (s[last + 1] - s[last] <= 1e-12 * s[last + 1]) {
      return Finding.CONVERGES;
    }
    double early = Math.log((s[last] - s[last - 1]) / (s[last - 1] - s[last - 2])) / Math.log(2);
    if (late >= BAND && early >= BAND) {
      return Finding.DIVERGES;
    }
    return late <= -BAND && early <= -BAND ? Finding.CONVERGES : Finding.UNDECIDED;
  }

  @Override
  public String toString() {
    return "PathDivergence[" + truncated() + " nats on " + modes() + " modes, " + finding() + "]";
  }
}
