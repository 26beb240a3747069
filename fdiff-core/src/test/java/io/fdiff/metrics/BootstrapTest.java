package io.fdiff.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.data.FunctionDataset;
import io.fdiff.noise.NoiseSource;
import io.fdiff.noise.Statistics;
import io.fdiff.space.RegularGrid;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BootstrapTest {

  private static final RegularGrid GRID = RegularGrid.unit(2);

  private static double mean(FunctionDataset data) {
    return Arrays.stream(data.toDoubles()).average().orElseThrow();
  }

  /**
   * 90 % intervals of the mean of 100 functions, Gaussian points: 1000 repeats. The interval
   * behaves as {@code P(|t_99| < 1.645 √(99/100))}, 0.895: within 4.7534 binomial deviations of
   * 0.9, (0.855, 0.945), false alarm 3e-6. Intervals of level 0.85 or 0.95 fail.
   */
  @Test
  void intervalsOfAMeanCoverAtTheirLevel() {
    int repeats = 1000;
    long covered =
        IntStream.range(0, repeats)
            .parallel()
            .filter(
                r -> {
                  NoiseSource noise = NoiseSource.of(31).withStep(r);
                  FunctionDataset data = Curves.normal(GRID, 1, 100, noise);
                  return Bootstrap.of(199, 0.9, noise.withStream(1))
                      .estimate(data, BootstrapTest::mean)
                      .contains(0);
                })
            .count();
    double z = Statistics.normal(2e-6);
    assertThat(Math.abs(covered - 900.0)).isLessThan(z * Math.sqrt(repeats * 0.9 * 0.1));
  }

  /** The same for a point of a band: 600 sets of 200 functions, mean and variance. */
  @Test
  void bandsOfMomentsCoverAtTheirLevel() {
    int repeats = 600;
    for (Moment moment : new Moment[] {Moment.MEAN, Moment.VARIANCE}) {
      long covered =
          IntStream.range(0, repeats)
              .parallel()
              .filter(
                  r -> {
                    NoiseSource noise = NoiseSource.of(32).withStep(r);
                    FunctionDataset data = Curves.normal(GRID, 1, 200, noise);
                    Band band = Bootstrap.of(199, 0.9, noise.withStream(1)).band(data, moment);
                    double truth = moment == Moment.MEAN ? 0 : 1;
                    return band.lower().getDouble(0) <= truth && truth <= band.upper().getDouble(0);
                  })
              .count();
      // As above; for a variance of 200 Gaussians BCa is right to about 0.01. |z| < 4.7534.
      assertThat(Math.abs(covered - 0.9 * repeats))
          .as(moment.name())
          .isLessThan(Statistics.normal(2e-6) * Math.sqrt(repeats * 0.9 * 0.1));
    }
  }

  /**
   * The plug-in distance of two sets of one law is never 0, and its bootstrap values are larger
   * still: the basic interval reaches 0 nevertheless. 300 repeats, at least 90 % as it is
   * conservative there; fewer than 245 have probability 1e-5.
   */
  @Test
  void intervalsOfADistanceReachZeroUnderEqualLaws() {
    long covered =
        IntStream.range(0, 300)
            .parallel()
            .filter(
                r -> {
                  NoiseSource noise = NoiseSource.of(33).withStep(r);
                  FunctionDataset x = Curves.normal(RegularGrid.unit(8), 1, 40, noise);
                  FunctionDataset y =
                      Curves.normal(RegularGrid.unit(8), 1, 60, noise.withStream(1));
                  return FunctionalErrors.intervals(
                          x, y, Bootstrap.of(99, 0.9, noise.withStream(2)))
                      .get(0)
                      .contains(0);
                })
            .count();
    assertThat(covered).isGreaterThanOrEqualTo(245);
  }

  /** Shift 1 between sets of 200: the error of the laws is 1; 300 repeats, 90 % as above. */
  @Test
  void intervalsOfADistanceCoverTheDistanceOfTheLaws() {
    int repeats = 300;
    long covered =
        IntStream.range(0, repeats)
            .parallel()
            .filter(
                r -> {
                  NoiseSource noise = NoiseSource.of(34).withStep(r);
                  FunctionDataset x = Curves.normal(GRID, 1, 200, noise);
                  FunctionDataset y = Curves.normal(GRID, 1, 200, noise.withStream(1));
                  FunctionDataset shifted = y.withValues(y.values().addi(1));
                  return FunctionalErrors.intervals(
                          shifted, x, Bootstrap.of(199, 0.9, noise.withStream(2)))
                      .get(0)
                      .contains(1);
                })
            .count();
    assertThat(Math.abs(covered - 0.9 * repeats))
        .isLessThan(Statistics.normal(2e-6) * Math.sqrt(repeats * 0.9 * 0.1));
  }

  /** Functions, not points: copies of a point along the grid do not make the interval narrower. */
  @Test
  void pointsOfAFunctionAreNotIndependent() {
    double[][] narrow = new double[30][2];
    double[][] wide = new double[30][64];
    double[] z = new double[30];
    NoiseSource.of(3).normals(0, 0, new int[] {30}, z, 0);
    for (int b = 0; b < 30; b++) {
      Arrays.fill(narrow[b], z[b]);
      Arrays.fill(wide[b], z[b]);
    }
    Bootstrap bootstrap = Bootstrap.withDefaults(NoiseSource.of(4));
    Estimate few = bootstrap.estimate(Curves.of(GRID, narrow), BootstrapTest::mean);
    Estimate many = bootstrap.estimate(Curves.of(RegularGrid.unit(64), wide), BootstrapTest::mean);
    assertThat(many.lower()).isCloseTo(few.lower(), within(1e-12));
    assertThat(many.upper()).isCloseTo(few.upper(), within(1e-12));
    assertThat(few.lower()).isLessThan(few.value());
    assertThat(few.upper()).isGreaterThan(few.value());
  }

  /** A band is the general method at each point. */
  @Test
  void bandsAreEstimatesOfEachPoint() {
    FunctionDataset data = Curves.normal(RegularGrid.unit(3), 2, 25, NoiseSource.of(5));
    Bootstrap bootstrap = Bootstrap.of(99, 0.9, NoiseSource.of(6));
    for (Moment moment : Moment.values()) {
      List<Estimate> points =
          bootstrap.estimates(
              data, d -> FunctionalStatistics.of(d).moments()[index(moment)].clone());
      Band band = bootstrap.band(data, moment);
      assertThat(band.value().shape()).containsExactly(1, 2, 3);
      assertThat(band.level()).isEqualTo(0.9);
      for (int i = 0; i < 6; i++) {
        Estimate point = points.get(i);
        assertThat(band.value().getDouble(0, i / 3, i % 3)).isCloseTo(point.value(), within(1e-11));
        assertThat(band.lower().getDouble(0, i / 3, i % 3)).isCloseTo(point.lower(), within(1e-9));
        assertThat(band.upper().getDouble(0, i / 3, i % 3)).isCloseTo(point.upper(), within(1e-9));
      }
    }
  }

  private static int index(Moment moment) {
    return List.of(Moment.values()).indexOf(moment);
  }

  @Test
  void intervalsDoNotDependOnThreads() throws InterruptedException, ExecutionException {
    FunctionDataset x = Curves.normal(RegularGrid.unit(6), 1, 30, NoiseSource.of(5));
    FunctionDataset y = Curves.normal(RegularGrid.unit(6), 1, 20, NoiseSource.of(6));
    Bootstrap bootstrap = Bootstrap.of(99, 0.9, NoiseSource.of(7));
    ForkJoinPool one = new ForkJoinPool(1);
    try {
      assertThat(one.submit(() -> FunctionalErrors.intervals(x, y, bootstrap)).get())
          .isEqualTo(FunctionalErrors.intervals(x, y, bootstrap));
      assertThat(one.submit(() -> bootstrap.estimate(x, BootstrapTest::mean)).get())
          .isEqualTo(bootstrap.estimate(x, BootstrapTest::mean));
      assertThat(one.submit(() -> bootstrap.band(x, Moment.VARIANCE).lower()).get())
          .isEqualTo(bootstrap.band(x, Moment.VARIANCE).lower());
    } finally {
      one.shutdown();
    }
  }

  @Test
  void nanIsNoInterval() {
    FunctionDataset constant =
        Curves.of(GRID, new double[] {0.1, 0.1}, new double[] {0.1, 0.1}, new double[] {0.1, 0.1});
    Bootstrap bootstrap = Bootstrap.of(99, 0.9, NoiseSource.of(7));
    Band skewness = bootstrap.band(constant, Moment.SKEWNESS);
    assertThat(skewness.value().getDouble(0)).isNaN();
    assertThat(skewness.lower().getDouble(0)).isNaN();
    Estimate nan = bootstrap.estimate(constant, d -> Double.NaN);
    assertThat(nan.defined()).isFalse();
    assertThat(nan.contains(0)).isFalse();
    assertThat(nan.contains(Double.NaN)).isFalse();
    // The mean of equal numbers has no spread: an interval of length 0, not NaN.
    Band mean = bootstrap.band(constant, Moment.MEAN);
    assertThat(mean.lower().getDouble(0)).isEqualTo(0.1);
    assertThat(mean.upper().getDouble(0)).isEqualTo(0.1);
    assertThat(bootstrap.band(constant, Moment.VARIANCE).upper().getDouble(0)).isZero();
  }

  @Test
  void wilsonByHand() {
    // n = 10, p̂ = 0.3, z = 1.959963984540054: (0.10779127, 0.60322185).
    Estimate p = Estimate.proportion(3, 10, 0.95);
    assertThat(p.value()).isEqualTo(0.3);
    for (double bound : new double[] {p.lower(), p.upper()}) {
      double z = (0.3 - bound) / Math.sqrt(bound * (1 - bound) / 10);
      assertThat(Math.abs(z)).isCloseTo(1.959963984540054, within(1e-9));
    }
    assertThat(p.lower()).isLessThan(0.3);
    assertThat(p.upper()).isGreaterThan(0.3);
    assertThat(Estimate.proportion(0, 10, 0.95).lower()).isZero();
    assertThat(Estimate.proportion(10, 10, 0.95).upper()).isEqualTo(1);
  }

  @Test
  void refusesLevelsOutOfRangeAndTooFewResamples() {
    for (double bad : new double[] {0, 1, -0.5, Double.NaN}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Bootstrap.of(999, bad, NoiseSource.of(1)))
          .withMessageContaining("level " + bad + " is not in (0, 1)");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Estimate.proportion(1, 2, bad))
          .withMessageContaining("level " + bad);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Bootstrap.of(38, 0.95, NoiseSource.of(1)))
        .withMessageContaining("38 resamples")
        .withMessageContaining("at least 39");
    assertThat(Bootstrap.of(39, 0.95, NoiseSource.of(1)).level()).isEqualTo(0.95);
    FunctionDataset one = Curves.of(GRID, new double[] {1, 2});
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> Bootstrap.withDefaults(NoiseSource.of(1)).estimate(one, BootstrapTest::mean))
        .withMessageContaining("at least 2 functions");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Estimate.proportion(3, 2, 0.95))
        .withMessageContaining("3.0 successes in 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Estimate(1, 2, 1, 0.95))
        .withMessageContaining("out of order");
  }
}
