package io.fdiff.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.data.FunctionDataset;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.PointSet;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.CosineTransform;
import io.fdiff.transform.SpectralTransform;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;
import org.junit.jupiter.api.Test;

class MaximumMeanDiscrepancyTest {

  /** Constant functions: their L² distance on a domain of length 1 is that of the constants. */
  private static FunctionDataset constants(double... values) {
    double[][] rows = new double[values.length][];
    for (int b = 0; b < rows.length; b++) {
      rows[b] = new double[] {values[b], values[b]};
    }
    return Curves.of(RegularGrid.unit(2), rows);
  }

  @Test
  void estimateByHand() {
    MaximumMeanDiscrepancy mmd =
        MaximumMeanDiscrepancy.between(constants(0, 1), constants(0, 2, 4));
    double within = Math.exp(-0.5);
    double other = (2 * Math.exp(-2) + Math.exp(-8)) / 3;
    double cross = (1 + Math.exp(-2) + Math.exp(-8) + 2 * Math.exp(-0.5) + Math.exp(-4.5)) / 6;
    assertThat(mmd.squared(1)).isCloseTo(within + other - 2 * cross, within(1e-14));
  }

  @Test
  void bandwidthIsTheMedianOfAllDistances() {
    // Distances 1, 0, 2, 4, 1, 1, 3, 2, 4, 2: sorted 0 1 1 1 2 2 2 3 4 4, median 2.
    assertThat(MaximumMeanDiscrepancy.between(constants(0, 1), constants(0, 2, 4)).bandwidth())
        .isCloseTo(2, within(1e-14));
    // 0, 1, 3, 3.5: distances 0.5 1 2 2.5 3 3.5, median 2.25.
    MaximumMeanDiscrepancy even =
        MaximumMeanDiscrepancy.between(constants(0, 1), constants(3, 3.5));
    assertThat(even.bandwidth()).isCloseTo(2.25, within(1e-14));
    assertThat(even.squared()).isEqualTo(even.squared(even.bandwidth()));
  }

  @Test
  void distancesAreQuadraturesOverAllChannels() {
    Grid grid = PointSet.of(new Interval(0, 4), 0, 2, 3);
    // Weights 1, 1.5, 1.5. Every distance is between 0 and x: the median of three equal ones.
    FunctionDataset x = Curves.of(grid, 2, 1, 2, 3, 0, 0, 1, 1, 2, 3, 0, 0, 1);
    FunctionDataset zero = Curves.of(grid, 2, new double[12]);
    double squared = 1 + 1.5 * 4 + 1.5 * 9 + 1.5;
    assertThat(MaximumMeanDiscrepancy.between(x, zero).bandwidth())
        .isCloseTo(Math.sqrt(squared), within(1e-14));
    assertThat(MaximumMeanDiscrepancy.between(x, zero).squared(2))
        .isCloseTo(2 - 2 * Math.exp(-squared / 8), within(1e-14));
  }

  /**
   * Oracle C of the Gaussian pair {@code λ_1 = k^{-2}, λ_2 = k^{-3}, Δ = (−1)^k k^{-2}, k = 1..8},
   * as functions in a cosine basis. The mean of 400 unbiased estimates from 40 and 30 functions is
   * tested by Student's t with 399 degrees of freedom, false alarm 1e-6. The standard error is
   * about 0.002: the biased estimate (+0.03), a bandwidth without its square or a norm without
   * weights fail.
   */
  @Test
  void meanOfTheEstimateIsTheClosedForm() {
    double expected = 0.1615946109470415;
    assertThat(closedForm()).isCloseTo(expected, within(1e-12 * expected));
    int sets = 400;
    SummaryStatistics estimates = new SummaryStatistics();
    for (int s = 0; s < sets; s++) {
      NoiseSource noise = NoiseSource.of(77).withStep(s);
      FunctionDataset x = gaussian(noise.withStream(0), 40, 2, 1);
      FunctionDataset y = gaussian(noise.withStream(1), 30, 3, 0);
      estimates.addValue(MaximumMeanDiscrepancy.between(x, y).squared(1));
    }
    double error = estimates.getStandardDeviation() / Math.sqrt(sets);
    double threshold = new TDistribution(sets - 1).inverseCumulativeProbability(1 - 5e-7);
    assertThat(error).isLessThan(0.004);
    assertThat(Math.abs(estimates.getMean() - expected) / error).isLessThan(threshold);
  }

  /** The same with equal laws: mean 0, false alarm 1e-6. */
  @Test
  void meanOfTheEstimateIsZeroUnderEqualLaws() {
    int sets = 400;
    SummaryStatistics estimates = new SummaryStatistics();
    for (int s = 0; s < sets; s++) {
      NoiseSource noise = NoiseSource.of(78).withStep(s);
      FunctionDataset x = gaussian(noise.withStream(0), 25, 2, 1);
      FunctionDataset y = gaussian(noise.withStream(1), 35, 2, 1);
      estimates.addValue(MaximumMeanDiscrepancy.between(x, y).squared(1));
    }
    double error = estimates.getStandardDeviation() / Math.sqrt(sets);
    double threshold = new TDistribution(sets - 1).inverseCumulativeProbability(1 - 5e-7);
    assertThat(Math.abs(estimates.getMean()) / error).isLessThan(threshold);
  }

