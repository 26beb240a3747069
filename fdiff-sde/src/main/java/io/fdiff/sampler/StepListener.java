package io.fdiff.sampler;

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
}
