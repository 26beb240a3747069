package io.fdiff.nn.train;

import com.fasterxml.jackson.databind.JsonNode;
import io.fdiff.nn.Network;
import io.fdiff.nn.ParameterVector;
import io.fdiff.noise.NoiseSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The training loop: batches of an {@link Objective}, gradients clipped to a global norm, Adam with
 * warm-up and decay, a moving average of the weights, checkpoints, listeners.
 *
 * <p>Everything random is addressed by (seed, step), so equal configurations give equal bits, and a
 * training resumed from a checkpoint ends in the same bits as one that was never interrupted (on
 * the same machine and number of threads). Weights are FLOAT. Not thread-safe.
 */
public final class Trainer implements AutoCloseable {

  private static final long INITIAL_WEIGHTS = 1;
  private static final long BATCHES = 2;

  /** Weight of one step in the running loss. */
  private static final double LOSS_MEMORY = 0.02;

  private final Network network;
  private final Objective objective;
  private TrainingConfig config;
  private final ParameterVector parameters;
  private final ParameterVector gradientVector;
  private final LossGradient lossGradient;
  private final NoiseSource batches;
  private final float[] weights;
  private final float[] average;
  private final float[] gradient;
  private final Adam adam;
  private long step;
  private double runningLoss;
  private TrainingListener listener = TrainingListener.NONE;
  private @Nullable Path checkpoints;
  private @Nullable JsonNode model;
  private int kept = 2;

  private Trainer(
      Network network,
      Objective objective,
      TrainingConfig config,
      ParameterVector parameters,
      float[] average,
      Adam adam) {
    this.network = Objects.requireNonNull(network, "network");
    this.objective = Objects.requireNonNull(objective, "objective");
    this.config = Objects.requireNonNull(config, "config");
    this.parameters = parameters;
    this.weights = parameters.toFloats();
    this.average = average;
    this.adam = adam;
    this.gradient = new float[weights.length];
    this.gradientVector = ParameterVector.zeros(network, DataType.FLOAT);
    this.lossGradient = LossGradient.of(network, parameters, objective);
    this.batches = NoiseSource.of(config.seed()).withStream(BATCHES);
  }

  /**
   * A training from the start.
   *
   * @param network the architecture
   * @param objective loss and batches
   * @param config the numbers of the run; its seed also draws the initial weights
   * @return the trainer at step 0
   * @throws IllegalArgumentException if the network cannot run on the objective's grid
   */
  public static Trainer of(Network network, Objective objective, TrainingConfig config) {
    NoiseSource source = NoiseSource.of(config.seed()).withStream(INITIAL_WEIGHTS);
    ParameterVector initial = ParameterVector.initial(network, DataType.FLOAT, source);
    int size = initial.size();
    return new Trainer(
        network,
        objective,
        config,
        initial,
        initial.toFloats(),
        new Adam(new float[size], new float[size]));
  }

  /**
   * A training that goes on where a checkpoint was written, with its configuration.
   *
   * @param checkpoint the state
   * @param objective loss and batches, the same as before
   * @return the trainer at the checkpoint's step
   * @throws IllegalArgumentException if the network cannot run on the objective's grid
   */
  public static Trainer resume(Checkpoint checkpoint, Objective objective) {
    Trainer trainer =
        new Trainer(
            checkpoint.network().network(),
            objective,
            checkpoint.training(),
            checkpoint.weights(),
            checkpoint.averagedWeights().toFloats(),
            checkpoint.optimizer());
    trainer.step = checkpoint.step();
    trainer.runningLoss = checkpoint.runningLoss();
    return trainer;
  }

  /**
   * Sets who is told of every step.
   *
   * @param newListener the listener
   */
  public void listen(TrainingListener newListener) {
    this.listener = Objects.requireNonNull(newListener, "newListener");
  }

  /**
   * Writes checkpoints from now on: every {@code checkpointEvery} steps and at the last step.
   *
   * @param directory where their directories go; created if missing
   * @param newModel what a reader needs besides network and weights (grid, normalisation,
   *     spectrum); stored as it is
   * @param keep how many of the newest stay, at least 1
   * @throws IllegalArgumentException if {@code keep < 1}
   */
  public void checkpointTo(Path directory, JsonNode newModel, int keep) {
    if (keep < 1) {
      throw new IllegalArgumentException("keeping " + keep + " checkpoints: keep at least 1");
    }
    this.checkpoints = Objects.requireNonNull(directory, "directory");
    this.model = Objects.requireNonNull(newModel, "newModel");
    this.kept = keep;
  }

