package io.fdiff.covariance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.kernel.BrownianMotion;
import io.fdiff.kernel.CovarianceKernel;
import io.fdiff.kernel.Matern;
import io.fdiff.kernel.SquaredExponential;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.PointSet;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.RegularGrid.Layout;
import io.fdiff.space.TestFunctions;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class NystromCovarianceTest {

  @Nested
  class LeadingPairsOnCells extends TraceClassContract {
    @Override
    CovarianceOperator create() {
      return NystromCovariance.of(
          RegularGrid.unit(8), new Matern(1.5, 2, 0.3), RegularGrid.unit(Layout.NODE, 21), 5);
    }

    @Override
    Grid other() {
      return RegularGrid.unit(24);
    }
  }

  @Nested
  class MoreLandmarksThanPoints extends TraceClassContract {
    @Override
    CovarianceOperator create() {
      return NystromCovariance.of(
              PointSet.of(Interval.UNIT, 0.1, 0.35, 0.4, 0.9),
              Matern.exponential(1, 0.5),
              RegularGrid.unit(9),
              9)
          .times(2);
    }

    @Override
    Grid other() {
      return PointSet.of(Interval.UNIT, 0.05, 0.1, 0.35, 0.6, 0.9);
    }
  }

  @Test
  void withAllPairsItIsTheProjectionOntoTheLandmarks() {
    // k(p, Z) (K_ZZ + δI)⁻¹ k(Z, q), δ the jitter of the landmarks: exact there and below k
    // elsewhere.
    CovarianceKernel kernel = Matern.exponential(1, 0.3);
    RegularGrid landmarks = RegularGrid.unit(Layout.NODE, 6);
    RegularGrid grid = RegularGrid.unit(Layout.NODE, 11);
    NystromCovariance c = NystromCovariance.of(grid, kernel, landmarks, 6);
    RealMatrix all = Matrices.exact(grid, kernel);
    int[] even = {0, 2, 4, 6, 8, 10};
    int[] every = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    RealMatrix cross = all.getSubMatrix(every, even);
    RealMatrix inverse =
        new LUDecomposition(Matrices.jittered(landmarks, kernel)).getSolver().getInverse();
    RealMatrix expected = cross.multiply(inverse).multiply(cross.transpose());
    RealMatrix k = Matrices.kernel(c);
    assertThat(Matrices.distance(k, expected)).isLessThan(1e-14);
    // At landmarks that is K − δI up to δ².
    assertThat(k.getEntry(4, 2)).isCloseTo(all.getEntry(4, 2), within(1e-14));
    assertThat(k.getEntry(4, 4)).isCloseTo(1 - 1e-10, within(1e-14));
    assertThat(k.getEntry(3, 3)).isLessThan(1);
    assertThat(c.rank()).isEqualTo(6);
    assertThat(c.explainedVariance()).isBetween(0.7, 0.999);
  }

  @Test
  void samplesAreTheSameFunctionsOnAllGrids() {
    NystromCovariance c =
        NystromCovariance.of(
            RegularGrid.unit(9), new SquaredExponential(1, 0.3), RegularGrid.unit(30), 8);
    NystromCovariance fine = c.on(RegularGrid.unit(27));
    double[] a = TestFunctions.values(c.sample(NoiseSource.of(3), 4));
    double[] b = TestFunctions.values(fine.sample(NoiseSource.of(3), 4));
    for (int i = 0; i < a.length; i++) {
      assertThat(a[i]).isCloseTo(b[3 * i + 1], within(1e-11));
    }
    // ℓ = 0.3: eight pairs carry all but 1e-8.
    assertThat(c.explainedVariance()).isCloseTo(1, within(1e-5));
  }

  @Test
  void leadingPairsApproximateTheKarhunenLoeveExpansion() {
    NystromCovariance c =
        NystromCovariance.of(
            RegularGrid.unit(100), BrownianMotion.standard(), RegularGrid.unit(200), 3);
    double[] lambda = c.eigenpairs(3).eigenvalues();
    double[] expected = {0.4052847345693511, 0.04503163717437234, 0.01621138938277404};
    // Quadrature with 100 and 200 points, O(N⁻²) each.
    assertThat(TestFunctions.distance(lambda, expected)).isLessThan(1e-4);
    assertThat(c.traceClass().holds()).isTrue();
    assertThat(c.traceClass().reason()).contains("rank 3");
  }

  @Test
  void argumentsOutOfRangeAreRefused() {
    RegularGrid grid = RegularGrid.unit(9);
    for (int bad : new int[] {0, 10}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> NystromCovariance.of(grid, Matern.exponential(1, 1), grid, bad))
          .withMessageContaining(bad + " eigenpairs");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                NystromCovariance.of(
                    grid, Matern.exponential(1, 1), PointSet.of(new Interval(0, 2), 0, 1), 2))
        .withMessageContaining("same domain");
  }
}
