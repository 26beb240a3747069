package io.fdiff.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.space.Grid;
import io.fdiff.space.HilbertSpace;
import io.fdiff.space.HilbertSpaceContract;
import io.fdiff.space.Interval;
import io.fdiff.space.L2Space;
import io.fdiff.space.PointSet;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.RegularGrid.Layout;
import io.fdiff.space.TestFunctions;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.stat.regression.SimpleRegression;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** H¹ by two-point fluxes on scattered points of two and three dimensions. */
class FacetDifferencesTest {

  private static final List<Interval> SQUARE = List.of(Interval.UNIT, Interval.UNIT);
  private static final List<Interval> CUBE = Collections.nCopies(3, Interval.UNIT);
  private static final List<Interval> BOX = List.of(new Interval(-1, 2), new Interval(0, 0.5));

  @Nested
  class InTheSquare extends HilbertSpaceContract {
    @Override
    protected HilbertSpace space() {
      return DifferenceSobolevSpace.of(PointSet.of(SQUARE, random(SQUARE, 12, 1)));
    }
  }

  @Nested
  class WithGivenWeights extends HilbertSpaceContract {
    @Override
    protected HilbertSpace space() {
      double[] w = {0.5, 0.1, 0.2, 0.3, 0.1, 0.2, 0.1};
      return DifferenceSobolevSpace.of(PointSet.of(BOX, random(BOX, 7, 2), w));
    }
  }

  @Nested
  class InTheCube extends HilbertSpaceContract {
    @Override
    protected HilbertSpace space() {
      return DifferenceSobolevSpace.of(PointSet.of(CUBE, random(CUBE, 20, 3)));
    }
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

  /** Nodes moved by up to a share of the steps; those on the boundary stay on it, corners stay. */
  private static double[][] moved(int dimension, int n, double share, long seed) {
    int[] shape = new int[dimension];
    Arrays.fill(shape, n);
    Grid grid = RegularGrid.unit(Layout.NODE, shape);
    Random random = new Random(seed);
    double[][] p = new double[grid.size()][dimension];
    for (int i = 0; i < p.length; i++) {
      for (int a = 0; a < dimension; a++) {
        double at = grid.coordinate(i, a);
        double step = share / (n - 1) * (2 * random.nextDouble() - 1);
        p[i][a] = at == 0 || at == 1 ? at : at + step;
      }
    }
    return p;
  }

  private static double squared(HilbertSpace space, ToDoubleFunction<double[]> f) {
    INDArray x = TestFunctions.at(space.grid(), f);
    return space.inner(x, x).getDouble(0);
  }

  /** {@code ∫ |∇f|²}: what the space adds to L². */
  private static double derivatives(Grid grid, ToDoubleFunction<double[]> f) {
    return squared(DifferenceSobolevSpace.of(grid), f) - squared(new L2Space(grid), f);
  }

  /** The Gram matrix of the point values under the form, L² left out. */
  private static double[][] matrix(Grid grid) {
    HilbertSpace space = DifferenceSobolevSpace.of(grid);
    int n = grid.size();
    double[][] m = new double[n][n];
    for (int i = 0; i < n; i++) {
      double[] ei = new double[n];
      ei[i] = 1;
      for (int j = 0; j < n; j++) {
        double[] ej = new double[n];
        ej[j] = 1;
        m[i][j] = space.inner(TestFunctions.of(grid, ei), TestFunctions.of(grid, ej)).getDouble(0);
      }
      m[i][i] -= grid.weight(i);
    }
    return m;
  }

  @Test
  void pointsOfARegularGridHaveItsNorm() {
    List<Interval> solid = List.of(new Interval(0, 2), Interval.UNIT, new Interval(-2, -1.5));
    for (Layout layout : List.of(Layout.CELL, Layout.NODE)) {
      for (RegularGrid grid :
          List.of(RegularGrid.of(BOX, layout, 5, 7), RegularGrid.of(solid, layout, 4, 3, 5))) {
        double[][] p = new double[grid.size()][grid.dimension()];
        for (int i = 0; i < p.length; i++) {
          for (int a = 0; a < p[i].length; a++) {
            p[i][a] = grid.coordinate(i, a);
          }
        }
        Grid points = PointSet.of(grid.domain(), p);
        double[] rough = TestFunctions.rough(grid.size(), 4);
        double expected =
            DifferenceSobolevSpace.of(grid).norm(TestFunctions.of(grid, rough)).getDouble(0);
        double norm =
            DifferenceSobolevSpace.of(points).norm(TestFunctions.of(points, rough)).getDouble(0);
        assertThat(norm).as("%s", grid).isCloseTo(expected, within(1e-11 * expected));
      }
    }
  }

