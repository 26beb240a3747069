package io.fdiff.nn.train;

import io.fdiff.nn.GraphContext;
import io.fdiff.nn.NetworkConfig;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.commons.rng.UniformRandomProvider;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Classification: cross entropy {@code log Σ_k e^{z_k} − z_y} of the logits {@code z}, in nats,
 * mean over the batch. For networks whose output is {@code [batch, classes]}.
 *
 * <p>Functions are drawn uniformly with replacement. Not thread-safe: the arrays of a batch are
 * used again after the next call.
 */
public final class ClassificationObjective implements Objective {

  private static final String LABELS = "labels";

  private final Grid grid;
  private final int channels;
  private final int classes;
  private final float[] values;
  private final int[] labels;
  private final @Nullable Buffers[] buffers = new Buffers[2];
  private int turn;

  /** The arrays of one batch size. */
  private record Buffers(INDArray values, INDArray labels) {
    boolean fits(DataType type, int size) {
      return values.dataType() == type && values.size(1) == size;
    }

    void close() {
      values.close();
      labels.close();
    }
  }

  private ClassificationObjective(
      Grid grid, int channels, int classes, float[] values, int[] labels) {
    this.grid = grid;
    this.channels = channels;
    this.classes = classes;
    this.values = values;
    this.labels = labels;
  }

  /**
   * The objective of labelled functions.
   *
   * @param grid where the functions live
   * @param functions {@code [functions, channels, n1, …, nd]}, FLOAT or DOUBLE, finite; copied
   * @param labels one class for each, from 0; copied
   * @param classes number of classes, at least 2
   * @return the objective
   * @throws IllegalArgumentException if shapes do not fit, a value is not finite, or a label is not
   *     in {@code [0, classes)}
   */
  public static ClassificationObjective of(
      Grid grid, INDArray functions, int[] labels, int classes) {
    Objects.requireNonNull(grid, "grid");
    FunctionBatch batch = FunctionBatch.of(grid, functions);
    if (classes < 2) {
      throw new IllegalArgumentException("classes " + classes + ": must be at least 2");
    }
    if (labels.length != batch.batch()) {
      throw new IllegalArgumentException(
          labels.length + " labels for " + batch.batch() + " functions: give one each");
    }
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] < 0 || labels[i] >= classes) {
        throw new IllegalArgumentException(
            "label " + labels[i] + " of function " + i + " is not in [0, " + classes + ")");
      }
    }
    double[] wide = batch.toDoubles();
    float[] values = new float[wide.length];
    int block = wide.length / batch.batch();
    for (int i = 0; i < wide.length; i++) {
      if (!Double.isFinite(wide[i])) {
        throw new IllegalArgumentException(
            "function " + i / block + " contains " + wide[i] + ": fill or drop missing values");
      }
      values[i] = (float) wide[i];
    }
    return new ClassificationObjective(grid, batch.channels(), classes, values, labels.clone());
  }

  @Override
  public Grid grid() {
    return grid;
  }

  /**
   * Adds the cross entropy to a graph.
   *
   * @param context graph and inputs. Modified.
   * @param output logits {@code [batch, classes]}
   * @return mean cross entropy, a scalar
   */
  @Override
  public SDVariable loss(GraphContext context, SDVariable output) {
    SameDiff graph = context.graph();
    SDVariable largest = output.max(true, 1);
    SDVariable sums = graph.math().exp(output.sub(largest)).sum(true, 1);
    SDVariable logNorm = graph.math().log(sums).add(largest);
    SDVariable chosen = output.mul(context.input(LABELS, -1, classes)).sum(true, 1);
    return logNorm.sub(chosen).mean();
  }

  @Override
  public Map<String, INDArray> batch(
      NetworkConfig config, DataType type, int size, NoiseSource noise) {
    if (config.channels() != channels) {
      throw new IllegalArgumentException(
          "network of "
              + config.channels()
              + " channels for functions with "
              + channels
              + ": configure the network with the channels of the data");
    }
    turn = 1 - turn;
    Buffers b = buffers[turn];
    if (b == null || !b.fits(type, size)) {
      if (b != null) {
        b.close();
      }
      b =
          new Buffers(
              Nd4j.createUninitialized(type, grid.size(), size, channels),
              Nd4j.createUninitialized(type, size, classes));
      buffers[turn] = b;
    }
    int points = grid.size();
    double[] chosen = new double[points * size * channels];
    double[] oneHot = new double[size * classes];
    for (int i = 0; i < size; i++) {
      UniformRandomProvider generator = noise.uniform(i);
      int function = generator.nextInt(labels.length);
      oneHot[i * classes + labels[function]] = 1;
      for (int c = 0; c < channels; c++) {
        int from = (function * channels + c) * points;
        for (int p = 0; p < points; p++) {
          chosen[(p * size + i) * channels + c] = values[from + p];
        }
      }
    }
    FunctionBatch.write(chosen, b.values());
    FunctionBatch.write(oneHot, b.labels());
    Map<String, INDArray> arrays = new HashMap<>();
    arrays.put(GraphContext.VALUES, b.values());
    arrays.put(LABELS, b.labels());
    return arrays;
  }
}
