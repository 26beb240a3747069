package io.fdiff.denoise;

/** Probabilities from their logarithms up to a constant. */
final class Softmax {

  private Softmax() {}

  /** {@code e^{l_i}/Σ_j e^{l_j}} in place, without overflow. */
  static double[] inPlace(double[] logs) {
    double largest = Double.NEGATIVE_INFINITY;
    for (double value : logs) {
      largest = Math.max(largest, value);
    }
    double sum = 0;
    for (int i = 0; i < logs.length; i++) {
      logs[i] = Math.exp(logs[i] - largest);
      sum += logs[i];
    }
    for (int i = 0; i < logs.length; i++) {
      logs[i] /= sum;
    }
    return logs;
  }
}
