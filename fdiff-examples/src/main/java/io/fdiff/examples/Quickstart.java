package io.fdiff.examples;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fdiff.covariance.LowRankCovariance;
import io.fdiff.data.CurvesCsv;
import io.fdiff.data.FunctionDataset;
import io.fdiff.measure.GaussianMeasure;
import io.fdiff.metrics.FunctionalStatistics;
import io.fdiff.metrics.SpectralContent;
import io.fdiff.nn.NeuralDenoiser;
import io.fdiff.nn.arch.FourierNeuralOperatorConfig;
import io.fdiff.nn.train.Checkpoint;
import io.fdiff.nn.train.DenoisingObjective;
import io.fdiff.nn.train.Trainer;
import io.fdiff.nn.train.TrainingConfig;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.transform.Basis;
import io.fdiff.transform.SpectralTransform;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * From curves to new curves: estimates a covariance operator, trains a Fourier neural operator
 * under the driftless process, samples on the grid of the data and on one four times finer,
 * compares and draws.
 */
final class Quickstart {

  /** Names of the results. */
  static final String CHECKPOINT = "checkpoint";

  private static final int REFINEMENT = 4;
  private static final double EXPLAINED = 0.99;
  private static final int KEPT_CHECKPOINTS = 2;

  /** Steps whose duration tells how many fit the time; all of them inside the warm-up. */
  private static final int TRIAL_STEPS = 60;

  private static final int SETTLING_STEPS = 20;

  /**
   * The first calls of a denoiser are slow; the fastest of these tells what the later ones take.
   */
  private static final int TRIAL_CALLS = 6;

  /** Share of the time that goes to training whatever sampling takes. */
  private static final double LEAST_TRAINING = 0.3;

  private static final int MOST_STEPS = 20_000;

  /** Scores, pictures and files take about this long. */
  private static final double SCORE_SECONDS = 8;

  private static final long SAMPLES = 41;
  private static final long FINE = 42;
  private static final long FPCA = 43;
  private static final long SCORES = 44;

  private final Options options;
  private final PrintStream out;

  /**
   * What to do.
   *
   * @param data a file of curves, null for the built-in mixture
   * @param folder where results go
   * @param seed seed of everything
   * @param steps steps of training, null for as many as fit
   * @param count curves to sample on each grid, null for a number that suits the grid
   * @param seconds time for everything, if {@code steps} is null
   * @param resume whether to go on from the checkpoint in the folder
   */
  record Options(
      @Nullable Path data,
      Path folder,
      long seed,
      @Nullable Integer steps,
      @Nullable Integer count,
      double seconds,
      boolean resume) {}

