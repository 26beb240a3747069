package io.fdiff.denoise;

/**
 * The weights {@code exp(−½Σ_k (x − τx_i)_k²/v_k)} of data for one state, one after the other and
 * relative to the largest so far: what was summed before a new largest one shrinks.
 */
final class DataWeights {

  private final double[] state;
  private final double[] tau;
  private double largest = Double.NEGATIVE_INFINITY;
  private double shrink = 1;
  private double total;

  /**
   * No data yet.
   *
   * @param scales {@code 1/√v_k} and {@code τ_k/√v_k}
   * @param c coefficients of states
   * @param from where those of this one begin
   * @param length their number, all channels
   */
  DataWeights(double[][] scales, double[] c, int from, int length) {
    this.tau = scales[1];
    this.state = new double[length];
    for (int j = 0; j < length; j++) {
      state[j] = c[from + j] * scales[0][j % tau.length];
    }
  }

  /** The weight of the datum with these coefficients. */
  double next(double[] coefficients, int at) {
    double squared = 0;
    for (int j = 0, k = 0; j < state.length; j++, k++) {
      k = k == tau.length ? 0 : k;
      double d = state[j] - tau[k] * coefficients[at + j];
      squared += d * d;
    }
    double log = -0.5 * squared;
    shrink = 1;
    if (log > largest) {
      shrink = Math.exp(largest - log);
      total *= shrink;
      largest = log;
    }
    double weight = Math.exp(log - largest);
    total += weight;
    return weight;
  }

  /** The factor of what was summed before the last datum. */
  double shrink() {
    return shrink;
  }

  /** The sum of all weights. */
  double total() {
    return total;
  }
}
