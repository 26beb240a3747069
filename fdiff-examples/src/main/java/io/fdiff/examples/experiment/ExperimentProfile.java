package io.fdiff.examples.experiment;

import io.fdiff.nn.GraphContext;
import io.fdiff.nn.NetworkFunction;
import io.fdiff.nn.ParameterVector;
import io.fdiff.nn.engine.Profile;
import io.fdiff.nn.train.Trainer;
import io.fdiff.noise.NoiseSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Where the time of an experiment's network goes: in training steps, or in evaluations of the
 * network alone, by operation and fused kernel.
 */
public final class ExperimentProfile {

  /** Runs before the profile begins: the plan is made and the loops are compiled. */
  private static final int WARM_UP = 5;

  private final PreparedTraining prepared;
  private final boolean forward;
  private final int runs;

  private ExperimentProfile(PreparedTraining prepared, boolean forward, int runs) {
    this.prepared = prepared;
    this.forward = forward;
    this.runs = runs;
  }

  /**
   * Measures and tabulates.
   *
   * @param experiment what to train, with the batch size to measure
   * @param data folder that paths of the data are relative to
   * @param forward whether the network is evaluated alone, without loss and gradient
   * @param runs training steps or evaluations to measure, at least 1
   * @return a table: share of the time, milliseconds and calls of one run, kernel; the slowest
   *     first, then what the run spends outside the graph, then the whole run
   * @throws IOException if data cannot be read
   * @throws IllegalArgumentException if {@code runs < 1}, or parts of the experiment do not fit
   * @throws IllegalStateException if the graph does not run in the engine
   */
  public static String table(Experiment experiment, Path data, boolean forward, int runs)
      throws IOException {
    if (runs < 1) {
      throw new IllegalArgumentException("profile of " + runs + " runs: measure at least 1");
    }
    Experiment measured =
        experiment.withTraining(experiment.training().withSteps(WARM_UP + (long) runs));
    return new ExperimentProfile(PreparedTraining.of(measured, data), forward, runs).measure();
  }

  private Experiment experiment() {
    return prepared.sampling().experiment();
  }

  private String measure() {
    Profile profile = new Profile();
    double milliseconds = (forward ? evaluations(profile) : steps(profile)) / (1e6 * runs);
    List<Profile.Row> rows = profile.rows();
    if (rows.isEmpty()) {
      throw new IllegalStateException(
          "the graph ran in SameDiff's own session, which has no profile: see the log for the"
              + " reason, and leave -Dfdiff.engine at its default");
    }
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%s, %,d parameters, %s, batch %d: %s, mean of %d%n%n",
            experiment().network().getClass().getSimpleName(),
            ParameterVector.zeros(prepared.network(), DataType.FLOAT).size(),
            prepared.data().grid(),
            experiment().training().batchSize(),
            forward ? "forward" : "training step",
            runs));
    text.append(String.format("%10s %12s %10s  %s%n", "share", "ms per run", "calls", "kernel"));
    double inside = 0;
    for (Profile.Row row : rows) {
      double each = row.milliseconds() / runs;
      inside += each;
      line(text, each, milliseconds, Math.round((double) row.calls() / runs), row.kernel());
    }
    line(text, milliseconds - inside, milliseconds, 1, "outside the graph");
    line(text, milliseconds, milliseconds, 1, "run");
    return text.toString();
  }

  private static void line(
      StringBuilder text, double milliseconds, double whole, long calls, String kernel) {
    text.append(
        String.format(
            Locale.ROOT,
            "%8.1f %% %12.3f %10d  %s%n",
            100 * milliseconds / whole,
            milliseconds,
            calls,
            kernel));
  }

  /** Nanoseconds of the measured steps. */
  private long steps(Profile profile) {
    try (Trainer trainer =
        Trainer.of(prepared.network(), prepared.objective(), experiment().training())) {
      return timed(profile, trainer::step, trainer::profile);
    }
  }

  private long evaluations(Profile profile) {
    NoiseSource noise = NoiseSource.of(experiment().training().seed());
    ParameterVector weights =
        ParameterVector.initial(prepared.network(), DataType.FLOAT, noise.withStream(1));
    Map<String, INDArray> inputs =
        new HashMap<>(
            prepared
                .objective()
                .batch(
                    experiment().network(),
                    DataType.FLOAT,
                    experiment().training().batchSize(),
                    noise.withStream(2)));
    // What the loss needs besides is no input of the network.
    inputs
        .keySet()
        .retainAll(
            Set.of(
                GraphContext.VALUES,
                GraphContext.LEVEL,
                GraphContext.CONDITION,
                GraphContext.CONTEXT));
    inputs.putAll(prepared.network().gridInputs(prepared.data().grid(), DataType.FLOAT));
    try (NetworkFunction function =
        NetworkFunction.of(prepared.network(), weights, prepared.data().grid())) {
      return timed(profile, () -> function.evaluate(inputs, output -> {}), function::profile);
    }
  }

  private interface Attachment {
    void profile(Profile to);
  }

  private long timed(Profile profile, Runnable run, Attachment attachment) {
    for (int i = 0; i < WARM_UP; i++) {
      run.run();
    }
    attachment.profile(profile);
    long start = System.nanoTime();
    for (int i = 0; i < runs; i++) {
      run.run();
    }
    return System.nanoTime() - start;
  }
}
