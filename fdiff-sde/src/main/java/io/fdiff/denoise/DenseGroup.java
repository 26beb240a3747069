package io.fdiff.denoise;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.sde.CommonModes;
import io.fdiff.sde.Marginal;
import io.fdiff.sde.SDE;
import io.fdiff.space.FunctionBatch;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.CholeskyDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * A covariance that is not diagonal in the basis of a process with multipliers by mode: a matrix in
 * the coefficients, with one factorisation a time, {@code O(N³)}.
 */
final class DenseGroup extends PartGroup {

  private final RealMatrix data;

  /**
   * The group in the basis of the noise.
   *
   * @throws IllegalArgumentException if the noise has no spectral basis, fewer modes than the grid
   *     has points, or none in a mode
   */
  DenseGroup(SDE sde, CovarianceOperator covariance) {
    super(CommonModes.of(sde));
    int points = modes.grid().size();
    int n = modes.size();
    if (n != points) {
      throw new IllegalArgumentException(
          n
              + " modes of noise on "
              + points
              + " points: data that are not diagonal in them need noise in every direction");
    }
    for (int k = 0; k < n; k++) {
      if (!(modes.noise(k) > 0)) {
        throw new IllegalArgumentException(
            "mode " + k + " has no noise: data that are not diagonal in the modes need it in all");
      }
    }
    // Coefficients of the columns of K, then of the rows.
    double[] w = modes.grid().weights();
    double[] impulses = new double[points * points];
    for (int i = 0; i < points; i++) {
      impulses[i * points + i] = 1 / w[i];
    }
    double[] columns =
        FunctionBatch.of(
                modes.grid(),
                covariance.apply(FunctionBatch.array(modes.grid(), DataType.DOUBLE, 1, impulses)))
            .toDoubles();
    RealMatrix half = forward(columns).transpose();
    double[] rows = new double[n * points];
    for (int k = 0; k < n; k++) {
      System.arraycopy(half.getRow(k), 0, rows, k * points, points);
    }
    RealMatrix full = forward(rows);
    this.data = full.add(full.transpose()).scalarMultiply(0.5);
  }

  private RealMatrix forward(double[] values) {
    int n = modes.size();
    int rows = values.length / modes.grid().size();
    double[] c = new double[rows * n];
    modes.forward(values, c, rows);
    RealMatrix matrix = new Array2DRowRealMatrix(rows, n);
    for (int i = 0; i < c.length; i++) {
      matrix.setEntry(i / n, i % n, c[i]);
    }
    return matrix;
  }

  @Override
  Law at(Marginal marginal) {
    int n = modes.size();
    double[] tau = new double[n];
    // V = L(I + L⁻¹MΓML⁻¹)L with L² the noise, which takes its range out of the condition.
    double[] root = new double[n];
    double logs = 0;
    for (int k = 0; k < n; k++) {
      tau[k] = marginal.mean().at(k);
      double variance = marginal.variance().at(k);
      root[k] = Math.sqrt(variance * modes.noise(k));
      logs += Math.log(variance);
    }
    RealMatrix signal = new Array2DRowRealMatrix(n, n);
    for (int k = 0; k < n; k++) {
      for (int l = 0; l < n; l++) {
        double whitened = tau[k] / root[k] * data.getEntry(k, l) * (tau[l] / root[l]);
        signal.setEntry(k, l, (k == l ? 1 : 0) + whitened);
      }
    }
    CholeskyDecomposition cholesky = new CholeskyDecomposition(signal, 1e-9, 0);
    RealMatrix inverse = cholesky.getSolver().getInverse();
    RealMatrix factor = cholesky.getL();
    for (int k = 0; k < n; k++) {
      logs += 2 * Math.log(factor.getEntry(k, k));
      for (int l = 0; l < n; l++) {
        inverse.setEntry(k, l, inverse.getEntry(k, l) / root[k] / root[l]);
      }
    }
    double logDeterminant = logs;
    return new Law() {
      @Override
      public double logDeterminant() {
        return logDeterminant;
      }

      @Override
      public double tau(int mode) {
        return tau[mode];
      }

      @Override
      public void solve(double[] u, int at) {
        put(inverse.operate(row(u, at)), u, at);
      }

      @Override
      public void gain(double[] u, int at) {
        double[] row = row(u, at);
        scale(row);
        put(data.operate(row), u, at);
      }

      @Override
      public void gainTranspose(double[] u, int at) {
        double[] row = data.operate(row(u, at));
        scale(row);
        put(row, u, at);
      }

      @Override
      public double[] pointVariances() {
        // Γ − ΓM V⁻¹ MΓ in coefficients, then the diagonal of E … Eᵀ.
        RealMatrix carried = data.copy();
        for (int k = 0; k < n; k++) {
          for (int l = 0; l < n; l++) {
            carried.setEntry(k, l, tau[k] * carried.getEntry(k, l));
          }
        }
        RealMatrix posterior =
            data.subtract(carried.transpose().multiply(inverse).multiply(carried));
        double[] unit = new double[n * n];
        for (int k = 0; k < n; k++) {
          unit[k * n + k] = 1;
        }
        double[] basis = new double[n * n];
        modes.inverse(unit, basis, n);
        double[] out = new double[n];
        for (int i = 0; i < n; i++) {
          double[] values = new double[n];
          for (int k = 0; k < n; k++) {
            values[k] = basis[k * n + i];
          }
          double[] image = posterior.operate(values);
          for (int k = 0; k < n; k++) {
            out[i] += values[k] * image[k];
          }
          out[i] = Math.max(out[i], 0);
        }
        return out;
      }

      private void scale(double[] row) {
        for (int k = 0; k < n; k++) {
          row[k] *= tau[k];
        }
      }

      private double[] row(double[] u, int at) {
        double[] row = new double[n];
        System.arraycopy(u, at, row, 0, n);
        return row;
      }

      private void put(double[] row, double[] u, int at) {
        System.arraycopy(row, 0, u, at, n);
      }
    };
  }
}
