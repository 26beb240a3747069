package io.fdiff.transform;

import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.util.Arrays;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.CholeskyDecomposition;
import org.apache.commons.math3.linear.NonPositiveDefiniteMatrixException;
import org.apache.commons.math3.linear.RealMatrix;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Transform on any grid by evaluating the basis: {@code inverse} is the matrix {@code E_{ik} =
 * e_k(p_i)}, {@code forward} the weighted least-squares fit {@code (EᵀWE)⁻¹EᵀW}, which is the
 * quadrature {@code EᵀW} wherever the basis is orthonormal on the grid.
 */
final class LeastSquaresTransform implements SpectralTransform {

  /** A Gram matrix worse than this cannot tell its modes apart on the grid. */
  private static final double SMALLEST_PIVOT = 1e-8;

  private final Basis basis;
  private final Grid grid;
  private final int[] modeShape;
  private final INDArray synthesis; // [modes, points]
  private final INDArray analysis; // [points, modes]

  LeastSquaresTransform(Basis basis, Grid grid, int... modeShape) {
    if (modeShape.length != grid.dimension()
        || Arrays.stream(modeShape).anyMatch(modes -> modes < 1)) {
      throw new IllegalArgumentException(
          "modes per axis "
              + Arrays.toString(modeShape)
              + ": give at least 1 mode for each of the "
              + grid.dimension()
              + " axes");
    }
    this.basis = basis;
    this.grid = grid;
    this.modeShape = modeShape.clone();
    int modes = modes();
    int points = grid.size();
    if (modes > points) {
      throw new IllegalArgumentException(
          modes + " modes on " + points + " points: a grid carries at most one mode a point");
    }
    double[][] e = evaluate();
    double[] w = grid.weights();
    double[][] gram = new double[modes][modes];
    for (int k = 0; k < modes; k++) {
      for (int l = 0; l <= k; l++) {
        double sum = 0;
        for (int i = 0; i < points; i++) {
          sum += w[i] * e[k][i] * e[l][i];
        }
        gram[k][l] = sum;
        gram[l][k] = sum;
      }
    }
    // The alternating top mode has discrete norm √2: its basis vector is the one with norm 1.
    for (int k = 0; k < modes; k++) {
      if (Math.abs(gram[k][k] - 2) < 1e-9) {
        double s = Math.sqrt(gram[k][k]);
        for (int i = 0; i < points; i++) {
          e[k][i] /= s;
        }
        for (int l = 0; l < modes; l++) {
          gram[k][l] /= s;
          gram[l][k] /= s;
        }
      }
    }
    RealMatrix weighted = new Array2DRowRealMatrix(modes, points);
    for (int k = 0; k < modes; k++) {
      for (int i = 0; i < points; i++) {
        weighted.setEntry(k, i, e[k][i] * w[i]);
      }
    }
    double[][] a;
    try {
      RealMatrix g = new Array2DRowRealMatrix(gram, false);
      a =
          new CholeskyDecomposition(g, 1e-9, SMALLEST_PIVOT)
              .getSolver()
              .solve(weighted)
              .transpose()
              .getData();
    } catch (NonPositiveDefiniteMatrixException ex) {
      throw new IllegalArgumentException(
          Arrays.toString(modeShape) + " modes cannot be told apart on " + grid + ": use fewer",
          ex);
    }
    this.synthesis = Nd4j.createFromArray(e);
    this.analysis = Nd4j.createFromArray(a);
  }

  private double[][] evaluate() {
    double[][] e = new double[modes()][grid.size()];
    double scale = 1 / Math.sqrt(grid.measure());
    for (int k = 0; k < e.length; k++) {
      int[] index = index(k);
      for (int i = 0; i < e[k].length; i++) {
        double value = scale;
        for (int axis = 0; axis < index.length; axis++) {
          double u = grid.domain().get(axis).toUnit(grid.coordinate(i, axis));
          value *= basis.value(index[axis], u);
        }
        e[k][i] = value;
      }
    }
    return e;
  }

  @Override
  public Grid grid() {
    return grid;
  }

  @Override
  public Basis basis() {
    return basis;
  }

  @Override
  public int[] modeShape() {
    return modeShape.clone();
  }

  @Override
  public void forward(double[] values, double[] coefficients, int rows) {
    multiply(values, analysis, coefficients, rows);
  }

  @Override
  public void inverse(double[] coefficients, double[] values, int rows) {
    multiply(coefficients, synthesis, values, rows);
  }

  private static void multiply(double[] in, INDArray matrix, double[] out, int rows) {
    int inner = (int) matrix.size(0);
    int outer = (int) matrix.size(1);
    INDArray left = Nd4j.createUninitialized(matrix.dataType(), rows, inner);
    INDArray right = Nd4j.createUninitialized(matrix.dataType(), rows, outer);
    FunctionBatch.write(in, left);
    Nd4j.matmul(left, matrix, right);
    FunctionBatch.read(right, out);
    left.close();
    right.close();
  }
}