  @Test
  void threePointsHaveTheirClosedForm() {
    // The cells of (¼, ½) and (¾, ¼) meet along x = 5/16 + y/2 for y < ½, length √5/4, at the
    // distance √5/4; those of (¾, ¼) and (¾, ¾) along y = ½ for x > 9/16, length 7/16, at ½.
    Grid grid = PointSet.of(SQUARE, new double[][] {{0.25, 0.5}, {0.75, 0.25}, {0.75, 0.75}});
    double[][] m = matrix(grid);
    assertThat(m[0]).containsExactly(new double[] {2, -1, -1}, within(1e-14));
    assertThat(m[1]).containsExactly(new double[] {-1, 1.875, -0.875}, within(1e-14));
    assertThat(m[2]).containsExactly(new double[] {-1, -0.875, 1.875}, within(1e-14));
  }

  @Test
  void inThePlaneTheFormIsThatOfLinearFiniteElements() {
    double[][] p = random(SQUARE, 30, 8);
    double[][] m = matrix(PointSet.of(SQUARE, p));
    // ½(cot α + cot β) over the triangles with empty circumcircles; NaN where a centre is outside.
    double[][] stiffness = new double[30][30];
    int[][] triangles = new int[30][30];
    for (int i = 0; i < 30; i++) {
      for (int j = 0; j < 30; j++) {
        for (int k = 0; k < 30; k++) {
          if (i < j && k != i && k != j) {
            double[] centre = circumcentre(p[i], p[j], p[k]);
            double radius = Math.hypot(centre[0] - p[i][0], centre[1] - p[i][1]);
            boolean empty = true;
            for (int l = 0; l < 30; l++) {
              empty &=
                  l == i
                      || l == j
                      || l == k
                      || Math.hypot(centre[0] - p[l][0], centre[1] - p[l][1]) > radius;
            }
            if (empty) {
              boolean inside = Math.abs(centre[0] - 0.5) < 0.5 && Math.abs(centre[1] - 0.5) < 0.5;
              stiffness[i][j] += inside ? cotangent(p[k], p[i], p[j]) / 2 : Double.NaN;
              triangles[i][j]++;
            }
          }
        }
      }
    }
    int compared = 0;
    for (int i = 0; i < 30; i++) {
      for (int j = i + 1; j < 30; j++) {
        if (triangles[i][j] == 2 && !Double.isNaN(stiffness[i][j])) {
          assertThat(-m[i][j]).isCloseTo(stiffness[i][j], within(1e-11));
          compared++;
        }
      }
    }
    // Euler: about three edges a point, fewer with the boundary.
    assertThat(compared).isGreaterThan(45);
  }

  private static double[] circumcentre(double[] a, double[] b, double[] c) {
    double bx = b[0] - a[0];
    double by = b[1] - a[1];
    double cx = c[0] - a[0];
    double cy = c[1] - a[1];
    double d = 2 * (bx * cy - by * cx);
    double bb = bx * bx + by * by;
    double cc = cx * cx + cy * cy;
    return new double[] {a[0] + (cy * bb - by * cc) / d, a[1] + (bx * cc - cx * bb) / d};
  }

  /** The cotangent of the angle at {@code a} in the triangle {@code a, b, c}. */
  private static double cotangent(double[] a, double[] b, double[] c) {
    double bx = b[0] - a[0];
    double by = b[1] - a[1];
    double cx = c[0] - a[0];
    double cy = c[1] - a[1];
    return (bx * cx + by * cy) / Math.abs(bx * cy - by * cx);
  }

