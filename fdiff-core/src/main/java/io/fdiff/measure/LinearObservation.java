package io.fdiff.measure;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.transform.SpectralTransform;
import java.util.Arrays;
import java.util.Objects;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Finitely many linear functionals {@code A : H → R^m} of a function, held as rows on the values of
 * a grid, {@code (Ax)_j = Σ_i A_ji x_i}; every channel is observed alike.
 *
 * <p>With {@code C = K W} the adjoint is {@code A* = W⁻¹Aᵀ}, so that {@code C A* = K Aᵀ} and {@code
 * A C A* = A K Aᵀ}: the two matrices that conditioning needs. Immutable and thread-safe.
 */
public final class LinearObservation {

  private final Grid grid;
  private final int[][] support; // points that a functional reads
  private final double[][] factors; // and their factors

  private LinearObservation(Grid grid, int[][] support, double[][] factors) {
    this.grid = grid;
    this.support = support;
    this.factors = factors;
  }

  /**
   * Values at nodes of the grid.
   *
   * @param grid the grid
   * @param nodes flat indices of points, at least one; repetitions are separate observations
   * @return {@code (Ax)_j = x(p_{nodes[j]})}
   * @throws IllegalArgumentException if there is no node
   * @throws IndexOutOfBoundsException if an index is out of range
   */
  public static LinearObservation atNodes(Grid grid, int... nodes) {
    Objects.requireNonNull(grid, "grid");
    int[][] support = new int[nodes.length][];
    double[][] factors = new double[nodes.length][];
    for (int j = 0; j < nodes.length; j++) {
      support[j] = new int[] {Objects.checkIndex(nodes[j], grid.size())};
      factors[j] = new double[] {1};
    }
    return checked(grid, support, factors);
  }

  /**
   * Values anywhere in the domain, of the function that the spectral coefficients stand for. At a
   * node this is the value there. Exact for laws of that basis; for a kernel, put the points into
   * the grid instead, a {@link io.fdiff.space.PointSet}.
   *
   * @param transform an orthonormal transform of the grid
   * @param points {@code [m][axis]} points of the domain, at least one
   * @return {@code (Ax)_j = Σ_k x_k e_k(points[j])}; a mode that vanishes on all nodes (the
   *     alternating sine of an even Fourier grid of cell centres) is left out
   * @throws IllegalArgumentException if the transform is not orthonormal or a point is not in the
   *     domain
   */
  public static LinearObservation atPoints(SpectralTransform transform, double[]... points) {
    if (!transform.orthonormal()) {
      throw new IllegalArgumentException(
          "the basis is not orthonormal on "
              + transform.grid()
              + ": observe at nodes, or use a regular grid that suits the basis");
    }
    Grid grid = transform.grid();
    double[] weights = grid.weights();
    PointValues basis = new PointValues(transform);
    int[] all = allPoints(grid);
    int[][] support = new int[points.length][];
    double[][] factors = new double[points.length][];
    for (int j = 0; j < points.length; j++) {
      double[] values = new double[all.length];
      // (EᵀW)ᵀ e(p) = W E e(p).
      transform.inverse(basis.at(points[j]), values, 1);
      for (int i = 0; i < values.length; i++) {
        values[i] *= weights[i];
      }
      support[j] = all;
      factors[j] = values;
    }
    return checked(grid, support, factors);
  }

  /**
   * Averages over cells, each a set of nodes, by the quadrature of the grid.
   *
   * @param grid the grid
   * @param cells the nodes of each cell, at least one
   * @return {@code (Ax)_j = Σ_{i∈j} w_i x_i / Σ_{i∈j} w_i}
   * @throws IllegalArgumentException if there is no cell or a cell is empty
   * @throws IndexOutOfBoundsException if an index is out of range
   */
  public static LinearObservation averages(Grid grid, int[]... cells) {
    int[][] support = new int[cells.length][];
    double[][] factors = new double[cells.length][];
    for (int j = 0; j < cells.length; j++) {
      if (cells[j].length == 0) {
        throw new IllegalArgumentException("cell " + j + " has no nodes: give at least one");
      }
      support[j] = cells[j].clone();
      factors[j] = new double[cells[j].length];
      double total = 0;
      for (int i : cells[j]) {
        total += grid.weight(Objects.checkIndex(i, grid.size()));
      }
      for (int i = 0; i < cells[j].length; i++) {
        factors[j][i] = grid.weight(cells[j][i]) / total;
      }
    }
    return checked(grid, support, factors);
  }

  /**
   * Inner products with given functions.
   *
   * @param grid the grid
   * @param functions {@code a_j}, {@code [m, 1, n1, …, nd]}, finite. Not modified.
   * @return {@code (Ax)_j = ⟨a_j, x⟩ = Σ_i w_i a_j(p_i) x_i}
   * @throws IllegalArgumentException if the shape does not fit, there is more than one channel, or
   *     a value is not finite
   */
  public static LinearObservation products(Grid grid, INDArray functions) {
    FunctionBatch batch = FunctionBatch.of(grid, functions);
    if (batch.channels() != 1) {
      throw new IllegalArgumentException(
          batch.channels() + " channels: a functional acts on every channel alike, give 1");
    }
    double[] values = batch.toDoubles();
    int n = grid.size();
    int[] all = allPoints(grid);
    double[] weights = grid.weights();
    int[][] support = new int[batch.batch()][];
    double[][] factors = new double[batch.batch()][n];
    for (int j = 0; j < factors.length; j++) {
      support[j] = all;
      for (int i = 0; i < n; i++) {
        factors[j][i] = weights[i] * values[j * n + i];
      }
    }
    return checked(grid, support, factors);
  }

