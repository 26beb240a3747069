package io.fdiff.examples;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fdiff.nn.NeuralDenoiser;
import io.fdiff.nn.train.Checkpoint;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
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
      "Samples curves from a checkpoint, on the grid of its data or another one.",
      "Writes samples.csv into the output folder."
    })
final class SampleCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--checkpoint",
      paramLabel = "DIR",
      required = true,
      description = "Folder checkpoint/ that quickstart wrote.")
  private Path checkpoint;

  @Option(
      names = "--grid",
      paramLabel = "N",
      description =
          "Number of equispaced points (centres of N cells of the domain). Without it: the"
              + " argument values of the data.")
  private @Nullable Integer points;

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "Curves to sample.",
      defaultValue = "256")
  private int count;

  @Option(names = "--seed", paramLabel = "N", description = "Seed.", defaultValue = "1")
  private long seed;

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
          spec.commandLine(), "--count " + count + ": sample at least 1 curve");
    }
    Checkpoint state = Checkpoints.latest(checkpoint);
    CurveModel model = model(state);
    Integer n = points;
    if (n != null && n < 2) {
      throw new ParameterException(
          spec.commandLine(), "--grid " + n + ": a curve needs at least 2 points");
    }
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
              + "); give a checkpoint that fdiff quickstart wrote",
          e);
    }
  }
}
