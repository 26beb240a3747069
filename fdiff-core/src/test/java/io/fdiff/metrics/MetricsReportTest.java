package io.fdiff.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.data.FunctionDataset;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.Basis;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Test;

class MetricsReportTest {

  private static FunctionDataset data(long seed, int n) {
    return Curves.normal(RegularGrid.unit(8), 1, n, NoiseSource.of(seed));
  }

  @Test
  void rowsAreTheMetricsThemselves() {
    FunctionDataset x = data(1, 20);
    FunctionDataset y = data(2, 30);
    NoiseSource noise = NoiseSource.of(3);
    MetricsReport report = MetricsReport.of(x, y, noise);
    FunctionalErrors errors = FunctionalErrors.between(x, y);
    assertValue(report, "mean MSE", errors.meanMse());
    assertValue(report, "variance rel", errors.varianceRelError());
    assertValue(report, "skewness MSE", errors.skewnessMse());
    assertValue(report, "kurtosis MSE", errors.kurtosisMse());
    assertValue(report, "autocorrelation MSE", errors.autocorrelationMse());
    SpectralContent sx = SpectralContent.of(Basis.COSINE.on(x.grid()), x.values());
    SpectralContent sy = SpectralContent.of(Basis.COSINE.on(x.grid()), y.values());
    assertValue(report, "log spectrum MSE", sx.logMse(sy));
    assertValue(report, "radial log spectrum MSE", sx.radialLogMse(sy));
    assertValue(report, "density MSE", DensityError.withDefaults(y).pooled(x, y));
    assertValue(
        report,
        "sliced W2 squared",
        SlicedWasserstein.withDefaults(x.grid(), noise.withStream(1)).squared(x, y));
    assertValue(report, "energy distance", EnergyScore.distance(x, y, Ensemble.FAIR));
    MaximumMeanDiscrepancy mmd = MaximumMeanDiscrepancy.between(x, y);
    assertValue(report, "MMD squared", mmd.squared());
    assertThat(report.test()).isEqualTo(mmd.test(noise.withStream(0)));
    assertThat(report.rows()).hasSize(11).allMatch(row -> row.estimate().defined());
    assertThat(MetricsReport.of(x, y, noise)).isEqualTo(report);
    assertThat(report.toString().lines().count()).isEqualTo(14);
  }

  private static void assertValue(MetricsReport report, String name, double expected) {
    assertThat(report.row(name).estimate().value())
        .as(name)
        .isCloseTo(expected, within(1e-10 * (1 + Math.abs(expected))));
  }

  @Test
  void reportDoesNotDependOnThreads() throws InterruptedException, ExecutionException {
    FunctionDataset x = data(1, 12);
    FunctionDataset y = data(2, 16);
    ForkJoinPool one = new ForkJoinPool(1);
    try {
      assertThat(one.submit(() -> MetricsReport.of(x, y, NoiseSource.of(3))).get())
          .isEqualTo(MetricsReport.of(x, y, NoiseSource.of(3)));
    } finally {
      one.shutdown();
    }
  }

  @Test
  void aShiftedModelIsOutsideTheFloorAndNanIsToo() {
    FunctionDataset y = data(2, 30);
    FunctionDataset x = data(1, 30);
    MetricsReport shifted =
        MetricsReport.of(x.withValues(x.values().addi(3)), y, NoiseSource.of(3));
    for (String name :
        new String[] {
          "mean MSE", "density MSE", "sliced W2 squared", "energy distance", "MMD squared"
        }) {
      assertThat(shifted.row(name).withinFloor()).as(name).isFalse();
      assertThat(shifted.row(name).estimate().lower()).as(name).isPositive();
    }
    assertThat(shifted.row("mean MSE").floor()).isBetween(0.02, 0.5);
    // Generated functions that are all equal have no skewness: no number, no pass.
    MetricsReport constant = MetricsReport.of(x.subset(1, 1, 1), y, NoiseSource.of(3));
    assertThat(constant.row("skewness MSE").estimate().defined()).isFalse();
    assertThat(constant.row("skewness MSE").withinFloor()).isFalse();
    assertThat(constant.row("autocorrelation MSE").withinFloor()).isFalse();
  }

  @Test
  void refusesSmallSetsAndUnknownNames() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MetricsReport.of(data(1, 1), data(2, 5), NoiseSource.of(1)))
        .withMessageContaining("1 generated and 5 reference");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MetricsReport.of(data(1, 5), data(2, 3), NoiseSource.of(1)))
        .withMessageContaining("5 generated and 3 reference");
    MetricsReport report = MetricsReport.of(data(1, 5), data(2, 6), NoiseSource.of(1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> report.row("FID"))
        .withMessageContaining("no metric FID")
        .withMessageContaining("mean MSE");
  }
}
