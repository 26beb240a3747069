package io.fdiff.space;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.space.RegularGrid.Layout;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The facets between Voronoi cells. */
class PointSetFacetsTest {

  private static final List<Interval> SQUARE = List.of(Interval.UNIT, Interval.UNIT);
  private static final List<Interval> CUBE = Collections.nCopies(3, Interval.UNIT);

  private static double[][] random(int dimension, int n, long seed) {
    Random random = new Random(seed);
    double[][] p = new double[n][dimension];
    for (double[] point : p) {
      Arrays.setAll(point, a -> random.nextDouble());
    }
    return p;
  }

  @Test
  void facetsOfThreePointsHaveTheirClosedForm() {
    // The first two meet along x = 5/16 + y/2 for y < ½, the last two along y = ½ for x > 9/16.
    double[][] plane = {{0.25, 0.5}, {0.75, 0.25}, {0.75, 0.75}};
    double slant = Math.sqrt(5) / 4;
    assertFacets(
        PointSet.of(SQUARE, plane),
        new double[][] {{0, 1, slant, slant}, {0, 2, slant, slant}, {1, 2, 7.0 / 16, 0.5}});
    List<Interval> bar = List.of(Interval.UNIT, Interval.UNIT, new Interval(0, 2));
    double[][] prism = {{0.25, 0.5, 0.6}, {0.75, 0.25, 0.6}, {0.75, 0.75, 0.6}};
    assertFacets(
        PointSet.of(bar, prism),
        new double[][] {
          {0, 1, 2 * slant, slant}, {0, 2, 2 * slant, slant}, {1, 2, 2 * 7.0 / 16, 0.5}
        });
    // The plane x + y + z = 3/2 cuts the cube in a regular hexagon of side √½.
    assertFacets(
        PointSet.of(CUBE, new double[][] {{1, 1, 1}, {0, 0, 0}}),
        new double[][] {{0, 1, 3 * Math.sqrt(3) / 4, Math.sqrt(3)}});
    assertFacets(
        PointSet.of(List.of(new Interval(0, 2)), new double[][] {{1.5}, {0.5}, {0.75}}),
        new double[][] {{0, 2, 1, 0.75}, {1, 2, 1, 0.25}});
  }

  private static void assertFacets(PointSet points, double[][] expected) {
    List<PointSet.Facet> facets = points.facets();
    assertThat(facets).hasSameSizeAs(expected);
    for (int f = 0; f < expected.length; f++) {
      PointSet.Facet facet = facets.get(f);
      double[] found = {facet.first(), facet.second(), facet.measure(), facet.distance()};
      assertThat(found).containsExactly(expected[f], within(1e-14));
    }
  }

  @Test
  void cellsOfRegularGridsMeetTheirNeighboursAlongAnAxisAlone() {
    // Corners and edges that four or eight cells share are no facets, whatever the round-off.
    for (int[] shape : new int[][] {{7, 10}, {5, 4, 3}}) {
      for (Layout layout : List.of(Layout.CELL, Layout.NODE)) {
        RegularGrid grid = RegularGrid.unit(layout, shape);
        double[][] p = new double[grid.size()][shape.length];
        for (int i = 0; i < p.length; i++) {
          for (int a = 0; a < shape.length; a++) {
            p[i][a] = grid.coordinate(i, a);
          }
        }
        List<PointSet.Facet> facets = PointSet.of(grid.domain(), p).facets();
        int expected = 0;
        for (int n : shape) {
          expected += grid.size() / n * (n - 1);
        }
        assertThat(facets).hasSize(expected);
        for (PointSet.Facet facet : facets) {
          int moved = 0;
          for (int a = 0; a < shape.length; a++) {
            moved += Math.abs(p[facet.first()][a] - p[facet.second()][a]) > 1e-9 ? 1 : 0;
          }
          assertThat(moved).isEqualTo(1);
        }
      }
    }
  }

  @Test
  void facetsCloseTheCellsInTheInteriorAndFillThem() {
    // Outward normals of a closed cell sum to 0, and pyramids over its facets are the cell.
    for (int d = 2; d <= 3; d++) {
      int n = d == 2 ? 200 : 300;
      double[][] p = random(d, n, 3);
      PointSet points = PointSet.of(d == 2 ? SQUARE : CUBE, p);
      double[][] normals = new double[n][d];
      double[] filled = new double[n];
      for (PointSet.Facet facet : points.facets()) {
        int i = facet.first();
        int j = facet.second();
        assertThat(i).isLessThan(j);
        double distance = 0;
        for (int a = 0; a < d; a++) {
          double flux = facet.measure() * (p[j][a] - p[i][a]) / facet.distance();
          normals[i][a] += flux;
          normals[j][a] -= flux;
          distance += Math.pow(p[j][a] - p[i][a], 2);
        }
        assertThat(facet.distance()).isCloseTo(Math.sqrt(distance), within(1e-15));
        filled[i] += facet.measure() * facet.distance() / (2 * d);
        filled[j] += facet.measure() * facet.distance() / (2 * d);
      }
      int interior = 0;
      for (int i = 0; i < n; i++) {
        if (Math.abs(filled[i] - points.weight(i)) < 1e-13) {
          interior++;
          assertThat(normals[i]).containsExactly(new double[d], within(1e-13));
        }
      }
      // √200 points a side, 300^⅓ in space: this many cells and more are away from the boundary.
      assertThat(interior).isGreaterThan(d == 2 ? 120 : 60);
    }
  }

  @Test
  void facetsDoNotDependOnTheWeightsTheOrderOrTheUnits() {
    double[][] p = random(3, 50, 5);
    double[] ones = new double[50];
    Arrays.fill(ones, 1);
    List<PointSet.Facet> facets = PointSet.of(CUBE, p).facets();
    assertThat(PointSet.of(CUBE, p, ones).facets()).isEqualTo(facets);
    List<Interval> small = Collections.nCopies(3, new Interval(0, 1e-6));
    double[][] q = new double[50][3];
    for (int i = 0; i < 50; i++) {
      double[] source = p[49 - i];
      Arrays.setAll(q[i], a -> 1e-6 * source[a]);
    }
    List<PointSet.Facet> back = PointSet.of(small, q).facets();
    assertThat(back).hasSameSizeAs(facets);
    double[][] measures = new double[50][50];
    for (PointSet.Facet facet : back) {
      measures[49 - facet.second()][49 - facet.first()] = facet.measure();
    }
    for (PointSet.Facet facet : facets) {
      assertThat(1e12 * measures[facet.first()][facet.second()])
          .isCloseTo(facet.measure(), within(1e-11));
    }
  }

  @Test
  void refusesPointsThatCellsDoNotTellApart() {
    double[][] p = {{0.5, 0.5}, {0.5, 0.5 + 1e-9}, {0.1, 0.1}};
    PointSet points = PointSet.of(SQUARE, p, new double[] {0.3, 0.3, 0.4});
    assertThatIllegalArgumentException()
        .isThrownBy(points::facets)
        .withMessageContaining("points 0 and 1 are ")
        .withMessageContaining("merge them or use fewer points or a regular grid");
    List<Interval> four = Collections.nCopies(4, Interval.UNIT);
    PointSet more = PointSet.of(four, random(4, 3, 1), new double[] {1, 1, 1});
    assertThatIllegalArgumentException()
        .isThrownBy(more::facets)
        .withMessageContaining("3 points in 4 dimensions")
        .withMessageContaining("use fewer points or a regular grid");
  }
}