  @Test
  void affineFunctionsAreExactWhereBoundaryCellsHaveBoundaryPoints() {
    // Over all facets Σ |f| d nnᵀ = |D| I but for the boundary, where the gaps between the points
    // of a side cancel. In space only for gradients along an axis. With these shares no interior
    // point is nearest to a point of the boundary: ½ + 0.2 < 1 − 0.2, √½ + √2/10 < 1 − 0.1.
    Grid plane = PointSet.of(SQUARE, moved(2, 9, 0.2, 5));
    for (double[] a : new double[][] {{1, 0}, {0, 1}, {2, -3}}) {
      assertThat(derivatives(plane, p -> 4 + a[0] * p[0] + a[1] * p[1]))
          .isCloseTo(a[0] * a[0] + a[1] * a[1], within(1e-11));
    }
    Grid space = PointSet.of(CUBE, moved(3, 6, 0.1, 5));
    for (int axis = 0; axis < 3; axis++) {
      int a = axis;
      assertThat(derivatives(space, p -> 1 - 2 * p[a])).isCloseTo(4, within(1e-11));
    }
  }

  @Test
  void affineFunctionsMissTheStripBetweenOuterPointsAndBoundary() {
    // All points have x in [0.2, 0.7], evenly in rows of height ⅓: x is seen on half of the square.
    double[][] p = new double[9][];
    for (int i = 0; i < 9; i++) {
      int row = i / 3;
      p[i] = new double[] {0.2 + 0.25 * (i % 3), (row + 0.5) / 3};
    }
    assertThat(derivatives(PointSet.of(SQUARE, p), q -> q[0])).isCloseTo(0.5, within(1e-13));
  }

  @Test
  void constantsHaveTheNormOfL2() {
    Grid grid = PointSet.of(CUBE, random(CUBE, 40, 9));
    assertThat(derivatives(grid, p -> 1.7)).isCloseTo(0, within(1e-15));
    INDArray one = TestFunctions.at(grid, p -> 1);
    INDArray rough = TestFunctions.random(grid, 3);
    assertThat(DifferenceSobolevSpace.of(grid).inner(one, rough).getDouble(0))
        .isCloseTo(new L2Space(grid).inner(one, rough).getDouble(0), within(1e-15));
  }

  @Test
  void smoothNormsConvergeInThePlaneAtSecondOrder() {
    // |∇ sin(2x + y)|² = 5 cos²(2x + y), and c = ∫∫ cos(4x + 2y).
    double c = -(Math.cos(6) - Math.cos(4) - Math.cos(2) + 1) / 8;
    double order = order(2, p -> Math.sin(2 * p[0] + p[1]), 2.5 * (1 + c), 9, 15, 25, 41);
    assertThat(order).isBetween(1.8, 2.2);
  }

  @Test
  void smoothNormsConvergeInSpace() {
    // cos πx cos πy cos πz: 3π²/8.
    double order =
        order(
            3,
            p -> Math.cos(Math.PI * p[0]) * Math.cos(Math.PI * p[1]) * Math.cos(Math.PI * p[2]),
            3 * Math.PI * Math.PI / 8,
            5,
            7,
            10,
            14);
    assertThat(order).isBetween(1.6, 2.2);
  }

  /** The slope of the logarithms of error and step. */
  private static double order(
      int dimension, ToDoubleFunction<double[]> f, double exact, int... nodes) {
    SimpleRegression fit = new SimpleRegression();
    for (int n : nodes) {
      Grid grid =
          PointSet.of(Collections.nCopies(dimension, Interval.UNIT), moved(dimension, n, 0.3, 7));
      double error = Math.abs(derivatives(grid, f) - exact);
      fit.addData(-Math.log(n - 1), Math.log(error));
    }
    return fit.getSlope();
  }

  @Test
  void orderOfThePointsDoesNotMatter() {
    double[][] p = random(BOX, 40, 6);
    Integer[] order = new Integer[40];
    Arrays.setAll(order, i -> i);
    Collections.shuffle(Arrays.asList(order), new Random(1));
    double[][] q = new double[40][];
    double[] g = TestFunctions.rough(40, 2);
    double[] h = new double[40];
    for (int i = 0; i < 40; i++) {
      q[i] = p[order[i]];
      h[i] = g[order[i]];
    }
    Grid one = PointSet.of(BOX, p);
    Grid other = PointSet.of(BOX, q);
    double norm = DifferenceSobolevSpace.of(one).norm(TestFunctions.of(one, g)).getDouble(0);
    assertThat(DifferenceSobolevSpace.of(other).norm(TestFunctions.of(other, h)).getDouble(0))
        .isCloseTo(norm, within(1e-12 * norm));
    double[] r =
        TestFunctions.values(DifferenceSobolevSpace.of(one).riesz(TestFunctions.of(one, g)));
    double[] s =
        TestFunctions.values(DifferenceSobolevSpace.of(other).riesz(TestFunctions.of(other, h)));
    for (int i = 0; i < 40; i++) {
      assertThat(s[i]).isCloseTo(r[order[i]], within(1e-10 * TestFunctions.max(r)));
    }
  }

