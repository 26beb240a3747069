package io.fdiff.sampler;

import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Hears of the progress of a sampler. */
@FunctionalInterface
public interface StepListener {

  /** Hears nothing. */
  StepListener NONE = (step, steps, t) -> {};

  /**
   * Called after each step of the predictor and its corrections.
   *
   * @param step steps done, from 1
   * @param steps steps in all
   * @param t time that was reached
   */
  void onStep(int step, int steps, double t);

  /**
   * As {@link #onStep(int, int, double)}, for listeners that look at states. By default they are
   * not looked at, and cost nothing.
   *
   * @param step steps done, from 1
   * @param steps steps in all
   * @param t time that was reached
   * @param state makes a fresh copy of the states at that time, {@code [batch, channels, n1, …,
   *     nd]}; to be called before this method returns
   */
  default void onStep(int step, int steps, double t, Supplier<INDArray> state) {
    onStep(step, steps, t);
  }
}
