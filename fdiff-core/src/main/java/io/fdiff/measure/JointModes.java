package io.fdiff.measure;

import io.fdiff.covariance.CovarianceOperator;
import java.util.Arrays;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.jspecify.annotations.Nullable;

/**
 * Two Gaussian measures in coordinates in which the second is {@code N(0, I)} and the first {@code
 * N(δ, diag(1 + m_k))}, in each channel. Whatever is invariant under linear bijections is a sum
 * over these modes.
 */
final class JointModes {

  private final Whitening whitening; // of the second measure
  private final double @Nullable [] @Nullable [] rotation; // [modes][coordinates], null: none
  private final double[] excess; // m_k = ρ_k − 1
  private final double[][] shift; // [channels][modes], of the rotated coordinates
  private final boolean leaves;

  private JointModes(
      Whitening whitening,
      double @Nullable [] @Nullable [] rotation,
      double[] excess,
      double[][] shift,
      boolean leaves) {
    this.whitening = whitening;
    this.rotation = rotation;
    this.excess = excess;
    this.shift = shift;
    this.leaves = leaves;
  }

  static JointModes of(GaussianMeasure first, GaussianMeasure second) {
    double[] difference = first.difference(second);
    int n = second.grid().size();
    Whitening whitening = second.whitening();
    int channels = difference.length / n;
    double[][] shift = new double[channels][];
    boolean leaves = false;
    for (int c = 0; c < channels; c++) {
      shift[c] = whitening.apply(difference, c * n);
      leaves |= !whitening.inRange(difference, c * n);
    }
    double[] lambda = whitening.eigenvalues();
    double[] excess = new double[lambda.length];
    CovarianceOperator covariance = first.covariance();
    if (covariance == second.covariance()) {
      return new JointModes(whitening, null, excess, shift, leaves);
    }
    if (whitening instanceof Whitening.Diagonal diagonal
        && first.diagonal() instanceof Whitening.Diagonal other
        && diagonal.sharesModes(other)) {
      double[] own = other.eigenvalues();
      for (int k = 0; k < lambda.length; k++) {
        excess[k] = lambda[k] > 0 ? (own[k] - lambda[k]) / lambda[k] : 0;
        leaves |= !(lambda[k] > 0) && own[k] > 0;
      }
      return new JointModes(whitening, null, excess, shift, leaves);
    }
    Whitening.Dense dense =
        whitening instanceof Whitening.Dense d ? d : new Whitening.Dense(second.covariance());
    RealMatrix form = SymmetricMatrices.of(covariance);
    leaves = leavesRange(form, dense.vectors());
    for (int c = 0; c < channels; c++) {
      shift[c] = dense.apply(difference, c * n);
      leaves |= !dense.inRange(difference, c * n);
    }
    RealMatrix excessMatrix = excessMatrix(form, dense);
    EigenDecomposition eigen = new EigenDecomposition(excessMatrix);
    double[][] rotation = eigen.getVT().getData();
    for (int c = 0; c < channels; c++) {
      shift[c] = rotate(rotation, shift[c]);
    }
    // The eigenvalues of a positive matrix minus 1; below −1 they are round-off.
    double[] m = Arrays.stream(eigen.getRealEigenvalues()).map(v -> Math.max(-1, v)).toArray();
    return new JointModes(dense, rotation, m, shift, leaves);
  }

  /**
   * {@code Λ^{-1/2} Uᵀ (A₁ − A₂) U Λ^{-1/2}} over the eigenvectors of the second form; the
   * difference is taken first, so that close measures keep their digits.
   */
  static RealMatrix excessMatrix(RealMatrix first, Whitening.Dense second) {
    double[][] u = second.vectors();
    double[] lambda = second.eigenvalues();
    RealMatrix scaled = new Array2DRowRealMatrix(u).copy();
    RealMatrix core = new Array2DRowRealMatrix(u, false).multiply(first);
    RealMatrix product = core.multiply(scaled.transpose());
    for (int k = 0; k < lambda.length; k++) {
      product.addToEntry(k, k, -lambda[k]);
    }
    for (int k = 0; k < lambda.length; k++) {
      for (int l = 0; l < lambda.length; l++) {
        product.multiplyEntry(k, l, 1 / Math.sqrt(lambda[k] * lambda[l]));
      }
    }
    return SymmetricMatrices.symmetrise(product);
  }

