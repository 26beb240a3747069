package io.fdiff.covariance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.kernel.Ard;
import io.fdiff.kernel.BrownianMotion;
import io.fdiff.kernel.CovarianceKernel;
import io.fdiff.kernel.Matern;
import io.fdiff.kernel.Nugget;
import io.fdiff.kernel.SquaredExponential;
import io.fdiff.kernel.StationaryKernel;
import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.L2Space;
import io.fdiff.space.PointSet;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.RegularGrid.Layout;
import io.fdiff.space.TestFunctions;
import java.util.List;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class CirculantCovarianceTest {

  @Nested
  class ExponentialOnNodes extends TraceClassContract {
    @Override
    CovarianceOperator create() {
      return CirculantCovariance.of(
          RegularGrid.unit(Layout.NODE, 12), Matern.exponential(1.5, 0.3));
    }

    @Override
    Grid other() {
      return RegularGrid.unit(Layout.NODE, 23);
    }
  }

  @Nested
  class MaternOnNonSquareBox extends TraceClassContract {
    private final List<Interval> box = List.of(new Interval(-1, 2), new Interval(0, 0.5));

    @Override
    CovarianceOperator create() {
      return CirculantCovariance.of(
              RegularGrid.of(box, Layout.CELL, 5, 4), Ard.of(new Matern(1.2, 1, 1), 0.5, 0.1))
          .times(2);
    }

    @Override
    Grid other() {
      return RegularGrid.of(box, Layout.CELL, 15, 12);
    }
  }

  @Nested
  class InThreeDimensions extends CovarianceOperatorContract {
    @Override
    CovarianceOperator create() {
      return CirculantCovariance.of(
          RegularGrid.unit(Layout.INTERIOR, 3, 4, 2), Matern.exponential(1, 0.4));
    }
  }

  @Test
  void theLawOnTheGridIsExactlyThatOfTheKernel() {
    for (Layout layout : Layout.values()) {
      for (RegularGrid grid :
          new RegularGrid[] {
            RegularGrid.unit(layout, 17),
            RegularGrid.unit(layout, 2),
            RegularGrid.of(List.of(new Interval(0, 2), new Interval(-1, 0)), layout, 6, 9),
            RegularGrid.unit(layout, 3, 4, 5)
          }) {
        CovarianceKernel kernel =
            Matern.exponential(1, 0.4).plus(new Nugget(0.1)).plus(new Matern(1.5, 2, 0.2));
        CirculantCovariance c = CirculantCovariance.of(grid, kernel);
        assertThat(Matrices.distance(Matrices.kernel(c), Matrices.exact(grid, kernel)))
            .as("%s", grid)
            .isLessThan(1e-13);
        assertThat(c.clippedVariance()).isLessThan(1e-9);
      }
    }
  }

  @Test
  void theTorusGrowsUntilTheEigenvaluesArePositive() {
    RegularGrid grid = RegularGrid.unit(Layout.NODE, 17);
    CovarianceKernel kernel = new SquaredExponential(1, 0.4);
    // Period 2 leaves a kink e^{−3} at the lag 1; period 8 a kink e^{−50}.
    CirculantCovariance c = CirculantCovariance.of(grid, kernel);
    assertThat(c.torusShape()[0]).isGreaterThan(32);
    assertThat(Matrices.distance(Matrices.kernel(c), Matrices.exact(grid, kernel)))
        .isLessThan(c.clippedVariance() + 1e-12);
    assertThat(CirculantCovariance.of(grid, Matern.exponential(1, 0.4)).torusShape())
        .containsExactly(32);
  }

  @Test
  void kernelsThatDieOutNeedASmallerTorus() {
    // √3 h/ℓ − ln(1 + √3 h/ℓ) = 54 ln 2 at h = 23.7 ℓ, so beyond 31 of 64 steps for ℓ = 0.02.
    RegularGrid line = RegularGrid.unit(Layout.PERIODIC, 64);
    assertThat(CirculantCovariance.of(line, new Matern(1.5, 1, 0.02)).torusShape())
        .containsExactly(96);
    assertThat(CirculantCovariance.of(line, new Matern(1.5, 1, 0.1)).torusShape())
        .containsExactly(128);
    // Each axis for itself, and to the law of the kernel in every entry.
    RegularGrid plane = RegularGrid.unit(Layout.CELL, 30, 20);
    CovarianceKernel kernel = Ard.of(new Matern(1.5, 1, 1), 0.01, 0.2).plus(new Nugget(0.1));
    CirculantCovariance c = CirculantCovariance.of(plane, kernel);
    assertThat(c.torusShape()).containsExactly(40, 40);
    assertThat(Matrices.distance(Matrices.kernel(c), Matrices.exact(plane, kernel)))
        .isLessThan(1e-14);
    // A kernel of two scales reaches as far as the longer one, one that returns as far as it does.
    CovarianceKernel both = new Matern(1.5, 1, 0.01).plus(new Matern(1.5, 1e-6, 0.1));
    CirculantCovariance of = CirculantCovariance.of(line, both);
    assertThat(of.torusShape()).containsExactly(128);
    assertThat(Matrices.distance(Matrices.kernel(of), Matrices.exact(line, both)))
        .isLessThan(1e-14);
    StationaryKernel returning = h -> h[0] % 0.5 == 0 ? 1 : 0;
    RegularGrid eight = RegularGrid.unit(Layout.PERIODIC, 8);
    CirculantCovariance r = CirculantCovariance.of(eight, returning);
    assertThat(r.torusShape()).containsExactly(12);
    assertThat(Matrices.distance(Matrices.kernel(r), Matrices.exact(eight, returning)))
        .isLessThan(1e-14);
  }

  @Test
  void embeddingsThatStayNegativeAreRefusedOrClippedWithTheirError() {
    RegularGrid grid = RegularGrid.unit(Layout.NODE, 9);
    CovarianceKernel kernel = new SquaredExponential(1, 9);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CirculantCovariance.of(grid, kernel))
        .withMessageContaining("eigenvalue -")
        .withMessageContaining("shorter length scale");
    CirculantCovariance c = CirculantCovariance.clipped(grid, kernel, 1);
    assertThat(c.clippedVariance()).isBetween(1e-6, 0.1);
    RealMatrix difference = Matrices.kernel(c).subtract(Matrices.exact(grid, kernel));
    assertThat(difference.getEntry(3, 3)).isCloseTo(c.clippedVariance(), within(1e-13));
    assertThat(Matrices.max(difference)).isLessThan(c.clippedVariance() * (1 + 1e-9));
    assertThat(c.times(3).clippedVariance()).isCloseTo(3 * c.clippedVariance(), within(1e-15));
    for (int bad : new int[] {-1, 5}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> CirculantCovariance.clipped(grid, kernel, bad))
          .withMessageContaining(bad + " doublings");
    }
  }

  @Test
  void kernelsThatDoNotFitAreRefused() {
    RegularGrid grid = RegularGrid.unit(4, 4);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CirculantCovariance.of(grid, BrownianMotion.standard()))
        .withMessageContaining("not stationary");
    StationaryKernel oblique = h -> Math.exp(-h[0] * h[0] - h[1] * h[1] - h[0] * h[1]);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CirculantCovariance.of(grid, oblique))
        .withMessageContaining("even in each lag");
    StationaryKernel infinite = h -> h[0] == 0 ? Double.POSITIVE_INFINITY : 1;
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CirculantCovariance.of(grid, infinite))
        .withMessageContaining("is Infinity");
    StationaryKernel negative = h -> -1;
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CirculantCovariance.of(grid, negative))
        .withMessageContaining("not positive");
  }

  @Test
  void largeInversesAreSolvedByConjugateGradients() {
    RegularGrid grid = RegularGrid.unit(1500);
    CirculantCovariance c =
        CirculantCovariance.of(grid, Matern.exponential(1, 0.2).plus(new Nugget(0.01)));
    INDArray x = TestFunctions.of(grid, p -> Math.sin(9 * p) + p);
    INDArray y = c.applyInverse(c.apply(x));
    // ‖y − x‖ ≤ 1e-10 ‖Cx‖/λ_min, ‖Cx‖ ≤ 1 and λ_min ≥ 0.01/1500.
    double[] error = TestFunctions.values(new L2Space(grid).norm(y.sub(x)));
    assertThat(error[0]).isLessThan(1.5e-5);
    CirculantCovariance smooth = CirculantCovariance.of(grid, new SquaredExponential(1, 0.1));
    assertThatExceptionOfType(ArithmeticException.class)
        .isThrownBy(() -> smooth.applyInverse(TestFunctions.random(grid, 1)))
        .withMessageContaining("relative residual")
        .withMessageContaining("Nugget");
  }

  @Test
  void onScatteredPointsItIsTheKernelOperator() {
    CirculantCovariance c = CirculantCovariance.of(RegularGrid.unit(6), Matern.exponential(1, 0.4));
    Grid points = PointSet.of(Interval.UNIT, 0.1, 0.4, 0.5, 0.9);
    assertThat(
            Matrices.distance(
                Matrices.kernel(c.on(points)), Matrices.exact(points, Matern.exponential(1, 0.4))))
        .isLessThan(2e-10);
    assertThat(c.traceClass().holds()).isTrue();
  }
}