  /**
   * Sets the total number of steps, which the learning rate falls towards. Possible as long as no
   * step has used the total, that is up to the end of the warm-up, or at any time at constant rate.
   *
   * @param steps the total, at least the steps done
   * @throws IllegalStateException if steps done have already used another total
   * @throws IllegalArgumentException if the total is below the steps done
   */
  public void planSteps(long steps) {
    if (steps == config.steps()) {
      return;
    }
    if (!config.schedule().independentOfTotal(step)) {
      throw new IllegalStateException(
          "total of "
              + steps
              + " steps after step "
              + step
              + ": the learning rate has fallen towards "
              + config.steps()
              + " since the warm-up of "
              + config.warmUpSteps()
              + "; set the total before that");
    }
    if (steps < step) {
      throw new IllegalArgumentException("total of " + steps + " steps after step " + step);
    }
    config = config.withSteps(steps);
  }

  /**
   * Makes one step, without listener and checkpoint.
   *
   * @return the loss of its batch
   * @throws ArithmeticException if loss or gradient is not finite; the weights stay as they were
   */
  public double step() {
    Map<String, INDArray> batch =
        objective.batch(
            network.config(), parameters.type(), config.batchSize(), batches.withStep(step));
    double loss = lossGradient.evaluate(batch, gradientVector);
    gradientVector.read(gradient);
    double norm = Adam.norm(gradient);
    if (!Double.isFinite(loss) || !Double.isFinite(norm)) {
      throw new ArithmeticException(
          "step "
              + step
              + ": loss "
              + loss
              + ", gradient norm "
              + norm
              + "; the weights are those after "
              + step
              + " steps. Check the data, or lower the learning rate "
              + config.learningRate());
    }
    double clip = norm > config.clipNorm() ? config.clipNorm() / norm : 1;
    adam.step(weights, average, gradient, clip, step, learningRate(), config.average().at(step));
    parameters.assign(weights);
    step++;
    // A mean of all losses at first, then an exponential one.
    runningLoss += Math.max(LOSS_MEMORY, 1.0 / step) * (loss - runningLoss);
    return loss;
  }

  /**
   * Runs until a number of steps is done or the listener ends the run.
   *
   * @param until steps done at the end, at most the total of the configuration
   * @return true if that number was reached, false if the listener ended the run
   * @throws IllegalArgumentException if {@code until} is above the total
   * @throws ArithmeticException if loss or gradient stops being finite; names the step
   * @throws UncheckedIOException if a checkpoint cannot be written
   */
  public boolean run(long until) {
    if (until > config.steps()) {
      throw new IllegalArgumentException(
          "run until step " + until + " of " + config.steps() + ": plan more steps first");
    }
    while (step < until) {
      double rate = learningRate();
      double loss = step();
      boolean onward = listener.onStep(step, config.steps(), loss, rate);
      if (checkpoints != null && (step % config.checkpointEvery() == 0 || step == config.steps())) {
        checkpoint();
      }
      if (!onward) {
        return false;
      }
    }
    return true;
  }

  /**
   * Runs all steps that are left.
   *
   * @return true if all were done, false if the listener ended the run
   * @throws ArithmeticException if loss or gradient stops being finite; names the step
   * @throws UncheckedIOException if a checkpoint cannot be written
   */
  public boolean run() {
    return run(config.steps());
  }

  /**
   * Writes a checkpoint of the present state.
   *
   * @return its directory
   * @throws IllegalStateException if no directory was given with {@link #checkpointTo}
   * @throws UncheckedIOException if it cannot be written; older checkpoints stay
   */
  public Path checkpoint() {
    if (checkpoints == null || model == null) {
      throw new IllegalStateException(
          "no directory for checkpoints: call checkpointTo(directory, model, keep) first");
    }
    try {
      return new Checkpoint(
              network.config(),
              config,
              model,
              step,
              runningLoss,
              weights.clone(),
              average.clone(),
              adam)
          .write(checkpoints, kept);
    } catch (IOException ex) {
      throw new UncheckedIOException(ex);
    }
  }

  Adam optimizer() {
    return adam;
  }

  private double learningRate() {
    return config.schedule().at(step, config.steps());
  }

  /**
   * The number of steps done.
   *
   * @return steps, from 0
   */
  public long steps() {
    return step;
  }

  /**
   * The configuration, with the total last planned.
   *
   * @return the numbers of the run
   */
  public TrainingConfig config() {
    return config;
  }

  /**
   * The architecture.
   *
   * @return the network
   */
  public Network network() {
    return network;
  }

  /**
   * A running mean of the losses over about the last 50 steps.
   *
   * @return the loss, 0 before the first step
   */
  public double runningLoss() {
    return runningLoss;
  }

  /**
   * The weights of the last step.
   *
   * @return a copy
   */
  public ParameterVector weights() {
    return vector(weights);
  }

  /**
   * The moving average of the weights, the ones to sample with.
   *
   * @return a copy
   */
  public ParameterVector averagedWeights() {
    return vector(average);
  }

  private ParameterVector vector(float[] values) {
    ParameterVector copy = ParameterVector.zeros(network, DataType.FLOAT);
    copy.assign(values);
    return copy;
  }

  /** Frees the memory of activations and gradients; a later step allocates it again. */
  @Override
  public void close() {
    lossGradient.close();
  }
}