  /** Whether {@code tr A − tr UᵀAU} is more than round-off. */
  static boolean leavesRange(RealMatrix form, double[][] vectors) {
    int n = form.getRowDimension();
    if (vectors.length == n) {
      return false;
    }
    RealMatrix u = new Array2DRowRealMatrix(vectors, false);
    double inside = u.multiply(form).multiply(u.transpose()).getTrace();
    double all = form.getTrace();
    return all - inside > Whitening.RANGE_ROUND_OFF * all;
  }

  private static double[] rotate(double[][] rotation, double[] y) {
    double[] out = new double[rotation.length];
    for (int k = 0; k < out.length; k++) {
      double sum = 0;
      for (int j = 0; j < y.length; j++) {
        sum += rotation[k][j] * y[j];
      }
      out[k] = sum;
    }
    return out;
  }

  int channels() {
    return shift.length;
  }

  /** Whether the first measure has variance or mean outside the range of the second. */
  boolean leavesRange() {
    return leaves;
  }

  /** Whether the first measure is degenerate where the second is not. */
  boolean degenerate() {
    return Arrays.stream(excess).anyMatch(m -> !(m > -1));
  }

  /** The coordinates that {@link #logRatio} starts from. */
  Whitening whitening() {
    return whitening;
  }

  /** {@code log1p(m) − m}, which is {@code −m²/2 + m³/3 − …} near 0. */
  static double log1pMinus(double m) {
    if (Math.abs(m) > 0.01) {
      return Math.log1p(m) - m;
    }
    double power = -m * m;
    double sum = 0;
    for (int j = 2; j <= 10; j++) {
      sum += power / j;
      power *= -m;
    }
    return sum;
  }

  double logDet2() {
    if (leaves) {
      return Double.NEGATIVE_INFINITY;
    }
    return channels() * Arrays.stream(excess).map(JointModes::log1pMinus).sum();
  }

  double squaredShift() {
    double sum = 0;
    for (double[] row : shift) {
      for (double d : row) {
        sum += d * d;
      }
    }
    return sum;
  }

  double kl() {
    return leaves ? Double.POSITIVE_INFINITY : 0.5 * squaredShift() - 0.5 * logDet2();
  }

  double hellingerSquared() {
    if (leaves) {
      return 1;
    }
    double log = 0;
    for (int k = 0; k < excess.length; k++) {
      double m = excess[k];
      double q = m / (2 + m);
      log += 0.25 * channels() * Math.log1p(-q * q);
      for (double[] row : shift) {
        log -= row[k] * row[k] / (4 * (2 + m));
      }
    }
    return -Math.expm1(log);
  }

  /** {@code log E₂ (dμ₁/dμ₂)²}, +∞ if a ratio is 2 or more. */
  double logSecondMoment() {
    double log = 0;
    for (int k = 0; k < excess.length; k++) {
      double m = excess[k];
      if (!(m < 1)) {
        return Double.POSITIVE_INFINITY;
      }
      log -= 0.5 * channels() * Math.log1p(-m * m);
      for (double[] row : shift) {
        log += row[k] * row[k] / (1 - m);
      }
    }
    return log;
  }

  /** One channel of {@code log dμ₁/dμ₂}, from the coordinates of {@code x − m₂}. */
  double logRatio(int channel, double[] coordinates) {
    double[] y = rotation == null ? coordinates : rotate(rotation, coordinates);
    double[] d = shift[channel];
    double sum = 0;
    for (int k = 0; k < y.length; k++) {
      double m = excess[k];
      // y² − (y − d)²/ρ = (m y² + 2yd − d²)/ρ
      sum += (m * y[k] * y[k] + (2 * y[k] - d[k]) * d[k]) / (1 + m) - Math.log1p(m);
    }
    return 0.5 * sum;
  }
}
