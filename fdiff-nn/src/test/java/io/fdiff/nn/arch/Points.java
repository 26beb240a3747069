package io.fdiff.nn.arch;

import io.fdiff.noise.NoiseSource;
import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.PointSet;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.apache.commons.rng.UniformRandomProvider;

/** Points and functions of the tests. */
final class Points {

  private Points() {}

  /** Independent uniform points of the unit box with the measures of their Voronoi cells. */
  static PointSet scattered(int dimension, int count) {
    UniformRandomProvider uniform = NoiseSource.of(31).uniform(0);
    double[][] p = new double[count][dimension];
    for (double[] point : p) {
      Arrays.setAll(point, a -> uniform.nextDouble());
    }
    return PointSet.of(Collections.nCopies(dimension, Interval.UNIT), p);
  }

  /** The same points and weights in another order. */
  static PointSet reordered(Grid grid, int[] order) {
    double[][] p = new double[order.length][];
    double[] w = new double[order.length];
    for (int i = 0; i < order.length; i++) {
      p[i] = at(grid, order[i]);
      w[i] = grid.weight(order[i]);
    }
    return PointSet.of(grid.domain(), p, w);
  }

  /** A permutation of {@code 0 … n − 1} without fixed points, for {@code n} coprime to 7. */
  static int[] order(int n) {
    int[] order = new int[n];
    Arrays.setAll(order, i -> (7 * i + 3) % n);
    return order;
  }

  static double[] at(Grid grid, int point) {
    double[] p = new double[grid.dimension()];
    Arrays.setAll(p, a -> grid.coordinate(point, a));
    return p;
  }

  static double[] values(Grid grid, ToDoubleFunction<double[]> f) {
    double[] x = new double[grid.size()];
    Arrays.setAll(x, i -> f.applyAsDouble(at(grid, i)));
    return x;
  }

  /** {@code [points, columns]} in C order. */
  static double[] flat(List<double[]> columns) {
    int n = columns.get(0).length;
    double[] all = new double[n * columns.size()];
    for (int i = 0; i < n; i++) {
      for (int c = 0; c < columns.size(); c++) {
        all[i * columns.size() + c] = columns.get(c)[i];
      }
    }
    return all;
  }
}
