package io.fdiff.examples;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fdiff.examples.experiment.ExperimentSampling;
import io.fdiff.nn.NeuralDenoiser;
import io.fdiff.nn.train.Checkpoint;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code fdiff sample}. */
@Command(
    name = "sample",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    showDefaultValues = true,
    description = {
      "Samples functions from a checkpoint, on the grid of its data or another one.",
      "Writes samples.csv (quickstart) or samples.npy and samples.png (train) into the output"
          + " folder."
    })
final class SampleCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--checkpoint",
      paramLabel = "DIR",
      required = true,
      description = "Folder checkpoint/ that quickstart or train wrote.")
  private Path checkpoint;

  @Option(
      names = "--grid",
      paramLabel = "N",
      description =
          "Number of equispaced points along each axis (for quickstart, centres of N cells of the"
              + " domain). Without it: the grid of the data.")
  private @Nullable Integer points;

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "Functions to sample.",
      defaultValue = "256")
  private int count;

  @Option(names = "--seed", paramLabel = "N", description = "Seed.", defaultValue = "1")
  private long seed;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Steps of the sampler instead of those of the configuration (train only).")
  private @Nullable Integer steps;

  @Option(
      names = "--class",
      paramLabel = "K",
      description = "Class to sample, for a network trained on classes (train only).")
  private @Nullable Integer label;

  @Option(
      names = "--context",
      paramLabel = "FILE",
      description =
          "Context functions to condition on, NPY or CSV, for a network trained on some; sample i"
              + " is given function i, then again from the first. Samples are on their grid (train"
              + " only).")
  private @Nullable Path context;

  @Option(
      names = "--row",
      paramLabel = "I",
      description = "Give all samples function I of the context, from 0 (train only).")
  private @Nullable Integer row;

  @Option(
      names = "--measurements",
      paramLabel = "X",
      split = ",",
      description =
          "Measurements to condition on, in the order and units of the training (train only).")
  private List<Double> measurements = List.of();

  @Option(
      names = "--guidance",
      paramLabel = "W",
      description =
          "Weight of classifier-free guidance: 0 ignores the condition, 1 is its law, more exaggerates"
              + " it (train only).",
      defaultValue = "1")
  private double guidance;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Output folder.",
      defaultValue = "fdiff-out")
  private Path folder;

  SampleCommand() {}

  @Override
  public Integer call() throws Exception {
    if (count < 1) {
      throw new ParameterException(
          spec.commandLine(), "--count " + count + ": sample at least 1 function");
    }
    Integer n = points;
    if (n != null && n < 2) {
      throw new ParameterException(
          spec.commandLine(), "--grid " + n + ": a function needs at least 2 points an axis");
    }
    Integer wanted = steps;
    if (wanted != null && wanted < 2) {
      throw new ParameterException(
          spec.commandLine(), "--steps " + wanted + ": sample in at least 2 steps");
    }
    if (!Double.isFinite(guidance)) {
      throw new ParameterException(
          spec.commandLine(), "--guidance " + guidance + ": give a finite weight");
    }
    if (row != null && context == null) {
      throw new ParameterException(
          spec.commandLine(), "--row " + row + " without --context: rows are of its functions");
    }
    Checkpoint state = Checkpoints.latest(checkpoint);
    if (ExperimentSampling.accepts(state.model())) {
      ExperimentSampling.run(
          state,
          new ExperimentSampling.Options(
              folder, n, count, seed, wanted, label, context, row, measurements, guidance),
          System.out);
      return 0;
    }
    if (wanted != null || label != null || context != null || !measurements.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          "--steps, --class, --context and --measurements are for checkpoints of fdiff train; this"
              + " one is of quickstart");
    }
    CurveModel model = model(state);
    Grid grid =
        n == null
            ? model.grid()
            : RegularGrid.of(model.grid().domain(), RegularGrid.Layout.CELL, n);
    double[] arguments = new double[grid.size()];
    Arrays.setAll(arguments, i -> grid.coordinate(i, 0));
    NeuralDenoiser denoiser =
        model.denoiser(state.network().network(), state.averagedWeights()).on(grid);
    OutputFolder output = OutputFolder.open(folder);
    double[] values;
    try (Progress progress = Progress.of("sample")) {
      values =
          model.sample(
              denoiser,
              grid,
              count,
              NoiseSource.of(seed),
              (step, steps, t) -> progress.at(step, steps));
    }
    double[][] curves = new double[count][];
    Arrays.setAll(curves, i -> Arrays.copyOfRange(values, i * grid.size(), (i + 1) * grid.size()));
    Quickstart.writeCurves(
        output, "samples.csv", grid.equals(model.grid()) ? model.arguments() : arguments, curves);
    System.out.printf(
        "%d curves of %d points in %s%n", count, grid.size(), output.path("samples.csv"));
    return 0;
  }

  private CurveModel model(Checkpoint state) throws IOException {
    try {
      return CurveModel.from(
          new ObjectMapper().treeToValue(state.model(), CurveModel.Description.class));
    } catch (JsonProcessingException | IllegalArgumentException | NullPointerException e) {
      throw new IOException(
          checkpoint
              + ": config.json does not describe a model of curves ("
              + (e instanceof JsonProcessingException j ? j.getOriginalMessage() : e.getMessage())
              + "); give a checkpoint that fdiff quickstart or fdiff train wrote",
          e);
    }
  }
}
