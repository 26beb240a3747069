package io.fdiff.examples;

import io.fdiff.covariance.Eigenpairs;
import io.fdiff.covariance.KernelCovariance;
import io.fdiff.data.FunctionDataset;
import io.fdiff.data.GaussianProcessMixture;
import io.fdiff.denoise.MixtureDenoiser;
import io.fdiff.kernel.Matern;
import io.fdiff.metrics.MaximumMeanDiscrepancy;
import io.fdiff.noise.NoiseSource;
import io.fdiff.sampler.DriftlessSampler;
import io.fdiff.sampler.EulerMaruyama;
import io.fdiff.sampler.ExponentialIntegrator;
import io.fdiff.sampler.LangevinStep;
import io.fdiff.sampler.MultistepExponential;
import io.fdiff.sampler.PredictorCorrector;
import io.fdiff.sampler.ProbabilityFlowSampler;
import io.fdiff.sampler.Sampler;
import io.fdiff.sampler.StochasticHeun;
import io.fdiff.schedule.NoiseSchedule;
import io.fdiff.schedule.TimeGrid;
import io.fdiff.sde.Driftless;
import io.fdiff.sde.FunctionalDiffusion;
import io.fdiff.sde.Prior;
import io.fdiff.sde.SDE;
import io.fdiff.sde.VariancePreserving;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.RegularGrid;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Error of samplers against the number of denoiser calls, for the mixture of two Gaussian processes
 * of Kerrigan et al. (2023) and its exact denoiser: no network, so all error is the sampler's.
 *
 * <p>The error compares standard deviations: functions are freed of the mean of their component and
 * expanded in the eigenfunctions of its covariance; {@code √(Σ_k(√v̂_k − √μ_k)²/Σ_k μ_k)} over the
 * 12 largest modes is the Wasserstein distance of the two Gaussian laws relative to the size of
 * one.
 */
final class SamplerStudy {

  private static final int POINTS = 64;
  private static final int MODES = 12;
  private static final double LAST = 1e-3;
  private static final int WIDTH = 1040;
  private static final int HEIGHT = 480;
  private static final int[] CALLS = {10, 20, 30, 50, 100, 300, 1000};

  /** One sampler at one number of calls. */
  record Cell(int calls, double error, double pValue) {}

  /** One sampler. */
  record Row(String name, List<Cell> cells) {}

  /** A sampler for a number of calls of the denoiser. */
  private record Entry(String name, SDE sde, Function<Integer, Sampler> sampler) {}

  private final int samples;
  private final NoiseSource noise;
  private final RegularGrid grid = RegularGrid.unit(POINTS);
  private final GaussianProcessMixture mixture = GaussianProcessMixture.kerrigan(grid);
  private final double[] mean;
  private final double[] variances;
  private final double[] modes;
  private final FunctionDataset real;

  SamplerStudy(int samples, long seed) {
    this.samples = samples;
    this.noise = NoiseSource.of(seed);
    this.mean = FunctionBatch.of(grid, mixture.mixture().components().get(0).mean()).toDoubles();
    Eigenpairs pairs = mixture.mixture().components().get(0).covariance().eigenpairs(MODES);
    this.variances = pairs.eigenvalues();
    this.modes = FunctionBatch.of(grid, pairs.functions()).toDoubles();
    this.real = mixture.generate(noise.withStream(0), samples);
  }

  /** Equal steps of {@code ln(τ/ς)} of one mode; of a scalar process, of all. */
  private static TimeGrid even(SDE sde, int mode, int n) {
    double horizon = sde.horizon();
    return TimeGrid.uniformIn(
        t -> sde.marginal(t).logSignalToNoise().at(mode), horizon, LAST * horizon, n);
  }

  private static TimeGrid even(SDE sde, int n) {
    return even(sde, 0, n);
  }

  private List<Entry> entries() {
    KernelCovariance rough = KernelCovariance.of(grid, new Matern(0.5, 1, 0.3));
    SDE vp = VariancePreserving.of(rough, NoiseSchedule.linear(0.1, 20), 1);
    SDE driftless = Driftless.of(rough, 20);
    SDE functional = FunctionalDiffusion.of(grid, 10, 1, POINTS);
    return List.of(
        new Entry("multistep exponential", vp, n -> MultistepExponential.of(even(vp, n))),
        new Entry("exponential, η = 0 (DDIM)", vp, n -> ExponentialIntegrator.of(even(vp, n), 0)),
        new Entry(
            "exponential, η = 1 (ancestral)", vp, n -> ExponentialIntegrator.of(even(vp, n), 1)),
        new Entry(
            "probability flow, Heun", vp, n -> ProbabilityFlowSampler.heun(even(vp, (n + 1) / 2))),
        new Entry("stochastic Heun", vp, n -> StochasticHeun.of(even(vp, (n + 1) / 2))),
        new Entry(
            "Euler–Maruyama, uniform times", vp, n -> EulerMaruyama.of(TimeGrid.uniform(1, n))),
        new Entry(
            "Euler–Maruyama, one correction, snr 0.16",
            vp,
            n ->
                PredictorCorrector.of(
                    TimeGrid.uniform(1, (n + 1) / 2), 1, LangevinStep.signalToNoise(0.16))),
        new Entry(
            "algorithm 3, T = 20, uniform times (thesis at 100)",
            driftless,
            n -> DriftlessSampler.eulerMaruyama(TimeGrid.uniform(20, n))),
        new Entry(
            "algorithm 3, T = 20, bridge, even times",
            driftless,
            n -> DriftlessSampler.bridge(even(driftless, n))),
        new Entry(
            "FDP, Euler–Maruyama, one correction, snr 0.17",
            functional,
            n ->
                PredictorCorrector.of(
                    TimeGrid.power(1, LAST, (n + 1) / 2, 1), 1, LangevinStep.signalToNoise(0.17))),
        new Entry(
            "FDP, multistep exponential",
            functional,
            n -> MultistepExponential.of(even(functional, 1, n))));
  }

