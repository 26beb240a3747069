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
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** H¹ by divided differences on an interval. */
class DifferenceSobolevSpaceTest {

  private static final Interval SIDE = new Interval(0, 2);

  @Nested
  class OnScatteredPoints extends HilbertSpaceContract {
    @Override
    protected HilbertSpace space() {
      return DifferenceSobolevSpace.of(PointSet.of(SIDE, 0.1, 0.2, 0.7, 1.5, 1.6, 2));
    }
  }

  @Nested
  class OnPointsInNoOrder extends HilbertSpaceContract {
    @Override
    protected HilbertSpace space() {
      double[][] p = {{1.1}, {0.2}, {1.9}, {0.4}, {1.3}};
      return DifferenceSobolevSpace.of(PointSet.of(List.of(SIDE), p));
    }
  }

  @Nested
  class OnNodes extends HilbertSpaceContract {
    @Override
    protected HilbertSpace space() {
      return DifferenceSobolevSpace.of(RegularGrid.of(List.of(SIDE), Layout.NODE, 12));
    }
  }

  @Test
  void normIsTheSumOfSquaresAndOfDividedDifferences() {
    // Weights 0.75, 0.5, 0.75; differences 2 and −3 over gaps of ½.
    Grid grid = PointSet.of(SIDE, 0.5, 1, 1.5);
    INDArray x = TestFunctions.of(grid, 1, 3, 0);
    assertThat(DifferenceSobolevSpace.of(grid).inner(x, x).getDouble(0))
        .isCloseTo(0.75 + 4.5 + 2 * (4 + 9), within(1e-14));
  }

  @Test
  void derivativesOfPiecewiseLinearFunctionsAreExact() {
    // x = |p − 0.7| on uneven points that include the kink: ∫ x′² = 2.
    Grid grid = PointSet.of(SIDE, 0, 0.05, 0.7, 0.9, 1.7, 2);
    INDArray x = TestFunctions.of(grid, p -> Math.abs(p - 0.7));
    double seminorm =
        DifferenceSobolevSpace.of(grid).inner(x, x).getDouble(0)
            - new L2Space(grid).inner(x, x).getDouble(0);
    assertThat(seminorm).isCloseTo(2, within(1e-14));
  }

  @Test
  void orderOfThePointsDoesNotMatter() {
    double[][] p = {{1.1}, {0.2}, {1.9}, {0.4}};
    Grid mixed = PointSet.of(List.of(SIDE), p);
    Grid sorted = PointSet.of(SIDE, 0.2, 0.4, 1.1, 1.9);
    double a =
        DifferenceSobolevSpace.of(mixed).norm(TestFunctions.of(mixed, Math::sin)).getDouble(0);
    double b =
        DifferenceSobolevSpace.of(sorted).norm(TestFunctions.of(sorted, Math::sin)).getDouble(0);
    assertThat(a).isCloseTo(b, within(1e-15));
  }

  @Test
  void smoothNormsConvergeAtSecondOrderOnUnevenPoints() {
    // x = sin 3p on [0, 1], points u²: ‖x‖² + ‖x′‖² = ½ − sin 6/12 + 9(½ + sin 6/12).
    double exact = 5 + 8 * Math.sin(6) / 12;
    double[] error = new double[4];
    for (int r = 0; r < error.length; r++) {
      int n = 20 << r;
      double[] p = new double[n + 1];
      for (int i = 0; i <= n; i++) {
        p[i] = Math.pow((double) i / n, 2);
      }
      Grid grid = PointSet.of(Interval.UNIT, p);
      INDArray x = TestFunctions.of(grid, q -> Math.sin(3 * q));
      error[r] = Math.abs(DifferenceSobolevSpace.of(grid).inner(x, x).getDouble(0) - exact);
    }
    for (int r = 1; r < error.length; r++) {
      assertThat(error[r - 1] / error[r]).isCloseTo(4, within(0.1));
    }
  }

  @Test
  void representativeOfPointEvaluationIsTheGreenFunction() {
    // r − r″ = δ at the lower end, r′(1) = 0: r = cosh(1 − p)/sinh 1, up to O(h²).
    Grid grid = RegularGrid.unit(Layout.NODE, 201);
    double[] g = new double[grid.size()];
    g[0] = 1;
    double[] r =
        TestFunctions.values(DifferenceSobolevSpace.of(grid).riesz(TestFunctions.of(grid, g)));
    for (int i = 0; i < r.length; i++) {
      double p = grid.coordinate(i, 0);
      assertThat(r[i]).isCloseTo(Math.cosh(1 - p) / Math.sinh(1), within(1e-5));
    }
  }

  @Test
  void refusesGridsWithABoundaryConditionOfTheirOwn() {
    for (Layout layout : List.of(Layout.PERIODIC, Layout.INTERIOR)) {
      for (int[] shape : new int[][] {{5}, {4, 5}}) {
        assertThatIllegalArgumentException()
            .isThrownBy(() -> DifferenceSobolevSpace.of(RegularGrid.unit(layout, shape)))
            .withMessageContaining(layout.name())
            .withMessageContaining("boundary condition")
            .withMessageContaining("use SobolevSpace");
      }
    }
  }
}
