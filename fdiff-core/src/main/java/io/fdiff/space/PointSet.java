package io.fdiff.space;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * Scattered points of a box with quadrature weights, given or the measures of their Voronoi cells.
 *
 * <p>Values are held as {@code [points]}.
 *
 * <p>Immutable and thread-safe; equal by domain, coordinates and weights.
 */
public final class PointSet implements Grid {

  /**
   * What the Voronoi cells of two neighbouring points share: a point of an interval, a segment of a
   * plane, a polygon in space, half-way between them and at right angles to their connection.
   *
   * @param first index of one point
   * @param second index of the other, above {@code first}
   * @param measure its length or area; 1 on an interval
   * @param distance the distance of the two points
   */
  public record Facet(int first, int second, double measure, double distance) {}

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
   *     is not positive and finite, a point lies outside the domain, or two points coincide
   */
  public static PointSet of(List<Interval> domain, double[][] coordinates, double[] weights) {
    List<Interval> box = Box.of(domain);
    if (coordinates.length < 2 || weights.length != coordinates.length) {
      throw new IllegalArgumentException(
          coordinates.length
              + " points with "
              + weights.length
              + " weights: give at least 2 points and one weight for each");
    }
    for (int i = 0; i < weights.length; i++) {
      if (!(weights[i] > 0 && weights[i] < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "weight "
                + weights[i]
                + " of point "
                + i
                + " is not positive and finite: give the measure of its cell, or leave out the"
                + " point");
      }
    }
    return new PointSet(box, distinct(box, coordinates), weights.clone());
  }

  /**
   * Points whose weights are the measures of their Voronoi cells: the part of the box that lies
   * nearer to the point than to the others, by Euclidean distance in the units of the domain. The
   * weights sum to the measure of the domain, and constants are integrated exactly.
   *
   * <p>Up to three dimensions; in one, the points may come in any order. Cost: {@code O(N²)}
   * distances and a few dozen cuts a point, in 2-D about a second for 10 000 points, in 3-D for
   * 3000, on one core.
   *
   * @param domain one interval an axis; every point lies inside
   * @param coordinates {@code [points][axis]}; copied
   * @return the point set
   * @throws IllegalArgumentException if there are fewer than 2 points, a point lies outside the
   *     domain, two points coincide or nearly so (relative to the mean spacing), or there are more
   *     than 3 axes, or more than 20 000 points on 2 or 3 axes
   */
  public static PointSet of(List<Interval> domain, double[][] coordinates) {
    List<Interval> box = Box.of(domain);
    if (coordinates.length < 2) {
      throw new IllegalArgumentException(
          coordinates.length + " points: a point set needs at least 2 points");
    }
    double[][] p = distinct(box, coordinates);
    double[] w = box.size() == 1 ? cells(box.get(0), p) : VoronoiCells.measures(box, p);
    return new PointSet(box, p, w);
  }

  private static int[] ascending(double[][] p) {
    return IntStream.range(0, p.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> p[i][0]))
        .mapToInt(i -> i)
        .toArray();
  }

  /** The lengths of the cells of points of an interval, in any order. */
  private static double[] cells(Interval side, double[][] p) {
    int n = p.length;
    int[] order = ascending(p);
    double[] w = new double[n];
    for (int r = 0; r < n; r++) {
      double at = p[order[r]][0];
      // Half of a sum may overflow where the sum of halves does not.
      double left = r == 0 ? side.lower() : p[order[r - 1]][0] / 2 + at / 2;
      double right = r == n - 1 ? side.upper() : at / 2 + p[order[r + 1]][0] / 2;
      w[order[r]] = right - left;
      if (!(w[order[r]] > 0)) {
        throw new IllegalArgumentException(
            "cell of point " + order[r] + " = [" + at + "] is empty to round-off: merge points");
      }
    }
    return w;
  }

  /** A copy of coordinates that lie in the box, all different. */
  private static double[][] distinct(List<Interval> box, double[][] coordinates) {
    double[][] p = new double[coordinates.length][];
    Map<List<Double>, Integer> seen = new HashMap<>();
    for (int i = 0; i < p.length; i++) {
      p[i] = coordinates[i].clone();
      boolean inside = p[i].length == box.size();
      for (int a = 0; inside && a < p[i].length; a++) {
        inside = box.get(a).contains(p[i][a]);
      }
      if (!inside) {
        throw new IllegalArgumentException(
            "point "
                + i
                + " = "
                + Arrays.toString(p[i])
                + " does not lie in the domain "
                + box
                + ": give "
                + box.size()
                + " finite coordinates inside it");
      }
      // Adding 0 makes −0 and 0 one number.
      List<Double> key = Arrays.stream(p[i]).mapToObj(v -> v + 0.0).toList();
      Integer first = seen.putIfAbsent(key, i);
      if (first != null) {
        throw new IllegalArgumentException(
            "points "
                + first
                + " and "
                + i
                + " are both "
                + Arrays.toString(p[i])
                + ": points must differ; merge them and add their weights");
      }
    }
    return p;
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
    double[][] p = new double[points.length][];
    for (int i = 0; i < p.length; i++) {
      if (i > 0 && !(points[i] > points[i - 1])) {
        throw new IllegalArgumentException(
            "point "
                + i
                + " = "
                + points[i]
                + " is not above its predecessor "
                + points[i - 1]
                + ": sort the points and leave out repetitions");
      }
      p[i] = new double[] {points[i]};
    }
    return of(List.of(domain), p);
  }

  /**
   * The facets between the Voronoi cells of the points, whatever their weights: the graph of
   * neighbours with what a flux between them passes through. In the plane and away from the
   * boundary the neighbours are the edges of the Delaunay triangulation.
   *
   * <p>Facets smaller than round-off can tell are left out. Computed at every call, at the cost of
   * the cells.
   *
   * @return each facet once, in order of {@code first}, then {@code second}; unmodifiable
   * @throws IllegalArgumentException if there are more than 3 axes, or, on 2 or 3 axes, more than
   *     20 000 points, or two that nearly coincide (relative to the mean spacing)
   */
  public List<Facet> facets() {
    return domain.size() == 1 ? boundaries(coordinates) : VoronoiCells.facets(domain, coordinates);
  }

  /** The ends that cells of an interval share. */
  private static List<Facet> boundaries(double[][] p) {
    int[] order = ascending(p);
    List<Facet> facets = new ArrayList<>();
    for (int r = 1; r < order.length; r++) {
      int left = order[r - 1];
      int right = order[r];
      facets.add(
          new Facet(Math.min(left, right), Math.max(left, right), 1, p[right][0] - p[left][0]));
    }
    facets.sort(Comparator.comparingInt(Facet::first).thenComparingInt(Facet::second));
    return List.copyOf(facets);
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
