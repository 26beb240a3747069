package io.fdiff.nn.arch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.nn.Network;
import io.fdiff.nn.ParameterVector;
import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.PointSet;
import io.fdiff.space.RegularGrid;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

/** What networks promise that sum over points with quadrature weights. */
abstract class PointOperatorContract {

  private static final int FINEST = 729;

  /** A network without conditions whose parameters are normals of deviation ½. */
  abstract Network network(int dimension);

  private double[] evaluate(Grid grid, ToDoubleFunction<double[]> f) {
    Network network = network(grid.dimension());
    ParameterVector theta = Evaluation.parameters(network, 0.5);
    return Evaluation.network(network, theta, grid, f);
  }

  @Test
  final void orderOfThePointsIsThatOfTheOutput() {
    ToDoubleFunction<double[]> f = p -> Math.cos(7 * p[0]) + p[p.length - 1];
    for (Grid grid :
        List.of(Points.scattered(1, 25), Points.scattered(2, 25), RegularGrid.unit(3, 3, 2))) {
      int[] order = Points.order(grid.size());
      double[] values = evaluate(grid, f);
      double[] other = evaluate(Points.reordered(grid, order), f);
      for (int i = 0; i < order.length; i++) {
        // Sums in another order: rounding of some dozen terms.
        double value = values[order[i]];
        assertThat(other[i]).isCloseTo(value, within(1e-11 * Math.max(1, Math.abs(value))));
      }
      assertThat(Math.abs(values[1] - values[order[1]])).isGreaterThan(1e-3);
    }
  }

  private static double smooth(double[] p) {
    return Math.cos(5 * p[0]) + 0.5 * p[0] * p[0];
  }

  /** Largest distance to the finest grid, relative to the largest value there. */
  private static double error(double[] values, double[] finest, int[] indices) {
    double worst = 0;
    for (int i = 0; i < values.length; i++) {
      worst = Math.max(worst, Math.abs(values[i] - finest[indices[i]]));
    }
    return worst / Arrays.stream(finest).map(Math::abs).max().orElse(0);
  }

  /**
   * Midpoint sums of integrands that are continuous and piecewise smooth: order 2, a factor of 9
   * from grid to grid; 5 is order 1.46.
   */
  @Test
  final void refinementConvergesWithOrderTwo() {
    double[] finest = evaluate(RegularGrid.unit(FINEST), PointOperatorContract::smooth);
    double before = Double.POSITIVE_INFINITY;
    for (int points : new int[] {9, 27, 81}) {
      // Cell centres of a grid are every third one of the next, from the second.
      int step = FINEST / points;
      int[] indices = new int[points];
      Arrays.setAll(indices, i -> i * step + step / 2);
      double[] values = evaluate(RegularGrid.unit(points), PointOperatorContract::smooth);
      double error = error(values, finest, indices);
      assertThat(error).as("%d points", points).isLessThan(before / 5);
      before = error;
    }
    assertThat(before).isLessThan(2e-3);
  }

  /** Three times as dense at one end as at the other. */
  private static int[] uneven(int count) {
    int[] indices = new int[count];
    for (int i = 0; i < count; i++) {
      double s = (i + 0.5) / count;
      indices[i] = (int) (FINEST * (0.5 * s + 0.5 * s * s));
    }
    return indices;
  }

  @Test
  final void weightsMakeUpForUnevenPoints() {
    RegularGrid fine = RegularGrid.unit(FINEST);
    double[] finest = evaluate(fine, PointOperatorContract::smooth);
    double before = Double.POSITIVE_INFINITY;
    for (int count : new int[] {15, 30, 60}) {
      int[] indices = uneven(count);
      double[] p = Arrays.stream(indices).mapToDouble(i -> fine.coordinate(i, 0)).toArray();
      PointSet points = PointSet.of(Interval.UNIT, p);
      double error = error(evaluate(points, PointOperatorContract::smooth), finest, indices);
      assertThat(error).as("%d points", count).isLessThan(0.6 * before);
      before = error;
      double[] equal = new double[count];
      Arrays.fill(equal, 1.0 / count);
      double[][] column = Arrays.stream(p).mapToObj(x -> new double[] {x}).toArray(double[][]::new);
      PointSet unweighted = PointSet.of(List.of(Interval.UNIT), column, equal);
      double mean = error(evaluate(unweighted, PointOperatorContract::smooth), finest, indices);
      assertThat(mean).as("equal weights on %d points", count).isGreaterThan(3 * error);
    }
    assertThat(before).isLessThan(1e-2);
  }
}
