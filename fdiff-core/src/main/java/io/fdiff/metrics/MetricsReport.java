package io.fdiff.metrics;

import io.fdiff.data.FunctionDataset;
import io.fdiff.noise.NoiseSource;
import io.fdiff.transform.Basis;
import io.fdiff.transform.SpectralTransform;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import org.apache.commons.rng.sampling.PermutationSampler;

/**
 * Two sets of functions compared by every metric of this package, with confidence intervals and,
 * beside each, its value for reference functions against reference functions. Immutable.
 *
 * <p>The floor compares the two halves of random splits of the reference, so squared errors of its
 * rows are about twice those of an exact sampler at full size, as in {@link DataFloor}. Metrics are
 * distances, smaller is better; MMD² and energy distance are unbiased and negative about half of
 * the time under equal laws.
 *
 * @param rows one for each metric
 * @param test the permutation test of MMD with the median bandwidth
 * @param generated number of generated functions
 * @param reference number of reference functions
 */
public record MetricsReport(List<Row> rows, TwoSampleTest test, int generated, int reference) {

  /** Number of random splits for the floor. */
  public static final int SPLITS = 20;

  /** Number of bootstrap resamples. */
  public static final int RESAMPLES = 199;

  /**
   * One metric.
   *
   * @param name what it is, with its unit where it has one
   * @param estimate the value and its basic bootstrap interval
   * @param floor mean over the splits of the reference
   * @param floorMaximum largest value over the splits
   */
  public record Row(String name, Estimate estimate, double floor, double floorMaximum) {

    /**
     * Whether real functions differ from real ones as much, in the worst of the splits.
     *
     * @return {@code value ≤ floorMaximum}; false if the value is not finite or one of them is NaN
     */
    public boolean withinFloor() {
      return Double.isFinite(estimate.value()) && estimate.value() <= floorMaximum;
    }
  }

  private record Metric(
      List<String> names,
      boolean distance,
      BiFunction<FunctionDataset, FunctionDataset, PairStatistic> prepare) {}

  /**
   * Copies the rows.
   *
   * @param rows one for each metric
   * @param test the permutation test of MMD with the median bandwidth
   * @param generated number of generated functions
   * @param reference number of reference functions
   */
  public MetricsReport {
    rows = List.copyOf(rows);
  }

  /**
   * The report with cosine spectra, which every regular grid and every 1-D point set has.
   *
   * @param generated at least 2 functions
   * @param reference at least 4 functions on the same grid with as many channels, not all equal
   * @param noise where to read permutations, directions, resamples and splits
   * @return the report
   * @throws IllegalArgumentException if grids or channels differ, a set is too small, or the grid
   *     has no default cosine transform
   * @throws ArithmeticException if half of the functions coincide
   */
  public static MetricsReport of(
      FunctionDataset generated, FunctionDataset reference, NoiseSource noise) {
    return of(
        generated,
        reference,
        Basis.COSINE.on(reference.grid()),
        SlicedWasserstein.withDefaults(reference.grid(), noise.withStream(1)),
        Bootstrap.of(RESAMPLES, Bootstrap.LEVEL, noise.withStream(2)),
        noise);
  }