  Quickstart(Options options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  /**
   * Runs everything and writes the results.
   *
   * @return what {@code metrics.json} holds
   * @throws IOException if data cannot be read or results not be written
   */
  Report run() throws IOException {
    long start = System.nanoTime();
    Path file = options.data;
    CurveData data = file == null ? CurveData.mixture(options.seed) : CurveData.read(file);
    FunctionDataset curves = data.training().dataset();
    CurveModel model = CurveModel.fit(data.training());
    RefinedGrid refined = RefinedGrid.of(model.grid(), model.arguments(), REFINEMENT);
    OutputFolder folder = OutputFolder.open(options.folder);
    int count = options.count == null ? suitableCount(model.grid()) : options.count;
    out.printf("%d curves of %d points (%s)%n", curves.size(), curves.grid().size(), data.name());

    long trainingStart = System.nanoTime();
    NeuralDenoiser denoiser;
    long steps;
    double trainingSeconds;
    try (Trainer trainer = trainer(model, curves, folder.path(CHECKPOINT))) {
      train(trainer, model, refined.grid(), count, start);
      trainingSeconds = seconds(trainingStart);
      steps = trainer.steps();
      denoiser = model.denoiser(trainer.network(), trainer.averagedWeights());
    }

    long samplingStart = System.nanoTime();
    NoiseSource noise = NoiseSource.of(options.seed);
    double[] coarse;
    double[] fine;
    try (Progress progress = Progress.of("sample")) {
      int all = 2 * CurveModel.steps(count);
      coarse =
          model.sample(
              denoiser,
              model.grid(),
              count,
              noise.withStream(SAMPLES),
              (step, total, t) -> progress.at(step, all));
      fine =
          model.sample(
              denoiser.on(refined.grid()),
              refined.grid(),
              count,
              noise.withStream(FINE),
              (step, total, t) -> progress.at(step + (long) total, all));
    }
    double samplingSeconds = seconds(samplingStart);

    FunctionDataset samples = dataset(model.grid(), coarse);
    FunctionDataset shared = dataset(model.grid(), refined.shared(fine));
    LowRankCovariance components =
        LowRankCovariance.fpca(Basis.COSINE.on(model.grid()), curves.values(), EXPLAINED);
    INDArray mean = FunctionalStatistics.of(curves).mean();
    FunctionDataset gaussian =
        FunctionDataset.of(
            model.grid(),
            GaussianMeasure.of(mean, components).sample(noise.withStream(FPCA), count));
    NoiseSource tests = noise.withStream(SCORES);
    Report report =
        new Report(
            Report.Scores.of(samples, data.reference(), tests.withStream(1)),
            Report.Scores.of(shared, data.reference(), tests.withStream(2)),
            Report.Scores.of(gaussian, data.reference(), tests.withStream(3)),
            Report.Scores.floor(data.reference(), tests.withStream(4)),
            data.mixtureShares(samples),
            new Report.Phase(trainingSeconds, steps),
            new Report.Phase(samplingSeconds, 2L * CurveModel.STEPS),
            new Report.Curves(curves.size(), data.reference().size(), count),
            options.seed,
            Main.Version.current());

    writeCurves(folder, "samples.csv", model.arguments(), rows(coarse, model.grid().size()));
    writeCurves(folder, "samples-fine.csv", refined.arguments(), refined.shown(fine));
    folder.writePng("curves.png", curvePicture(curves, model, coarse, refined, fine));
    folder.writePng("covariance.png", covariancePicture(curves, model, components, samples));
    folder.write(
        "metrics.json",
        stream ->
            stream.write(
                (Report.mapper().writeValueAsString(report) + "\n")
                    .getBytes(StandardCharsets.UTF_8)));
    out.print(report.table());
    if (report.mixtureShares() != null) {
      out.println("share of the samples in each component " + report.mixtureShares());
    }
    out.printf(
        "trained %d steps in %.0f s, sampled 2 × %d curves in %.0f s; results in %s%n",
        steps, trainingSeconds, count, samplingSeconds, options.folder);
    return report;
  }

  private Trainer trainer(CurveModel model, FunctionDataset curves, Path checkpoints)
      throws IOException {
    DenoisingObjective objective = model.objective(curves);
    JsonNode description = new ObjectMapper().valueToTree(model.description());
    Trainer trainer;
    if (options.resume) {
      Checkpoint checkpoint = Checkpoints.latest(checkpoints);
      if (!description.equals(checkpoint.model())) {
        throw new IllegalArgumentException(
            checkpoints
                + " belongs to other curves; give the --data it was trained on, or train anew"
                + " without --resume");
      }
      trainer = Trainer.resume(checkpoint, objective);
    } else {
      Checkpoints.clear(checkpoints);
      int points = model.grid().size();
      FourierNeuralOperatorConfig network =
          FourierNeuralOperatorConfig.defaults()
              .withWidth(32)
              .withLayers(3)
              .withModes(Math.min(16, (points - 1) / 2));
      TrainingConfig config =
          TrainingConfig.defaults()
              .withSeed(options.seed)
              .withBatchSize(Math.max(16, Math.min(64, 8192 / points)))
              .withLearningRate(2e-3)
              .withEmaDecay(0.999)
              .withCheckpointEvery(500)
              .withSteps(options.steps == null ? MOST_STEPS : options.steps);
      trainer = Trainer.of(network.network(), objective, config);
    }
    trainer.checkpointTo(checkpoints, description, KEPT_CHECKPOINTS);
    return trainer;
  }

  private void train(Trainer trainer, CurveModel model, Grid fine, int count, long start) {
    try (Progress progress = Progress.of("train")) {
      trainer.listen(
          event -> {
            progress.at(event.step(), event.steps());
            progress.loss(event.runningLoss());
            return true;
          });
      if (options.resume) {
        // The total is that of the interrupted training unless another one is asked for.
        trainer.planSteps(options.steps == null ? trainer.config().steps() : options.steps);
      } else if (options.steps == null) {
        trainer.run(SETTLING_STEPS);
        long trial = System.nanoTime();
        trainer.run(TRIAL_STEPS);
        double perStep = seconds(trial) / (TRIAL_STEPS - SETTLING_STEPS);
        double rest =
            options.seconds - seconds(start) - samplingSeconds(trainer, model, fine, count);
        double training = Math.max(rest, LEAST_TRAINING * options.seconds);
        long affordable = TRIAL_STEPS + (long) (training / perStep);
        trainer.planSteps(Math.min(MOST_STEPS, affordable));
      }
      trainer.run();
    }
    out.printf("trained %d steps; --steps %d repeats them%n", trainer.steps(), trainer.steps());
  }

  /** The time that sampling and scores will take, from one call of the denoiser on each grid. */
  private static double samplingSeconds(Trainer trainer, CurveModel model, Grid fine, int count) {
    NeuralDenoiser denoiser = model.denoiser(trainer.network(), trainer.averagedWeights());
    int trial = Math.min(count, 64);
    double sum = 0;
    for (Grid grid : List.of(model.grid(), fine)) {
      NeuralDenoiser here = denoiser.on(grid);
      INDArray x = FunctionBatch.zeros(grid, DataType.FLOAT, trial, 1);
      INDArray t = x.mean(1, 2).addi(1).reshape(trial);
      double fastest = Double.POSITIVE_INFINITY;
      for (int repeat = 0; repeat < TRIAL_CALLS; repeat++) {
        long call = System.nanoTime();
        here.denoise(x, t);
        fastest = Math.min(fastest, seconds(call));
      }
      sum += fastest * count / trial * CurveModel.STEPS;
    }
    return sum + SCORE_SECONDS;
  }

  private static int suitableCount(Grid grid) {
    return Math.max(64, Math.min(1024, (1 << 16) / grid.size()));
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) * 1e-9;
  }

