package io.fdiff.nn.train;

import com.fasterxml.jackson.databind.JsonNode;
import io.fdiff.nn.Network;
import io.fdiff.nn.ParameterVector;
import io.fdiff.nn.engine.Profile;
import io.fdiff.noise.NoiseSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * The training loop: batches of one or several {@link Objective}s, gradients clipped to a global
 * norm, Adam or AdamW with warm-up and decay, a moving average of the weights, checkpoints,
 * listeners.
 *
 * <p>Several objectives, for example of several grids, train one set of weights; the {@link
 * Curriculum} of the configuration says which one a step uses. Everything random is addressed by
 * (seed, step), so equal configurations give equal bits, and a training resumed from a checkpoint
 * ends in the same bits as one that was never interrupted (on the same machine and number of
 * threads of the linear algebra). Weights are FLOAT. Not thread-safe; one other thread calls the
 * objectives if the configuration prefetches.
 */
public final class Trainer implements AutoCloseable {

  private static final long INITIAL_WEIGHTS = 1;

  private final Network network;
  private final List<Objective> objectives;
  private TrainingConfig config;
  private final TrainingState state;
  private final TrainingStep steps;
  private double seconds;
  private long checkpointedStep = -1;
  private TrainingListener listener = TrainingListener.NONE;
  private @Nullable SampleListener samples;
  private long samplesEvery = 1;
  private @Nullable StopSwitch stop;
  private @Nullable Path checkpoints;
  private @Nullable JsonNode model;
  private int kept = 2;

  private Trainer(
      Network network, List<Objective> objectives, TrainingConfig config, TrainingState state) {
    this.network = Objects.requireNonNull(network, "network");
    this.objectives = List.copyOf(objectives);
    this.config = Objects.requireNonNull(config, "config");
    requireObjectives(config, this.objectives.size());
    this.state = state;
    this.steps = new TrainingStep(network, this.objectives, config, state);
  }

  private static void requireObjectives(TrainingConfig config, int count) {
    if (config.curriculum().objectives() != count) {
      throw new IllegalArgumentException(
          "curriculum "
              + config.curriculum()
              + " for "
              + config.curriculum().objectives()
              + " objectives, "
              + count
              + " are given: give as many, or another curriculum in the configuration");
    }
  }

  /**
   * A training from the start.
   *
   * @param network the architecture
   * @param objective loss and batches
   * @param config the numbers of the run; its seed also draws the initial weights
   * @return the trainer at step 0
   * @throws IllegalArgumentException if the network cannot run on the objective's grid, or the
   *     configuration's curriculum is for several objectives
   */
  public static Trainer of(Network network, Objective objective, TrainingConfig config) {
    return of(network, List.of(objective), config);
  }

  /**
   * A training of one set of weights for several objectives from the start.
   *
   * @param network the architecture
   * @param objectives losses and batches, as many as the configuration's curriculum has
   * @param config the numbers of the run; its seed also draws the initial weights
   * @return the trainer at step 0
   * @throws IllegalArgumentException if the network cannot run on the grid of an objective, or the
   *     curriculum is for another number of objectives
   */
  public static Trainer of(
      Network network, List<? extends Objective> objectives, TrainingConfig config) {
    requireObjectives(config, objectives.size());
    NoiseSource source = NoiseSource.of(config.seed()).withStream(INITIAL_WEIGHTS);
    ParameterVector initial = ParameterVector.initial(network, DataType.FLOAT, source);
    return new Trainer(
        network, List.copyOf(objectives), config, TrainingState.initial(initial.toFloats()));
  }

  /**
   * A training that goes on where a checkpoint was written, with its configuration.
   *
   * @param checkpoint the state
   * @param objective loss and batches, the same as before
   * @return the trainer at the checkpoint's step
   * @throws IllegalArgumentException if the network cannot run on the objective's grid, or the
   *     training had other grids
   */
  public static Trainer resume(Checkpoint checkpoint, Objective objective) {
    return resume(checkpoint, List.of(objective));
  }

  /**
   * A training for several objectives that goes on where a checkpoint was written, with its
   * configuration.
   *
   * @param checkpoint the state; see {@link Checkpoint#withTraining} to go on with other numbers
   * @param objectives losses and batches, the same as before
   * @return the trainer at the checkpoint's step
   * @throws IllegalArgumentException if the network cannot run on the grid of an objective, or the
   *     training had other grids
   */
  public static Trainer resume(Checkpoint checkpoint, List<? extends Objective> objectives) {
    List<String> grids = grids(objectives);
    if (!grids.equals(checkpoint.grids())) {
      throw new IllegalArgumentException(
          "objectives on grids "
              + grids
              + ", but the checkpoint was trained on "
              + checkpoint.grids()
              + ": give the objectives it was trained with");
    }
    return new Trainer(
        checkpoint.network().network(),
        List.copyOf(objectives),
        checkpoint.training(),
        checkpoint.state());
  }

