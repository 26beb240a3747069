package io.fdiff.measure;

import io.fdiff.covariance.PartialSums;
import io.fdiff.measure.Equivalence.Finding;
import java.util.Locale;

/**
 * The judgement of one sequence of partial sums.
 *
 * @param finding whether it stays bounded
 * @param sentence why
 */
record Growth(Finding finding, String sentence) {

  /** Half width of the band of exponents that stand for logarithmic growth. */
  private static final double BAND = 0.25;

  /** Increments of a bound that shrink more slowly than this over doublings do not shrink. */
  private static final double STEADY = -0.05;

  /** A last half that adds less than this share of the sum adds round-off. */
  private static final double ROUND_OFF = 1e-12;

  /** A series of terms: divergence from {@code n^0.25} on. */
  static Growth ofSeries(PartialSums sums) {
    return of(sums, BAND, "series");
  }

  /** A running maximum: divergence from steady growth on. */
  static Growth ofBound(PartialSums sums) {
    return of(sums, STEADY, "bound");
  }

  private static Growth of(PartialSums sums, double divergent, String what) {
    double[] s = sums.sums();
    int last = s.length - 1;
    int modes = sums.counts()[last];
    if (s[last] == Double.POSITIVE_INFINITY) {
      return new Growth(Finding.FAILS, "infinite within " + modes + " modes");
    }
    if (last < 3) {
      return new Growth(Finding.UNDECIDED, modes + " modes are too few: growth needs at least 16");
    }
    if (s[last] - s[last - 1] <= ROUND_OFF * s[last]) {
      return new Growth(
          Finding.HOLDS,
          "the last half of " + modes + " modes adds nothing to " + Equivalence.format(s[last]));
    }
    double late = exponent(sums, last);
    double early = exponent(sums, last - 1);
    String seen =
        String.format(
            Locale.ROOT,
            "%s %s over %d modes, growth exponents %.3f and %.3f",
            what,
            Equivalence.format(s[last]),
            modes,
            early,
            late);
    if (late <= -BAND && early <= -BAND) {
      return new Growth(Finding.HOLDS, seen + ": converges as far as they show");
    }
    if (late >= divergent && early >= divergent) {
      return new Growth(Finding.FAILS, seen + ": diverges as far as they show");
    }
    return new Growth(
        Finding.UNDECIDED,
        seen
            + ": near logarithmic or irregular growth, where convergence and divergence look alike;"
            + " give more modes, or decide by the rule of the eigenvalues");
  }

  /** {@code log2} of the ratio of two neighbouring increments. */
  private static double exponent(PartialSums sums, int level) {
    double[] s = sums.sums();
    int[] counts = sums.counts();
    double later = s[level] - s[level - 1];
    double earlier = s[level - 1] - s[level - 2];
    if (later == 0) {
      return Double.NEGATIVE_INFINITY;
    }
    return Math.log(later / earlier) / Math.log((double) counts[level] / counts[level - 1]);
  }
}
