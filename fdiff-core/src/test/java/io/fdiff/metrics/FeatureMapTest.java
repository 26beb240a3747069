package io.fdiff.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.data.FunctionDataset;
import io.fdiff.noise.NoiseSource;
import io.fdiff.noise.Statistics;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.PointSet;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.Basis;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class FeatureMapTest {

  private static final Spectrum DECAY = (frequency, laplacian) -> Math.pow(1 + frequency[0], -2);

  private static SpectralCovariance operator(Grid grid) {
    return SpectralCovariance.of(Basis.COSINE.on(grid), DECAY);
  }

  /** {@code √2 cos πku} of two frequencies with given amplitudes. */
  private static FunctionDataset waves(Grid grid, double[] a, int k, double[] b, int l) {
    double[][] rows = new double[a.length][grid.size()];
    for (int f = 0; f < a.length; f++) {
      for (int i = 0; i < grid.size(); i++) {
        double u = Math.PI * grid.coordinate(i, 0);
        rows[f][i] = Math.sqrt(2) * (a[f] * Math.cos(k * u) + b[f] * Math.cos(l * u));
      }
    }
    return Curves.of(grid, rows);
  }

  @Test
  void squaredNormsByMode() {
    Grid grid = RegularGrid.unit(16);
    FunctionDataset x = waves(grid, new double[] {3, 0}, 1, new double[] {0, 2}, 4);
    assertNorms(FeatureMap.identity(), x, 9 + 4);
    assertNorms(FeatureMap.smoothed(operator(grid)), x, 9 / 4.0 + 4 / 25.0);
    assertNorms(FeatureMap.cameronMartin(operator(grid)), x, 9 * 4 + 4 * 25);
  }

  private static void assertNorms(FeatureMap map, FunctionDataset x, double expected) {
    double[][] f = map.features(x);
    assertThat(Distances.squared(f[0], f[1])).isCloseTo(expected, within(1e-10 * expected));
  }

  @Test
  void squaresAreTakenAtEachPoint() {
    Grid grid = PointSet.of(new Interval(0, 4), 0, 2, 3);
    FunctionDataset x = Curves.of(grid, new double[] {1, 2, 3}, new double[] {0, 0, 1});
    double linear = 1 + 1.5 * 4 + 1.5 * 4;
    double squares = 1 + 1.5 * 16 + 1.5 * 64;
    assertNorms(FeatureMap.withSquares(), x, linear + squares);
  }

  /** The kernel {@code Σ cos(2πj(s − t)) e^{−(s−t)²/(2ℓ²)}} by its own quadrature sum. */
  @Test
  void cosineExponentialIsAnIntegralOperator() {
    Grid grid = RegularGrid.of(List.of(new Interval(0, 2)), RegularGrid.Layout.CELL, 12);
    FunctionDataset x = Curves.normal(grid, 1, 2, NoiseSource.of(1));
    double[] values = x.toDoubles();
    double expected = 0;
    for (int i = 0; i < 12; i++) {
      double sum = 0;
      for (int k = 0; k < 12; k++) {
        double d = (i - k) / 6.0;
        double kernel = 1 + Math.cos(Math.PI * d) + Math.cos(2 * Math.PI * d);
        sum += kernel * Math.exp(-d * d / (2 * 0.25)) * (values[k] - values[12 + k]) / 6;
      }
      expected += sum * sum / 6;
    }
    double[][] f = FeatureMap.cosineExponential(grid, 3, 0.5).features(x);
    // The operator carries a jitter of 1e-10 of its diagonal.
    assertThat(Distances.squared(f[0], f[1])).isCloseTo(expected, within(1e-7 * expected));
  }

  /**
   * MMD² of a Gaussian pair under T is that of the pair with the image laws: modes k = 1..4 with
   * variances {@code v} and {@code 2v}, T multiplies them by λ or 1/λ. Mean of 300 unbiased
   * estimates of 30 against 30 by Student's t, 1e-6 for each T.
   */
  @Test
  void meanOfTheEstimateIsTheClosedFormForEveryMap() {
    Grid grid = RegularGrid.unit(8);
    SpectralCovariance c = operator(grid);
    check(FeatureMap.smoothed(c), c::applySqrt, 0.3);
    check(FeatureMap.cameronMartin(c), c::applyInverseSqrt, 2);
  }

  private static void check(FeatureMap map, UnaryOperator<INDArray> root, double bandwidth) {
    Grid grid = RegularGrid.unit(8);
    // Image variances, by applying the map to each mode.
    double xx = 1;
    double yy = 1;
    double xy = 1;
    for (int k = 1; k <= 4; k++) {
      FunctionDataset mode = waves(grid, new double[] {1}, k, new double[] {0}, 1);
      double factor = 0;
      for (double v : mode.withValues(root.apply(mode.values())).toDoubles()) {
        factor += v * v / 8;
      }
      double v = factor / (k * k) / (bandwidth * bandwidth);
      xx /= Math.sqrt(1 + 2 * v);
      yy /= Math.sqrt(1 + 4 * v);
      xy /= Math.sqrt(1 + 3 * v);
    }
    int sets = 300;
    SummaryStatistics estimates = new SummaryStatistics();
    for (int s = 0; s < sets; s++) {
      FunctionDataset x = gaussian(NoiseSource.of(21).withStep(s), 1);
      FunctionDataset y = gaussian(NoiseSource.of(22).withStep(s), Math.sqrt(2));
      estimates.addValue(MaximumMeanDiscrepancy.between(x, y, map).squared(bandwidth));
    }
    double threshold = new TDistribution(sets - 1).inverseCumulativeProbability(1 - 5e-7);
    double error = estimates.getStandardDeviation() / Math.sqrt(sets);
    assertThat(Math.abs(estimates.getMean() - (xx + yy - 2 * xy)) / error).isLessThan(threshold);
    // A map that did nothing would be off by far more.
    assertThat(error).isLessThan(0.005);
  }

  private static FunctionDataset gaussian(NoiseSource noise, double factor) {
    double[] c = new double[30 * 8];
    double[] z = new double[4];
    for (int b = 0; b < 30; b++) {
      noise.normals(b, 0, new int[] {4}, z, 0);
      for (int k = 1; k <= 4; k++) {
        c[b * 8 + k] = factor * z[k - 1] / k;
      }
    }
    double[] values = new double[c.length];
    Grid grid = RegularGrid.unit(8);
    Basis.COSINE.on(grid).inverse(c, values, 30);
    return Curves.of(grid, 1, values);
  }

  /** Fresh sets of one law: of 400 tests with 19 permutations a tenth has p ≤ 0.1 exactly. */
  @Test
  void powerIsTheLevelUnderEqualLawsAndOneForDifferentOnes() {
    Grid grid = RegularGrid.unit(4);
    int repeats = 400;
    Estimate equal =
        TwoSampleTest.power(
            repeats,
            0.1,
            r -> {
              NoiseSource noise = NoiseSource.of(23).withStep(r);
              MaximumMeanDiscrepancy mmd =
                  MaximumMeanDiscrepancy.between(
                      Curves.normal(grid, 1, 10, noise),
                      Curves.normal(grid, 1, 12, noise.withStream(1)),
                      FeatureMap.withSquares());
              return mmd.test(mmd.bandwidth(), 19, noise.withStream(2));
            });
    // |z| < 4.7534 (2e-6).
    double error = Math.sqrt(0.1 * 0.9 / repeats);
    assertThat(equal.value()).isCloseTo(0.1, within(Statistics.normal(2e-6) * error));
    FunctionDataset x = Curves.normal(grid, 1, 60, NoiseSource.of(24));
    FunctionDataset far = x.withValues(x.values().addi(3));
    Estimate one =
        MaximumMeanDiscrepancy.power(
            x, far, FeatureMap.identity(), 15, 0.05, 20, NoiseSource.of(25));
    assertThat(one.value()).isEqualTo(1);
    assertThat(one.lower()).isBetween(0.8, 0.9);
  }

  /** A shift in the mean: the interval covers the closed form, and 0 is outside. */
  @Test
  void intervalOfTheDiscrepancy() {
    Grid grid = RegularGrid.unit(2);
    int repeats = 200;
    int covered = 0;
    double expected = 2 / Math.sqrt(1 + 2 * 0.5) / Math.sqrt(1 + 2 * 0.5);
    expected *= 1 - Math.exp(-1 / (2 * (1 + 2 * 0.5)));
    for (int r = 0; r < repeats; r++) {
      NoiseSource noise = NoiseSource.of(26).withStep(r);
      FunctionDataset x = Curves.normal(grid, 1, 50, noise);
      FunctionDataset z = Curves.normal(grid, 1, 50, noise.withStream(1));
      FunctionDataset y = z.withValues(z.values().addi(1));
      Estimate e =
          MaximumMeanDiscrepancy.between(x, y)
              .interval(1, Bootstrap.of(99, 0.9, noise.withStream(2)));
      covered += e.contains(expected) ? 1 : 0;
    }
    // Asymptotically 180; fewer than 160 or more than 197 have probability below 1e-4 each.
    assertThat(covered).isBetween(160, 197);
  }

  @Test
  void refusesOtherGridsAndBadOptions() {
    FunctionDataset x = Curves.normal(RegularGrid.unit(4), 1, 3, NoiseSource.of(1));
    FeatureMap other = FeatureMap.smoothed(operator(RegularGrid.unit(RegularGrid.Layout.NODE, 4)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> other.features(x))
        .withMessageContaining("on the grid of the functions");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FeatureMap.cosineExponential(RegularGrid.unit(4), 0, 1))
        .withMessageContaining("0 frequencies");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FeatureMap.cosineExponential(RegularGrid.unit(4), 1, Double.NaN))
        .withMessageContaining("length NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FeatureMap.cosineExponential(RegularGrid.unit(4, 4), 1, 1))
        .withMessageContaining("2 axes");
    FunctionDataset huge = x.withValues(x.values().muli(1e200));
    assertThatExceptionOfType(ArithmeticException.class)
        .isThrownBy(() -> MaximumMeanDiscrepancy.between(x, huge, FeatureMap.withSquares()))
        .withMessageContaining("of the second set");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TwoSampleTest(0.1, 0.05, 1, 19).rejects(0.01))
        .withMessageContaining("19 permutations never reject at level 0.01")
        .withMessageContaining("at least 99");
    assertThat(new TwoSampleTest(0.1, 0.05, 1, 19).rejects(0.05)).isTrue();
    assertThat(new TwoSampleTest(0.1, 0.1, 1, 19).rejects(0.05)).isFalse();
    assertThatExceptionOfType(ArithmeticException.class)
        .isThrownBy(() -> new TwoSampleTest(Double.NaN, 0.5, 1, 19).rejects(0.05))
        .withMessageContaining("no outcome");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                MaximumMeanDiscrepancy.power(
                    x, x, FeatureMap.identity(), 4, 0.05, 9, NoiseSource.of(1)))
        .withMessageContaining("subsets of 4 out of 3");
  }

  @Test
  void mapsThatLoseOrBendRowsAreRefused() {
    Grid grid = RegularGrid.unit(4);
    FunctionDataset x = Curves.normal(grid, 1, 6, NoiseSource.of(1));
    FeatureMap lost = FeatureMap.of(grid, a -> FunctionBatch.zeros(grid, DataType.DOUBLE, 3, 2));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> lost.features(x))
        .withMessageContaining("6 functions to 3");
    FeatureMap fewer = a -> new double[a.size() - 1][2];
    FeatureMap ragged =
        a -> {
          double[][] rows = new double[a.size()][2];
          rows[a.size() - 1] = new double[3];
          return rows;
        };
    for (FeatureMap map : List.of(fewer, ragged)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> MaximumMeanDiscrepancy.between(x, x, map))
          .withMessageContaining("one for each, all of one length");
    }
  }
}
