package io.fdiff.flow;

import io.fdiff.noise.NoiseSource;
import io.fdiff.schedule.TimeDistribution;
import io.fdiff.space.FunctionBatch;
import java.util.Objects;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The regression of flow matching, {@code E w(t) ‖u_θ(X_t, t) − (α'X_1 + β'X_0)‖²} in {@code L²},
 * whose minimiser is the field of the path: draws of inputs and targets, and the loss of a
 * prediction.
 *
 * <p>With independent coupling a draw depends on its datum and the address of its noise alone.
 * Immutable and thread-safe.
 *
 * @param path the path
 * @param times law of the training times, within {@code [0, 1]}
 * @param coupling how noise meets data
 */
public record FlowMatchingObjective(FlowPath path, TimeDistribution times, Coupling coupling) {

  private static final long NOISE = 1;
  private static final long TIMES = 2;
  private static final long PAIRS = 3;

  /**
   * Inputs and targets of one training step.
   *
   * @param state {@code X_t}, {@code [batch, channels, n1, …, nd]}, of the type of the data
   * @param times {@code t}, {@code [batch]}, DOUBLE
   * @param target {@code α'X_1 + β'X_0}, of the shape and type of {@code state}
   * @param weights {@code w}, {@code [batch]}, DOUBLE: the density of uniform times on the same
   *     interval over that of the law of the times
   */
  public record Draw(INDArray state, INDArray times, INDArray target, INDArray weights) {}

  /**
   * Checks the arguments.
   *
   * @param path the path
   * @param times law of the training times, within {@code [0, 1]}
   * @param coupling how noise meets data
   * @throws NullPointerException if an argument is null
   * @throws IllegalArgumentException if the times leave {@code [0, 1]}
   */
  public FlowMatchingObjective {
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(coupling, "coupling");
    if (!(times.first() >= 0 && times.last() <= 1)) {
      throw new IllegalArgumentException(
          "training times from "
              + times.first()
              + " to "
              + times.last()
              + ": a path lives on [0, 1]");
    }
  }

  /**
   * Draws noise, times and pairs for a batch of data.
   *
   * @param data {@code X_1}, {@code [batch, channels, n1, …, nd]}, FLOAT or DOUBLE. Not modified.
   * @param source where to read noise; its streams 1 (noise), 2 (times) and 3 (pairs) are used
   * @return inputs and targets
   * @throws IllegalArgumentException if the shape does not fit the grid
   */
  public Draw draw(INDArray data, NoiseSource source) {
    FunctionBatch batch = FunctionBatch.of(path.grid(), data);
    int n = batch.batch();
    INDArray x0 =
        path.reference()
            .sample(
                source.withStream(NOISE),
                FunctionBatch.zeros(path.grid(), DataType.DOUBLE, n, batch.channels()));
    double[][] cost =
        coupling.needsCost() ? Transport.cost(path.grid(), x0, data) : new double[n][0];
    INDArray x1 = choose(batch, data, coupling.partners(cost, source.withStream(PAIRS)));
    double[] t = times.sample(source.withStream(TIMES), n);
    double[] weights = new double[n];
    for (int b = 0; b < n; b++) {
      weights[b] = 1 / ((times.last() - times.first()) * times.density(t[b]));
    }
    INDArray at = Nd4j.createFromArray(t);
    return new Draw(
        path.state(x1, x0, at), at, path.target(x1, x0, at), Nd4j.createFromArray(weights));
  }

  private static INDArray choose(FunctionBatch batch, INDArray data, int[] partners) {
    double[] values = batch.toDoubles();
    int block = values.length / partners.length;
    double[] chosen = new double[values.length];
    for (int b = 0; b < partners.length; b++) {
      System.arraycopy(values, partners[b] * block, chosen, b * block, block);
    }
    INDArray out = Nd4j.createUninitialized(data.dataType(), data.shape(), 'c');
    FunctionBatch.write(chosen, out);
    return out;
  }

  /**
   * The weighted losses {@code w ‖u_θ − target‖²}, summed over channels.
   *
   * @param draw inputs and targets. Not modified.
   * @param prediction {@code u_θ(X_t, t)}, of the shape of the target. Not modified.
   * @return {@code [batch]}, DOUBLE, one loss for each function
   * @throws IllegalArgumentException if the shapes differ
   */
  public INDArray loss(Draw draw, INDArray prediction) {
    FunctionBatch target = FunctionBatch.of(path.grid(), draw.target());
    FunctionBatch predicted = FunctionBatch.of(path.grid(), prediction);
    target.requireSameShape(predicted);
    double[] losses =
        squaredDistances(
            path.grid().weights(), target.toDoubles(), predicted.toDoubles(), target.batch());
    for (int b = 0; b < losses.length; b++) {
      losses[b] *= draw.weights().getDouble(b);
    }
    return Nd4j.createFromArray(losses);
  }

  /** {@code ‖x_b − y_b‖²}. */
  static double[] squaredDistances(double[] w, double[] x, double[] y, int batch) {
    double[] sums = new double[batch];
    int block = x.length / batch;
    for (int i = 0; i < x.length; i++) {
      double d = x[i] - y[i];
      sums[i / block] += w[i % w.length] * d * d;
    }
    return sums;
  }
}