  private static FunctionDataset dataset(Grid grid, double[] values) {
    return FunctionDataset.of(grid, FunctionBatch.array(grid, DataType.DOUBLE, 1, values));
  }

  private static double[][] rows(double[] values, int points) {
    double[][] rows = new double[values.length / points][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = Arrays.copyOfRange(values, i * points, (i + 1) * points);
    }
    return rows;
  }

  /** Writes curves with ids 1, 2, …. */
  static void writeCurves(OutputFolder folder, String name, double[] arguments, double[][] curves)
      throws IOException {
    List<String> ids = IntStream.rangeClosed(1, curves.length).mapToObj(Integer::toString).toList();
    double[] flat = Arrays.stream(curves).flatMapToDouble(Arrays::stream).toArray();
    Grid grid = CurvesCsv.grid(arguments);
    CurvesCsv.write(
        folder.path(name), arguments, FunctionBatch.array(grid, DataType.FLOAT, 1, flat), ids);
  }

  private static BufferedImage curvePicture(
      FunctionDataset curves,
      CurveModel model,
      double[] coarse,
      RefinedGrid refined,
      double[] fine) {
    int points = model.grid().size();
    return CurvePlot.draw(
        List.of(
            new CurvePlot.Panel("data", model.arguments(), rows(curves.toDoubles(), points)),
            new CurvePlot.Panel(
                "samples, " + points + " points", model.arguments(), rows(coarse, points)),
            new CurvePlot.Panel(
                "samples, " + refined.arguments().length + " points",
                refined.arguments(),
                refined.shown(fine))));
  }

  private static BufferedImage covariancePicture(
      FunctionDataset curves,
      CurveModel model,
      LowRankCovariance components,
      FunctionDataset samples) {
    SpectralTransform transform = Basis.COSINE.on(model.grid());
    double[] noise = model.covariance().spectral().orElseThrow().eigenvalues();
    double scale = model.normalizer().scale()[0];
    for (int k = 0; k < noise.length; k++) {
      noise[k] *= scale * scale;
    }
    INDArray mean = FunctionalStatistics.of(curves).mean();
    int shown = Math.min(4, components.eigenvalues().length);
    double[] eigenvalues = Arrays.copyOf(components.eigenvalues(), shown);
    double[] functions = FunctionBatch.of(model.grid(), components.eigenfunctions()).toDoubles();
    double[][] rows = Arrays.copyOf(rows(functions, model.grid().size()), shown);
    Map<String, double[]> spectra = new LinkedHashMap<>();
    spectra.put("data", energies(transform, curves, mean));
    spectra.put("noise R", noise);
    spectra.put("samples", energies(transform, samples, mean));
    return CovariancePlot.draw(spectra, model.arguments(), rows, eigenvalues);
  }

  private static double[] energies(
      SpectralTransform transform, FunctionDataset curves, INDArray mean) {
    return SpectralContent.of(transform, curves.values().sub(mean)).energies();
  }
}
