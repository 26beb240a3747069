package io.fdiff.transform;

import io.fdiff.space.Grid;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Divided differences between neighbours of an interval. The matrix is tridiagonal in the order of
 * the points and factored once, {@code L D Lᵀ}.
 */
final class IntervalDifferences implements DifferenceForm {

  private final int[] order;
  private final double[] gaps; // p_{r+1} − p_r
  private final double[] pivots; // D
  private final double[] factors; // below the diagonal of L

  IntervalDifferences(Grid grid) {
    int n = grid.size();
    this.order =
        IntStream.range(0, n)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> grid.coordinate(i, 0)))
            .mapToInt(i -> i)
            .toArray();
    this.gaps = new double[n - 1];
    for (int r = 0; r < gaps.length; r++) {
      gaps[r] = grid.coordinate(order[r + 1], 0) - grid.coordinate(order[r], 0);
    }
    this.pivots = new double[n];
    this.factors = new double[n];
    for (int r = 0; r < n; r++) {
      pivots[r] = grid.weight(order[r]);
      pivots[r] += r > 0 ? 1 / gaps[r - 1] : 0;
      pivots[r] += r < n - 1 ? 1 / gaps[r] : 0;
      if (r > 0) {
        factors[r] = -1 / (gaps[r - 1] * pivots[r - 1]);
        pivots[r] += factors[r] / gaps[r - 1];
      }
    }
  }

  @Override
  public double of(double[] a, double[] b, int from) {
    double sum = 0;
    for (int r = 0; r < gaps.length; r++) {
      int at = from + order[r];
      int next = from + order[r + 1];
      sum += (a[next] - a[at]) * (b[next] - b[at]) / gaps[r];
    }
    return sum;
  }

  @Override
  public void solve(double[] in, double[] out, int rows) {
    for (int row = 0; row < rows; row++) {
      solveRow(in, out, row * order.length);
    }
  }

  private void solveRow(double[] in, double[] out, int from) {
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
