package io.fdiff.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.space.HilbertSpace;
import io.fdiff.space.HilbertSpaceContract;
import io.fdiff.space.Interval;
import io.fdiff.space.L2Space;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.RegularGrid.Layout;
import io.fdiff.space.TestFunctions;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** H¹ by differences on regular grids of two and three dimensions. */
class GridDifferencesTest {

  private static final List<Interval> BOX = List.of(new Interval(-1, 2), new Interval(0, 0.5));
  private static final List<Interval> SOLID =
      List.of(new Interval(0, 2), new Interval(-1, 0), new Interval(3, 3.5));
  private static final List<Layout> LAYOUTS = List.of(Layout.CELL, Layout.NODE);

  @Nested
  class OnCells extends HilbertSpaceContract {
    @Override
    protected HilbertSpace space() {
      return DifferenceSobolevSpace.of(RegularGrid.of(BOX, Layout.CELL, 4, 7));
    }
  }

  @Nested
  class OnNodes extends HilbertSpaceContract {
    @Override
    protected HilbertSpace space() {
      return DifferenceSobolevSpace.of(RegularGrid.of(BOX, Layout.NODE, 6, 3));
    }
  }

  @Nested
  class OnNodesOfASolid extends HilbertSpaceContract {
    @Override
    protected HilbertSpace space() {
      return DifferenceSobolevSpace.of(RegularGrid.of(SOLID, Layout.NODE, 2, 4, 3));
    }
  }

  private static double squared(HilbertSpace space, ToDoubleFunction<double[]> f) {
    INDArray x = TestFunctions.at(space.grid(), f);
    return space.inner(x, x).getDouble(0);
  }

  /** {@code ∫ |∇f|²}: what the space adds to L². */
  private static double derivatives(Grid grid, ToDoubleFunction<double[]> f) {
    return squared(DifferenceSobolevSpace.of(grid), f) - squared(new L2Space(grid), f);
  }

  @Test
  void normIsTheSumOfSquaresAndOfDifferences() {
    // 2 × 2 cells of the unit square, weights ¼, steps ½: differences along both axes count fully.
    Grid cells = RegularGrid.unit(2, 2);
    INDArray x = TestFunctions.of(cells, 1, 3, 0, 7);
    assertThat(DifferenceSobolevSpace.of(cells).inner(x, x).getDouble(0))
        .isCloseTo(59.0 / 4 + (2 * 2 + 7 * 7 + 1 + 4 * 4), within(1e-13));
    // 2 × 3 nodes of [0, 1] × [0, 4], steps 1 and 2: transverse weights (1, 2, 1) and (½, ½).
    Grid nodes = RegularGrid.of(List.of(Interval.UNIT, new Interval(0, 4)), Layout.NODE, 2, 3);
    INDArray y = TestFunctions.of(nodes, 0, 1, 3, 5, 2, 7);
    double across = 25 + 2 * 1 + 16;
    double along = 0.5 * (1 + 4 + 9 + 25) / 2;
    double squares = 0.5 * (0 + 2 * 1 + 9 + 25 + 2 * 4 + 49);
    assertThat(DifferenceSobolevSpace.of(nodes).inner(y, y).getDouble(0))
        .isCloseTo(squares + across + along, within(1e-13));
  }

  @Test
  void derivativesOfAffineFunctionsAreExactOnNodesAndMissTheOuterHalfCells() {
    double[] slope = {1.5, -2, 0.7};
    ToDoubleFunction<double[]> affine =
        p -> 3 + slope[0] * p[0] + slope[1] * p[1] + (p.length > 2 ? slope[2] * p[2] : 0);
    for (int[] n : new int[][] {{5, 3}, {2, 9}, {4, 3, 6}}) {
      List<Interval> box = n.length == 2 ? BOX : SOLID;
      for (Layout layout : LAYOUTS) {
        RegularGrid grid = RegularGrid.of(box, layout, n);
        double expected = 0;
        for (int a = 0; a < n.length; a++) {
          double seen = layout == Layout.NODE ? 1 : 1 - 1.0 / n[a];
          expected += slope[a] * slope[a] * grid.measure() * seen;
        }
        assertThat(derivatives(grid, affine)).as("%s", grid).isCloseTo(expected, within(1e-12));
      }
    }
  }

  @Test
  void constantsHaveTheNormOfL2() {
    for (Layout layout : LAYOUTS) {
      RegularGrid grid = RegularGrid.of(SOLID, layout, 3, 5, 4);
      // All differences are 0, not round-off.
      assertThat(derivatives(grid, p -> 1.7)).isCloseTo(0, within(4e-16));
      INDArray one = TestFunctions.at(grid, p -> 1);
      INDArray rough = TestFunctions.random(grid, 3);
      assertThat(DifferenceSobolevSpace.of(grid).inner(one, rough).getDouble(0))
          .isCloseTo(new L2Space(grid).inner(one, rough).getDouble(0), within(1e-15));
    }
  }

