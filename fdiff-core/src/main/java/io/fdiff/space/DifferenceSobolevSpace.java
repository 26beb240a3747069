package io.fdiff.space;

import java.util.Comparator;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * {@code H¹} on points of an interval by divided differences: {@code ⟨x, y⟩ = Σ_c [ Σ_i w_i x_i y_i
 * + Σ_i (x_{i+1} − x_i)(y_{i+1} − y_i)/(p_{i+1} − p_i) ]}, points in increasing order.
 *
 * <p>The second sum is the exact {@code ∫ x′ y′} of the functions that are linear between the
 * points and constant beyond the outer ones; the norm of a smooth function converges at second
 * order where the points include both ends. No boundary condition is imposed and no equal spacing
 * asked for. The Riesz map solves one tridiagonal system a function, {@code O(N)}, the matrix being
 * factored once.
 *
 * <p>On an axis the space is determined by the points alone. In more dimensions scattered points
 * have no divided differences without a mesh: use a regular grid and {@code SobolevSpace}, or the
 * Cameron–Martin space of a Matérn kernel, whose norm is equivalent to that of a Sobolev space.
 * Immutable and thread-safe.
 */
public final class DifferenceSobolevSpace implements HilbertSpace {

  private final Grid grid;
  private final int[] order;
  private final double[] weights; // by rank
  private final double[] gaps; // p_{r+1} − p_r
  private final double[] pivots; // of the Cholesky form L D Lᵀ
  private final double[] factors; // below the diagonal of L

  private DifferenceSobolevSpace(Grid grid, int[] order, double[] gaps) {
    this.grid = grid;
    this.order = order;
    this.gaps = gaps;
    int n = order.length;
    this.weights = new double[n];
    this.pivots = new double[n];
    this.factors = new double[n];
    for (int r = 0; r < n; r++) {
      weights[r] = grid.weight(order[r]);
      pivots[r] = weights[r];
      pivots[r] += r > 0 ? 1 / gaps[r - 1] : 0;
      pivots[r] += r < n - 1 ? 1 / gaps[r] : 0;
      if (r > 0) {
        factors[r] = -1 / (gaps[r - 1] * pivots[r - 1]);
        pivots[r] += factors[r] / gaps[r - 1];
      }
    }
  }

  /**
   * The space on a grid of one dimension.
   *
   * @param grid points of an interval, in any order; cells or nodes if regular
   * @return the space
   * @throws IllegalArgumentException if the grid has more than one axis, or is a regular grid whose
   *     functions are periodic or 0 at ends that are no points ({@code PERIODIC}, {@code INTERIOR})
   */
  public static DifferenceSobolevSpace of(Grid grid) {
    if (grid.dimension() != 1) {
      throw new IllegalArgumentException(
          grid
              + " has "
              + grid.dimension()
              + " axes: divided differences need the order of an interval; use SobolevSpace on a"
              + " regular grid or a CameronMartinSpace");
    }
    if (grid instanceof RegularGrid regular
        && (regular.layout() == RegularGrid.Layout.PERIODIC
            || regular.layout() == RegularGrid.Layout.INTERIOR)) {
      throw new IllegalArgumentException(
          grid
              + " implies a boundary condition that divided differences do not see: use"
              + " SobolevSpace with Basis.FOURIER or Basis.SINE");
    }
    int[] order =
        IntStream.range(0, grid.size())
            .boxed()
            .sorted(Comparator.comparingDouble(i -> grid.coordinate(i, 0)))
            .mapToInt(i -> i)
            .toArray();
    double[] gaps = new double[order.length - 1];
    for (int r = 0; r < gaps.length; r++) {
      gaps[r] = grid.coordinate(order[r + 1], 0) - grid.coordinate(order[r], 0);
    }
    return new DifferenceSobolevSpace(grid, order, gaps);
  }

  @Override
  public Grid grid() {
    return grid;
  }

  @Override
  public INDArray inner(INDArray x, INDArray y) {
    return Quadrature.inner(grid, x, y, this::inner);
  }

  private double inner(double[] a, double[] b, int from) {
    int n = order.length;
    double sum = 0;
    for (int r = 0; r < n; r++) {
      int at = from + order[r];
      sum += weights[r] * a[at] * b[at];
      if (r < n - 1) {
        int next = from + order[r + 1];
        sum += (a[next] - a[at]) * (b[next] - b[at]) / gaps[r];
      }
    }
    return sum;
  }

  @Override
  public INDArray riesz(INDArray gradient) {
    return FunctionBatch.of(grid, gradient)
        .map(
            (in, out, rows) -> {
              for (int row = 0; row < rows; row++) {
                solve(in, out, row * order.length);
              }
            });
  }

  /** {@code L D Lᵀ r = g}, rank by rank. */
  private void solve(double[] in, double[] out, int from) {
    int n = order.length;
    double carried = 0;
    for (int r = 0; r < n; r++) {
      carried = in[from + order[r]] - factors[r] * carried;
      out[from + order[r]] = carried;
    }
    carried = 0;
    for (int r = n - 1; r >= 0; r--) {
      double below = r < n - 1 ? factors[r + 1] * carried : 0;
      carried = out[from + order[r]] / pivots[r] - below;
      out[from + order[r]] = carried;
    }
  }
}
