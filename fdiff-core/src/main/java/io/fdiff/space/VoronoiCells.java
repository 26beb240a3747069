package io.fdiff.space;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Areas and volumes of the Voronoi cells of points of a box, the parts of the box that lie nearer
 * to one point than to the others, and of the facets between them.
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

  /** Smaller facets, in units of the mean spacing, may be round-off. */
  private static final double SMALLEST_FACET = 1e-12;

  /** What lies beyond a face on the boundary, instead of a point. */
  private static final int BOX = -1;

  /** Quadratic cost: some ten seconds on one core. */
  private static final int MOST_POINTS = 20_000;

  private final List<Interval> box;
  private final double[][] points;
  private final String remedy;
  private final double unit;

  private VoronoiCells(List<Interval> box, double[][] points, String remedy) {
    int dimension = box.size();
    if (dimension < 2 || dimension > 3 || points.length > MOST_POINTS) {
      throw new IllegalArgumentException(
          points.length
              + " points in "
              + dimension
              + " dimensions: Voronoi cells are measured for at most "
              + MOST_POINTS
              + " points in at most 3 dimensions; "
              + remedy);
    }
    this.box = box;
    this.points = points;
    this.remedy = remedy;
    double measure = 1;
    for (Interval side : box) {
      measure *= side.length();
    }
    this.unit = Math.pow(measure / points.length, 1.0 / box.size());
  }

  /** The measures of the cells of points that lie in the box, two or three axes. */
  static double[] measures(List<Interval> box, double[][] points) {
    VoronoiCells cells = new VoronoiCells(box, points, "give the weights");
    double factor = Math.pow(cells.unit, box.size());
    double[] w =
        cells.each(Cell::measure).stream().mapToDouble(measure -> factor * measure).toArray();
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

  /** The facets between the cells of points that lie in the box, in order of the points. */
  static List<PointSet.Facet> facets(List<Interval> box, double[][] points) {
    VoronoiCells cells = new VoronoiCells(box, points, "use fewer points or a regular grid");
    long n = points.length;
    List<Map<Integer, Double>> views = cells.each(Cell::facets);
    // Both cells see a facet, with different round-off: take the mean.
    SortedMap<Long, Double> measures = new TreeMap<>();
    for (int i = 0; i < n; i++) {
      for (Map.Entry<Integer, Double> view : views.get(i).entrySet()) {
        int other = view.getKey();
        measures.merge(
            Math.min(i, other) * n + Math.max(i, other), view.getValue() / 2, Double::sum);
      }
    }
    double factor = Math.pow(cells.unit, box.size() - 1);
    List<PointSet.Facet> facets = new ArrayList<>();
    for (Map.Entry<Long, Double> entry : measures.entrySet()) {
      if (entry.getValue() > SMALLEST_FACET) {
        int first = (int) (entry.getKey() / n);
        int second = (int) (entry.getKey() % n);
        double[] v = cells.offset(first, second);
        double distance = cells.unit * Math.sqrt(dot(v, v));
        facets.add(new PointSet.Facet(first, second, factor * entry.getValue(), distance));
      }
    }
    return List.copyOf(facets);
  }

  /** A number or the like of every cell, in order of the points. */
  private <T> List<T> each(Function<Cell, T> property) {
    List<Optional<T>> all =
        IntStream.range(0, points.length).parallel().mapToObj(i -> cell(i).map(property)).toList();
    List<T> values = new ArrayList<>();
    for (int i = 0; i < points.length; i++) {
      int point = i;
      values.add(all.get(i).orElseThrow(() -> tooClose(point)));
    }
    return values;
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
            + " of the mean spacing: merge them or "
            + remedy);
  }

  /** One cell in units of the mean spacing and from its point, none if another is too close. */
  private Optional<Cell> cell(int point) {
    Cell cell = whole(point);
    double from = 0;
    double to = 4;
    while (from < 2 * cell.reach()) {
      // Points within twice the reach of the cell can cut it; look at them shell by shell.
      for (Neighbour next : shell(point, from, to)) {
        if (next.distance() >= 2 * cell.reach()) {
          break;
        }
        if (next.distance() < CLOSEST) {
          return Optional.empty();
        }
        cell = cell.cut(offset(point, next.index()), next.index());
      }
      from = to;
      to *= 2;
    }
    return Optional.of(cell);
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

  /** The box, before any cut. */
  private Cell whole(int i) {
    int d = box.size();
    List<Face> faces = new ArrayList<>();
    for (int a = 0; a < d; a++) {
      int b = (a + 1) % d;
      int c = (a + 2) % d;
      for (double end : new double[] {lower(i, a), upper(i, a)}) {
        double[][] corners = new double[d == 2 ? 2 : 4][d];
        for (int v = 0; v < corners.length; v++) {
          corners[v][b] = v == 0 || v == 3 ? lower(i, b) : upper(i, b);
          if (d == 3) {
            corners[v][c] = v < 2 ? lower(i, c) : upper(i, c);
          }
          corners[v][a] = end;
        }
        faces.add(new Face(List.of(corners), Math.abs(end), BOX));
      }
    }
    return new Cell(faces);
  }

  /** A segment or a polygon, the distance of its line or plane from the origin, what is beyond. */
  private record Face(List<double[]> vertices, double distance, int other) {}

  /** A convex cell around its point, the origin. */
  private record Cell(List<Face> faces) {
    /** The part that is nearer to the origin than to another point. */
    Cell cut(double[] offset, int other) {
      int d = offset.length;
      List<Face> kept = new ArrayList<>();
      List<double[]> section = new ArrayList<>();
      for (Face face : faces) {
        List<double[]> rest = clip(face.vertices(), offset, section);
        if (rest.size() >= d) {
          kept.add(new Face(rest, face.distance(), face.other()));
        }
      }
      if (section.size() >= d) {
        if (d == 3) {
          sortAround(section, offset);
        }
        kept.add(new Face(section, Math.sqrt(dot(offset, offset)) / 2, other));
      }
      return new Cell(kept);
    }

    /** The distance of the farthest vertex. */
    double reach() {
      double largest = 0;
      for (Face face : faces) {
        for (double[] v : face.vertices()) {
          largest = Math.max(largest, dot(v, v));
        }
      }
      return Math.sqrt(largest);
    }

    /** Triangles or pyramids from the origin to the faces. */
    double measure() {
      double sum = 0;
      for (Face face : faces) {
        sum += face.distance() * content(face.vertices()) / face.vertices().get(0).length;
      }
      return sum;
    }

    /** The measures of the faces by the point beyond, those of the box left out. */
    Map<Integer, Double> facets() {
      Map<Integer, Double> measures = new HashMap<>();
      for (Face face : faces) {
        if (face.other() != BOX) {
          measures.put(face.other(), content(face.vertices()));
        }
      }
      return measures;
    }
  }

  /**
   * The part of a segment or convex polygon on the origin's side of the bisector {@code ⟨other, v⟩
   * = ½|other|²}; points where an edge crosses it are appended to {@code section}.
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
      // A segment has one edge, a polygon is closed.
      boolean edge = i != 1 || polygon.size() > 2;
      if (edge && s <= 0 != t <= 0) {
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

  /** The length of a segment or the area of a polygon. */
  private static double content(List<double[]> vertices) {
    double[] first = vertices.get(0);
    if (vertices.size() == 2) {
      double[] edge = minus(vertices.get(1), first);
      return Math.sqrt(dot(edge, edge));
    }
    double[] sum = new double[3];
    for (int i = 1; i + 1 < vertices.size(); i++) {
      double[] c = cross(minus(vertices.get(i), first), minus(vertices.get(i + 1), first));
      for (int a = 0; a < 3; a++) {
        sum[a] += c[a] / 2;
      }
    }
    return Math.sqrt(dot(sum, sum));
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

  private static double[] cross(double[] v, double[] w) {
    return new double[] {
      v[1] * w[2] - v[2] * w[1], v[2] * w[0] - v[0] * w[2], v[0] * w[1] - v[1] * w[0]
    };
  }
}
