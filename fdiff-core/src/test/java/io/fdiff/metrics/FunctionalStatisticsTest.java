package io.fdiff.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.covariance.KernelCovariance;
import io.fdiff.data.FunctionDataset;
import io.fdiff.noise.NoiseSource;
import io.fdiff.noise.Statistics;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.CholeskyDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;
import org.apache.commons.rng.UniformRandomProvider;
import org.junit.jupiter.api.Test;

class FunctionalStatisticsTest {

  private static final double LENGTH = 0.3;

  @Test
  void meanVarianceAndAutocorrelationByHand() {
    // Deviations by point (−1, 0, 1), (−1, −1, 2), (1, −2, 1): squares 2, 6, 6, products of the
    // first
    // with the second 3, of the second with the third 3, of the ends 0.
    FunctionDataset data =
        Curves.of(
            RegularGrid.unit(3),
            new double[] {1, 1, 7},
            new double[] {2, 1, 4},
            new double[] {3, 4, 7});
    FunctionalStatistics statistics = FunctionalStatistics.of(data);
    assertThat(statistics.mean().shape()).containsExactly(1, 1, 3);
    assertThat(statistics.mean().reshape(3).toDoubleVector()).containsExactly(2, 2, 6);
    assertThat(statistics.variance().reshape(3).toDoubleVector()).containsExactly(1, 3, 3);
    double[] r = statistics.autocorrelation();
    assertThat(r).hasSize(3);
    assertThat(r[0]).isCloseTo(1, within(1e-14));
    assertThat(r[1]).isCloseTo((3 / Math.sqrt(12) + 0.5) / 2, within(1e-14));
    assertThat(r[2]).isCloseTo(0, within(1e-14));
  }

  @Test
  void channelsAndLeadingAxesShareOneAutocorrelation() {
    // Rows (x, x) and (x, −x): correlations 1 and −1 for one channel, 1 and 1 for the other.
    FunctionDataset data =
        Curves.of(
            RegularGrid.unit(2, 2), 2, 1, 1, 1, -1, 2, 2, 2, 2, -1, -1, -1, 1, -2, -2, -2, -2);
    double[] r = FunctionalStatistics.of(data).autocorrelation();
    assertThat(r).hasSize(2);
    assertThat(r[1]).isCloseTo((1 - 1 + 1 + 1) / 4.0, within(1e-14));
    assertThat(FunctionalStatistics.of(data).variance().shape()).containsExactly(1, 2, 2, 2);
  }

  @Test
  void pointsThatDoNotVaryHaveNoCorrelation() {
    // 0.1 three times has a mean other than 0.1 in floating point; its variance is still 0.
    FunctionDataset data =
        Curves.of(
            RegularGrid.unit(4),
            new double[] {0.1, 1, 2, 0.1},
            new double[] {0.1, 2, 4, 0.1},
            new double[] {0.1, 4, 8, 0.1});
    FunctionalStatistics statistics = FunctionalStatistics.of(data);
    assertThat(statistics.variance().getDouble(0, 0, 0)).isZero();
    double[] r = statistics.autocorrelation();
    assertThat(r[0]).isCloseTo(1, within(1e-14));
    assertThat(r[1]).isCloseTo(1, within(1e-14));
    assertThat(r[2]).isNaN();
    assertThat(r[3]).isNaN();
  }