  @Test
  void representativesSolveTheLinearSystem() {
    for (double scale : new double[] {1, 1e200, 1e-200}) {
      Grid grid = PointSet.of(CUBE, random(CUBE, 60, 4));
      RealMatrix m = new Array2DRowRealMatrix(matrix(grid));
      for (int i = 0; i < 60; i++) {
        m.addToEntry(i, i, grid.weight(i));
      }
      double[] g = TestFunctions.rough(60, 5);
      double[] expected = new LUDecomposition(m).getSolver().getInverse().operate(g);
      double[] scaled = Arrays.stream(g).map(v -> scale * v).toArray();
      double[] r =
          TestFunctions.values(
              DifferenceSobolevSpace.of(grid).riesz(TestFunctions.of(grid, scaled)));
      // A residual of 1e-13 and a condition number below 1e4.
      for (int i = 0; i < 60; i++) {
        assertThat(r[i] / scale)
            .isCloseTo(expected[i], within(1e-10 * TestFunctions.max(expected)));
      }
    }
  }

  @Test
  void representativesOfNothingAreZeroAndOfNaNNaN() {
    Grid grid = PointSet.of(SQUARE, random(SQUARE, 5, 4));
    DifferenceSobolevSpace space = DifferenceSobolevSpace.of(grid);
    assertThat(TestFunctions.values(space.riesz(TestFunctions.of(grid, new double[5]))))
        .containsOnly(0);
    for (double bad : new double[] {Double.NaN, Double.NEGATIVE_INFINITY}) {
      double[] r = TestFunctions.values(space.riesz(TestFunctions.of(grid, 1, 2, bad, 4, 5)));
      assertThat(r).containsOnly(Double.NaN);
    }
  }

  @Test
  void refusesPointsWithoutDerivativesInAllDirections() {
    double[][] line = {{0.1, 0.2}, {0.3, 0.4}, {0.5, 0.6}, {0.7, 0.8}};
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DifferenceSobolevSpace.of(PointSet.of(SQUARE, line)))
        .withMessageContaining("4 points")
        .withMessageContaining("lie on one line")
        .withMessageContaining("span the domain");
    double[][] plane = random(CUBE, 10, 3);
    for (double[] p : plane) {
      p[2] = (p[0] + p[1]) / 2;
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DifferenceSobolevSpace.of(PointSet.of(CUBE, plane)))
        .withMessageContaining("lie on one plane");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DifferenceSobolevSpace.of(PointSet.of(CUBE, random(CUBE, 3, 3))))
        .withMessageContaining("lie on one plane");
    // A tenth of a billionth off the line is enough.
    double[][] bent = {{0.1, 0.2}, {0.3, 0.4 + 1e-10}, {0.5, 0.6}, {0.7, 0.8}};
    assertThat(DifferenceSobolevSpace.of(PointSet.of(SQUARE, bent)).grid().size()).isEqualTo(4);
  }

  @Test
  void refusesPointsWithoutFacets() {
    double[] w = new double[6];
    Arrays.fill(w, 0.1);
    List<Interval> four = Collections.nCopies(4, Interval.UNIT);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DifferenceSobolevSpace.of(PointSet.of(four, random(four, 6, 1), w)))
        .withMessageContaining("4 axes")
        .withMessageContaining("CameronMartinSpace");
    double[][] close = {{0.5, 0.5}, {0.5, 0.5 + 1e-9}, {0.1, 0.1}};
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                DifferenceSobolevSpace.of(PointSet.of(SQUARE, close, new double[] {0.3, 0.3, 0.4})))
        .withMessageContaining("points 0 and 1 are ")
        .withMessageContaining("merge them");
  }
}
