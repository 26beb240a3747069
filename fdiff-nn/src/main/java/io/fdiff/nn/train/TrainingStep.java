package io.fdiff.nn.train;

import io.fdiff.nn.Network;
import io.fdiff.nn.ParameterVector;
import io.fdiff.nn.engine.Profile;
import io.fdiff.noise.NoiseSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Makes the steps of a training: batches, their gradients, one change of the state. Not
 * thread-safe.
 */
final class TrainingStep implements AutoCloseable {

  private static final long BATCHES = 2;
  private static final long CHOICES = 3;

  private final Network network;
  private final List<Objective> objectives;
  private final TrainingState state;
  private final ParameterVector parameters;
  private final ParameterVector gradientVector;
  private final List<LossGradient> lossGradients = new ArrayList<>();
  private final NoiseSource batches;
  private final NoiseSource choices;
  private final float[] gradient;
  private final float[] partGradient;
  private final Adam adam;
  private @Nullable BatchFeed feed;

  /** What a step computed. */
  record Outcome(double loss, double gradientNorm, double learningRate, int objective) {}

  TrainingStep(
      Network network, List<Objective> objectives, TrainingConfig config, TrainingState state) {
    this.network = network;
    this.objectives = objectives;
    this.state = state;
    this.parameters = ParameterVector.zeros(network, DataType.FLOAT);
    parameters.assign(state.weights());
    this.gradientVector = ParameterVector.zeros(network, DataType.FLOAT);
    this.gradient = new float[parameters.size()];
    this.partGradient = new float[config.accumulation() > 1 ? parameters.size() : 0];
    this.adam = Adam.of(config.optimizer(), network.parameters());
    this.batches = NoiseSource.of(config.seed()).withStream(BATCHES);
    this.choices = NoiseSource.of(config.seed()).withStream(CHOICES);
    for (Objective objective : objectives) {
      lossGradients.add(LossGradient.of(network, parameters, objective, gradientVector));
    }
  }

  /**
   * Makes the next step.
   *
   * @param config the configuration of the constructor, perhaps with another total of steps
   * @return what it computed
   * @throws ArithmeticException if loss or gradient is not finite; nothing has changed
   */
  Outcome make(TrainingConfig config) {
    long step = state.step();
    int objective = objective(config, step);
    int parts = config.accumulation();
    double loss = 0;
    for (int part = 0; part < parts; part++) {
      Map<String, INDArray> batch =
          feed(config)
              .take(new BatchFeed.Address(step, part, objective), following(config, step, part));
      loss += lossGradients.get(objective).evaluate(batch);
      if (part == 0) {
        gradientVector.read(gradient);
      } else {
        gradientVector.read(partGradient);
        for (int i = 0; i < gradient.length; i++) {
          gradient[i] += partGradient[i];
        }
      }
    }
    loss /= parts;
    double norm = adam.norm(gradient) / parts;
    double clipping = adam.clipping(norm);
    if (!Double.isFinite(loss) || Double.isNaN(clipping)) {
      throw new ArithmeticException(
          "step "
              + step
              + ": loss "
              + loss
              + ", gradient norm "
              + norm
              + "; weights and optimiser are those after "
              + step
              + " steps. Check the data, or go on with a learning rate below "
              + config.learningRate().peak()
              + " or a clip norm below "
              + config.optimizer().clipNorm());
    }
    double rate = config.learningRate().at(step, config.steps());
    adam.step(state, gradient, clipping / parts, rate, config.average().at(step));
    parameters.assign(state.weights());
    state.advance(loss);
    return new Outcome(loss, norm, rate, objective);
  }

  private int objective(TrainingConfig config, long step) {
    return config.curriculum().at(step, choices.withStep(step));
  }

  private BatchFeed.@Nullable Address following(TrainingConfig config, long step, int part) {
    if (part + 1 < config.accumulation()) {
      return new BatchFeed.Address(step, part + 1, objective(config, step));
    }
    return step + 1 < config.steps()
        ? new BatchFeed.Address(step + 1, 0, objective(config, step + 1))
        : null;
  }

  private BatchFeed feed(TrainingConfig config) {
    BatchFeed current = feed;
    if (current == null) {
      current =
          new BatchFeed(
              address ->
                  objectives
                      .get(address.objective())
                      .batch(
                          network.config(),
                          parameters.type(),
                          new BatchPart(config.batchSize(), address.part(), config.accumulation()),
                          batches.withStep(address.step())),
              config.prefetch());
      feed = current;
    }
    return current;
  }

  void profile(@Nullable Profile to) {
    lossGradients.forEach(lossGradient -> lossGradient.profile(to));
  }

  /** Ends prefetching and frees memory; a later step takes it again. */
  @Override
  public void close() {
    if (feed != null) {
      feed.close();
      feed = null;
    }
    lossGradients.forEach(LossGradient::close);
  }
}
