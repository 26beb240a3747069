package io.fdiff.flow;

import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Optimal transport between two batches of equal size: costs, exact and entropic plans. */
public final class Transport {

  private static final int MOST_ITERATIONS = 100_000;

  private Transport() {}

  /**
   * The squared distances {@code ‖x_i − y_j‖²} of {@code L²}, summed over channels.
   *
   * @param grid grid of the functions, whose weights make the norm
   * @param x {@code [n, channels, n1, …, nd]}. Not modified.
   * @param y {@code [m, channels, n1, …, nd]}. Not modified.
   * @return a fresh array {@code [n][m]}
   * @throws IllegalArgumentException if shapes do not fit the grid or the channels differ
   */
  public static double[][] cost(Grid grid, INDArray x, INDArray y) {
    FunctionBatch first = FunctionBatch.of(grid, x);
    FunctionBatch second = FunctionBatch.of(grid, y);
    if (first.channels() != second.channels()) {
      throw new IllegalArgumentException(
          first.channels() + " and " + second.channels() + " channels: they must agree");
    }
    double[] a = first.toDoubles();
    double[] b = second.toDoubles();
    double[] w = grid.weights();
    int block = first.channels() * w.length;
    double[][] cost = new double[first.batch()][second.batch()];
    for (int i = 0; i < cost.length; i++) {
      for (int j = 0; j < cost[i].length; j++) {
        double sum = 0;
        for (int p = 0; p < block; p++) {
          double d = a[i * block + p] - b[j * block + p];
          sum += w[p % w.length] * d * d;
        }
        cost[i][j] = sum;
      }
    }
    return cost;
  }

  /**
   * The permutation of least total cost {@code Σ_i cost[i][p_i]}, exactly: the Hungarian method
   * with shortest augmenting paths, {@code O(n³)}, for batches up to some thousands.
   *
   * @param cost square, finite, at least one row. Not modified.
   * @return a fresh array {@code [n]} of the column of each row
   * @throws IllegalArgumentException if the matrix is empty or not square, or a cost is not finite
   */
  public static int[] assignment(double[][] cost) {
    int n = requireSquare(cost);
    double[] u = new double[n + 1];
    double[] v = new double[n + 1];
    int[] rowOf = new int[n + 1]; // Of each column; index 0 is a column of its own.
    int[] previous = new int[n + 1];
    for (int row = 1; row <= n; row++) {
      rowOf[0] = row;
      int column = 0;
      double[] slack = new double[n + 1];
      Arrays.fill(slack, Double.POSITIVE_INFINITY);
      boolean[] used = new boolean[n + 1];
      do {
        used[column] = true;
        int at = rowOf[column];
        int next = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int j = 1; j <= n; j++) {
          if (used[j]) {
            continue;
          }
          double reduced = cost[at - 1][j - 1] - u[at] - v[j];
          if (reduced < slack[j]) {
            slack[j] = reduced;
            previous[j] = column;
          }
          if (slack[j] < least) {
            least = slack[j];
            next = j;
          }
        }
        for (int j = 0; j <= n; j++) {
          if (used[j]) {
            u[rowOf[j]] += least;
            v[j] -= least;
          } else {
            slack[j] -= least;
          }
        }
        column = next;
      } while (rowOf[column] != 0);
      while (column != 0) {
        int from = previous[column];
        rowOf[column] = rowOf[from];
        column = from;
      }
    }
    int[] columns = new int[n];
    for (int j = 1; j <= n; j++) {
      columns[rowOf[j] - 1] = j - 1;
    }
    return columns;
  }

  /**
   * The entropic plan {@code P = argmin ⟨P, cost⟩ + ε Σ P ln P} with uniform margins {@code 1/n},
   * by Sinkhorn's iteration in logarithms (Cuturi 2013), until the rows sum to {@code 1/n} within a
   * relative 1e-9; the columns then do exactly.
   *
   * @param cost square, finite, at least one row. Not modified.
   * @param regularisation {@code ε > 0}, in units of the cost
   * @return a fresh array {@code [n][n]}
   * @throws IllegalArgumentException if the matrix is empty or not square, a cost is not finite or
   *     {@code regularisation} is not positive and finite
   * @throws ArithmeticException if 100000 iterations do not reach the margins
   */
  public static double[][] plan(double[][] cost, double regularisation) {
    int n = requireSquare(cost);
    if (!(regularisation > 0 && regularisation < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "regularisation " + regularisation + " is not positive and finite; use assignment for 0");
    }
    double[] f = new double[n];
    double[] g = new double[n];
    double[] terms = new double[n];
    double margin = Math.log(n);
    for (int iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
      double off = 0;
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          terms[j] = g[j] - cost[i][j] / regularisation;
        }
        double updated = -margin - logSumExp(terms);
        off = Math.max(off, Math.abs(updated - f[i]));
        f[i] = updated;
      }
      for (int j = 0; j < n; j++) {
        for (int i = 0; i < n; i++) {
          terms[i] = f[i] - cost[i][j] / regularisation;
        }
        g[j] = -margin - logSumExp(terms);
      }
      // The change of f is the logarithm of how far the rows were off before it.
      if (iteration > 0 && off < 1e-9) {
        double[][] plan = new double[n][n];
        for (int i = 0; i < n; i++) {
          for (int j = 0; j < n; j++) {
            plan[i][j] = Math.exp(f[i] + g[j] - cost[i][j] / regularisation);
          }
        }
        return plan;
      }
    }
    throw new ArithmeticException(
        MOST_ITERATIONS
            + " iterations do not reach the margins at regularisation "
            + regularisation
            + "; give a larger one, or use assignment");
  }

  private static double logSumExp(double[] terms) {
    double largest = Double.NEGATIVE_INFINITY;
    for (double term : terms) {
      largest = Math.max(largest, term);
    }
    double sum = 0;
    for (double term : terms) {
      sum += Math.exp(term - largest);
    }
    return largest + Math.log(sum);
  }

  private static int requireSquare(double[][] cost) {
    for (double[] row : cost) {
      if (row.length != cost.length) {
        throw new IllegalArgumentException(
            cost.length
                + " rows and a row of "
                + row.length
                + " costs: batches that are coupled have equal size");
      }
      for (double value : row) {
        if (!Double.isFinite(value)) {
          throw new IllegalArgumentException("cost " + value + " is not finite");
        }
      }
    }
    if (cost.length == 0) {
      throw new IllegalArgumentException("no costs: give at least one pair of functions");
    }
    return cost.length;
  }
}
