package io.fdiff.space;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Areas and volumes of the Voronoi cells of points of a box: the parts of the box that lie nearer
 * to one point than to the others.
 *
 * <p>The cell of a point is the box cut by the bisectors to its neighbours, nearest first, until
 * the next neighbour is more than twice as far as the farthest vertex and can cut no more. That
 * leaves a few dozen cuts a point whatever their number; finding the neighbours costs {@code O(N²)}
 * distances. Lengths are taken in units of the mean spacing and from the point.
 *
 * <p>Cells are held by the vertices of their faces, which a cut clips one by one (Sutherland and
 * Hodgman 1974). The signs of distances decide alone, without a tolerance: a sliver that is lost or
 * kept is as small as round-off.
 */
final class VoronoiCells {

  /** Nearer points, in units of the mean spacing, have cells that round-off would blur. */
  private static final double CLOSEST = 1e-7;

  /** The cells must fill the box up to this. */
  private static final double FILLED = 1e-11;

  /** Quadratic cost: some ten seconds on one core. */
  private static final int MOST_POINTS = 20_000;

  private final List<Interval> box;
  private final double[][] points;
  private final double unit;

  private VoronoiCells(List<Interval> box, double[][] points) {
    this.box = box;
    this.points = points;
    double measure = 1;
    for (Interval side : box) {
      measure *= side.length();
    }
    this.unit = Math.pow(measure / points.length, 1.0 / box.size());
  }

  /** The measures of the cells of points that lie in the box, two or three axes. */
  static double[] measures(List<Interval> box, double[][] points) {
    int dimension = box.size();
    if (dimension < 2 || dimension > 3 || points.length > MOST_POINTS) {
      throw new IllegalArgumentException(
          points.length
              + " points in "
              + dimension
              + " dimensions: Voronoi cells are measured for at most "
              + MOST_POINTS
              + " points in at most 3 dimensions; give the weights");
    }
    VoronoiCells cells = new VoronoiCells(box, points);
    double[] w = new double[points.length];
    double factor = Math.pow(cells.unit, dimension);
    IntStream.range(0, w.length).parallel().forEach(i -> w[i] = factor * cells.measure(i));
    for (int i = 0; i < w.length; i++) {
      if (Double.isNaN(w[i])) {
        throw cells.tooClose(i);
      }
    }
    double measure = factor * points.length;
    double sum = Arrays.stream(w).sum();
    if (!(Math.abs(sum - measure) <= FILLED * measure)) {
      throw new IllegalArgumentException(
          "Voronoi cells of "
              + points.length
              + " points sum to "
              + sum
              + " on the domain "
              + box
              + " of measure "
              + measure
              + ": points or ends lie too close for round-off; give the weights");
    }
    return w;
  }

  private record Neighbour(double distance, int index) {}

  private IllegalArgumentException tooClose(int point) {
    Neighbour nearest = shell(point, 0, CLOSEST).get(0);
    return new IllegalArgumentException(
        "points "
            + point
            + " and "
            + nearest.index()
            + " are "
            + nearest.distance() * unit
            + " apart, less than "
            + CLOSEST
            + " of the mean spacing: merge them or give the weights");
  }

  /** The measure of one cell in units of the mean one, NaN if another point is too close. */
  private double measure(int point) {
    Cell cell = box.size() == 2 ? polygon(point) : polyhedron(point);
    double from = 0;
    double to = 4;
    while (from < 2 * cell.reach()) {
      // Points within twice the reach of the cell can cut it; look at them shell by shell.
      for (Neighbour next : shell(point, from, to)) {
        if (next.distance() >= 2 * cell.reach()) {
          break;
        }
        if (next.distance() < CLOSEST) {
          return Double.NaN;
        }
        cell = cell.cut(offset(point, next.index()));
      }
      from = to;
      to *= 2;
    }
    return cell.size();
  }

  /** Points at distances in {@code [from, to)}, nearest first. */
  private List<Neighbour> shell(int point, double from, double to) {
    List<Neighbour> shell = new ArrayList<>();
    for (int j = 0; j < points.length; j++) {
      double sum = 0;
      for (int a = 0; a < points[j].length; a++) {
        double d = (points[j][a] - points[point][a]) / unit;
        sum += d * d;
      }
      if (j != point && sum >= from * from && sum < to * to) {
        shell.add(new Neighbour(Math.sqrt(sum), j));
      }
    }
    shell.sort(Comparator.comparingDouble(Neighbour::distance));
    return shell;
  }

  private double[] offset(int point, int other) {
    double[] v = new double[box.size()];
    for (int a = 0; a < v.length; a++) {
      v[a] = (points[other][a] - points[point][a]) / unit;
    }
    return v;
  }

  private double lower(int point, int axis) {
    return (box.get(axis).lower() - points[point][axis]) / unit;
  }

  private double upper(int point, int axis) {
    return (box.get(axis).upper() - points[point][axis]) / unit;
  }

  private Cell polygon(int i) {
    return new Polygon(
        List.of(
            new double[] {lower(i, 0), lower(i, 1)},
            new double[] {upper(i, 0), lower(i, 1)},
            new double[] {upper(i, 0), upper(i, 1)},
            new double[] {lower(i, 0), upper(i, 1)}));
  }

