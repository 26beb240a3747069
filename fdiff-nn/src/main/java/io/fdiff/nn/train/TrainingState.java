package io.fdiff.nn.train;

/**
 * All that a training changes: weights, their moving average and the moments of Adam as flat
 * vectors in the order of the parameters, the number of steps done, and the running loss.
 *
 * <p>There is no state of a generator: everything random is addressed by (seed, step).
 */
final class TrainingState {

  /** Weight of one step in the running loss. */
  private static final double LOSS_MEMORY = 0.02;

  private final float[] weights;
  private final float[] average;
  private final float[] m;
  private final float[] v;
  private long step;
  private double runningLoss;

  TrainingState(
      float[] weights, float[] average, float[] m, float[] v, long step, double runningLoss) {
    this.weights = weights;
    this.average = average;
    this.m = m;
    this.v = v;
    this.step = step;
    this.runningLoss = runningLoss;
  }

  /** The state before the first step. */
  static TrainingState initial(float[] weights) {
    return new TrainingState(
        weights, weights.clone(), new float[weights.length], new float[weights.length], 0, 0);
  }

  /** An independent copy. */
  TrainingState copy() {
    return new TrainingState(
        weights.clone(), average.clone(), m.clone(), v.clone(), step, runningLoss);
  }

  float[] weights() {
    return weights;
  }

  float[] average() {
    return average;
  }

  float[] m() {
    return m;
  }

  float[] v() {
    return v;
  }

  long step() {
    return step;
  }

  /** A mean of all losses at first, then an exponential one. */
  double runningLoss() {
    return runningLoss;
  }

  /** Counts a step of the given loss. */
  void advance(double loss) {
    step++;
    runningLoss += Math.max(LOSS_MEMORY, 1.0 / step) * (loss - runningLoss);
  }
}
