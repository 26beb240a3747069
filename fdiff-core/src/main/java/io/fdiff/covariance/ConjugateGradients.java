package io.fdiff.covariance;

import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * {@code C⁻¹ x} by conjugate gradients in {@code L²(D)}, in which {@code C} is self-adjoint, row by
 * row until {@code ‖Cy − x‖ ≤ 10⁻¹⁰ ‖x‖}. The error of {@code y} is that times the condition
 * number.
 */
final class ConjugateGradients {

  private static final double TOLERANCE = 1e-10;
  private static final int MAX_ITERATIONS = 5000;

  private ConjugateGradients() {}

  static INDArray solve(CovarianceOperator operator, INDArray x) {
    Grid grid = operator.grid();
    int n = grid.size();
    return FunctionBatch.of(grid, x)
        .map(
            (in, out, rows) -> {
              for (int row = 0; row < rows; row++) {
                double[] y = new double[n];
                double[] r = new double[n];
                System.arraycopy(in, row * n, r, 0, n);
                solve(operator, grid.weights(), y, r);
                System.arraycopy(y, 0, out, row * n, n);
              }
            });
  }

  /** Solves {@code C y = r} from {@code y = 0}; {@code r} becomes the residual. */
  private static void solve(CovarianceOperator operator, double[] w, double[] y, double[] r) {
    int n = w.length;
    double[] p = r.clone();
    double square = inner(w, r, r);
    double goal = TOLERANCE * TOLERANCE * square;
    double[] image = new double[n];
    for (int k = 0; k < MAX_ITERATIONS && square > goal; k++) {
      INDArray direction = FunctionBatch.array(operator.grid(), DataType.DOUBLE, 1, p);
      FunctionBatch.read(operator.apply(direction), image);
      double step = square / inner(w, p, image);
      for (int i = 0; i < n; i++) {
        y[i] += step * p[i];
        r[i] -= step * image[i];
      }
      double next = inner(w, r, r);
      double ratio = next / square;
      for (int i = 0; i < n; i++) {
        p[i] = r[i] + ratio * p[i];
      }
      square = next;
    }
    if (!(square <= goal)) {
      throw new ArithmeticException(
          "conjugate gradients on "
              + operator.grid()
              + " stand at a relative residual of "
              + TOLERANCE * Math.sqrt(square / goal)
              + " after "
              + MAX_ITERATIONS
              + " steps: the operator is too ill-conditioned; add a Nugget to the kernel, or use a"
              + " spectral or low-rank operator");
    }
  }

  private static double inner(double[] w, double[] x, double[] y) {
    double sum = 0;
    for (int i = 0; i < w.length; i++) {
      sum += w[i] * x[i] * y[i];
    }
    return sum;
  }
}
