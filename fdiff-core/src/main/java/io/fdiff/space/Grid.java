package io.fdiff.space;

import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Points {@code p_1 … p_N} of a box domain with quadrature weights {@code w_i > 0}, {@code ∫ f ≈
 * Σ_i w_i f(p_i)}.
 *
 * <p>The weights sum to the measure of the domain (except where a boundary value is known to be
 * zero), so that norms, traces and losses do not depend on the number of points. A batch of
 * functions on a grid is an array {@code [batch, channels, shape()…]} in C order. Implementations
 * are immutable and compare by value.
 */
public sealed interface Grid permits RegularGrid, PointSet {

  /**
   * The box that the points lie in, one interval an axis.
   *
   * @return an unmodifiable list of {@code dimension()} intervals
   */
  List<Interval> domain();

  /**
   * The trailing axes of an array of values: {@code [n1, …, nd]} or {@code [points]}.
   *
   * @return a fresh array
   */
  int[] shape();

  /**
   * The total number {@code N} of points.
   *
   * @return the product of {@code shape()}
   */
  int size();

  /**
   * One coordinate of one point.
   *
   * @param point flat index in C order, {@code 0 ≤ point < size()}
   * @param axis axis, {@code 0 ≤ axis < dimension()}
   * @return the coordinate in units of the domain
   * @throws IndexOutOfBoundsException if an index is out of range
   */
  double coordinate(int point, int axis);

  /**
   * The quadrature weight of one point.
   *
   * @param point flat index in C order, {@code 0 ≤ point < size()}
   * @return {@code w_i > 0}, in units of the domain's measure
   * @throws IndexOutOfBoundsException if {@code point} is out of range
   */
  double weight(int point);

  /**
   * The number {@code d} of axes of the domain.
   *
   * @return {@code domain().size()}
   */
  default int dimension() {
    return domain().size();
  }

  /**
   * The measure {@code |D|} of the domain.
   *
   * @return the product of the interval lengths
   */
  default double measure() {
    return domain().stream().mapToDouble(Interval::length).reduce(1, (a, b) -> a * b);
  }

  /**
   * All quadrature weights.
   *
   * @return a fresh array of length {@code size()}, C order of the points
   */
  default double[] weights() {
    double[] w = new double[size()];
    for (int i = 0; i < w.length; i++) {
      w[i] = weight(i);
    }
    return w;
  }

  /**
   * The coordinates of all points, mapped to {@code [0, 1]} on each axis.
   *
   * @param type FLOAT or DOUBLE
   * @return a fresh array {@code [points, dimension]}, C order
   */
  default INDArray unitCoordinates(DataType type) {
    double[][] p = new double[size()][dimension()];
    for (int i = 0; i < p.length; i++) {
      for (int a = 0; a < p[i].length; a++) {
        p[i][a] = domain().get(a).toUnit(coordinate(i, a));
      }
    }
    return Nd4j.createFromArray(p).castTo(type);
  }
}
