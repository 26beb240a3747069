package io.fdiff.covariance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.L2Space;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.RegularGrid.Layout;
import io.fdiff.space.TestFunctions;
import io.fdiff.transform.Basis;
import io.fdiff.transform.CosineTransform;
import io.fdiff.transform.FourierTransform;
import io.fdiff.transform.Resampling;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.stat.correlation.Covariance;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class LowRankCovarianceTest {

  private static INDArray data(Grid grid, int n) {
    return TestFunctions.random(grid, DataType.DOUBLE, n, 1, 9);
  }

  private static LowRankCovariance fpca(Basis basis, Grid grid, int n, double explained) {
    return LowRankCovariance.fpca(basis.on(grid), data(grid, n), explained);
  }

  @Nested
  class OfFewFunctions extends TraceClassContract {
    @Override
    CovarianceOperator create() {
      return fpca(Basis.COSINE, RegularGrid.unit(9), 5, 1);
    }

    @Override
    Grid other() {
      return RegularGrid.unit(27);
    }
  }

  @Nested
  class OfManyFunctions extends TraceClassContract {
    @Override
    CovarianceOperator create() {
      return fpca(Basis.FOURIER, RegularGrid.unit(Layout.PERIODIC, 9), 30, 0.8);
    }

    @Override
    Grid other() {
      return RegularGrid.unit(Layout.PERIODIC, 27);
    }
  }

  @Nested
  class OnBox extends CovarianceOperatorContract {
    @Override
    CovarianceOperator create() {
      List<Interval> box = List.of(new Interval(-1, 2), new Interval(0, 0.5));
      return fpca(Basis.COSINE, RegularGrid.of(box, Layout.CELL, 5, 6), 8, 0.95).times(2);
    }
  }

  /** The coarse grid drops modes, so the carried eigenfunctions are no longer orthonormal. */
  @Nested
  class OnACoarserGrid extends CovarianceOperatorContract {
    @Override
    CovarianceOperator create() {
      return fpca(Basis.COSINE, RegularGrid.unit(24), 5, 1).on(RegularGrid.unit(8));
    }
  }

  /** More eigenpairs than modes of the coarse grid. */
  @Nested
  class OnAGridBelowItsRank extends CovarianceOperatorContract {
    @Override
    CovarianceOperator create() {
      return fpca(Basis.COSINE, RegularGrid.unit(24), 9, 1).on(RegularGrid.unit(4)).times(0.5);
    }
  }

  @Test
  void comesBackFromACoarserGrid() {
    LowRankCovariance fine = fpca(Basis.COSINE, RegularGrid.unit(24), 5, 1);
    RealMatrix back = Matrices.kernel(fine.on(RegularGrid.unit(8)).on(RegularGrid.unit(24)));
    assertThat(Matrices.distance(back, Matrices.kernel(fine))).isLessThan(1e-13);
  }

  @Test
  void coarserGridHasTheLawOfTheProjectedFunctions() {
    LowRankCovariance fine = fpca(Basis.COSINE, RegularGrid.unit(24), 5, 1);
    LowRankCovariance coarse = fine.on(RegularGrid.unit(8));
    INDArray phi = fine.eigenfunctions();
    INDArray projected =
        Resampling.spectral(
            phi, CosineTransform.of(fine.grid()), CosineTransform.of(coarse.grid()));
    RealMatrix f = Matrices.rows(TestFunctions.values(projected), 8);
    double[] lambda = fine.eigenvalues();
    RealMatrix scaled = f.copy();
    for (int j = 0; j < lambda.length; j++) {
      for (int i = 0; i < 8; i++) {
        scaled.multiplyEntry(j, i, lambda[j]);
      }
    }
    RealMatrix k = f.transpose().multiply(scaled);
    assertThat(Matrices.distance(Matrices.kernel(coarse), k)).isLessThan(1e-13);
    SampleLaw.assertCovariance(coarse, k);
  }

  @Test
  void keepsTheSampleCovarianceOfTheData() {
    for (int n : new int[] {4, 40}) {
      Grid grid = RegularGrid.unit(7);
      LowRankCovariance c = fpca(Basis.COSINE, grid, n, 1);
      RealMatrix x = Matrices.rows(TestFunctions.values(data(grid, n)), 7);
      RealMatrix k = new Covariance(x).getCovarianceMatrix();
      assertThat(Matrices.distance(Matrices.kernel(c), k)).isLessThan(1e-13);
      assertThat(c.eigenvalues()).hasSize(Math.min(n - 1, 7));
      assertThat(c.explainedVariance()).isCloseTo(1, within(1e-12));
    }
  }

  @Test
  void eigenfunctionsAreOrthonormalEigenfunctions() {
    for (int n : new int[] {4, 40}) {
      LowRankCovariance c = fpca(Basis.FOURIER, RegularGrid.unit(9), n, 1);
      double[] lambda = c.eigenvalues();
      INDArray phi = c.eigenfunctions();
      L2Space space = new L2Space(c.grid());
      for (int j = 0; j < lambda.length; j++) {
        assertThat(lambda[j]).isLessThanOrEqualTo(j == 0 ? lambda[0] : lambda[j - 1]).isPositive();
        INDArray e = TestFunctions.sample(phi, j);
        for (int k = 0; k <= j; k++) {
          assertThat(space.inner(e, TestFunctions.sample(phi, k)).getDouble(0))
              .isCloseTo(j == k ? 1 : 0, within(1e-12));
        }
        assertThat(
                TestFunctions.distance(
                    TestFunctions.values(c.apply(e)), TestFunctions.values(e.mul(lambda[j]))))
            .isLessThan(1e-12 * lambda[0]);
      }
      assertThat(c.trace()).isCloseTo(Arrays.stream(lambda).sum(), within(1e-14));
    }
  }

  @Test
  void keepsTheFewestEigenpairsThatExplainTheShare() {
    LowRankCovariance all = fpca(Basis.COSINE, RegularGrid.unit(12), 30, 1);
    double[] lambda = all.eigenvalues();
    double sum = 0;
    for (int rank = 1; rank < lambda.length; rank++) {
      sum += lambda[rank - 1];
      double share = sum / all.trace();
      // A little less than the share of `rank` pairs is reached with them, a little more is not.
      assertThat(fpca(Basis.COSINE, RegularGrid.unit(12), 30, share - 1e-6).eigenvalues())
          .hasSize(rank);
      assertThat(fpca(Basis.COSINE, RegularGrid.unit(12), 30, share + 1e-6).eigenvalues())
          .hasSize(rank + 1);
      assertThat(fpca(Basis.COSINE, RegularGrid.unit(12), 30, share - 1e-6).explainedVariance())
          .isCloseTo(share, within(1e-12));
    }
  }

  @Test
  void coupledSamplesAgreeOnFinerGrids() {
    LowRankCovariance c = fpca(Basis.COSINE, RegularGrid.unit(9), 5, 1);
    double[] here = TestFunctions.values(c.sample(NoiseSource.of(4), 3));
    double[] there = TestFunctions.values(c.on(RegularGrid.unit(27)).sample(NoiseSource.of(4), 3));
    for (int i = 0; i < 27; i++) {
      assertThat(there[i / 9 * 27 + 3 * (i % 9) + 1]).isCloseTo(here[i], within(1e-13));
    }
  }

  @Test
  void channelsArePooledEachAboutItsOwnMean() {
    Grid grid = RegularGrid.unit(2);
    double[] values = {0, 2, 5, 5, 2, 0, 9, 9};
    INDArray x = FunctionBatch.array(grid, DataType.DOUBLE, 2, values);
    LowRankCovariance c = LowRankCovariance.fpca(CosineTransform.of(grid), x, 1);
    // Channel 0 varies as ±(1, −1) about 1, channel 1 as ±(2, 2) about 7; divided by (n−1)·2 = 2.
    RealMatrix k = Matrices.rows(new double[] {5, 3, 3, 5}, 2);
    assertThat(Matrices.distance(Matrices.kernel(c), k)).isLessThan(1e-13);
  }

  @Test
  void badDataAreRefused() {
    Grid grid = RegularGrid.unit(4);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LowRankCovariance.fpca(FourierTransform.of(grid), data(grid, 1), 1))
        .withMessageContaining("1 functions")
        .withMessageContaining("at least 2");
    for (double bad : new double[] {0, 1.01, Double.NaN}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> LowRankCovariance.fpca(FourierTransform.of(grid), data(grid, 3), bad))
          .withMessageContaining("explained variance " + bad);
    }
    INDArray same = TestFunctions.of(grid, 1, 2, 3, 4, 1, 2, 3, 4);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LowRankCovariance.fpca(FourierTransform.of(grid), same, 1))
        .withMessageContaining("total variance 0.0");
    for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      INDArray gap = TestFunctions.of(grid, 1, 2, bad, 4, 1, 2, 3, 4);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> LowRankCovariance.fpca(FourierTransform.of(grid), gap, 1))
          .withMessageContaining("finite data");
    }
  }
}
