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

/** Weights that are the measures of Voronoi cells. */
class PointSetCellsTest {

  private static final List<Interval> SQUARE = List.of(Interval.UNIT, Interval.UNIT);
  private static final List<Interval> CUBE = Collections.nCopies(3, Interval.UNIT);
  private static final List<Interval> BOX = List.of(new Interval(-1, 3), new Interval(0.5, 1.25));

  private static double[][] coordinates(Grid grid) {
    double[][] p = new double[grid.size()][grid.dimension()];
    for (int i = 0; i < p.length; i++) {
      for (int a = 0; a < p[i].length; a++) {
        p[i][a] = grid.coordinate(i, a);
      }
    }
    return p;
  }

  private static double[][] random(List<Interval> box, int n, long seed) {
    Random random = new Random(seed);
    double[][] p = new double[n][box.size()];
    for (double[] point : p) {
      for (int a = 0; a < point.length; a++) {
        point[a] = box.get(a).lower() + box.get(a).length() * random.nextDouble();
      }
    }
    return p;
  }

  @Test
  void cellsOfRegularGridsAreTheirQuadratureWeights() {
    List<Interval> solid = List.of(new Interval(-1, 3), Interval.UNIT, new Interval(-2, -1.5));
    for (Layout layout : List.of(Layout.CELL, Layout.NODE)) {
      for (Grid grid :
          List.of(
              RegularGrid.of(BOX, layout, 7, 10),
              RegularGrid.unit(layout, 8, 8),
              RegularGrid.of(solid, layout, 5, 4, 3),
              RegularGrid.unit(layout, 4, 4, 4))) {
        double[] w = PointSet.of(grid.domain(), coordinates(grid)).weights();
        double largest = Arrays.stream(grid.weights()).max().orElseThrow();
        assertThat(TestFunctions.distance(w, grid.weights()))
            .as("%s", grid)
            .isLessThan(1e-12 * largest);
      }
    }
  }

  @Test
  void cellsOfThreePointsHaveTheirClosedForm() {
    // For y < ½ the first cell ends at x = 5/16 + y/2: area 2(5/32 + 1/16) = 7/16.
    double[][] plane = {{0.25, 0.5}, {0.75, 0.25}, {0.75, 0.75}};
    assertThat(PointSet.of(SQUARE, plane).weights())
        .containsExactly(new double[] {0.4375, 0.28125, 0.28125}, within(1e-13));
    double[][] prism = {{0.25, 0.5, 0.3}, {0.75, 0.25, 0.3}, {0.75, 0.75, 0.3}};
    assertThat(PointSet.of(CUBE, prism).weights())
        .containsExactly(new double[] {0.4375, 0.28125, 0.28125}, within(1e-13));
    double[][] corners = {{0, 0, 0}, {1, 1, 1}};
    assertThat(PointSet.of(CUBE, corners).weights())
        .containsExactly(new double[] {0.5, 0.5}, within(1e-13));
  }

  @Test
  void cellsAreTheNearestPointRegions() {
    // Counting lattice points errs by at most the cells of the lattice on the boundary: for
    // perimeters below 2 that is √2 · 2 / 500 < 0.006.
    double[][] p = random(SQUARE, 15, 4);
    double[] w = PointSet.of(SQUARE, p).weights();
    int n = 500;
    double[] counted = new double[p.length];
    for (int i = 0; i < n * n; i++) {
      int row = i / n;
      double x = (row + 0.5) / n;
      double y = (i % n + 0.5) / n;
      int nearest = 0;
      for (int j = 1; j < p.length; j++) {
        if (Math.hypot(p[j][0] - x, p[j][1] - y)
            < Math.hypot(p[nearest][0] - x, p[nearest][1] - y)) {
          nearest = j;
        }
      }
      counted[nearest] += 1.0 / n / n;
    }
    assertThat(TestFunctions.distance(w, counted)).isLessThan(0.006);
  }

  @Test
  void constantsAreIntegratedExactlyAndLinearFunctionsNearly() {
    // Point minus centroid is of the order of the spacing h and nearly independent from cell to
    // cell: the error of ∫ p is about h/√N, here 5e-4 and 4e-3.
    for (List<Interval> box : List.of(SQUARE, CUBE)) {
      int n = box.size() == 2 ? 2000 : 500;
      PointSet points = PointSet.of(box, random(box, n, 7));
      assertThat(Arrays.stream(points.weights()).sum()).isCloseTo(1, within(1e-12));
      for (int a = 0; a < box.size(); a++) {
        double first = 0;
        for (int i = 0; i < n; i++) {
          first += points.weight(i) * points.coordinate(i, a);
        }
        assertThat(first).isCloseTo(0.5, within(box.size() == 2 ? 2e-3 : 1.5e-2));
      }
    }
  }

