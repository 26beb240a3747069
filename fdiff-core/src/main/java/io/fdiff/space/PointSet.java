package io.fdiff.space;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Scattered points of a box with given quadrature weights. Values are held as {@code [points]}.
 *
 * <p>Immutable and thread-safe; equal by domain, coordinates and weights.
 */
public final class PointSet implements Grid {

  private final List<Interval> domain;
  private final double[][] coordinates;
  private final double[] weights;

  private PointSet(List<Interval> domain, double[][] coordinates, double[] weights) {
    this.domain = domain;
    this.coordinates = coordinates;
    this.weights = weights;
  }

  /**
   * Points with given weights.
   *
   * @param domain one interval an axis; every point lies inside
   * @param coordinates {@code [points][axis]}; copied
   * @param weights {@code [points]}, positive, the measure of the cell of each point; copied
   * @return the point set
   * @throws IllegalArgumentException if there are fewer than 2 points, lengths disagree, a weight
   *     is not positive and finite, or a point lies outside the domain
   */
  public static PointSet of(List<Interval> domain, double[][] coordinates, double[] weights) {
    List<Interval> box = List.copyOf(domain);
    if (coordinates.length < 2 || weights.length != coordinates.length) {
      throw new IllegalArgumentException(
          coordinates.length
              + " points with "
              + weights.length
              + " weights: give at least 2 points and one weight for each");
    }
    double[][] p = new double[coordinates.length][];
    for (int i = 0; i < p.length; i++) {
      if (!(weights[i] > 0 && weights[i] < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "weight " + weights[i] + " of point " + i + " is not positive and finite");
      }
      p[i] = coordinates[i].clone();
      boolean inside = p[i].length == box.size();
      for (int a = 0; inside && a < p[i].length; a++) {
        inside = box.get(a).contains(p[i][a]);
      }
      if (!inside) {
        throw new IllegalArgumentException(
            "point " + i + " = " + Arrays.toString(p[i]) + " does not lie in the domain " + box);
      }
    }
    return new PointSet(box, p, weights.clone());
  }

  /**
   * Points of an interval whose weights are the lengths of their Voronoi cells: each cell reaches
   * half-way to the neighbours, the outer ones to the ends of the domain, so that the weights sum
   * to its length. For points that include both ends this is the trapezoidal rule.
   *
   * @param domain the interval
   * @param points strictly increasing positions inside the domain; copied
   * @return the point set
   * @throws IllegalArgumentException if there are fewer than 2 points, a point lies outside the
   *     domain, or the positions do not increase
   */
  public static PointSet of(Interval domain, double... points) {
    int n = points.length;
    double[][] p = new double[n][];
    double[] w = new double[n];
    for (int i = 0; i < n; i++) {
      if (i > 0 && !(points[i] > points[i - 1])) {
        throw new IllegalArgumentException(
            "point " + i + " = " + points[i] + " is not above its predecessor " + points[i - 1]);
      }
      p[i] = new double[] {points[i]};
      double left = i == 0 ? domain.lower() : (points[i - 1] + points[i]) / 2;
      double right = i == n - 1 ? domain.upper() : (points[i] + points[i + 1]) / 2;
      w[i] = right - left;
    }
    return of(List.of(domain), p, w);
  }

  @Override
  public List<Interval> domain() {
    return domain;
  }

  @Override
  public int[] shape() {
    return new int[] {weights.length};
  }

  @Override
  public int size() {
    return weights.length;
  }

  @Override
  public double coordinate(int point, int axis) {
    return coordinates[point][axis];
  }

  @Override
  public double weight(int point) {
    return weights[point];
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PointSet that
        && domain.equals(that.domain)
        && Arrays.equals(weights, that.weights)
        && Arrays.deepEquals(coordinates, that.coordinates);
  }

  @Override
  public int hashCode() {
    return Objects.hash(domain, Arrays.hashCode(weights), Arrays.deepHashCode(coordinates));
  }

  @Override
  public String toString() {
    return "PointSet[" + weights.length + " points in " + domain + "]";
  }
}