  private static int[] allPoints(Grid grid) {
    int[] all = new int[grid.size()];
    Arrays.setAll(all, i -> i);
    return all;
  }

  private static LinearObservation checked(Grid grid, int[][] support, double[][] factors) {
    if (factors.length == 0) {
      throw new IllegalArgumentException("no observations: give at least one functional");
    }
    for (int j = 0; j < factors.length; j++) {
      boolean zero = true;
      for (double value : factors[j]) {
        zero &= value == 0;
        if (!Double.isFinite(value)) {
          throw new IllegalArgumentException(
              "functional " + j + " contains " + value + ": it must be finite");
        }
      }
      if (zero) {
        throw new IllegalArgumentException(
            "functional " + j + " is 0: it observes nothing, leave it out");
      }
    }
    return new LinearObservation(grid, support, factors);
  }

  /**
   * Both observations of one function, these first.
   *
   * @param other an observation on the same grid
   * @return the joint observation
   * @throws IllegalArgumentException if the grids differ
   */
  public LinearObservation and(LinearObservation other) {
    requireGrid(other.grid);
    int m = count();
    int[][] s = Arrays.copyOf(support, m + other.count());
    double[][] f = Arrays.copyOf(factors, s.length);
    System.arraycopy(other.support, 0, s, m, other.count());
    System.arraycopy(other.factors, 0, f, m, other.count());
    return new LinearObservation(grid, s, f);
  }

  /**
   * The number of functionals.
   *
   * @return {@code m ≥ 1}
   */
  public int count() {
    return factors.length;
  }

  /**
   * The grid of the functions.
   *
   * @return the grid
   */
  public Grid grid() {
    return grid;
  }

  /**
   * {@code A x}.
   *
   * @param x {@code [batch, channels, n1, …, nd]}. Not modified.
   * @return {@code [batch, channels, m]}, DOUBLE
   * @throws IllegalArgumentException if the shape does not fit the grid
   */
  public INDArray apply(INDArray x) {
    FunctionBatch batch = FunctionBatch.of(grid, x);
    double[] values = batch.toDoubles();
    double[] out = new double[batch.rows() * count()];
    for (int row = 0; row < batch.rows(); row++) {
      apply(values, row * grid.size(), out, row * count());
    }
    INDArray array = Nd4j.create(DataType.DOUBLE, batch.batch(), batch.channels(), count());
    FunctionBatch.write(out, array);
    return array;
  }

  void apply(double[] values, int from, double[] out, int to) {
    for (int j = 0; j < factors.length; j++) {
      double sum = 0;
      for (int s = 0; s < support[j].length; s++) {
        sum += factors[j][s] * values[from + support[j][s]];
      }
      out[to + j] = sum;
    }
  }

  /** {@code A} on rows of values, {@code [rows][m]}. */
  double[][] applyAll(double[] values, int rows) {
    double[][] out = new double[rows][count()];
    for (int row = 0; row < rows; row++) {
      apply(values, row * grid.size(), out[row], 0);
    }
    return out;
  }

  /** {@code A K Aᵀ} from the rows {@code (K Aᵀ)ᵀ}, symmetric. */
  double[][] applyTo(double[][] rows) {
    double[][] s = new double[rows.length][count()];
    for (int j = 0; j < rows.length; j++) {
      apply(rows[j], 0, s[j], 0);
    }
    for (int j = 0; j < rows.length; j++) {
      for (int l = 0; l < j; l++) {
        double value = 0.5 * (s[j][l] + s[l][j]);
        s[j][l] = value;
        s[l][j] = value;
      }
    }
    return s;
  }

  /** {@code (K Aᵀ)ᵀ}, {@code [m][points]}, by {@code K g = C W⁻¹ g}. */
  double[][] covarianceRows(CovarianceOperator covariance) {
    requireGrid(covariance.grid());
    int n = grid.size();
    double[] riesz = new double[count() * n];
    for (int j = 0; j < count(); j++) {
      for (int s = 0; s < support[j].length; s++) {
        int i = support[j][s];
        riesz[j * n + i] += factors[j][s] / grid.weight(i);
      }
    }
    INDArray image = covariance.apply(FunctionBatch.array(grid, DataType.DOUBLE, 1, riesz));
    double[] values = FunctionBatch.of(grid, image).toDoubles();
    double[][] rows = new double[count()][];
    Arrays.setAll(rows, j -> Arrays.copyOfRange(values, j * n, (j + 1) * n));
    return rows;
  }

  /** The same functionals on a grid whose first points are those of this one. */
  LinearObservation onLeadingPoints(Grid larger) {
    return new LinearObservation(larger, support, factors);
  }

  private void requireGrid(Grid other) {
    if (!other.equals(grid)) {
      throw new IllegalArgumentException(
          "observation on " + grid + " of a function on " + other + ": use one grid for both");
    }
  }
}
