package io.fdiff.nn.train;

import java.util.List;

/**
 * Is told of every training step, and can end a run.
 *
 * <p>An exception of a listener ends the run; the trainer has the state after the step and may be
 * run again.
 */
@FunctionalInterface
public interface TrainingListener {

  /** Hears nothing and never stops. */
  TrainingListener NONE = event -> true;

  /**
   * Called after a step.
   *
   * @param event the step
   * @return true to go on, false to end the run after this step
   */
  boolean onStep(TrainingEvent event);

  /**
   * The same listener, told of every so manieth step only, and of the last one.
   *
   * @param interval steps between two calls, at least 1
   * @return the listener
   * @throws IllegalArgumentException if {@code interval < 1}
   */
  default TrainingListener every(long interval) {
    if (interval < 1) {
      throw new IllegalArgumentException("a call every " + interval + " steps: give at least 1");
    }
    return event -> (event.step() % interval != 0 && !event.last()) || onStep(event);
  }

  /**
   * Several listeners as one: all hear of each step, in their order, and the run ends if one of
   * them ends it.
   *
   * @param listeners the listeners
   * @return the listener
   */
  static TrainingListener all(TrainingListener... listeners) {
    List<TrainingListener> each = List.of(listeners);
    return event -> {
      boolean onward = true;
      for (TrainingListener listener : each) {
        onward &= listener.onStep(event);
      }
      return onward;
    };
  }
}