  /**
   * The report with given parts.
   *
   * @param generated at least 2 functions
   * @param reference at least 4 functions on the same grid with as many channels, not all equal
   * @param transform basis of the spectra, on the same grid
   * @param sliced sliced Wasserstein distance, on the same grid
   * @param bootstrap how to resample
   * @param noise where to read permutations and splits
   * @return the report
   * @throws IllegalArgumentException if grids or channels differ or a set is too small
   * @throws ArithmeticException if half of the functions coincide
   */
  public static MetricsReport of(
      FunctionDataset generated,
      FunctionDataset reference,
      SpectralTransform transform,
      SlicedWasserstein sliced,
      Bootstrap bootstrap,
      NoiseSource noise) {
    generated.requireSameSpace(reference);
    if (generated.size() < 2 || reference.size() < 4) {
      throw new IllegalArgumentException(
          generated.size()
              + " generated and "
              + reference.size()
              + " reference functions: give at least 2 and 4, so that the reference has two halves");
    }
    if (!transform.grid().equals(reference.grid())) {
      throw new IllegalArgumentException(
          "transform on " + transform.grid() + " for " + reference + ": build it on that grid");
    }
    MaximumMeanDiscrepancy mmd = MaximumMeanDiscrepancy.between(generated, reference);
    double bandwidth = mmd.bandwidth();
    DensityError density = DensityError.withDefaults(reference);
    List<Metric> metrics =
        List.of(
            new Metric(FunctionalErrors.NAMES, true, MetricsReport::errors),
            new Metric(
                List.of("log spectrum MSE", "radial log spectrum MSE"),
                true,
                (x, y) -> spectrum(transform, x, y)),
            new Metric(List.of("density MSE"), true, (x, y) -> density(density, x, y)),
            new Metric(List.of("sliced W2 squared"), true, sliced::resampled),
            new Metric(List.of("energy distance"), false, EnergyScore::resampled),
            new Metric(
                List.of("MMD squared"),
                false,
                (x, y) -> MaximumMeanDiscrepancy.between(x, y).resampled(bandwidth)));
    List<Row> rows = new ArrayList<>();
    for (Metric metric : metrics) {
      List<Estimate> estimates =
          bootstrap.estimates(
              generated.size(), reference.size(), metric.prepare().apply(generated, reference));
      double[][] floor = floor(reference, metric, noise.withStream(3));
      for (int s = 0; s < estimates.size(); s++) {
        int at = s;
        Estimate estimate = estimates.get(s);
        rows.add(
            new Row(
                metric.names().get(s),
                metric.distance() ? estimate.nonNegative() : estimate,
                Arrays.stream(floor).mapToDouble(f -> f[at]).average().orElseThrow(),
                Arrays.stream(floor).mapToDouble(f -> f[at]).max().orElseThrow()));
      }
    }
    TwoSampleTest test =
        mmd.test(bandwidth, MaximumMeanDiscrepancy.PERMUTATIONS, noise.withStream(0));
    return new MetricsReport(rows, test, generated.size(), reference.size());
  }

  /**
   * The row of a metric.
   *
   * @param name its name
   * @return the row
   * @throws IllegalArgumentException if there is no such row
   */
  public Row row(String name) {
    return rows.stream()
        .filter(row -> row.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no metric " + name + "; there are " + rows.stream().map(Row::name).toList()));
  }

  private static double[][] floor(FunctionDataset reference, Metric metric, NoiseSource noise) {
    PairStatistic statistic = metric.prepare().apply(reference, reference);
    int n = reference.size();
    double[][] floor = new double[SPLITS][];
    for (int r = 0; r < SPLITS; r++) {
      int[] order = PermutationSampler.natural(n);
      PermutationSampler.shuffle(noise.withStep(r).uniform(0), order);
      floor[r] = statistic.values(Arrays.copyOf(order, n / 2), Arrays.copyOfRange(order, n / 2, n));
    }
    return floor;
  }

  private static PairStatistic errors(FunctionDataset x, FunctionDataset y) {
    return (first, second) -> FunctionalErrors.errors(x.subset(first), y.subset(second));
  }

  private static PairStatistic spectrum(
      SpectralTransform transform, FunctionDataset x, FunctionDataset y) {
    double[][] a = SpectralContent.energies(transform, x);
    double[][] b = SpectralContent.energies(transform, y);
    return (first, second) -> {
      SpectralContent sx = SpectralContent.mean(transform, a, first);
      SpectralContent sy = SpectralContent.mean(transform, b, second);
      return new double[] {sx.logMse(sy), sx.radialLogMse(sy)};
    };
  }

  private static PairStatistic density(DensityError density, FunctionDataset x, FunctionDataset y) {
    double[][] a = density.rows(x);
    double[][] b = density.rows(y);
    return (first, second) ->
        new double[] {
          DensityError.meanSquare(DensityError.mean(a, first), DensityError.mean(b, second))
        };
  }

  /**
   * The report as a plain-text table.
   *
   * @return one line for each metric: value, interval, floor and its maximum over the splits
   */
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    out.append(
        String.format(
            Locale.ROOT,
            "%d generated against %d reference functions%n%-24s %11s %25s %11s %11s%n",
            generated,
            reference,
            "metric",
            "value",
            "interval",
            "floor",
            "floor max"));
    for (Row row : rows) {
      Estimate e = row.estimate();
      out.append(
          String.format(
              Locale.ROOT,
              "%-24s %11.4g %25s %11.4g %11.4g%n",
              row.name(),
              e.value(),
              String.format(Locale.ROOT, "[%.4g, %.4g]", e.lower(), e.upper()),
              row.floor(),
              row.floorMaximum()));
    }
    out.append(
        String.format(
            Locale.ROOT,
            "MMD test: p = %.4g, %d permutations, bandwidth %.4g%n",
            test.pValue(),
            test.permutations(),
            test.bandwidth()));
    return out.toString();
  }
}
