package io.fdiff.measure;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.space.Grid;
import io.fdiff.transform.SpectralTransform;
import java.util.Arrays;
import java.util.Optional;
import org.apache.commons.math3.linear.EigenDecomposition;

/**
 * Coordinates in which {@code N(0, C)} is standard normal: {@code y_k = x_k / √λ_k} over the
 * eigenpairs of {@code C}. Immutable and thread-safe.
 */
sealed interface Whitening {

  /** Parts of a function outside the range, relative to its norm, that count as round-off. */
  double RANGE_ROUND_OFF = 1e-10;

  /** Number of coordinates. */
  int modes();

  /** {@code λ_k}, 0 for a mode outside the range, whose coordinate is always 0. */
  double[] eigenvalues();

  /** Coordinates of one row of values. */
  double[] apply(double[] values, int offset);

  /** Whether a row lies in the range of {@code C} up to round-off. */
  boolean inRange(double[] values, int offset);

  /** The coordinates of an operator: its spectral transform if that is orthonormal, else dense. */
  static Whitening of(CovarianceOperator covariance) {
    Optional<SpectralCovariance> spectral =
        covariance.spectral().filter(c -> c.transform().orthonormal());
    return spectral.isPresent() ? new Diagonal(spectral.get()) : new Dense(covariance);
  }

  /** In a spectral basis. The eigenvalues are exact, so that only 0 is outside the range. */
  final class Diagonal implements Whitening {

    /** Coefficients below this share of the norm of their function are round-off. */
    private static final double ROUND_OFF = 1e-15;

    private final SpectralTransform transform;
    private final double[] eigenvalues;
    private final double[] weights;

    Diagonal(SpectralCovariance covariance) {
      this.transform = covariance.transform();
      this.eigenvalues = covariance.eigenvalues();
      this.weights = transform.grid().weights();
    }

    /** Whether the modes are those of another one. */
    boolean sharesModes(Diagonal other) {
      return transform == other.transform
          || (transform.basis() == other.transform.basis()
              && transform.grid().equals(other.transform.grid())
              && Arrays.equals(transform.modeShape(), other.transform.modeShape()));
    }

    /** Coefficients, those that are round-off set to 0. */
    double[] coefficients(double[] values, int offset) {
      double[] row = Arrays.copyOfRange(values, offset, offset + weights.length);
      double[] c = new double[eigenvalues.length];
      transform.forward(row, c, 1);
      double smallest = ROUND_OFF * norm(row);
      for (int k = 0; k < c.length; k++) {
        c[k] = Math.abs(c[k]) <= smallest ? 0 : c[k];
      }
      return c;
    }

    private double norm(double[] row) {
      double sum = 0;
      for (int i = 0; i < row.length; i++) {
        sum += weights[i] * row[i] * row[i];
      }
      return Math.sqrt(sum);
    }

    /** {@code ‖x − Σ x_k e_k‖²}: 0 where the grid has as many modes as points. */
    double residual(double[] values, int offset, double[] coefficients) {
      int n = weights.length;
      if (coefficients.length == n) {
        return 0;
      }
      double[] fit = new double[n];
      transform.inverse(coefficients, fit, 1);
      for (int i = 0; i < n; i++) {
        fit[i] -= values[offset + i];
      }
      double size = norm(Arrays.copyOfRange(values, offset, offset + n));
      double rest = norm(fit);
      return rest > RANGE_ROUND_OFF * size ? rest * rest : 0;
    }

    @Override
    public int modes() {
      return eigenvalues.length;
    }

    @Override
    public double[] eigenvalues() {
      return eigenvalues;
    }

    @Override
    public double[] apply(double[] values, int offset) {
      double[] c = coefficients(values, offset);
      for (int k = 0; k < c.length; k++) {
        c[k] = eigenvalues[k] > 0 ? c[k] / Math.sqrt(eigenvalues[k]) : 0;
      }
      return c;
    }

    @Override
    public boolean inRange(double[] values, int offset) {
      double[] c = coefficients(values, offset);
      double outside = residual(values, offset, c);
      double size = 0;
      for (int k = 0; k < c.length; k++) {
        size += c[k] * c[k];
        outside += eigenvalues[k] > 0 ? 0 : c[k] * c[k];
      }
      return !(Math.sqrt(outside) > RANGE_ROUND_OFF * Math.sqrt(size + outside));
    }
  }

  /** In Nyström eigenvectors, {@code y = Λ^{-1/2} Uᵀ W^{1/2} x}. */
  final class Dense implements Whitening {

    /** Eigenvalues below this share of the largest one are outside the range. */
    private static final double RANGE_TOLERANCE = 1e-14;

    private final double[] weightRoots;
    private final double[] eigenvalues; // descending, positive
    private final double[][] vectors; // [modes][points]

    Dense(CovarianceOperator covariance) {
      Grid grid = covariance.grid();
      this.weightRoots = SymmetricMatrices.weightRoots(grid);
      EigenDecomposition eigen = new EigenDecomposition(SymmetricMatrices.of(covariance));
      double[] lambda = eigen.getRealEigenvalues(); // descending for symmetric matrices
      int rank = 0;
      while (rank < lambda.length && lambda[rank] > RANGE_TOLERANCE * lambda[0]) {
        rank++;
      }
      this.eigenvalues = Arrays.copyOf(lambda, rank);
      this.vectors = Arrays.copyOf(eigen.getVT().getData(), rank);
    }

    /** Eigenvectors {@code [modes][points]} of {@code W^{1/2} K W^{1/2}}. */
    double[][] vectors() {
      return vectors;
    }

    @Override
    public int modes() {
      return eigenvalues.length;
    }

    @Override
    public double[] eigenvalues() {
      return eigenvalues;
    }

    @Override
    public double[] apply(double[] values, int offset) {
      double[] y = scores(values, offset);
      for (int k = 0; k < y.length; k++) {
        y[k] /= Math.sqrt(eigenvalues[k]);
      }
      return y;
    }

    private double[] scores(double[] values, int offset) {
      double[] scores = new double[eigenvalues.length];
      for (int k = 0; k < scores.length; k++) {
        double sum = 0;
        for (int i = 0; i < weightRoots.length; i++) {
          sum += vectors[k][i] * weightRoots[i] * values[offset + i];
        }
        scores[k] = sum;
      }
      return scores;
    }

    @Override
    public boolean inRange(double[] values, int offset) {
      if (eigenvalues.length == weightRoots.length) {
        return true;
      }
      double[] scores = scores(values, offset);
      double outside = 0;
      double size = 0;
      for (int i = 0; i < weightRoots.length; i++) {
        double value = weightRoots[i] * values[offset + i];
        double fit = 0;
        for (int k = 0; k < scores.length; k++) {
          fit += scores[k] * vectors[k][i];
        }
        outside += (value - fit) * (value - fit);
        size += value * value;
      }
      return !(Math.sqrt(outside) > RANGE_ROUND_OFF * Math.sqrt(size));
    }
  }
}
