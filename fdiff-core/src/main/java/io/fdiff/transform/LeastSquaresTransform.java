package io.fdiff.transform;

import io.fdiff.space.Grid;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.CholeskyDecomposition;
import org.apache.commons.math3.linear.NonPositiveDefiniteMatrixException;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * Transform on any grid by evaluating the basis: {@code inverse} is the matrix {@code E_{ik} =
 * e_k(p_i)}, {@code forward} the weighted least-squares fit {@code (EᵀWE)⁻¹EᵀW}, which is the
 * quadrature {@code EᵀW} wherever the basis is orthonormal on the grid.
 */
final class LeastSquaresTransform implements SpectralTransform {

  /** A Gram matrix worse than this cannot tell its modes apart on the grid. */
  private static final double SMALLEST_PIVOT = 1e-8;

  /** Sums of some thousand products of order 1 stay below this. */
  private static final double ROUND_OFF = 1e-11;

  /** Below this many products the threads cost more than they bring. */
  private static final int PARALLEL_PRODUCTS = 1 << 18;

  private final Basis basis;
  private final Grid grid;
  private final int[] modeShape;
  private final double[][] synthesis; // [points][modes]
  private final double[][] analysis; // [modes][points], the fit
  private final double[][] products; // [modes][points], EᵀW
  private final boolean orthonormal;

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
    int points = grid.size();
    // In double, which no shape overflows.
    double product = Arrays.stream(modeShape).asDoubleStream().reduce(1, (a, b) -> a * b);
    if (product > points) {
      throw new IllegalArgumentException(
          Arrays.toString(modeShape)
              + " modes on "
              + points
              + " points: a grid carries at most one mode a point; use fewer modes");
    }
    this.basis = basis;
    this.grid = grid;
    this.modeShape = modeShape.clone();
    int modes = modes();
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
    double defect = 0;
    for (int k = 0; k < modes; k++) {
      for (int l = 0; l <= k; l++) {
        defect = Math.max(defect, Math.abs(gram[k][l] - (k == l ? 1 : 0)));
      }
    }
    this.orthonormal = defect < ROUND_OFF;
    RealMatrix weighted = new Array2DRowRealMatrix(modes, points);
    for (int k = 0; k < modes; k++) {
      for (int i = 0; i < points; i++) {
        weighted.setEntry(k, i, e[k][i] * w[i]);
      }
    }
    double[][] fit;
    try {
      RealMatrix g = new Array2DRowRealMatrix(gram, false);
      fit =
          new CholeskyDecomposition(g, 1e-9, SMALLEST_PIVOT).getSolver().solve(weighted).getData();
    } catch (NonPositiveDefiniteMatrixException ex) {
      throw new IllegalArgumentException(
          Arrays.toString(modeShape) + " modes cannot be told apart on " + grid + ": use fewer",
          ex);
    }
    this.synthesis = new Array2DRowRealMatrix(e, false).transpose().getData();
    this.analysis = fit;
    this.products = weighted.getData();
  }

  private double[][] evaluate() {
    double[][] e = new double[modes()][grid.size()];
    double scale = 1 / Math.sqrt(grid.measure());
    for (int k = 0; k < e.length; k++) {
      int[] index = index(k);
      double norm = scale;
      for (int axis = 0; axis < index.length; axis++) {
        // A basis vector has norm 1; the alternating samples of a function of norm 1 have √2.
        norm *= Transforms.alternates(basis, grid, axis, index[axis]) ? Math.sqrt(0.5) : 1;
      }
      for (int i = 0; i < e[k].length; i++) {
        double value = norm;
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

  @Override
  public boolean orthonormal() {
    return orthonormal;
  }

  @Override
  public void quadrature(double[] values, double[] result, int rows) {
    multiply(values, products, result, rows);
  }

  /** Row by row, so that a row does not depend on the others as it does in a matrix product. */
  private static void multiply(double[] in, double[][] matrix, double[] out, int rows) {
    int outer = matrix.length;
    int inner = matrix[0].length;
    IntStream range = IntStream.range(0, rows);
    if ((long) rows * inner * outer > PARALLEL_PRODUCTS) {
      range = range.parallel();
    }
    range.forEach(
        row -> {
          for (int i = 0; i < outer; i++) {
            double[] line = matrix[i];
            double sum = 0;
            for (int j = 0; j < inner; j++) {
              sum += line[j] * in[row * inner + j];
            }
            out[row * outer + i] = sum;
          }
        });
  }
}
