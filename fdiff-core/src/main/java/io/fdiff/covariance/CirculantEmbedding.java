package io.fdiff.covariance;

import io.fdiff.kernel.CovarianceKernel;
import io.fdiff.kernel.StationaryKernel;
import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.RegularGrid.Layout;
import io.fdiff.transform.Basis;
import io.fdiff.transform.SpectralTransform;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The torus around a grid, and the eigenvalues that a periodically continued kernel has there. */
final class CirculantEmbedding {

  private CirculantEmbedding() {}

  static int[] tableShape(SpectralTransform transform) {
    int[] shape = transform.frequency(transform.modes() - 1);
    for (int a = 0; a < shape.length; a++) {
      shape[a]++;
    }
    return shape;
  }

  static int at(int[] shape, int[] frequency) {
    int at = 0;
    for (int a = 0; a < shape.length; a++) {
      at = at * shape[a] + frequency[a];
    }
    return at;
  }

  /**
   * The number of steps on each axis beyond which the kernel is negligible on the grid, at most
   * {@code n − 1}: all lags that go further there have {@code |k(h)| ≤ ε k(0)/2}.
   */
  static int[] reach(RegularGrid grid, StationaryKernel stationary, double epsilon) {
    int[] shape = grid.shape();
    int d = shape.length;
    double[] lag = new double[d];
    double negligible = 0.5 * epsilon * Math.abs(stationary.at(lag));
    int[] reach = new int[d];
    Arrays.fill(reach, 1);
    int[] steps = new int[d];
    for (int i = 0; i < grid.size(); i++) {
      int rest = i;
      for (int a = d - 1; a >= 0; a--) {
        steps[a] = rest % shape[a];
        rest /= shape[a];
        lag[a] = steps[a] * spacing(grid, a);
      }
      if (!(Math.abs(stationary.at(lag)) <= negligible)) {
        for (int a = 0; a < d; a++) {
          reach[a] = Math.max(reach[a], Math.min(steps[a] + 1, shape[a] - 1));
        }
      }
    }
    return reach;
  }

  /**
   * The periodic grid with the spacing of the grid and at least {@code n − 1 + reach} points an
   * axis: lags of the grid that come round meet lags of at least {@code reach} steps.
   */
  static RegularGrid torus(RegularGrid grid, int[] reach, int doublings) {
    int[] shape = grid.shape();
    List<Interval> box = new ArrayList<>();
    long points = 1;
    for (int a = 0; a < shape.length; a++) {
      long size = fast(Math.max(4L, (long) shape[a] - 1 + reach[a])) << doublings;
      points *= size;
      if (points > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            "circulant embedding of "
                + grid
                + " has more than 2^31 − 1 points: give a smaller grid");
      }
      shape[a] = (int) size;
      box.add(new Interval(0, spacing(grid, a) * size));
    }
    return RegularGrid.of(box, Layout.PERIODIC, shape);
  }

  /** The smallest even number from {@code n} on without prime factors beyond 5. */
  private static long fast(long n) {
    for (long size = n + n % 2; ; size += 2) {
      long rest = size;
      for (int r : new int[] {2, 3, 5}) {
        while (rest % r == 0) {
          rest /= r;
        }
      }
      if (rest == 1) {
        return size;
      }
    }
  }

  private static double spacing(RegularGrid grid, int axis) {
    return grid.domain().get(axis).length() / cells(grid.layout(), grid.shape()[axis]);
  }

  private static int cells(Layout layout, int n) {
    return switch (layout) {
      case CELL, PERIODIC -> n;
      case NODE -> n - 1;
      case INTERIOR -> n + 1;
    };
  }

  /**
   * The eigenvalues of the periodised lag: {@code k(h) = Σ_k λ_k e_k(0) e_k(h)}, where only
   * products of cosines are not 0 at 0.
   */
  static double[] eigenvalues(
      SpectralTransform transform, StationaryKernel stationary, CovarianceKernel kernel) {
    Grid grid = transform.grid();
    int d = grid.dimension();
    int n = grid.size();
    double[] values = new double[n];
    double[] lag = new double[d];
    for (int i = 0; i < n; i++) {
      for (int a = 0; a < d; a++) {
        double h = grid.coordinate(i, a);
        double side = grid.domain().get(a).length();
        lag[a] = h > side / 2 ? h - side : h;
      }
      values[i] = stationary.at(lag);
      if (!Double.isFinite(values[i])) {
        throw new IllegalArgumentException(
            "kernel "
                + kernel
                + " is "
                + values[i]
                + " at the lag "
                + Arrays.toString(lag)
                + ": a covariance must be finite");
      }
      requireEven(stationary, kernel, lag, values[i]);
    }
    double[] c = new double[n];
    transform.forward(values, c, 1);
    int[] shape = transform.modeShape();
    double[] lambda = new double[n];
    for (int k = 0; k < n; k++) {
      int[] index = transform.index(k);
      double atZero = 1;
      int cosine = 0;
      for (int a = 0; a < d; a++) {
        int f = Basis.FOURIER.frequency(index[a]);
        boolean single = f == 0 || 2 * f == shape[a]; // constant and alternating vector
        atZero *= (single ? 1 : Math.sqrt(2)) / Math.sqrt(grid.domain().get(a).length());
        cosine = cosine * shape[a] + (f == 0 ? 0 : 2 * f - 1);
      }
      lambda[k] = c[cosine] / atZero;
    }
    return lambda;
  }

  private static void requireEven(
      StationaryKernel stationary, CovarianceKernel kernel, double[] lag, double value) {
    for (int a = 1; a < lag.length; a++) {
      lag[a] = -lag[a];
      double mirrored = stationary.at(lag);
      lag[a] = -lag[a];
      if (!(Math.abs(mirrored - value) <= 1e-12 * Math.abs(value) + 1e-300)) {
        throw new IllegalArgumentException(
            "kernel "
                + kernel
                + " is "
                + value
                + " at the lag "
                + Arrays.toString(lag)
                + " and "
                + mirrored
                + " with axis "
                + a
                + " reversed: circulant embedding in real modes needs a kernel that is even in"
                + " each lag; use KernelCovariance");
      }
    }
  }
}
