package io.fdiff.measure;

import io.fdiff.space.Grid;
import io.fdiff.transform.SpectralTransform;
import java.util.Arrays;

/** Values of the basis functions of a transform at any point of the domain. */
final class PointValues {

  private final SpectralTransform transform;
  private final double[] topFactors; // of the highest mode of each axis

  PointValues(SpectralTransform transform) {
    this.transform = transform;
    this.topFactors = new double[transform.grid().dimension()];
    for (int a = 0; a < topFactors.length; a++) {
      topFactors[a] = topFactor(a);
    }
  }

  /**
   * An alternating top mode has discrete norm 1, so its vector is the basis function up to a
   * factor: 1, √½, or 0 where the function vanishes at all nodes and the vector stands for another.
   */
  private double topFactor(int axis) {
    Grid grid = transform.grid();
    int[] shape = transform.modeShape();
    int mode = shape[axis] - 1;
    for (int a = axis + 1; a < shape.length; a++) {
      mode *= shape[a];
    }
    double[] unit = new double[transform.modes()];
    unit[mode] = 1;
    double[] values = new double[grid.size()];
    transform.inverse(unit, values, 1);
    double largest = 0;
    double factor = 0;
    for (int i = 0; i < values.length; i++) {
      double[] p = new double[shape.length];
      for (int a = 0; a < p.length; a++) {
        p[a] = grid.coordinate(i, a);
      }
      double formula = function(mode, p);
      if (Math.abs(formula) > largest) {
        largest = Math.abs(formula);
        factor = values[i] / formula;
      }
    }
    return largest * Math.sqrt(grid.measure()) > 1e-6 ? factor : 0;
  }

  private double function(int mode, double[] point) {
    Grid grid = transform.grid();
    int[] index = transform.index(mode);
    double value = 1 / Math.sqrt(grid.measure());
    for (int a = 0; a < index.length; a++) {
      value *= transform.basis().value(index[a], grid.domain().get(a).toUnit(point[a]));
    }
    return value;
  }

  /** {@code e_k(p)} of all modes. */
  double[] at(double[] point) {
    Grid grid = transform.grid();
    boolean inside = point.length == grid.dimension();
    for (int a = 0; inside && a < point.length; a++) {
      inside = grid.domain().get(a).contains(point[a]);
    }
    if (!inside) {
      throw new IllegalArgumentException(
          "point " + Arrays.toString(point) + " does not lie in the domain " + grid.domain());
    }
    int[] shape = transform.modeShape();
    double[] values = new double[transform.modes()];
    for (int k = 0; k < values.length; k++) {
      values[k] = function(k, point);
      int[] index = transform.index(k);
      for (int a = 0; a < index.length; a++) {
        values[k] *= index[a] == shape[a] - 1 ? topFactors[a] : 1;
      }
    }
    return values;
  }
}
