package io.fdiff.nn.train;

import io.fdiff.nn.GraphContext;
import io.fdiff.nn.Network;
import io.fdiff.nn.ParameterVector;
import io.fdiff.nn.engine.GraphSession;
import io.fdiff.noise.NoiseSource;
import io.fdiff.schedule.ImportanceTimes;
import io.fdiff.schedule.TimeDistribution;
import io.fdiff.space.FunctionBatch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The root mean square {@code √E[loss² | t]} of a network's loss in bins of time, from which the
 * law of times of least variance follows (Nichol and Dhariwal 2021).
 *
 * <p>The law is measured between phases of a training and stays as it is within one: batches then
 * depend on seed and step alone, whereas a law that follows the losses of every step would be a
 * state of its own. The numbers are a function of weights and noise source; keep them with the
 * description of the model in the checkpoints of the phase, and a resumed training has the same
 * bits.
 *
 * @param rootMeanSquares one for each bin of equal probability under the law the loss is stated for
 */
public record TimeLosses(List<Double> rootMeanSquares) {

  private static final double MEMORY = 0.99;

  /**
   * Checks the numbers.
   *
   * @param rootMeanSquares one for each bin, at least two; copied
   * @throws IllegalArgumentException if there are less than two, or one is negative or not finite
   */
  public TimeLosses {
    rootMeanSquares = List.copyOf(rootMeanSquares);
    if (rootMeanSquares.size() < 2) {
      throw new IllegalArgumentException(
          rootMeanSquares.size() + " bins of time: a law needs at least 2");
    }
    for (double value : rootMeanSquares) {
      if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "root mean square loss " + value + " is negative or not finite");
      }
    }
  }

  /**
   * Measures a network under the objective's weight, on times of the law that its loss is stated
   * for.
   *
   * @param network the architecture
   * @param parameters its weights
   * @param objective loss and data
   * @param bins number of bins, at least 2; 20 will do
   * @param samples samples in each bin, at least 1
   * @param noise where to read random numbers
   * @return the losses
   * @throws IllegalArgumentException if a number is out of range or the network does not fit the
   *     objective
   */
  public static TimeLosses measure(
      Network network,
      ParameterVector parameters,
      DenoisingObjective objective,
      int bins,
      int samples,
      NoiseSource noise) {
    if (bins < 2 || samples < 1) {
      throw new IllegalArgumentException(
          bins + " bins of " + samples + " samples: give at least 2 bins of 1");
    }
    GraphContext context = new GraphContext(network, parameters, objective.grid());
    SDVariable losses = objective.squares(context, network.build(context)).sum(0, 2);
    Map<String, INDArray> gridInputs = network.gridInputs(objective.grid(), parameters.type());
    List<Double> roots = new ArrayList<>();
    try (GraphSession session = new GraphSession(context.graph(), List.of(losses.name()))) {
      for (int bin = 0; bin < bins; bin++) {
        DenoisingObjective part = objective.withTimes(new Bin(objective.statedTimes(), bin, bins));
        Map<String, INDArray> inputs = new HashMap<>(gridInputs);
        inputs.putAll(
            part.batch(network.config(), parameters.type(), samples, noise.withStep(bin)));
        double[] values = new double[samples];
        session.run(
            inputs,
            outputs -> {
              FunctionBatch.read(Objects.requireNonNull(outputs.get(losses.name())), values);
              return true;
            });
        double sum = 0;
        for (double value : values) {
          // The weights hold 1/batch.
          sum += value * value * samples;
        }
        roots.add(Math.sqrt(sum));
      }
    }
    return new TimeLosses(roots);
  }

  /**
   * The law with density proportional to the root mean squares, for {@link
   * DenoisingObjective#withTimes(TimeDistribution, TimeDistribution)}.
   *
   * @param base the law that the loss is stated for
   * @param floor share of the base law that stays, in {@code (0, 1]}, so that weights are at most
   *     {@code 1/floor}
   * @return the law
   * @throws IllegalArgumentException if the floor is out of range
   */
  public TimeDistribution law(TimeDistribution base, double floor) {
    int bins = rootMeanSquares.size();
    ImportanceTimes times = ImportanceTimes.of(base, bins, MEMORY, 1, floor);
    for (int bin = 0; bin < bins; bin++) {
      times.observe(base.quantile((bin + 0.5) / bins), rootMeanSquares.get(bin));
    }
    return times.snapshot();
  }

  /** One of the bins of equal probability of a law. */
  private record Bin(TimeDistribution base, int index, int bins) implements TimeDistribution {
    @Override
    public double first() {
      return quantile(0);
    }

    @Override
    public double last() {
      return quantile(1);
    }

    @Override
    public double quantile(double u) {
      return base.quantile(Math.min(1, (index + u) / bins));
    }

    @Override
    public double density(double t) {
      return t >= first() && t <= last() ? base.density(t) * bins : 0;
    }
  }
}