  /**
   * Under equal laws {@code 20 p} is uniform on 1..20 for 19 permutations: 500 tests, discrete
   * Kolmogorov–Smirnov {@code √n D < 2.6934}, false alarm below 1e-6 (the discrete law is smaller).
   */
  @Test
  void pValuesAreUniformUnderEqualLaws() {
    int tests = 500;
    int permutations = 19;
    int[] count = new int[permutations + 1];
    for (int s = 0; s < tests; s++) {
      NoiseSource noise = NoiseSource.of(79).withStep(s);
      FunctionDataset x = gaussian(noise.withStream(0), 8, 2, 1);
      FunctionDataset y = gaussian(noise.withStream(1), 12, 2, 1);
      MaximumMeanDiscrepancy mmd = MaximumMeanDiscrepancy.between(x, y);
      TwoSampleTest test = mmd.test(mmd.bandwidth(), permutations, noise.withStream(2));
      count[(int) Math.round(test.pValue() * (permutations + 1)) - 1]++;
    }
    double distance = 0;
    int below = 0;
    for (int j = 0; j <= permutations; j++) {
      below += count[j];
      distance =
          Math.max(distance, Math.abs((double) below / tests - (j + 1.0) / (permutations + 1)));
    }
    assertThat(Math.sqrt(tests) * distance).isLessThan(2.6933861);
  }

  @Test
  void differentLawsAreTold() {
    FunctionDataset x = gaussian(NoiseSource.of(5), 40, 2, 1);
    FunctionDataset y = gaussian(NoiseSource.of(6), 30, 2, 4);
    TwoSampleTest test = MaximumMeanDiscrepancy.between(x, y).test(NoiseSource.of(7));
    assertThat(test.pValue()).isEqualTo(1.0 / 1000);
    assertThat(test.permutations()).isEqualTo(999);
    assertThat(test.mmd2()).isGreaterThan(0);
    assertThat(test.bandwidth()).isEqualTo(MaximumMeanDiscrepancy.between(x, y).bandwidth());
  }

  @Test
  void smallSetsCountTies() {
    // Of the 6 labellings of two points against two, the observed one and its complement attain the
    // statistic: p is (1 + Binomial(999, 1/3))/1000, |z| < 4.7534 (2e-6).
    MaximumMeanDiscrepancy mmd = MaximumMeanDiscrepancy.between(constants(0, 1), constants(5, 6.5));
    double p = mmd.test(2, 999, NoiseSource.of(1)).pValue();
    assertThat(Math.abs(1000 * p - 1 - 333) / Math.sqrt(999 * 2 / 9.0)).isLessThan(4.7534);
    // Three functions that coincide with three others: every labelling ties or is above.
    MaximumMeanDiscrepancy same =
        MaximumMeanDiscrepancy.between(constants(0, 1, 2), constants(0, 1, 2));
    assertThat(same.test(1, 99, NoiseSource.of(1)).pValue()).isEqualTo(1);
  }

  @Test
  void outcomeDoesNotDependOnThreads() throws InterruptedException, ExecutionException {
    FunctionDataset x = gaussian(NoiseSource.of(5), 30, 2, 1);
    FunctionDataset y = gaussian(NoiseSource.of(6), 50, 3, 0);
    TwoSampleTest parallel = MaximumMeanDiscrepancy.between(x, y).test(NoiseSource.of(7));
    ForkJoinPool one = new ForkJoinPool(1);
    try {
      TwoSampleTest serial =
          one.submit(() -> MaximumMeanDiscrepancy.between(x, y).test(NoiseSource.of(7))).get();
      assertThat(serial).isEqualTo(parallel);
    } finally {
      one.shutdown();
    }
  }

  @Test
  void refusesSetsAndBandwidthsOutOfRange() {
    MaximumMeanDiscrepancy mmd =
        MaximumMeanDiscrepancy.between(constants(0, 1), constants(0, 2, 4));
    for (double bad : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> mmd.squared(bad))
          .withMessageContaining("bandwidth " + bad + " is not positive and finite");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> mmd.test(1, 0, NoiseSource.of(1)))
        .withMessageContaining("0 permutations");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MaximumMeanDiscrepancy.between(constants(1), constants(1, 2)))
        .withMessageContaining("1 and 2 functions")
        .withMessageContaining("at least 2 in each");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                MaximumMeanDiscrepancy.between(
                    constants(1, 2), Curves.of(RegularGrid.unit(3), new double[3], new double[3])))
        .withMessageContaining("same grid");
    assertThatExceptionOfType(ArithmeticException.class)
        .isThrownBy(
            () -> MaximumMeanDiscrepancy.between(constants(1, 1), constants(1, 1)).bandwidth())
        .withMessageContaining("median distance 0.0 of 4 functions");
  }

  private static FunctionDataset gaussian(NoiseSource noise, int n, int decay, double shift) {
    SpectralTransform transform = CosineTransform.of(RegularGrid.unit(16));
    double[] coefficients = new double[n * 16];
    for (int b = 0; b < n; b++) {
      double[] z = new double[8];
      noise.normals(b, 0, new int[] {8}, z, 0);
      for (int k = 1; k <= 8; k++) {
        double mean = shift * (k % 2 == 0 ? 1 : -1) / (k * k);
        coefficients[b * 16 + k] = mean + z[k - 1] * Math.pow(k, -decay / 2.0);
      }
    }
    double[] values = new double[coefficients.length];
    transform.inverse(coefficients, values, n);
    return Curves.of(transform.grid(), 1, values);
  }

  /**
   * {@code E k(X, Y) = Π (1 + v_k)^{-1/2} exp(−Δ_k²/(2(1 + v_k)))}, {@code v} the sum of variances.
   */
  private static double closedForm() {
    double xx = 1;
    double yy = 1;
    double xy = 1;
    for (int k = 1; k <= 8; k++) {
      double a = Math.pow(k, -2);
      double b = Math.pow(k, -3);
      xx /= Math.sqrt(1 + 2 * a);
      yy /= Math.sqrt(1 + 2 * b);
      xy *= Math.exp(-Math.pow(k, -4) / (2 * (1 + a + b))) / Math.sqrt(1 + a + b);
    }
    return xx + yy - 2 * xy;
  }
}
