package io.fdiff.examples.experiment;

import com.fasterxml.jackson.databind.JsonNode;
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
   * @param guidance weight of classifier-free guidance
   */
  public record Options(
      Path folder,
      @Nullable Integer points,
      int count,
      long seed,
      @Nullable Integer steps,
      @Nullable Integer label,
      double guidance) {}

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
   *     cannot run on the grid, or it was not trained on classes
   */
  public static void run(Checkpoint checkpoint, Options options, PrintStream out)
      throws IOException {
    Sampling sampling = Sampling.from(checkpoint.model());
    Integer steps = options.steps();
    if (steps != null) {
      sampling = sampling.withSteps(steps);
    }
    Integer label = options.label();
    if (label != null) {
      int classes = checkpoint.network().conditioning().classes();
      if (label < 0 || label >= classes) {
        throw new IllegalArgumentException(
            "class "
                + label
                + (classes == 0
                    ? ": the network was not trained on classes"
                    : ": the network knows classes 0 to " + (classes - 1)));
      }
    }
    Grid grid = grid(sampling.model().grid(), options.points());
    OutputFolder output = OutputFolder.open(options.folder());
    double[] values;
    try (Progress progress = Progress.of("sample")) {
      values =
          sampling.draw(
              checkpoint.averagedWeights(),
              grid,
              label == null ? null : Condition.ofClasses(label),
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
