package io.fdiff.measure;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.RealMatrix;

/** The terms of the series of {@link Equivalence}, mode by mode. */
final class ModeTerms {

  private final double[] range; // increments of max |ln ρ|
  private final double[] shift;
  private final double[] hilbertSchmidt;
  private final double[] kl;

  private ModeTerms(double[] range, double[] shift, double[] hilbertSchmidt, double[] kl) {
    this.range = range;
    this.shift = shift;
    this.hilbertSchmidt = hilbertSchmidt;
    this.kl = kl;
  }

  double[] range() {
    return range;
  }

  double[] shift() {
    return shift;
  }

  double[] hilbertSchmidt() {
    return hilbertSchmidt;
  }

  double[] kl() {
    return kl;
  }

  /** These covariance terms once a channel, with the mean terms of the first modes added. */
  ModeTerms withKlOf(ModeTerms own, int channels) {
    double[] sum = kl.clone();
    for (int k = 0; k < sum.length; k++) {
      sum[k] = channels * kl[k] + (k < own.shift.length ? 0.5 * own.shift[k] : 0);
    }
    return new ModeTerms(range, shift, hilbertSchmidt, sum);
  }

  static ModeTerms of(GaussianMeasure first, GaussianMeasure second) {
    double[] difference = first.difference(second);
    int n = second.grid().size();
    int channels = difference.length / n;
    boolean one = first.covariance() == second.covariance();
    if (second.diagonal() instanceof Whitening.Diagonal b
        && first.diagonal() instanceof Whitening.Diagonal a
        && a.sharesModes(b)) {
      double[][] delta = new double[channels][];
      boolean outside = false;
      for (int c = 0; c < channels; c++) {
        delta[c] = b.coefficients(difference, c * n);
        outside |= b.residual(difference, c * n, delta[c]) > 0;
      }
      double[] l1 = a.eigenvalues();
      double[] l2 = b.eigenvalues();
      int[] order =
          IntStream.range(0, l2.length)
              .boxed()
              .sorted(Comparator.comparingDouble(k -> -l2[k]))
              .mapToInt(k -> k)
              .toArray();
      double[][] sorted = Arrays.stream(delta).map(d -> permute(d, order)).toArray(double[][]::new);
      ModeTerms terms = of(permute(l1, order), permute(l2, order), sorted);
      if (outside) {
        terms.shift[terms.shift.length - 1] = Double.POSITIVE_INFINITY;
        terms.kl[terms.kl.length - 1] = Double.POSITIVE_INFINITY;
      }
      return terms;
    }
    Whitening white = second.whitening();
    Whitening.Dense basis =
        white instanceof Whitening.Dense d ? d : new Whitening.Dense(second.covariance());
    return dense(first, basis, difference, n, one);
  }

  private static double[] permute(double[] values, int[] order) {
    return Arrays.stream(order).mapToDouble(k -> values[k]).toArray();
  }

  static ModeTerms of(double[] first, double[] second, double[][] delta) {
    int n = first.length;
    if (n < 4 || second.length != n || delta[0].length != n) {
      throw new IllegalArgumentException(
          n
              + " and "
              + second.length
              + " eigenvalues with "
              + delta[0].length
              + " coefficients: give as many of each, at least 4");
    }
    double[] range = new double[n];
    double[] shift = new double[n];
    double[] hs = new double[n];
    double[] kl = new double[n];
    double widest = 0;
    for (int k = 0; k < n; k++) {
      double square = 0;
      for (double[] row : delta) {
        square += row[k] * row[k];
      }
      if (!(first[k] >= 0 && second[k] >= 0 && Double.isFinite(first[k] + second[k] + square))) {
        throw new IllegalArgumentException(
            "mode "
                + k
                + " has eigenvalues "
                + first[k]
                + ", "
                + second[k]
                + " and squared difference "
                + square
                + ": eigenvalues are at least 0, and all are finite");
      }
      if (second[k] > 0) {
        double m = (first[k] - second[k]) / second[k];
        double spread = Math.abs(Math.log1p(m)); // +∞ for m = −1
        if (spread > widest) {
          // ∞ − ∞ would be NaN, and the first infinite term is enough.
          range[k] = spread - widest;
          widest = spread;
        }
        shift[k] = square / second[k];
        hs[k] = m * m;
        kl[k] = 0.5 * shift[k] - 0.5 * delta.length * JointModes.log1pMinus(m);
      } else {
        boolean covariances = first[k] > 0;
        range[k] = covariances && widest < Double.POSITIVE_INFINITY ? Double.POSITIVE_INFINITY : 0;
        widest = covariances ? Double.POSITIVE_INFINITY : widest;
        hs[k] = covariances ? Double.POSITIVE_INFINITY : 0;
        shift[k] = square > 0 ? Double.POSITIVE_INFINITY : 0;
        kl[k] = Math.max(hs[k], shift[k]);
      }
    }
    return new ModeTerms(range, shift, hs, kl);
  }

