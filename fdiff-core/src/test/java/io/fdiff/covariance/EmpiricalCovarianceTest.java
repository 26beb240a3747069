package io.fdiff.covariance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.measure.GaussianMeasure;
import io.fdiff.noise.NoiseSource;
import io.fdiff.noise.Statistics;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.space.L2Space;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.RegularGrid.Layout;
import io.fdiff.space.TestFunctions;
import io.fdiff.transform.CosineTransform;
import io.fdiff.transform.FourierTransform;
import io.fdiff.transform.SpectralTransform;
import java.util.Arrays;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class EmpiricalCovarianceTest {

  private static INDArray data(Grid grid, int n, int channels) {
    return TestFunctions.random(grid, DataType.DOUBLE, n, channels, 7);
  }

  /** Odd periodic grids resolve all modes of the table; the finer grid has no others. */
  @Nested
  class CentredOnPeriodicGrid extends TraceClassContract {
    @Override
    CovarianceOperator create() {
      Grid grid = RegularGrid.unit(Layout.PERIODIC, 9);
      return EmpiricalCovariance.centred(FourierTransform.of(grid), data(grid, 5, 1));
    }

    @Override
    Grid other() {
      return RegularGrid.unit(Layout.PERIODIC, 27);
    }
  }

  @Nested
  class UncentredOnCells extends TraceClassContract {
    @Override
    CovarianceOperator create() {
      Grid grid = RegularGrid.unit(4, 5);
      return EmpiricalCovariance.uncentred(CosineTransform.of(grid), data(grid, 3, 2));
    }

    @Override
    Grid other() {
      return RegularGrid.unit(12, 5);
    }
  }

  @Nested
  class WithFloor extends CovarianceOperatorContract {
    @Override
    CovarianceOperator create() {
      Grid coarse = RegularGrid.unit(5);
      return EmpiricalCovariance.centred(CosineTransform.of(coarse), data(coarse, 4, 1))
          .withFloor(0.01, 1.5)
          .on(RegularGrid.unit(16));
    }
  }

  // Oracle A6: N = 4, curves (1, 2, 3, 4) and (2, 0, 1, −1).

  private static final Grid FOUR = RegularGrid.unit(Layout.PERIODIC, 4);

  private static INDArray curves() {
    return TestFunctions.of(FOUR, 1, 2, 3, 4, 2, 0, 1, -1);
  }

  @Test
  void uncentredSpectrumOfTwoCurves() {
    EmpiricalCovariance c = EmpiricalCovariance.uncentred(FourierTransform.of(FOUR), curves());
    double[] expected = {3.25, 0.3125, 0.625};
    assertThat(TestFunctions.distance(c.frequencyEigenvalues(), expected)).isLessThan(1e-15);
    // Two real modes have frequency 1; 4λ̂ is the spectrum r̂ = (13, 1.25, 2.5) of the papers.
    double[] modes = {3.25, 0.3125, 0.3125, 0.625};
    assertThat(TestFunctions.distance(c.spectral().orElseThrow().eigenvalues(), modes))
        .isLessThan(1e-15);
    assertThat(c.trace()).isCloseTo(4.5, within(1e-14));
  }

  @Test
  void centredSpectrumOfTwoCurves() {
    EmpiricalCovariance c = EmpiricalCovariance.centred(FourierTransform.of(FOUR), curves());
    double[] expected = {2, 0.5625, 1.125};
    assertThat(TestFunctions.distance(c.frequencyEigenvalues(), expected)).isLessThan(1e-15);
    double[] mean = c.meanCoefficients();
    // |c̄_k|² per complex mode: 2.25, 0.03125, 0.0625.
    assertThat(mean[0] * mean[0]).isCloseTo(2.25, within(1e-14));
    assertThat((mean[1] * mean[1] + mean[2] * mean[2]) / 2).isCloseTo(0.03125, within(1e-15));
    assertThat(mean[3] * mean[3]).isCloseTo(0.0625, within(1e-15));
    assertThat(TestFunctions.values(c.mean()))
        .containsExactly(new double[] {1.5, 1, 2, 1.5}, within(1e-15));
  }

  @Test
  void uncentredSpectrumIsCentredSpectrumPlusMean() {
    // nλ̂ = (n − 1)λ̂ᶜ + n|c̄|², for random data in two dimensions and channels.
    Grid grid = RegularGrid.unit(6, 5);
    SpectralTransform t = CosineTransform.of(grid);
    INDArray x = data(grid, 7, 2);
    double[] centred = EmpiricalCovariance.centred(t, x).frequencyEigenvalues();
    double[] uncentred = EmpiricalCovariance.uncentred(t, x).frequencyEigenvalues();
    double[] mean = EmpiricalCovariance.centred(t, x).meanCoefficients();
    for (int k = 0; k < 30; k++) {
      double square = (mean[k] * mean[k] + mean[30 + k] * mean[30 + k]) / 2;
      assertThat(7 * uncentred[k]).isCloseTo(6 * centred[k] + 7 * square, within(1e-12));
    }
  }

  @Test
  void traceOfTheUncentredSpectrumIsTheMeanSquareNorm() {
    Grid grid = RegularGrid.unit(Layout.PERIODIC, 8);
    INDArray x = data(grid, 6, 1);
    double sum = 0;
    for (double v : TestFunctions.values(new L2Space(grid).inner(x, x))) {
      sum += v / 6;
    }
    assertThat(EmpiricalCovariance.uncentred(FourierTransform.of(grid), x).trace())
        .isCloseTo(sum, within(1e-13));
  }

  @Test
  void spectrumOfBandLimitedDataDoesNotDependOnTheGrid() {
    Grid coarse = RegularGrid.unit(9);
    Grid fine = RegularGrid.unit(40);
    double[][] tables = new double[2][];
    for (int r = 0; r < 2; r++) {
      Grid grid = r == 0 ? coarse : fine;
      double[] values = new double[3 * grid.size()];
      for (int b = 0; b < 3; b++) {
        for (int i = 0; i < grid.size(); i++) {
          double p = grid.coordinate(i, 0);
          values[b * grid.size() + i] = b + Math.cos(2 * Math.PI * (b + 1) * p + b);
        }
      }
      tables[r] =
          EmpiricalCovariance.centred(FourierTransform.of(grid), TestFunctions.of(grid, values))
              .frequencyEigenvalues();
    }
    assertThat(TestFunctions.distance(Arrays.copyOf(tables[1], 5), tables[0])).isLessThan(1e-14);
    assertThat(TestFunctions.max(Arrays.copyOfRange(tables[1], 5, 21))).isLessThan(1e-14);
  }

  @Test
  void estimatesTheSpectrumOfItsOwnSamples() {
    // 2000 samples: each λ̂_k/λ_k is χ² with 2000 (or 4000, cos and sin) degrees over itself. Ten
    // checks at rate 1e-7.
    Grid grid = RegularGrid.unit(Layout.PERIODIC, 19);
    SpectralCovariance c =
        SpectralCovariance.of(FourierTransform.of(grid), Spectrum.bessel(5, 1, 1));
    double[] estimate =
        EmpiricalCovariance.uncentred(FourierTransform.of(grid), c.sample(NoiseSource.of(3), 2000))
            .frequencyEigenvalues();
    for (int k = 0; k < 10; k++) {
      int degrees = k == 0 ? 2000 : 4000;
      double[] chi = Statistics.chiSquare(degrees, 1e-7);
      double kappa = 2 * Math.PI * k;
      assertThat(estimate[k] * (25 + kappa * kappa) * degrees).isBetween(chi[0], chi[1]);
    }
  }

  @Test
  void meanAndGaussianMeasureGoToOtherGrids() {
    Grid grid = RegularGrid.unit(Layout.PERIODIC, 9);
    INDArray x = TestFunctions.of(grid, p -> 1 + Math.cos(2 * Math.PI * p));
    INDArray y = TestFunctions.of(grid, p -> 3 - Math.sin(4 * Math.PI * p));
    INDArray both = Nd4j.concat(0, x, y);
    Grid fine = RegularGrid.unit(20);
    EmpiricalCovariance c = EmpiricalCovariance.centred(FourierTransform.of(grid), both).on(fine);
    INDArray expected =
        TestFunctions.of(
            fine, p -> 2 + 0.5 * (Math.cos(2 * Math.PI * p) - Math.sin(4 * Math.PI * p)));
    double[] e = TestFunctions.values(expected);
    assertThat(TestFunctions.distance(TestFunctions.values(c.mean()), e)).isLessThan(1e-14);
    INDArray there = EmpiricalCovariance.centred(FourierTransform.of(grid), both).meanOn(fine);
    assertThat(TestFunctions.distance(TestFunctions.values(there), e)).isLessThan(1e-14);
    GaussianMeasure measure = c.gaussian();
    assertThat(measure.covariance()).isSameAs(c);
    assertThat(TestFunctions.distance(TestFunctions.values(measure.mean()), e)).isLessThan(1e-14);
    EmpiricalCovariance raw = EmpiricalCovariance.uncentred(FourierTransform.of(grid), both);
    assertThat(TestFunctions.max(TestFunctions.values(raw.gaussian().mean()))).isZero();
  }

  @Test
  void channelsArePooledButKeepTheirMeans() {
    Grid grid = RegularGrid.unit(3);
    double[] values = {1, 1, 1, 10, 10, 10, 3, 3, 3, 20, 20, 20};
    INDArray x = FunctionBatch.array(grid, DataType.DOUBLE, 2, values);
    EmpiricalCovariance c = EmpiricalCovariance.centred(CosineTransform.of(grid), x);
    // Variances 2 and 50 of the constant, pooled 26.
    assertThat(c.frequencyEigenvalues()[0]).isCloseTo(26, within(1e-13));
    assertThat(TestFunctions.values(c.mean()))
        .containsExactly(new double[] {2, 2, 2, 15, 15, 15}, within(1e-13));
    assertThat(c.mean().shape()).containsExactly(1, 2, 3);
  }

  @Test
  void floorIsSummableAndContinuesBeyondTheData() {
    EmpiricalCovariance c =
        EmpiricalCovariance.uncentred(FourierTransform.of(FOUR), curves()).withFloor(0.01, 1);
    double[] lambda =
        c.on(RegularGrid.unit(Layout.PERIODIC, 16)).spectral().orElseThrow().eigenvalues();
    assertThat(lambda[0]).isCloseTo(3.25, within(1e-15));
    assertThat(lambda[1]).isCloseTo(0.3125, within(1e-15));
    for (int k = 3; k <= 7; k++) {
      assertThat(lambda[2 * k]).isCloseTo(0.0325 / (1 + k * k), within(1e-16));
    }
    // The estimate itself stays what it was.
    assertThat(c.frequencyEigenvalues())
        .containsExactly(new double[] {3.25, 0.3125, 0.625}, within(1e-15));
    EmpiricalCovariance zero = EmpiricalCovariance.uncentred(FourierTransform.of(FOUR), curves());
    assertThat(
            zero.on(RegularGrid.unit(Layout.PERIODIC, 16))
                .spectral()
                .orElseThrow()
                .eigenvalues()[8])
        .isZero();
  }

  @Test
  void isRestoredFromItsEstimate() {
    Grid grid = RegularGrid.unit(6, 5);
    SpectralTransform t = CosineTransform.of(grid);
    EmpiricalCovariance c = EmpiricalCovariance.centred(t, data(grid, 4, 2));
    EmpiricalCovariance again =
        EmpiricalCovariance.of(t, c.meanCoefficients(), c.frequencyEigenvalues(), true);
    assertThat(TestFunctions.values(again.mean())).isEqualTo(TestFunctions.values(c.mean()));
    assertThat(TestFunctions.values(again.gaussian().sample(NoiseSource.of(1), 3)))
        .isEqualTo(TestFunctions.values(c.gaussian().sample(NoiseSource.of(1), 3)));
  }

  @Test
  void badDataAreRefused() {
    SpectralTransform t = FourierTransform.of(FOUR);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EmpiricalCovariance.centred(t, TestFunctions.of(FOUR, 1, 2, 3, 4)))
        .withMessageContaining("1 function")
        .withMessageContaining("at least 2");
    for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(
              () ->
                  EmpiricalCovariance.uncentred(
                      t, TestFunctions.of(FOUR, 1, 2, 3, 4, 1, bad, 1, 1)))
          .withMessageContaining("function 1 is not finite");
    }
  }

  @Test
  void estimatesThatDoNotFitTheTransformAreRefused() {
    SpectralTransform t = FourierTransform.of(FOUR);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EmpiricalCovariance.of(t, new double[5], new double[3], true))
        .withMessageContaining("5 mean coefficients")
        .withMessageContaining("4 modes");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EmpiricalCovariance.of(t, new double[0], new double[3], true))
        .withMessageContaining("0 mean coefficients");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EmpiricalCovariance.of(t, new double[4], new double[4], true))
        .withMessageContaining("4 eigenvalues")
        .withMessageContaining("[3]");
  }

  @Test
  void floorsOutOfRangeAreRefused() {
    EmpiricalCovariance c = EmpiricalCovariance.uncentred(FourierTransform.of(FOUR), curves());
    for (double bad : new double[] {0, 1, -1, Double.NaN}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> c.withFloor(bad, 1))
          .withMessageContaining("floor " + bad);
    }
    for (double bad : new double[] {0.5, 0, Double.NaN}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> c.withFloor(0.1, bad))
          .withMessageContaining("decay " + bad)
          .withMessageContaining("d/2 = 0.5");
    }
    EmpiricalCovariance nothing =
        EmpiricalCovariance.uncentred(
            FourierTransform.of(FOUR), TestFunctions.of(FOUR, 0, 0, 0, 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> nothing.withFloor(0.1, 1))
        .withMessageContaining("largest eigenvalue 0.0");
  }
}
