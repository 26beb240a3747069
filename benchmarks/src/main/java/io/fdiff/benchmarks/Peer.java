package io.fdiff.benchmarks;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.LayerNorm;
import ai.djl.training.GradientCollector;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A network in PyTorch through DJL, trained by AdamW on the mean square error: what a user of the
 * JVM would write otherwise, with the layers of PyTorch where there are ready ones.
 *
 * <p>Single precision, as many threads as the machine has. Not thread-safe.
 */
abstract class Peer implements AutoCloseable {

  private static final float NORM_EPSILON = 1e-5f;

  private final NDManager manager;
  private final Map<String, NDArray> parameters = new LinkedHashMap<>();
  private final List<NDArray> constants = new ArrayList<>();
  private final Optimizer optimizer =
      Optimizer.adamW().optLearningRateTracker(Tracker.fixed(1e-4f)).build();

  Peer() {
    manager = newManager();
  }

  /** The memory of arrays in PyTorch on as many threads as the machine has. */
  static NDManager newManager() {
    System.setProperty("ai.djl.offline", "true");
    System.setProperty(
        "ai.djl.pytorch.num_threads", Integer.toString(Runtime.getRuntime().availableProcessors()));
    return Engine.getEngine("PyTorch").newBaseManager();
  }

  /** The output for a batch. */
  abstract NDArray forward(NDArray values, NDArray features);

  /** A parameter with normal entries. */
  final void parameter(String name, double deviation, long... shape) {
    NDArray array = manager.randomNormal(0, (float) deviation, new Shape(shape), DataType.FLOAT32);
    array.setRequiresGradient(true);
    parameters.put(name, array);
  }

  /** A parameter of equal entries. */
  final void constant(String name, float value, long... shape) {
    NDArray array = manager.full(new Shape(shape), value, DataType.FLOAT32);
    array.setRequiresGradient(true);
    parameters.put(name, array);
  }

  /** Weights {@code [outputs, inputs]}, as PyTorch has them, and bias. */
  final void linear(String name, int inputs, int outputs) {
    parameter(name, 1 / Math.sqrt(inputs), outputs, inputs);
    constant(name + ".bias", 0, outputs);
  }

  /** Scale and shift of a layer norm. */
  final void norm(String name, int features) {
    constant(name + ".scale", 1, features);
    constant(name + ".shift", 0, features);
  }

  final NDArray get(String name) {
    return Objects.requireNonNull(parameters.get(name), name);
  }

  final NDArray linear(NDArray x, String name) {
    return Linear.linear(x, get(name), get(name + ".bias")).singletonOrThrow();
  }

  final NDArray norm(NDArray x, String name) {
    NDArray scale = get(name + ".scale");
    return LayerNorm.layerNorm(x, scale.getShape(), scale, get(name + ".shift"), NORM_EPSILON)
        .singletonOrThrow();
  }

  static NDArray gelu(NDArray x) {
    return Activation.gelu(x);
  }

  /** A fixed input. */
  final NDArray input(long... shape) {
    return manager.randomNormal(0, 1, new Shape(shape), DataType.FLOAT32);
  }

  /** A part of the network that is not trained. */
  final NDArray constant(float[] values, long... shape) {
    NDArray array = manager.create(values, new Shape(shape));
    constants.add(array);
    return array;
  }

  /** The number of trained values. */
  final long size() {
    return parameters.values().stream().mapToLong(array -> array.getShape().size()).sum();
  }

  /**
   * Memory for results until it is closed. A result belongs to the manager of its first operand,
   * and is kept as long: so parameters and constants are lent to it.
   */
  final NDManager scope() {
    NDManager scope = manager.newSubManager();
    parameters.values().forEach(array -> array.tempAttach(scope));
    constants.forEach(array -> array.tempAttach(scope));
    return scope;
  }

  /** One step on fixed inputs; returns the loss. */
  final float step(NDArray values, NDArray features, NDArray target) {
    try (NDManager scope = scope()) {
      NDArray x = values.duplicate();
      x.attach(scope);
      NDArray f = features.duplicate();
      f.attach(scope);
      float result;
      try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
        NDArray loss = forward(x, f).sub(target).square().mean();
        loss.attach(scope);
        collector.backward(loss);
        result = loss.getFloat();
      }
      parameters.forEach(
          (name, array) -> {
            NDArray gradient = array.getGradient();
            gradient.attach(scope);
            optimizer.update(name, array, gradient);
          });
      return result;
    }
  }

  /** The output for fixed inputs; returns one value. */
  final float evaluate(NDArray values, NDArray features) {
    try (NDManager scope = scope()) {
      NDArray x = values.duplicate();
      x.attach(scope);
      NDArray f = features.duplicate();
      f.attach(scope);
      return forward(x, f).flatten().getFloat(0);
    }
  }

  @Override
  public void close() {
    manager.close();
  }
}
