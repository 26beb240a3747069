package io.fdiff.measure;

import java.util.Arrays;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.CholeskyDecomposition;
import org.apache.commons.math3.linear.DecompositionSolver;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;
import org.apache.commons.math3.linear.SingularValueDecomposition;
import org.jspecify.annotations.Nullable;

/** Distances of two Gaussian measures that need their eigenvalues, not only the ratios. */
final class Distances {

  private final GaussianMeasure first;
  private final GaussianMeasure second;
  private final double[] difference;
  private final int points;
  private final int channels;
  private final Whitening.@Nullable Diagonal basis;
  private final double[] lambda1;
  private final double[] lambda2;

  Distances(GaussianMeasure first, GaussianMeasure second) {
    this.first = first;
    this.second = second;
    this.difference = first.difference(second);
    this.points = first.grid().size();
    this.channels = difference.length / points;
    if (first.diagonal() instanceof Whitening.Diagonal a
        && second.diagonal() instanceof Whitening.Diagonal b
        && a.sharesModes(b)) {
      this.basis = a;
      this.lambda1 = a.eigenvalues();
      this.lambda2 = b.eigenvalues();
    } else {
      this.basis = null;
      this.lambda1 = new double[0];
      this.lambda2 = new double[0];
    }
  }

  double w2Squared() {
    double[] w = first.grid().weights();
    double sum = 0;
    for (int i = 0; i < difference.length; i++) {
      sum += w[i % points] * difference[i] * difference[i];
    }
    return sum + channels * bures();
  }

  /** {@code tr(C₁ + C₂ − 2(C₁^{1/2} C₂ C₁^{1/2})^{1/2})}. */
  private double bures() {
    double sum = 0;
    if (basis != null) {
      for (int k = 0; k < lambda1.length; k++) {
        double d = Math.sqrt(lambda1[k]) - Math.sqrt(lambda2[k]);
        sum += d * d;
      }
      return sum;
    }
    if (first.covariance() == second.covariance()) {
      return 0;
    }
    // min_Q ‖R₁ − R₂Q‖² over orthogonal Q, attained at Q = VUᵀ for R₁R₂ = USVᵀ: a sum of squares,
    // where the difference of traces would lose half of the digits of close measures.
    RealMatrix r1 = SymmetricMatrices.sqrt(SymmetricMatrices.of(first.covariance()));
    RealMatrix r2 = SymmetricMatrices.sqrt(SymmetricMatrices.of(second.covariance()));
    SingularValueDecomposition svd = new SingularValueDecomposition(r1.multiply(r2));
    double norm = r1.subtract(r2.multiply(svd.getV()).multiply(svd.getUT())).getFrobeniusNorm();
    return norm * norm;
  }

  double rootTrace() {
    if (basis != null) {
      double sum = 0;
      for (int k = 0; k < lambda1.length; k++) {
        sum += Math.sqrt(lambda1[k]) * Math.sqrt(lambda2[k]);
      }
      return channels * sum;
    }
    RealMatrix r1 = SymmetricMatrices.sqrt(SymmetricMatrices.of(first.covariance()));
    RealMatrix r2 = SymmetricMatrices.sqrt(SymmetricMatrices.of(second.covariance()));
    double[] s = new SingularValueDecomposition(r1.multiply(r2)).getSingularValues();
    return channels * Arrays.stream(s).sum();
  }

  /** {@code E k(X, Y)} of the Gaussian kernel with bandwidth {@code gamma}. */
  double kernelMean(double gamma) {
    double square = gamma * gamma;
    double log = 0;
    if (basis != null) {
      for (int k = 0; k < lambda1.length; k++) {
        log -= 0.5 * channels * Math.log1p((lambda1[k] + lambda2[k]) / square);
      }
      for (int c = 0; c < channels; c++) {
        double[] d = basis.coefficients(difference, c * points);
        log -= 0.5 * basis.residual(difference, c * points, d) / square;
        for (int k = 0; k < d.length; k++) {
          log -= 0.5 * d[k] * d[k] / (lambda1[k] + lambda2[k] + square);
        }
      }
      return Math.exp(log);
    }
    RealMatrix sum =
        SymmetricMatrices.of(first.covariance())
            .add(SymmetricMatrices.of(second.covariance()))
            .scalarMultiply(1 / square);
    for (int i = 0; i < points; i++) {
      sum.addToEntry(i, i, 1);
    }
    CholeskyDecomposition cholesky =
        new CholeskyDecomposition(new Array2DRowRealMatrix(sum.getData(), false), 1e-9, 0);
    RealMatrix l = cholesky.getL();
    for (int i = 0; i < points; i++) {
      log -= channels * Math.log(l.getEntry(i, i));
    }
    DecompositionSolver solver = cholesky.getSolver();
    double[] roots = SymmetricMatrices.weightRoots(first.grid());
    for (int c = 0; c < channels; c++) {
      RealVector d = new ArrayRealVector(points);
      for (int i = 0; i < points; i++) {
        d.setEntry(i, roots[i] * difference[c * points + i]);
      }
      log -= 0.5 * d.dotProduct(solver.solve(d)) / square;
    }
    return Math.exp(log);
  }
}
