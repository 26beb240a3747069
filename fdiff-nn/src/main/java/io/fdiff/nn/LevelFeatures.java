package io.fdiff.nn;

/**
 * Sinusoidal features of the noise level {@code ℓ = ln(ς/τ)}, the logarithm of the ratio of noise
 * to signal: {@code sin ω_jℓ, cos ω_jℓ} with {@code ω_j} in geometric progression from {@code π/16}
 * (monotone over {@code |ℓ| < 8}) to 4.
 *
 * <p>For variance-exploding processes {@code ℓ = ln σ}, the variable of Karras et al. (2022).
 *
 * @param count number of features, even and at least 2
 */
public record LevelFeatures(int count) {

  private static final double LOWEST = Math.PI / 16;
  private static final double HIGHEST = 4;

  /**
   * Checks the number.
   *
   * @param count number of features, even and at least 2
   * @throws IllegalArgumentException if {@code count} is odd or below 2
   */
  public LevelFeatures {
    if (count < 2 || count % 2 != 0) {
      throw new IllegalArgumentException(
          count + " level features: sines and cosines need an even number, at least 2");
    }
  }

  /**
   * Writes the features of one level.
   *
   * @param level {@code ℓ = ln(ς/τ)}
   * @param out Modified: {@code count} values from {@code offset}, sines then cosines
   * @param offset first index to write
   */
  public void write(double level, double[] out, int offset) {
    int half = count / 2;
    for (int j = 0; j < half; j++) {
      double omega = LOWEST * Math.pow(HIGHEST / LOWEST, half == 1 ? 0 : j / (half - 1.0));
      out[offset + j] = Math.sin(omega * level);
      out[offset + half + j] = Math.cos(omega * level);
    }
  }
}
