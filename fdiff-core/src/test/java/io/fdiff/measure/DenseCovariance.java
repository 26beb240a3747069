package io.fdiff.measure;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.space.TestFunctions;
import java.util.Arrays;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.CholeskyDecomposition;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The operator {@code K W} of a given matrix, without jitter: what dense code is tested on. */
final class DenseCovariance implements CovarianceOperator {

  private final Grid grid;
  private final RealMatrix k;
  private final RealMatrix form;

  private DenseCovariance(Grid grid, RealMatrix k) {
    this.grid = grid;
    this.k = k;
    double[] w = grid.weights();
    this.form = k.copy();
    for (int i = 0; i < w.length; i++) {
      for (int j = 0; j < w.length; j++) {
        form.multiplyEntry(i, j, Math.sqrt(w[i] * w[j]));
      }
    }
  }

  static DenseCovariance of(Grid grid, double[][] k) {
    return new DenseCovariance(grid, new Array2DRowRealMatrix(k));
  }

  /** The dense form of another operator. */
  static DenseCovariance of(CovarianceOperator operator) {
    Grid grid = operator.grid();
    int n = grid.size();
    double[] unit = new double[n * n];
    for (int i = 0; i < n; i++) {
      unit[i * n + i] = 1 / grid.weight(i);
    }
    double[] columns =
        TestFunctions.values(operator.apply(FunctionBatch.array(grid, DataType.DOUBLE, 1, unit)));
    double[][] k = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        k[i][j] = 0.5 * (columns[i * n + j] + columns[j * n + i]);
      }
    }
    return of(grid, k);
  }

  /** A random positive matrix, {@code BBᵀ/n + εI}. */
  static DenseCovariance random(Grid grid, long seed) {
    int n = grid.size();
    RealMatrix b = new Array2DRowRealMatrix(n, n);
    double[] values = TestFunctions.rough(n * n, seed);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        b.setEntry(i, j, values[i * n + j]);
      }
    }
    RealMatrix k = b.multiply(b.transpose()).scalarMultiply(1.0 / n);
    return new DenseCovariance(
        grid, k.add(MatrixUtils.createRealIdentityMatrix(n).scalarMultiply(0.1)));
  }

  RealMatrix matrix() {
    return k;
  }

  @Override
  public Grid grid() {
    return grid;
  }

  @Override
  public INDArray applyPower(INDArray x, double p) {
    RealMatrix m;
    if (p == 1) {
      m = form;
    } else {
      EigenDecomposition eigen = new EigenDecomposition(form);
      double[] s = Arrays.stream(eigen.getRealEigenvalues()).map(v -> Math.pow(v, p)).toArray();
      m = eigen.getV().multiply(MatrixUtils.createRealDiagonalMatrix(s)).multiply(eigen.getVT());
    }
    double[] w = grid.weights();
    int n = w.length;
    return FunctionBatch.of(grid, x)
        .map(
            (in, out, rows) -> {
              for (int row = 0; row < rows; row++) {
                double[] v = Arrays.copyOfRange(in, row * n, (row + 1) * n);
                for (int i = 0; i < n; i++) {
                  v[i] *= Math.sqrt(w[i]);
                }
                v = m.operate(v);
                for (int i = 0; i < n; i++) {
                  out[row * n + i] = v[i] / Math.sqrt(w[i]);
                }
              }
            });
  }

  @Override
  public double trace() {
    return form.getTrace();
  }

  @Override
  public INDArray sample(NoiseSource noise, INDArray out) {
    FunctionBatch batch = FunctionBatch.of(grid, out);
    int n = grid.size();
    RealMatrix l = new CholeskyDecomposition(k).getL();
    double[] values = new double[batch.rows() * n];
    double[] z = new double[n];
    for (int row = 0; row < batch.rows(); row++) {
      noise.normals(row / batch.channels(), row % batch.channels(), new int[] {n}, z, 0);
      System.arraycopy(l.operate(z), 0, values, row * n, n);
    }
    FunctionBatch.write(values, out);
    return out;
  }

  @Override
  public CovarianceOperator on(Grid other) {
    throw new IllegalArgumentException("matrix of " + grid + " has no rule for " + other);
  }

  @Override
  public CovarianceOperator times(double factor) {
    return new DenseCovariance(grid, k.scalarMultiply(factor));
  }
}