  @Test
  void cosinesAreOrthogonalWithTheEigenvaluesOfDifferences() {
    // ⟨e_k, e_l⟩ = δ_kl (1 + Σ_a (2/h_a · sin(πk_a h_a/2L_a))²), by sums of differences alone.
    for (Layout layout : LAYOUTS) {
      RegularGrid grid = RegularGrid.of(BOX, layout, 5, 4);
      SpectralTransform cosine = CosineTransform.of(grid);
      HilbertSpace space = DifferenceSobolevSpace.of(grid);
      int n = grid.size();
      double[] unit = new double[n * n];
      for (int k = 0; k < n; k++) {
        unit[k * n + k] = 1;
      }
      double[] values = new double[n * n];
      cosine.inverse(unit, values, n);
      INDArray all = FunctionBatch.array(grid, DataType.DOUBLE, 1, values);
      for (int k = 0; k < n; k++) {
        INDArray one = TestFunctions.sample(all, k);
        int[] index = cosine.index(k);
        double expected = 1;
        for (int a = 0; a < 2; a++) {
          double steps = layout == Layout.NODE ? grid.shape()[a] - 1 : grid.shape()[a];
          double h = grid.domain().get(a).length() / steps;
          expected += Math.pow(2 / h * Math.sin(Math.PI * index[a] / (2 * steps)), 2);
        }
        for (int l = 0; l < n; l++) {
          double product = space.inner(one, TestFunctions.sample(all, l)).getDouble(0);
          assertThat(product).isCloseTo(k == l ? expected : 0, within(1e-11));
        }
      }
    }
  }

  @Test
  void axesMayBeExchanged() {
    for (Layout layout : LAYOUTS) {
      Grid grid = RegularGrid.of(BOX, layout, 6, 4);
      Grid turned = RegularGrid.of(List.of(BOX.get(1), BOX.get(0)), layout, 4, 6);
      ToDoubleFunction<double[]> f = p -> Math.exp(p[0]) * Math.sin(5 * p[1] + p[0]);
      assertThat(squared(DifferenceSobolevSpace.of(grid), f))
          .isCloseTo(
              squared(
                  DifferenceSobolevSpace.of(turned),
                  p -> f.applyAsDouble(new double[] {p[1], p[0]})),
              within(1e-12));
    }
  }

  @Test
  void smoothNormsConvergeAtSecondOrder() {
    // On nodes any f; on cells one of zero slope across the boundary.
    // sin(2x + y): ½(1 − c) + 5·½(1 + c), c = ∫∫ cos(4x + 2y) = −(cos 6 − cos 4 − cos 2 + 1)/8.
    double c = -(Math.cos(6) - Math.cos(4) - Math.cos(2) + 1) / 8;
    assertSecondOrder(Layout.NODE, p -> Math.sin(2 * p[0] + p[1]), 0.5 * (1 - c) + 2.5 * (1 + c));
    // cos πx · cos 2πy: ¼ + ¼·5π².
    assertSecondOrder(
        Layout.CELL,
        p -> Math.cos(Math.PI * p[0]) * Math.cos(2 * Math.PI * p[1]),
        0.25 * (1 + 5 * Math.PI * Math.PI));
  }

  private static void assertSecondOrder(Layout layout, ToDoubleFunction<double[]> f, double exact) {
    double[] error = new double[4];
    for (int r = 0; r < error.length; r++) {
      RegularGrid grid = RegularGrid.unit(layout, 10 << r, 8 << r);
      error[r] = Math.abs(squared(DifferenceSobolevSpace.of(grid), f) - exact);
    }
    for (int r = 1; r < error.length; r++) {
      assertThat(Math.log(error[r - 1] / error[r]) / Math.log(2)).isBetween(1.8, 2.4);
    }
  }

  @Test
  void representativesSolveTheNeumannProblem() {
    // r − Δr = (1 + κ²)f for f = cos πx · cos 2πy, κ² = 5π²: r = f up to κ⁴h²/12-like errors.
    ToDoubleFunction<double[]> f = p -> Math.cos(Math.PI * p[0]) * Math.cos(2 * Math.PI * p[1]);
    for (Layout layout : LAYOUTS) {
      double[] error = new double[3];
      for (int r = 0; r < error.length; r++) {
        RegularGrid grid = RegularGrid.unit(layout, (16 << r) + 1, (16 << r) + 1);
        double[] g = TestFunctions.values(TestFunctions.at(grid, f));
        double[] expected = g.clone();
        for (int i = 0; i < g.length; i++) {
          g[i] *= grid.weight(i) * (1 + 5 * Math.PI * Math.PI);
        }
        INDArray gradient = FunctionBatch.array(grid, DataType.DOUBLE, 1, g);
        INDArray solved = DifferenceSobolevSpace.of(grid).riesz(gradient);
        error[r] = TestFunctions.distance(TestFunctions.values(solved), expected);
      }
      assertThat(error[0]).isLessThan(0.02);
      for (int r = 1; r < error.length; r++) {
        assertThat(error[r - 1] / error[r]).isCloseTo(4, within(0.3));
      }
    }
  }
}