  /**
   * Functions {@code ±c L_k}, {@code LLᵀ = K}, have mean 0 and exactly the covariance K of an
   * Ornstein–Uhlenbeck process if {@code 2c² = 2N − 1}, so no sampling error enters.
   */
  @Test
  void autocorrelationOfAnOrnsteinUhlenbeckProcessIsExponential() {
    int n = 20;
    Grid grid = RegularGrid.unit(n);
    RealMatrix k = new Array2DRowRealMatrix(n, n);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        k.setEntry(i, j, 2.5 * Math.exp(-Math.abs(i - j) / (n * LENGTH)));
      }
    }
    RealMatrix factor = new CholeskyDecomposition(k).getL().scalarMultiply(Math.sqrt(n - 0.5));
    double[][] rows = new double[2 * n][];
    for (int b = 0; b < n; b++) {
      rows[b] = factor.getColumn(b);
      rows[n + b] = factor.scalarMultiply(-1).getColumn(b);
    }
    FunctionalStatistics statistics = FunctionalStatistics.of(Curves.of(grid, rows));
    double[] r = statistics.autocorrelation();
    for (int lag = 0; lag < n; lag++) {
      assertThat(statistics.variance().getDouble(0, 0, lag)).isCloseTo(2.5, within(1e-12));
      assertThat(r[lag]).isCloseTo(Math.exp(-lag / (n * LENGTH)), within(1e-12));
    }
  }

  /**
   * 60 sets of 100 samples. A sample correlation has mean {@code ρ − ρ(1 − ρ²)/(2n)} up to {@code
   * O(n⁻²)}; the mean over the sets is tested by Student's t, 4 lags with 5e-7 each: 2e-6 in all.
   */
  @Test
  void autocorrelationOfOrnsteinUhlenbeckSamples() {
    int sets = 60;
    int n = 100;
    Grid grid = RegularGrid.unit(24);
    KernelCovariance covariance =
        KernelCovariance.of(grid, (p, q) -> Math.exp(-Math.abs(p[0] - q[0]) / LENGTH));
    int[] lags = {1, 3, 8, 16};
    SummaryStatistics[] at = new SummaryStatistics[lags.length];
    for (int l = 0; l < lags.length; l++) {
      at[l] = new SummaryStatistics();
    }
    for (int s = 0; s < sets; s++) {
      NoiseSource noise = NoiseSource.of(41).withStep(s);
      FunctionDataset data = FunctionDataset.of(grid, covariance.sample(noise, n));
      double[] r = FunctionalStatistics.of(data).autocorrelation();
      for (int l = 0; l < lags.length; l++) {
        at[l].addValue(r[lags[l]]);
      }
    }
    double threshold = new TDistribution(sets - 1).inverseCumulativeProbability(1 - 2.5e-7);
    for (int l = 0; l < lags.length; l++) {
      double rho = Math.exp(-lags[l] / (24 * LENGTH));
      double expected = rho - rho * (1 - rho * rho) / (2 * n);
      double error = at[l].getStandardDeviation() / Math.sqrt(sets);
      assertThat(Math.abs(at[l].getMean() - expected) / error).isLessThan(threshold);
    }
  }

  @Test
  void refusesOneFunction() {
    FunctionDataset one = Curves.of(RegularGrid.unit(2), new double[] {1, 2});
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FunctionalStatistics.of(one))
        .withMessageContaining("1 functions")
        .withMessageContaining("at least 2");
  }

  /**
   * Exponential marginals: 64 points of 20 000 functions, 1.28e6 values. The influence functions
   * {@code z³ − 3z² − 3z + 1} and {@code z⁴ − 18z² − 8z + 9} have variances 72 and 8064, so the
   * averages have deviations 0.0075 and 0.079; |z| < 4.7534 (2e-6). Bias below 0.01.
   */
  @Test
  void skewnessAndKurtosisOfExponentialMarginals() {
    int n = 20_000;
    int points = 64;
    double[] values = new double[n * points];
    for (int b = 0; b < n; b++) {
      UniformRandomProvider uniform = NoiseSource.of(51).uniform(b);
      for (int i = 0; i < points; i++) {
        values[b * points + i] = -Math.log1p(-uniform.nextDouble());
      }
    }
    FunctionalStatistics statistics =
        FunctionalStatistics.of(Curves.of(RegularGrid.unit(points), 1, values));
    double z = Statistics.normal(2e-6);
    assertThat(statistics.skewness().meanNumber().doubleValue())
        .isCloseTo(2, within(0.0075 * z + 0.01));
    assertThat(statistics.excessKurtosis().meanNumber().doubleValue())
        .isCloseTo(6, within(0.079 * z + 0.01));
  }

  @Test
  void skewnessAndKurtosisByHand() {
    // Deviations (−1, −1, −1, 3): m2 = 3, m3 = 6, m4 = 21. Far from 0 the digits stay.
    FunctionDataset data =
        Curves.of(
            RegularGrid.unit(2),
            new double[] {0, 1e6},
            new double[] {0, 1e6},
            new double[] {0, 1e6},
            new double[] {4, 1e6 + 4});
    FunctionalStatistics statistics = FunctionalStatistics.of(data);
    for (int i = 0; i < 2; i++) {
      assertThat(statistics.skewness().getDouble(0, 0, i))
          .isCloseTo(6 / Math.pow(3, 1.5), within(1e-14));
      assertThat(statistics.excessKurtosis().getDouble(0, 0, i))
          .isCloseTo(21 / 9.0 - 3, within(1e-14));
    }
  }
}
