package io.fdiff.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.data.FunctionDataset;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.Basis;
import java.util.Arrays;
import java.util.function.ToDoubleBiFunction;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class MetricsPropertiesTest {

  private static final int MODES = 7;

  /** Functions of frequencies up to 3: the same ones on every periodic grid from 8 points. */
  private static FunctionDataset bandLimited(long seed, int n, int points) {
    Grid grid = RegularGrid.unit(RegularGrid.Layout.PERIODIC, points);
    double[] c = new double[n * points];
    double[] z = new double[MODES];
    for (int b = 0; b < n; b++) {
      NoiseSource.of(seed).normals(b, 0, new int[] {MODES}, z, 0);
      System.arraycopy(z, 0, c, b * points, MODES);
    }
    double[] values = new double[c.length];
    Basis.FOURIER.on(grid).inverse(c, values, n);
    return Curves.of(grid, 1, values);
  }

  private static SpectralCovariance covariance(Grid grid) {
    // Zero beyond the frequencies that both grids carry, so that directions are the same functions.
    Spectrum spectrum = (k, laplacian) -> k[0] <= 3 ? 1.0 / (1 + k[0] * k[0]) : 0;
    return SpectralCovariance.of(Basis.FOURIER.on(grid), spectrum);
  }

  @Property(tries = 40, edgeCases = EdgeCasesMode.NONE)
  void metricsDoNotChangeWhenTheGridIsRefined(
      @ForAll long seed, @ForAll @IntRange(min = 2, max = 6) int n) {
    assertSame(seed, n, EnergyScore::distance);
    assertSame(seed, n, (x, y, e) -> MaximumMeanDiscrepancy.between(x, y).squared());
    assertSame(
        seed,
        n,
        (x, y, e) ->
            MaximumMeanDiscrepancy.between(x, y, FeatureMap.cameronMartin(covariance(x.grid())))
                .squared(3));
    assertSame(
        seed,
        n,
        (x, y, e) ->
            SlicedWasserstein.of(covariance(x.grid()), 20, NoiseSource.of(seed)).squared(x, y));
    assertSame(seed, n, (x, y, e) -> EnergyScore.of(x, y.subset(0), e));
  }

  @FunctionalInterface
  private interface Metric {
    double value(FunctionDataset x, FunctionDataset y, Ensemble ensemble);
  }

  private static void assertSame(long seed, int n, Metric metric) {
    double coarse =
        metric.value(bandLimited(seed, n, 8), bandLimited(seed + 1, n + 1, 8), Ensemble.FAIR);
    double fine =
        metric.value(bandLimited(seed, n, 31), bandLimited(seed + 1, n + 1, 31), Ensemble.FAIR);
    assertThat(fine).isCloseTo(coarse, within(1e-11 * (1 + Math.abs(coarse))));
  }

  @Property(tries = 40, edgeCases = EdgeCasesMode.NONE)
  void metricsDoNotDependOnTheOrderOfFunctionsAndAreSymmetric(
      @ForAll long seed, @ForAll @IntRange(min = 4, max = 9) int n) {
    Grid grid = RegularGrid.unit(5);
    FunctionDataset x = Curves.normal(grid, 2, n, NoiseSource.of(seed));
    FunctionDataset y = Curves.normal(grid, 2, n + 2, NoiseSource.of(seed).withStream(1));
    int[] reversed = new int[n];
    Arrays.setAll(reversed, i -> n - 1 - i);
    FunctionDataset turned = x.subset(reversed);
    DensityError density = DensityError.of(-4, 4, 50, 0.3);
    SlicedWasserstein sliced = SlicedWasserstein.withDefaults(grid, NoiseSource.of(seed));
    FeatureMap squares = FeatureMap.withSquares();
    assertOrder(x, turned, y, (a, b) -> EnergyScore.distance(a, b, Ensemble.PLAIN), true);
    assertOrder(
        x, turned, y, (a, b) -> MaximumMeanDiscrepancy.between(a, b, squares).squared(), true);
    assertOrder(x, turned, y, sliced::squared, true);
    assertOrder(x, turned, y, density::pooled, true);
    assertOrder(x, turned, y, density::perPoint, true);
    assertOrder(x, turned, y, (a, b) -> FunctionalErrors.between(a, b).skewnessMse(), true);
    assertOrder(x, turned, y, (a, b) -> FunctionalErrors.between(a, b).kurtosisMse(), true);
    assertOrder(x, turned, y, (a, b) -> Crps.integrated(a, b.subset(0), Ensemble.FAIR), false);
    assertThat(sliced.squared(x, turned)).isCloseTo(0, within(1e-25));
    assertThat(EnergyScore.distance(x, turned, Ensemble.PLAIN)).isCloseTo(0, within(1e-13));
  }

  private static void assertOrder(
      FunctionDataset x,
      FunctionDataset turned,
      FunctionDataset y,
      ToDoubleBiFunction<FunctionDataset, FunctionDataset> metric,
      boolean symmetric) {
    double value = metric.applyAsDouble(x, y);
    assertThat(metric.applyAsDouble(turned, y))
        .isCloseTo(value, within(1e-11 * (1 + Math.abs(value))));
    if (symmetric) {
      assertThat(metric.applyAsDouble(y, x))
          .isCloseTo(value, within(1e-11 * (1 + Math.abs(value))));
    }
  }

  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
  void crpsIsItsDoubleSum(@ForAll long seed, @ForAll @IntRange(min = 2, max = 20) int m) {
    double[] z = new double[m + 1];
    NoiseSource.of(seed).normals(0, 0, new int[] {m + 1}, z, 0);
    double[] members = Arrays.copyOf(z, m);
    members[1] = members[0];
    double error = 0;
    double pairs = 0;
    for (double a : members) {
      error += Math.abs(a - z[m]) / m;
      for (double b : members) {
        pairs += Math.abs(a - b);
      }
    }
    assertThat(Crps.ensemble(members, z[m], Ensemble.PLAIN))
        .isCloseTo(error - pairs / (2.0 * m * m), within(1e-13));
    assertThat(Crps.ensemble(members, z[m], Ensemble.FAIR))
        .isCloseTo(error - pairs / (2.0 * m * (m - 1)), within(1e-13));
  }
}
