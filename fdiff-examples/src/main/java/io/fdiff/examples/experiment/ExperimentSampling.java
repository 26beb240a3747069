package io.fdiff.examples.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import io.fdiff.data.FunctionDataset;
import io.fdiff.examples.OutputFolder;
import io.fdiff.examples.Progress;
import io.fdiff.nn.Condition;
import io.fdiff.nn.train.Checkpoint;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Samples functions from the checkpoint of an experiment. */
public final class ExperimentSampling {

  private ExperimentSampling() {}

  /**
   * What the command line says.
   *
   * @param folder output folder
   * @param points points per axis of another grid, null for that of the data
   * @param count number of functions
   * @param seed seed of the noise
   * @param steps steps of the sampler, null for those of the configuration
   * @param label class to sample, null for all
   * @param context file of context functions, null for none: NPY {@code [functions, n1, …]} or, for
   *     curves, a CSV table; samples are on its grid
   * @param row which context function every sample is given, null for one after the other
   * @param measurements measurements that every sample is given, empty for none
   * @param guidance weight of classifier-free guidance
   */
  public record Options(
      Path folder,
      @Nullable Integer points,
      int count,
      long seed,
      @Nullable Integer steps,
      @Nullable Integer label,
      @Nullable Path context,
      @Nullable Integer row,
      List<Double> measurements,
      double guidance) {

    /** Copies the list. */
    public Options {
      measurements = List.copyOf(measurements);
    }

    /** Whether a condition is given. */
    private boolean conditioned() {
      return label != null || context != null || !measurements.isEmpty();
    }
  }

  /**
   * Whether a checkpoint was written by an experiment.
   *
   * @param model what a checkpoint keeps beside network and weights
   * @return true if {@link #run} can sample from it
   */
  public static boolean accepts(JsonNode model) {
    return Sampling.describes(model);
  }

  /**
   * Samples and writes {@code samples.npy} and, for functions of one or two variables, {@code
   * samples.png}.
   *
   * @param checkpoint the checkpoint
   * @param options what the command line says
   * @param out where to print
   * @throws IOException if results cannot be written
   * @throws IllegalArgumentException if the checkpoint does not describe an experiment, the network
   *     cannot run on the grid, or the condition is not what it was trained on
   */
  public static void run(Checkpoint checkpoint, Options options, PrintStream out)
      throws IOException {
    Sampling sampling = Sampling.from(checkpoint.model());
    Integer steps = options.steps();
    if (steps != null) {
      sampling = sampling.withSteps(steps);
    }
    Path file = options.context();
    FunctionDataset context =
        file == null ? null : SampleConditions.context(file, sampling.model().grid());
    Grid grid = grid(sampling.model().grid(), options.points());
    if (context != null) {
      if (options.points() != null && !grid.equals(context.grid())) {
        throw new IllegalArgumentException(
            "--grid "
                + options.points()
                + " with context functions on "
                + context.grid()
                + ": samples are on the grid of their context; leave out --grid");
      }
      grid = context.grid();
    }
    Condition condition = null;
    if (options.conditioned()) {
      SampleConditions given =
          new SampleConditions(options.label(), context, options.row(), options.measurements());
      condition = given.of(sampling, checkpoint.network().conditioning(), grid);
    } else if (!sampling.mayWithholdCondition()) {
      throw new IllegalArgumentException(
          "the network was never trained without its condition (dropCondition 0): give it with"
              + " --class, --context or --measurements");
    }
    OutputFolder output = OutputFolder.open(options.folder());
    double[] values;
    try (Progress progress = Progress.of("sample")) {
      values =
          sampling.draw(
              checkpoint.averagedWeights(),
              grid,
              condition,
              options.guidance(),
              options.count(),
              NoiseSource.of(options.seed()),
              (step, total, t) -> progress.at(step, total));
    }
    FunctionFiles.write(output, "samples", sampling.model(), grid, values);
    out.printf("%d functions on %s in %s%n", options.count(), grid, output.path("samples.npy"));
  }

  private static Grid grid(Grid data, @Nullable Integer points) {
    if (points == null) {
      return data;
    }
    int[] shape = new int[data.dimension()];
    Arrays.fill(shape, points);
    RegularGrid.Layout layout =
        data instanceof RegularGrid regular ? regular.layout() : RegularGrid.Layout.CELL;
    return RegularGrid.of(data.domain(), layout, shape);
  }
}