  @Test
  void clustersAndLonelyPointsShareTheBox() {
    double[][] p = random(SQUARE, 200, 3);
    for (int i = 0; i < 199; i++) {
      p[i][0] = 1e-3 * p[i][0];
      p[i][1] = 1e-3 * p[i][1];
    }
    p[199] = new double[] {1, 1};
    PointSet points = PointSet.of(SQUARE, p);
    assertThat(Arrays.stream(points.weights()).sum()).isCloseTo(1, within(1e-12));
    // The bisector to a cluster at 0 is x + y = 1.
    assertThat(points.weight(199)).isCloseTo(0.5, within(2e-3));
  }

  @Test
  void cellsDoNotDependOnTheOrderOrTheUnits() {
    double[][] p = random(BOX, 60, 5);
    double[] w = PointSet.of(BOX, p).weights();
    double[][] reversed = p.clone();
    Collections.reverse(Arrays.asList(reversed));
    double[] back = PointSet.of(BOX, reversed).weights();
    List<Interval> scaled =
        BOX.stream().map(s -> new Interval(1e-6 * s.lower(), 1e-6 * s.upper())).toList();
    double[][] q =
        Arrays.stream(p).map(v -> new double[] {1e-6 * v[0], 1e-6 * v[1]}).toArray(double[][]::new);
    double[] small = PointSet.of(scaled, q).weights();
    for (int i = 0; i < w.length; i++) {
      assertThat(back[w.length - 1 - i]).isCloseTo(w[i], within(1e-13));
      assertThat(1e12 * small[i]).isCloseTo(w[i], within(1e-12));
    }
  }

  @Test
  void pointsOfAnIntervalMayComeInAnyOrder() {
    double[][] p = {{1.5}, {0.5}, {1}};
    assertThat(PointSet.of(List.of(new Interval(0, 2)), p).weights())
        .containsExactly(0.75, 0.75, 0.5);
  }

  @Test
  void refusesPointsThatCoincideInAnyDimension() {
    double[] w = {1, 1, 1};
    double[][] line = {{0.5}, {0.25}, {0.5}};
    double[][] plane = {{0, 0.25}, {0.5, 0.25}, {-0.0, 0.25}};
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PointSet.of(List.of(Interval.UNIT), line, w))
        .withMessageContaining("points 0 and 2 are both [0.5]")
        .withMessageContaining("merge them and add their weights");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PointSet.of(SQUARE, plane, w))
        .withMessageContaining("points 0 and 2 are both [-0.0, 0.25]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PointSet.of(SQUARE, plane))
        .withMessageContaining("points 0 and 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PointSet.of(List.of(Interval.UNIT), line))
        .withMessageContaining("points 0 and 2");
  }

  @Test
  void refusesPointsTooCloseForCells() {
    double[][] p = {{0.5, 0.5}, {0.5, 0.5 + 1e-9}, {0.1, 0.1}};
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PointSet.of(SQUARE, p))
        .withMessageContaining("points 0 and 1 are ")
        .withMessageContaining("merge them or give the weights");
    assertThat(PointSet.of(SQUARE, p, new double[] {0.3, 0.3, 0.4}).size()).isEqualTo(3);
  }

  @Test
  void refusesSizesThatCellsWouldTakeTooLongFor() {
    double[][] four = {{0, 0, 0, 0}, {1, 1, 1, 1}};
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PointSet.of(Collections.nCopies(4, Interval.UNIT), four))
        .withMessageContaining("2 points in 4 dimensions")
        .withMessageContaining("give the weights");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PointSet.of(SQUARE, random(SQUARE, 20_001, 1)))
        .withMessageContaining("20001 points in 2 dimensions")
        .withMessageContaining("give the weights");
  }

  @Test
  void refusesTooFewPointsWrongCoordinatesAndNoAxes() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PointSet.of(SQUARE, new double[][] {{0.5, 0.5}}))
        .withMessageContaining("1 points");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PointSet.of(SQUARE, new double[][] {{0.5, 0.5}, {0.1, Double.NaN}}))
        .withMessageContaining("point 1 = [0.1, NaN]")
        .withMessageContaining("2 finite coordinates");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PointSet.of(SQUARE, new double[][] {{0.5, 0.5}, {0.1}}))
        .withMessageContaining("point 1 = [0.1]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PointSet.of(List.of(), new double[][] {{}, {}}))
        .withMessageContaining("at least one");
  }
}
