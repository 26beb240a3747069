package io.fdiff.nn.train;

import io.fdiff.nn.ParameterVector;

/** Is given the averaged weights every so many steps, to draw samples with them. */
@FunctionalInterface
public interface SampleListener {

  /**
   * Called between two steps.
   *
   * @param step steps done
   * @param averaged the moving average of the weights; a copy
   */
  void onWeights(long step, ParameterVector averaged);
}
