package io.fdiff.nn.train;

/** Is told of every training step, and can end a run. */
@FunctionalInterface
public interface TrainingListener {

  /** Hears nothing and never stops. */
  TrainingListener NONE = (step, steps, loss, learningRate) -> true;

  /**
   * Called after a step.
   *
   * @param step steps done, from 1
   * @param steps the total of the configuration
   * @param loss loss of this step's batch
   * @param learningRate rate of this step
   * @return true to go on, false to end the run after this step
   */
  boolean onStep(long step, long steps, double loss, double learningRate);
}
