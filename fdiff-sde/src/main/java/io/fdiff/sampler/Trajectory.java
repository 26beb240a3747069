package io.fdiff.sampler;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A listener that keeps the states a sampler passes through, for pictures and diagnosis. Memory
 * grows with the number of states kept. Not thread-safe: one for each run.
 */
public final class Trajectory implements StepListener {

  /**
   * States at one time.
   *
   * @param t forward time
   * @param states {@code [batch, channels, n1, …, nd]} at that time, before the last denoising
   */
  public record Point(double t, INDArray states) {}

  private final int stride;
  private final List<Point> points = new ArrayList<>();

  private Trajectory(int stride) {
    this.stride = stride;
  }

  /**
   * An empty trajectory that keeps every so-many-th state and the last one.
   *
   * @param stride steps from one kept state to the next, at least 1
   * @return the trajectory, to be given to {@link SteppedSampler#withListener}
   * @throws IllegalArgumentException if {@code stride < 1}
   */
  public static Trajectory every(int stride) {
    if (stride < 1) {
      throw new IllegalArgumentException("stride " + stride + ": keep every 1st state or fewer");
    }
    return new Trajectory(stride);
  }

  @Override
  public void onStep(int step, int steps, double t) {
    throw new IllegalArgumentException("no states at step " + step + ": nothing to keep");
  }

  @Override
  public void onStep(int step, int steps, double t, Supplier<INDArray> state) {
    if (step % stride == 0 || step == steps) {
      points.add(new Point(t, state.get()));
    }
  }

  /**
   * What was kept, in the order of sampling; times decrease.
   *
   * @return an unmodifiable copy of the list
   */
  public List<Point> points() {
    return List.copyOf(points);
  }
}