  private static List<String> grids(List<? extends Objective> objectives) {
    return objectives.stream().map(objective -> objective.grid().toString()).toList();
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
   * Gives the averaged weights to a listener from now on: every so many steps and after the last
   * one.
   *
   * @param interval steps between two calls, at least 1
   * @param newListener the listener
   * @throws IllegalArgumentException if {@code interval < 1}
   */
  public void sampleEvery(long interval, SampleListener newListener) {
    if (interval < 1) {
      throw new IllegalArgumentException("samples every " + interval + " steps: give at least 1");
    }
    this.samples = Objects.requireNonNull(newListener, "newListener");
    this.samplesEvery = interval;
  }

  /**
   * Lets a switch end runs from now on: after the step at hand, with a checkpoint if there is a
   * directory for them.
   *
   * @param newSwitch the switch
   */
  public void stopOn(StopSwitch newSwitch) {
    this.stop = Objects.requireNonNull(newSwitch, "newSwitch");
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
    this.checkpointedStep = -1;
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
    if (!config.learningRate().independentOfTotal(state.step())) {
      throw new IllegalStateException(
          "total of "
              + steps
              + " steps after step "
              + state.step()
              + ": the learning rate has fallen towards "
              + config.steps()
              + " since the warm-up of "
              + config.learningRate().warmUpSteps()
              + "; set the total before that");
    }
    if (steps < state.step()) {
      throw new IllegalArgumentException("total of " + steps + " steps after step " + state.step());
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
    return steps.make(config).loss();
  }

  /**
   * Runs until a number of steps is done, or the listener or the switch ends the run.
   *
   * @param until steps done at the end, at most the total of the configuration
   * @return true if that number was reached, false if listener or switch ended the run before
   * @throws IllegalArgumentException if {@code until} is above the total
   * @throws ArithmeticException if loss or gradient stops being finite; names the step. The state
   *     is that of the last good step, which is written as a checkpoint if there is a directory for
   *     them.
   * @throws UncheckedIOException if a checkpoint cannot be written; the training may be run on
   */
  public boolean run(long until) {
    if (until > config.steps()) {
      throw new IllegalArgumentException(
          "run until step " + until + " of " + config.steps() + ": plan more steps first");
    }
    while (state.step() < until) {
      if (stop != null && stop.requested()) {
        checkpointIfNew();
        return false;
      }
      long start = System.nanoTime();
      TrainingStep.Outcome outcome = guardedStep();
      seconds += (System.nanoTime() - start) * 1e-9;
      TrainingEvent event =
          new TrainingEvent(
              state.step(),
              config.steps(),
              outcome.objective(),
              outcome.loss(),
              state.runningLoss(),
              outcome.gradientNorm(),
              outcome.learningRate(),
              seconds);
      boolean onward = listener.onStep(event);
      if (samples != null && (state.step() % samplesEvery == 0 || event.last())) {
        samples.onWeights(state.step(), averagedWeights());
      }
      if (state.step() % config.checkpointEvery() == 0 || event.last()) {
        checkpointIfNew();
      }
      if (!onward) {
        return false;
      }
    }
    return true;
  }

  /** A step; when it fails for a number that is not finite, the state before it is saved. */
  private TrainingStep.Outcome guardedStep() {
    try {
      return steps.make(config);
    } catch (ArithmeticException ex) {
      try {
        checkpointIfNew();
      } catch (UncheckedIOException failure) {
        ex.addSuppressed(failure);
      }
      throw ex;
    }
  }

  private void checkpointIfNew() {
    if (checkpoints != null && checkpointedStep != state.step()) {
      checkpoint();
    }
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
      Path written =
          new Checkpoint(network.config(), config, grids(objectives), model, state)
              .write(checkpoints, kept);
      checkpointedStep = state.step();
      return written;
    } catch (IOException ex) {
      throw new UncheckedIOException(
          "checkpoint of step "
              + state.step()
              + " in "
              + checkpoints
              + " cannot be written: "
              + ex.getMessage()
              + "; those before it stay. Make room and resume from the newest",
          ex);
    }
  }

  TrainingState state() {
    return state;
  }

  /**
   * The number of steps done.
   *
   * @return steps, from 0
   */
  public long steps() {
    return state.step();
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
    return state.runningLoss();
  }

  /**
   * The weights of the last step.
   *
   * @return a copy
   */
  public ParameterVector weights() {
    return vector(state.weights());
  }

  /**
   * The moving average of the weights, the ones to sample with.
   *
   * @return a copy
   */
  public ParameterVector averagedWeights() {
    return vector(state.average());
  }

  private ParameterVector vector(float[] values) {
    ParameterVector copy = ParameterVector.zeros(network, DataType.FLOAT);
    copy.assign(values);
    return copy;
  }

  /**
   * Measures the graphs of loss and gradient, by fused kernel, in the steps that follow.
   *
   * @param to gets the times; null ends it
   */
  public void profile(@Nullable Profile to) {
    steps.profile(to);
  }

  /**
   * Ends prefetching and frees the memory of activations and gradients; a later step allocates it
   * again.
   */
  @Override
  public void close() {
    steps.close();
  }
}