  /** All samplers, and first exact samples of the same number, whose error is chance alone. */
  List<Row> run(int mostCalls) {
    List<Row> rows = new ArrayList<>();
    FunctionDataset exact = mixture.generate(noise.withStream(1), samples);
    rows.add(new Row("exact samples", List.of(new Cell(0, error(exact), pValue(exact)))));
    for (Entry entry : entries()) {
      MixtureDenoiser denoiser =
          MixtureDenoiser.of(entry.sde(), new double[] {1, 1}, mixture.mixture().components());
      List<Cell> cells = new ArrayList<>();
      for (int calls : CALLS) {
        if (calls <= mostCalls) {
          NoiseSource own = noise.withStream(2);
          var terminal = Prior.dataFree(entry.sde()).sample(own.withStream(0), samples, 1);
          FunctionDataset drawn =
              FunctionDataset.of(
                  grid,
                  entry
                      .sampler()
                      .apply(calls)
                      .sample(entry.sde(), denoiser, terminal, own.withStream(1)));
          boolean tested = calls == 30 || calls == 100 || calls == 1000;
          cells.add(new Cell(calls, error(drawn), tested ? pValue(drawn) : Double.NaN));
        }
      }
      rows.add(new Row(entry.name(), cells));
    }
    return rows;
  }

  private double pValue(FunctionDataset drawn) {
    return MaximumMeanDiscrepancy.between(real, drawn).test(noise.withStream(3)).pValue();
  }

  private double error(FunctionDataset drawn) {
    double[] values = FunctionBatch.of(grid, drawn.values()).toDoubles();
    double[] w = grid.weights();
    double[] found = new double[MODES];
    for (int from = 0; from < values.length; from += POINTS) {
      double side = 0;
      for (int i = 0; i < POINTS; i++) {
        side += w[i] * values[from + i] * mean[i];
      }
      for (int k = 0; k < MODES; k++) {
        double c = 0;
        for (int i = 0; i < POINTS; i++) {
          c += w[i] * modes[k * POINTS + i] * (values[from + i] - Math.signum(side) * mean[i]);
        }
        found[k] += c * c / samples;
      }
    }
    double squares =
        IntStream.range(0, MODES)
            .mapToDouble(k -> Math.pow(Math.sqrt(found[k]) - Math.sqrt(variances[k]), 2))
            .sum();
    return Math.sqrt(squares / Arrays.stream(variances).sum());
  }

  /** The rows as a table of Markdown. */
  static String table(List<Row> rows) {
    StringBuilder text = new StringBuilder("| sampler |");
    Arrays.stream(CALLS).forEach(calls -> text.append(' ').append(calls).append(" |"));
    text.append(" p at 30 | p at 100 | p at 1000 |\n|---").append("|---".repeat(CALLS.length + 3));
    text.append("|\n");
    for (Row row : rows) {
      text.append("| ").append(row.name()).append(" |");
      for (int calls : CALLS) {
        text.append(cell(row, calls, false));
      }
      text.append(cell(row, 30, true)).append(cell(row, 100, true)).append(cell(row, 1000, true));
      text.append('\n');
    }
    return text.toString();
  }

  private static String cell(Row row, int calls, boolean test) {
    return row.cells().stream()
        .filter(c -> c.calls() == calls || c.calls() == 0)
        .findFirst()
        .map(c -> String.format(Locale.ROOT, " %.3f |", test ? c.pValue() : c.error()))
        .orElse(" |");
  }

  /** Error over calls, on logarithmic axes. */
  static BufferedImage picture(List<Row> rows) {
    XYChart chart = CurvePlot.empty("error of samplers", "denoiser calls", "relative error");
    chart.getStyler().setXAxisLogarithmic(true);
    chart.getStyler().setYAxisLogarithmic(true);
    chart.getStyler().setLegendPosition(LegendPosition.OutsideE);
    for (Row row : rows) {
      double[] x = row.cells().stream().mapToDouble(Cell::calls).toArray();
      double[] y = row.cells().stream().mapToDouble(Cell::error).toArray();
      if (x[0] == 0) {
        // Exact samples need no calls: a line across.
        x = new double[] {CALLS[0], CALLS[CALLS.length - 1]};
        y = new double[] {y[0], y[0]};
      }
      chart.addSeries(row.name(), x, y).setMarker(SeriesMarkers.CIRCLE).setLineWidth(1.5f);
    }
    BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    chart.paint(graphics, WIDTH, HEIGHT);
    graphics.dispose();
    return image;
  }
}
