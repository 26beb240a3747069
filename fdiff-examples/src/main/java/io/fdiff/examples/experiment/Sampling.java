package io.fdiff.examples.experiment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fdiff.denoise.Denoiser;
import io.fdiff.nn.Condition;
import io.fdiff.nn.Conditioning;
import io.fdiff.nn.NeuralDenoiser;
import io.fdiff.nn.ParameterVector;
import io.fdiff.nn.Parametrization;
import io.fdiff.nn.io.ConfigurationFormat;
import io.fdiff.noise.NoiseSource;
import io.fdiff.sampler.SampleBatches;
import io.fdiff.sampler.StepListener;
import io.fdiff.sampler.SteppedSampler;
import io.fdiff.sde.Prior;
import io.fdiff.sde.SDE;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** An experiment with its estimates: from weights to functions in units of the data. */
final class Sampling {

  private final Experiment experiment;
  private final FunctionModel model;
  private final ConditionModel conditions;

  Sampling(Experiment experiment, FunctionModel model, ConditionModel conditions) {
    this.experiment = experiment;
    this.model = model;
    this.conditions = conditions;
  }

  /** What a checkpoint stores. */
  JsonNode toJson() {
    ObjectMapper json = ConfigurationFormat.mapper();
    ObjectNode node = json.createObjectNode();
    node.set("experiment", json.valueToTree(experiment));
    node.set("estimate", json.valueToTree(model.description(experiment.centred())));
    node.set("conditions", json.valueToTree(conditions.description()));
    return node;
  }

  /**
   * Reads what a checkpoint stores.
   *
   * @throws IllegalArgumentException if it does not describe an experiment
   */
  static Sampling from(JsonNode node) {
    ObjectMapper json = ConfigurationFormat.mapper();
    try {
      JsonNode experiment = node.path("experiment").deepCopy();
      if (experiment instanceof ObjectNode root) {
        Experiment.addConditionIfMissing(root, json);
      }
      JsonNode scaling = node.path("conditions");
      return new Sampling(
          json.treeToValue(experiment, Experiment.class),
          FunctionModel.from(
              json.treeToValue(node.path("estimate"), FunctionModel.Description.class)),
          scaling.isMissingNode()
              ? ConditionModel.NONE
              : ConditionModel.from(json.treeToValue(scaling, ConditionModel.Description.class)));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "the checkpoint does not describe an experiment: " + e.getOriginalMessage(), e);
    }
  }

  /** Whether a checkpoint's model was written by an experiment. */
  static boolean describes(JsonNode node) {
    return node.path("experiment").isObject();
  }

  /** The same with another number of steps of the sampler. */
  Sampling withSteps(int steps) {
    return new Sampling(
        experiment.withSampling(experiment.sampling().withSteps(steps)), model, conditions);
  }

  Experiment experiment() {
    return experiment;
  }

  FunctionModel model() {
    return model;
  }

  ConditionModel conditions() {
    return conditions;
  }

  /** Whether the network was trained without its condition as well. */
  boolean mayWithholdCondition() {
    return experiment.objective().dropCondition() > 0
        || experiment.network().conditioning().equals(Conditioning.NONE);
  }

  /** The process on a grid. */
  SDE sde(Grid grid) {
    return experiment.process().on(model.estimate().on(grid));
  }

  /** The mean function that is taken out of the data, 0 if none is. */
  Function<Grid, INDArray> mean() {
    return experiment.centred()
        ? model.estimate()::meanOn
        : grid -> FunctionBatch.zeros(grid, DataType.DOUBLE, 1, model.channels());
  }

  /** What the network predicts, fixed by the grid of the data. */
  Parametrization parametrization() {
    return experiment.objective().parametrization(experiment.process(), model.estimate());
  }

  /** The denoiser of weights on a grid. */
  NeuralDenoiser denoiser(ParameterVector weights, Grid grid) {
    return NeuralDenoiser.of(
        experiment.network().network(), weights, sde(grid), mean(), parametrization());
  }

  /**
   * Draws functions in units of the data.
   *
   * @param weights weights of the network
   * @param grid any grid of the domain
   * @param condition what the functions are conditioned on, function {@code i} on its sample {@code
   *     i} modulo their number; null for nothing
   * @param guidance weight of classifier-free guidance; 1 is the conditional law
   * @param count number of functions
   * @param noise where to read noise
   * @param listener hears of the steps of all batches
   * @return {@code [count · channels · points]}
   */
  double[] draw(
      ParameterVector weights,
      Grid grid,
      @Nullable Condition condition,
      double guidance,
      int count,
      NoiseSource noise,
      StepListener listener) {
    SamplingChoice choice = experiment.sampling();
    SDE sde = sde(grid);
    int channels = model.channels();
    int block = channels * grid.size();
    double[] values = new double[Math.multiplyExact(count, block)];
    int batches = (count + choice.batch() - 1) / choice.batch();
    int total = batches * choice.steps();
    int[] done = new int[1];
    SteppedSampler sampler =
        choice
            .sampler(sde.horizon())
            .withListener((step, steps, t) -> listener.onStep(done[0] + step, total, t));
    Prior prior = Prior.momentMatched(sde, model.estimate().on(grid).gaussian());
    try (NeuralDenoiser free = denoiser(weights, grid)) {
      for (int first = 0; first < count; first += choice.batch()) {
        int size = Math.min(choice.batch(), count - first);
        Denoiser denoiser =
            condition == null ? free : told(free, rows(condition, first, size), guidance);
        int at = first * block;
        new SampleBatches(sde, denoiser, prior, sampler, channels, size)
            .forEach(
                noise,
                first,
                size,
                batch -> {
                  INDArray raw = model.normalizer().denormalize(batch.samples());
                  double[] part = FunctionBatch.of(grid, raw).toDoubles();
                  System.arraycopy(part, 0, values, at, part.length);
                });
        done[0] += choice.steps();
      }
    }
    return values;
  }

  private static Denoiser told(NeuralDenoiser free, Condition condition, double guidance) {
    return guidance == 1 ? free.given(condition) : free.guided(condition, guidance);
  }

  private static Condition rows(Condition condition, int first, int size) {
    if (condition.size() == 1) {
      return condition;
    }
    return condition.select(
        IntStream.range(first, first + size).map(i -> i % condition.size()).toArray());
  }
}