  /** Compressions to the leading eigenvectors of the second covariance. */
  private static ModeTerms dense(
      GaussianMeasure first, Whitening.Dense basis, double[] difference, int points, boolean one) {
    int n = basis.modes();
    if (n < 4) {
      throw new IllegalArgumentException(
          n + " modes in the range of the second covariance: growth needs at least 4");
    }
    int channels = difference.length / points;
    double[] shift = new double[n];
    boolean shiftLeaves = false;
    for (int c = 0; c < channels; c++) {
      double[] d = basis.apply(difference, c * points);
      shiftLeaves |= !basis.inRange(difference, c * points);
      for (int k = 0; k < n; k++) {
        shift[k] += d[k] * d[k];
      }
    }
    double[] range = new double[n];
    double[] hs = new double[n];
    double[] kl = new double[n];
    Arrays.setAll(kl, k -> 0.5 * shift[k]);
    if (!one) {
      RealMatrix form = SymmetricMatrices.of(first.covariance());
      RealMatrix m = JointModes.excessMatrix(form, basis);
      double[] pivots = pivots(m);
      for (int k = 0; k < n; k++) {
        double own = m.getEntry(k, k);
        hs[k] = own * own;
        for (int l = 0; l < k; l++) {
          hs[k] += 2 * m.getEntry(k, l) * m.getEntry(k, l);
        }
        // Not negative up to round-off, as the pivot is at most 1 + own.
        kl[k] +=
            pivots[k] > 0
                ? 0.5 * channels * Math.max(0, own - Math.log(pivots[k]))
                : Double.POSITIVE_INFINITY;
      }
      ranges(m, range);
      if (JointModes.leavesRange(form, basis.vectors())) {
        range[n - 1] = Double.POSITIVE_INFINITY;
        hs[n - 1] = Double.POSITIVE_INFINITY;
        kl[n - 1] = Double.POSITIVE_INFINITY;
      }
    }
    if (shiftLeaves) {
      shift[n - 1] = Double.POSITIVE_INFINITY;
      kl[n - 1] = Double.POSITIVE_INFINITY;
    }
    return new ModeTerms(range, shift, hs, kl);
  }

  /** The pivots of the Cholesky factorisation of {@code I + M}: {@code Π} of the first n is det. */
  private static double[] pivots(RealMatrix m) {
    int n = m.getRowDimension();
    double[][] l = new double[n][n];
    double[] pivots = new double[n];
    for (int i = 0; i < n; i++) {
      double pivot = 1 + m.getEntry(i, i);
      for (int j = 0; j < i; j++) {
        double value = m.getEntry(i, j);
        for (int k = 0; k < j; k++) {
          value -= l[i][k] * l[j][k];
        }
        l[i][j] = pivots[j] > 0 ? value / Math.sqrt(pivots[j]) : 0;
        pivot -= l[i][j] * l[i][j];
      }
      pivots[i] = pivot;
      l[i][i] = Math.sqrt(Math.max(0, pivot));
    }
    return pivots;
  }

  /** Increments of {@code max |ln ρ|} of the leading blocks, at the numbers of the doublings. */
  private static void ranges(RealMatrix m, double[] range) {
    int n = range.length;
    double widest = 0;
    for (int level = 31 - Integer.numberOfLeadingZeros(n); level >= 1; level--) {
      int count = n >> (level - 1);
      double[] excess =
          new EigenDecomposition(m.getSubMatrix(0, count - 1, 0, count - 1)).getRealEigenvalues();
      for (double value : excess) {
        double spread = Math.abs(Math.log1p(Math.max(-1, value)));
        if (spread > widest) {
          range[count - 1] += spread - widest;
          widest = spread;
        }
      }
    }
  }
}
