package io.fdiff.covariance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.kernel.BrownianBridge;
import io.fdiff.kernel.BrownianMotion;
import io.fdiff.kernel.CovarianceKernel;
import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.RegularGrid.Layout;
import io.fdiff.space.TestFunctions;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Karhunen–Loève forms of Brownian paths, table B. */
class BrownianTest {

  @Nested
  class MotionOnCells extends CovarianceOperatorContract {
    @Override
    CovarianceOperator create() {
      return Brownian.motion(RegularGrid.of(List.of(new Interval(1, 3)), Layout.CELL, 9), 0.5);
    }
  }

  @Nested
  class BridgeOnCells extends CovarianceOperatorContract {
    @Override
    CovarianceOperator create() {
      return Brownian.bridge(RegularGrid.unit(9), 2);
    }
  }

  @Test
  void eigenvaluesAreThoseOfTheTable() {
    Grid grid = RegularGrid.unit(64);
    double[] motion = Brownian.motion(grid, 1).eigenpairs(10).eigenvalues();
    double[] table = {0.4052847345693511, 0.04503163717437234, 0.01621138938277404};
    assertThat(TestFunctions.distance(Arrays.copyOf(motion, 3), table)).isLessThan(1e-16);
    // Truncation error E‖X − P_10 X‖² = ½ − Σ_{k≤10} λ_k.
    assertThat(0.5 - Arrays.stream(motion).sum()).isCloseTo(0.010123704253850119, within(1e-15));
    double[] bridge = Brownian.bridge(grid, 1).eigenpairs(3).eigenvalues();
    double[] expected = {0.10132118364233778, 0.025330295910584444, 0.011257909293593086};
    assertThat(TestFunctions.distance(bridge, expected)).isLessThan(1e-16);
  }

  @Test
  void tracesTendToTheTableWithTheTailOfTheSeries() {
    // Σ_{k>N} 1/((k − ½)π)² and Σ_{k>N} 1/(kπ)² are 1/(π²N) up to O(N⁻²).
    int n = 512;
    double tail = 1 / (Math.PI * Math.PI * n);
    Grid grid = RegularGrid.unit(n);
    assertThat(Brownian.motion(grid, 1).trace()).isCloseTo(0.5 - tail, within(1e-6));
    assertThat(Brownian.bridge(grid, 1).trace()).isCloseTo(1.0 / 6 - tail, within(1e-6));
    double motion = 0;
    double bridge = 0;
    for (double v : Brownian.motion(grid, 1).eigenvalues()) {
      motion += v * v;
    }
    for (double v : Brownian.bridge(grid, 1).eigenvalues()) {
      bridge += v * v;
    }
    // Tails Σ 1/(kπ)⁴ ≈ 1/(3π⁴N³) = 3e-11.
    assertThat(motion).isCloseTo(1.0 / 6, within(1e-10));
    assertThat(bridge).isCloseTo(1.0 / 90, within(1e-10));
    assertThat(Brownian.motion(grid, 1).traceClass().decayExponent()).isCloseTo(2, within(1e-6));
    assertThat(Brownian.motion(grid, 1).traceClass().holds()).isTrue();
  }

  @Test
  void kernelsConvergeToTheirClosedForms() {
    // The difference is the tail of the series, at most 2/(π²N) at any pair of points.
    RegularGrid grid = RegularGrid.of(List.of(new Interval(1, 3)), Layout.CELL, 40);
    CovarianceKernel[] kernels = {new BrownianMotion(0.5, 1), new BrownianBridge(0.5, 1, 3)};
    SpectralCovariance[] operators = {Brownian.motion(grid, 0.5), Brownian.bridge(grid, 0.5)};
    for (int i = 0; i < 2; i++) {
      RealMatrix exact = Matrices.exact(grid, kernels[i]);
      assertThat(Matrices.distance(Matrices.kernel(operators[i]), exact))
          .isLessThan(2 * 0.5 * 2 / (Math.PI * Math.PI * 40));
    }
  }

  @Test
  void otherDomainsAndVariancesAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Brownian.motion(RegularGrid.unit(4, 4), 1))
        .withMessageContaining("grid of an interval");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Brownian.bridge(RegularGrid.unit(4), Double.NaN))
        .withMessageContaining("variance NaN");
  }
}
