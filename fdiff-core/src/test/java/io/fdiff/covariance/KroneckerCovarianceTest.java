package io.fdiff.covariance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fdiff.kernel.BrownianMotion;
import io.fdiff.kernel.Matern;
import io.fdiff.kernel.Nugget;
import io.fdiff.kernel.SeparableKernel;
import io.fdiff.kernel.SquaredExponential;
import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.PointSet;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.RegularGrid.Layout;
import java.util.List;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class KroneckerCovarianceTest {

  private static final List<Interval> BOX = List.of(new Interval(0, 2), new Interval(-1, 0));
  private static final SeparableKernel KERNEL =
      SeparableKernel.of(BrownianMotion.standard(), new Matern(1.5, 2, 0.4));

  @Nested
  class BrownianTimesMatern extends TraceClassContract {
    @Override
    CovarianceOperator create() {
      return KroneckerCovariance.of(RegularGrid.of(BOX, Layout.CELL, 4, 5), KERNEL);
    }

    @Override
    Grid other() {
      return RegularGrid.of(BOX, Layout.CELL, 12, 15);
    }

    /** The jitter of the Brownian axis is relative to its mean variance, the same on all grids. */
    @Override
    double gridAccuracy() {
      return 1e-10;
    }
  }

  @Nested
  class InThreeDimensions extends CovarianceOperatorContract {
    @Override
    CovarianceOperator create() {
      return KroneckerCovariance.of(
              RegularGrid.unit(Layout.NODE, 3, 2, 4),
              SeparableKernel.of(
                  Matern.exponential(1, 1), Matern.exponential(2, 0.3), new Matern(0.8, 1, 0.2)))
          .times(0.7);
    }
  }

  @Test
  void theMatrixIsTheProductOfTheAxesWithTheirJitters() {
    for (RegularGrid grid :
        new RegularGrid[] {
          RegularGrid.of(BOX, Layout.CELL, 6, 3), RegularGrid.of(BOX, Layout.INTERIOR, 3, 7)
        }) {
      RealMatrix k = Matrices.kernel(KroneckerCovariance.of(grid, KERNEL));
      assertThat(Matrices.distance(k, Matrices.jitteredAxes(grid, KERNEL))).isLessThan(1e-14);
      // Entries up to 4 and a jitter of 1e-10 of the mean for either axis.
      assertThat(Matrices.distance(k, Matrices.exact(grid, KERNEL))).isBetween(1e-10, 1e-9);
    }
  }

  @Test
  void goesToScatteredPointsAsADenseOperator() {
    KroneckerCovariance c = KroneckerCovariance.of(RegularGrid.of(BOX, Layout.CELL, 3, 3), KERNEL);
    Grid points =
        PointSet.of(
            BOX, new double[][] {{0.5, -0.5}, {1, -0.1}, {2, 0}}, new double[] {1, 0.5, 0.5});
    assertThat(Matrices.distance(Matrices.kernel(c.on(points)), Matrices.jittered(points, KERNEL)))
        .isLessThan(1e-14);
    assertThat(c.traceClass().holds()).isTrue();
    assertThat(
            KroneckerCovariance.of(
                    RegularGrid.unit(3, 3),
                    SeparableKernel.of(new Nugget(1), new SquaredExponential(1, 1)))
                .traceClass()
                .holds())
        .isFalse();
  }

  @Test
  void axesThatDoNotFitAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> KroneckerCovariance.of(RegularGrid.unit(4), KERNEL))
        .withMessageContaining("2 factors")
        .withMessageContaining("1 axes");
  }
}
