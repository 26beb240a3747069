package io.fdiff.nn.train;

/**
 * An exponential moving average of the weights, {@code w̄ ← d w̄ + (1 − d) w} after each step, with
 * {@code d = min(decay, (1 + n)/(10 + n))} after {@code n} steps, so that the initial weights are
 * forgotten early on.
 *
 * @param decay limit of {@code d}, in {@code [0, 1)}; 0 keeps the last weights
 */
public record WeightAverage(double decay) {

  /**
   * Checks the decay.
   *
   * @param decay limit of {@code d}, in {@code [0, 1)}; 0 keeps the last weights
   * @throws IllegalArgumentException if {@code decay} is not in {@code [0, 1)}
   */
  public WeightAverage {
    check(decay);
  }

  static void check(double decay) {
    if (!(decay >= 0 && decay < 1)) {
      throw new IllegalArgumentException("average decay " + decay + " is not in [0, 1)");
    }
  }

  /**
   * The factor of one step.
   *
   * @param step steps done before, {@code n ≥ 0}
   * @return {@code d}
   */
  public double at(long step) {
    return Math.min(decay, (1.0 + step) / (10.0 + step));
  }
}