  private Cell polyhedron(int i) {
    List<Face> faces = new ArrayList<>();
    for (int a = 0; a < 3; a++) {
      int b = (a + 1) % 3;
      int c = (a + 2) % 3;
      for (double end : new double[] {lower(i, a), upper(i, a)}) {
        double[][] corners = new double[4][3];
        for (int v = 0; v < 4; v++) {
          corners[v][a] = end;
          corners[v][b] = v == 0 || v == 3 ? lower(i, b) : upper(i, b);
          corners[v][c] = v < 2 ? lower(i, c) : upper(i, c);
        }
        faces.add(new Face(List.of(corners), Math.abs(end)));
      }
    }
    return new Polyhedron(faces);
  }

  /** A convex cell around its point, the origin. */
  private interface Cell {
    /** The part that is nearer to the origin than to another point. */
    Cell cut(double[] other);

    /** The distance of the farthest vertex. */
    double reach();

    double size();
  }

  /** Vertices in order. */
  private record Polygon(List<double[]> vertices) implements Cell {
    @Override
    public Cell cut(double[] other) {
      return new Polygon(clip(vertices, other, new ArrayList<>()));
    }

    @Override
    public double reach() {
      return VoronoiCells.reach(vertices);
    }

    @Override
    public double size() {
      return area(vertices);
    }
  }

  /** A face of a polyhedron and the distance of its plane from the origin. */
  private record Face(List<double[]> vertices, double distance) {}

  private record Polyhedron(List<Face> faces) implements Cell {
    @Override
    public Cell cut(double[] other) {
      List<Face> kept = new ArrayList<>();
      List<double[]> section = new ArrayList<>();
      for (Face face : faces) {
        List<double[]> rest = clip(face.vertices(), other, section);
        if (rest.size() > 2) {
          kept.add(new Face(rest, face.distance()));
        }
      }
      if (section.size() > 2) {
        sortAround(section, other);
        kept.add(new Face(section, Math.sqrt(dot(other, other)) / 2));
      }
      return new Polyhedron(kept);
    }

    @Override
    public double reach() {
      return faces.stream().mapToDouble(f -> VoronoiCells.reach(f.vertices())).max().orElse(0);
    }

    /** Pyramids from the origin to the faces. */
    @Override
    public double size() {
      return faces.stream().mapToDouble(f -> f.distance() * area(f.vertices()) / 3).sum();
    }
  }

  /**
   * The part of a convex polygon on the origin's side of the bisector {@code ⟨other, v⟩ =
   * ½|other|²}; points where an edge crosses it are appended to {@code section}.
   */
  private static List<double[]> clip(
      List<double[]> polygon, double[] other, List<double[]> section) {
    List<double[]> rest = new ArrayList<>(polygon.size() + 1);
    double level = dot(other, other) / 2;
    for (int i = 0; i < polygon.size(); i++) {
      double[] from = polygon.get(i);
      double[] to = polygon.get((i + 1) % polygon.size());
      double s = dot(other, from) - level;
      double t = dot(other, to) - level;
      if (s <= 0) {
        rest.add(from);
      }
      if (s <= 0 != t <= 0) {
        double[] crossing = new double[from.length];
        for (int a = 0; a < crossing.length; a++) {
          crossing[a] = from[a] + (to[a] - from[a]) * (s / (s - t));
        }
        rest.add(crossing);
        section.add(crossing);
      }
    }
    return rest;
  }

  /** Sorts points of a plane with a given normal by their angle about their mean. */
  private static void sortAround(List<double[]> points, double[] normal) {
    double[] mean = new double[3];
    for (double[] p : points) {
      for (int a = 0; a < 3; a++) {
        mean[a] += p[a] / points.size();
      }
    }
    // The farthest point gives the most accurate direction in the plane.
    double[] u = new double[3];
    for (double[] p : points) {
      double[] v = minus(p, mean);
      u = dot(v, v) > dot(u, u) ? v : u;
    }
    double[] first = u;
    double[] second = cross(normal, u);
    double scale = Math.sqrt(dot(normal, normal));
    points.sort(
        Comparator.comparingDouble(
            p -> Math.atan2(dot(minus(p, mean), second), scale * dot(minus(p, mean), first))));
  }

  private static double area(List<double[]> polygon) {
    double[] first = polygon.get(0);
    double[] sum = new double[3];
    for (int i = 1; i + 1 < polygon.size(); i++) {
      double[] c = cross(minus(polygon.get(i), first), minus(polygon.get(i + 1), first));
      for (int a = 0; a < 3; a++) {
        sum[a] += c[a] / 2;
      }
    }
    return Math.sqrt(dot(sum, sum));
  }

  private static double reach(List<double[]> vertices) {
    double largest = 0;
    for (double[] v : vertices) {
      largest = Math.max(largest, dot(v, v));
    }
    return Math.sqrt(largest);
  }

  private static double dot(double[] v, double[] w) {
    double sum = 0;
    for (int a = 0; a < v.length; a++) {
      sum += v[a] * w[a];
    }
    return sum;
  }

  private static double[] minus(double[] v, double[] w) {
    double[] difference = new double[v.length];
    for (int a = 0; a < v.length; a++) {
      difference[a] = v[a] - w[a];
    }
    return difference;
  }

  /** Of vectors of a plane, the normal with the third component alone. */
  private static double[] cross(double[] v, double[] w) {
    double z = v[0] * w[1] - v[1] * w[0];
    return v.length == 2
        ? new double[] {0, 0, z}
        : new double[] {v[1] * w[2] - v[2] * w[1], v[2] * w[0] - v[0] * w[2], z};
  }
}
