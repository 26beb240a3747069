package io.fdiff.nn.train;

/**
 * The numbers of Adam (Kingma and Ba 2015) and, with a weight decay, of AdamW (Loshchilov and
 * Hutter 2019).
 *
 * <p>The decay is decoupled: {@code θ ← (1 − rate·λ) θ} beside the step of Adam, on parameters that
 * are {@link io.fdiff.nn.Parameter#decayed} alone; it is no part of the gradient.
 *
 * @param beta1 {@code β₁} of the mean of the gradients, in {@code [0, 1)}
 * @param beta2 {@code β₂} of the mean of their squares, in {@code [0, 1)}
 * @param epsilon {@code ε > 0}, added to {@code √(v/(1 − β₂ⁿ))}
 * @param weightDecay {@code λ ≥ 0}; 0 is Adam
 * @param clipNorm largest global norm of a gradient, positive; infinity for no clipping
 */
public record AdamConfig(
    double beta1, double beta2, double epsilon, double weightDecay, double clipNorm) {

  /**
   * Checks the numbers.
   *
   * @param beta1 {@code β₁} of the mean of the gradients, in {@code [0, 1)}
   * @param beta2 {@code β₂} of the mean of their squares, in {@code [0, 1)}
   * @param epsilon {@code ε > 0}, added to {@code √(v/(1 − β₂ⁿ))}
   * @param weightDecay {@code λ ≥ 0}; 0 is Adam
   * @param clipNorm largest global norm of a gradient, positive; infinity for no clipping
   * @throws IllegalArgumentException if a number is out of range
   */
  public AdamConfig {
    if (!(beta1 >= 0 && beta1 < 1) || !(beta2 >= 0 && beta2 < 1)) {
      throw new IllegalArgumentException(
          "beta1 " + beta1 + ", beta2 " + beta2 + ": each must be in [0, 1)");
    }
    // FLOAT has nothing between 0 and 1.4e-45.
    if (!((float) epsilon > 0 && (float) epsilon < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "epsilon " + epsilon + " is not a positive, finite FLOAT; 1e-8 is usual");
    }
    if (!(weightDecay >= 0 && weightDecay < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "weightDecay " + weightDecay + " is not in [0, ∞); give 0 for no decay");
    }
    if (!(clipNorm > 0)) {
      throw new IllegalArgumentException(
          "clipNorm " + clipNorm + " is not positive; give infinity for no clipping");
    }
  }

  /**
   * Adam with {@code β₁ = 0.9}, {@code β₂ = 0.999}, {@code ε = 10⁻⁸}, no decay, gradients clipped
   * to norm 1.
   *
   * @return the default numbers
   */
  public static AdamConfig defaults() {
    return new AdamConfig(0.9, 0.999, 1e-8, 0, 1);
  }

  /**
   * A copy with other means.
   *
   * @param newBeta1 {@code β₁} in {@code [0, 1)}
   * @param newBeta2 {@code β₂} in {@code [0, 1)}
   * @return the copy
   */
  public AdamConfig withBetas(double newBeta1, double newBeta2) {
    return new AdamConfig(newBeta1, newBeta2, epsilon, weightDecay, clipNorm);
  }

  /**
   * A copy with another {@code ε}.
   *
   * @param value positive
   * @return the copy
   */
  public AdamConfig withEpsilon(double value) {
    return new AdamConfig(beta1, beta2, value, weightDecay, clipNorm);
  }

  /**
   * A copy with another weight decay.
   *
   * @param value {@code λ ≥ 0}
   * @return the copy
   */
  public AdamConfig withWeightDecay(double value) {
    return new AdamConfig(beta1, beta2, epsilon, value, clipNorm);
  }

  /**
   * A copy with another clip norm.
   *
   * @param value largest norm of a gradient, positive
   * @return the copy
   */
  public AdamConfig withClipNorm(double value) {
    return new AdamConfig(beta1, beta2, epsilon, weightDecay, value);
  }
}
