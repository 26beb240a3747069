package io.fdiff.covariance;

import static org.assertj.core.api.Assertions.assertThat;

import io.fdiff.noise.NoiseSource;
import io.fdiff.noise.Statistics;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.RegularGrid.Layout;
import io.fdiff.space.TestFunctions;
import io.fdiff.transform.Basis;
import io.fdiff.transform.FourierTransform;
import java.util.List;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The same mode coefficients on coarse and fine grids (oracle H1, samples). */
class CoupledNoiseTest {

  private static final int SAMPLES = 4000;

  private static double worstDifference(
      CovarianceOperator coarse, CovarianceOperator fine, int samples) {
    INDArray here = FunctionBatch.zeros(coarse.grid(), DataType.DOUBLE, samples, 2);
    INDArray there = FunctionBatch.zeros(fine.grid(), DataType.DOUBLE, samples, 2);
    NoiseSource noise = NoiseSource.of(31).withStep(4);
    double[] a = TestFunctions.values(coarse.sample(noise, here));
    double[] b = TestFunctions.values(fine.sample(noise, there));
    int[][] shared = SharedPoints.of(coarse.grid(), fine.grid());
    assertThat(shared.length).isGreaterThanOrEqualTo(4);
    double worst = 0;
    for (int row = 0; row < 2 * samples; row++) {
      for (int[] pair : shared) {
        double d = a[row * coarse.grid().size() + pair[0]] - b[row * fine.grid().size() + pair[1]];
        worst = Math.max(worst, Math.abs(d));
      }
    }
    return worst;
  }

  @Test
  void bandLimitedSamplesAgreeAtSharedPoints() {
    Spectrum limited =
        (f, laplacian) -> f[0] > 5 || f[f.length - 1] > 3 || (f.length == 3 && f[1] > 1) ? 0 : 1;
    List<List<Grid>> pairs =
        List.of(
            List.of(RegularGrid.unit(Layout.PERIODIC, 12), RegularGrid.unit(Layout.PERIODIC, 24)),
            List.of(RegularGrid.unit(Layout.PERIODIC, 13), RegularGrid.unit(Layout.PERIODIC, 26)),
            List.of(RegularGrid.unit(12), RegularGrid.unit(36)),
            List.of(RegularGrid.unit(Layout.NODE, 13), RegularGrid.unit(Layout.NODE, 25)),
            List.of(
                RegularGrid.unit(Layout.PERIODIC, 12, 8),
                RegularGrid.unit(Layout.PERIODIC, 24, 24)),
            List.of(RegularGrid.unit(12, 8), RegularGrid.unit(36, 24)),
            List.of(RegularGrid.unit(12, 3, 8), RegularGrid.unit(12, 9, 24)));
    for (Basis basis : Basis.values()) {
      for (List<Grid> pair : pairs) {
        Grid grid = pair.get(0);
        if (basis != Basis.FOURIER && ((RegularGrid) grid).layout() == Layout.PERIODIC) {
          continue; // least squares with half the modes
        }
        SpectralCovariance coarse = SpectralCovariance.of(basis.on(grid), limited);
        assertThat(worstDifference(coarse, coarse.on(pair.get(1)), 3))
            .as("%s from %s to %s", basis, grid, pair.get(1))
            .isLessThan(1e-12);
      }
    }
  }

  @Test
  void otherSamplesDifferByTheirTailInMeanSquare() {
    // The difference at the coarse nodes is Gaussian with covariance K_fine − K_coarse (odd grids
    // have no alternating mode), so the mean of its squares over nodes and 4000 samples has mean
    // Σ_tail λ_k and variance 2‖K_d/N‖²/4000. False-alarm rate 1e-6.
    Grid coarseGrid = RegularGrid.unit(Layout.PERIODIC, 15);
    SpectralCovariance coarse =
        SpectralCovariance.of(FourierTransform.of(coarseGrid), Spectrum.bessel(5, 1, 1));
    SpectralCovariance fine = coarse.on(RegularGrid.unit(Layout.PERIODIC, 45));
    double[] a = TestFunctions.values(coarse.sample(NoiseSource.of(8), SAMPLES));
    double[] b = TestFunctions.values(fine.sample(NoiseSource.of(8), SAMPLES));
    double mean = 0;
    for (int row = 0; row < SAMPLES; row++) {
      for (int i = 0; i < 15; i++) {
        double d = a[row * 15 + i] - b[row * 45 + 3 * i];
        mean += d * d / 15 / SAMPLES;
      }
    }
    RealMatrix here = Matrices.kernel(coarse);
    RealMatrix there = Matrices.kernel(fine);
    double variance = 0;
    for (int i = 0; i < 15; i++) {
      for (int j = 0; j < 15; j++) {
        double k = there.getEntry(3 * i, 3 * j) - here.getEntry(i, j);
        variance += 2 * k * k / (15 * 15) / SAMPLES;
      }
    }
    double tail = fine.trace() - coarse.trace();
    double bound = Statistics.normal(1e-6);
    assertThat((mean - tail) / Math.sqrt(variance)).isBetween(-bound, bound);
  }

  @Test
  void whiteNoiseHasNoLimit() {
    // Negative half: ‖η‖² is χ²_N, so it grows with the grid, and shared points do not agree.
    double[] bounds = Statistics.chiSquare(64 * 200, 1e-6);
    WhiteNoise white = WhiteNoise.functionSpace(RegularGrid.unit(Layout.PERIODIC, 16));
    WhiteNoise fine = white.on(RegularGrid.unit(Layout.PERIODIC, 64));
    double sum = 0;
    for (double v : TestFunctions.values(fine.sample(NoiseSource.of(2), 200))) {
      sum += v * v / 64;
    }
    assertThat(sum).isBetween(bounds[0], bounds[1]);
    assertThat(worstDifference(white, fine, 3)).isGreaterThan(1);
  }
}
