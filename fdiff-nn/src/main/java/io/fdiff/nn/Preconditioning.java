package io.fdiff.nn;

/**
 * Factors that turn a network {@code F} into a denoiser, {@code D = m + c_skip x̃ + c_out F(c_in
 * x̃)} with {@code x̃ = x − τm} (Karras et al. 2022, table 1, for {@code X_t | X_0 ~ N(τX_0,
 * ς²R)}).
 *
 * <p>With {@code ρ} the ratio {@code μ/λ} of data to noise spectrum and {@code s² = τ²ρ + ς²}:
 * {@code c_skip = τρ/s²}, {@code c_out = ς√ρ/s}, {@code c_in = 1/s}. Then inputs and targets of the
 * network have the covariance {@code R}, and {@code F = 0} is the exact denoiser of the Gaussian
 * measure {@code N(m, ρR)}.
 *
 * @param dataRatio {@code ρ > 0}; 1 where the noise covariance is estimated from the data
 */
public record Preconditioning(double dataRatio) {

  /** {@code ρ = 1}. */
  public static final Preconditioning UNIT = new Preconditioning(1);

  /**
   * Checks the ratio.
   *
   * @param dataRatio {@code ρ > 0}; 1 where the noise covariance is estimated from the data
   * @throws IllegalArgumentException if {@code dataRatio} is not positive and finite
   */
  public Preconditioning {
    if (!(dataRatio > 0 && dataRatio < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "ratio " + dataRatio + " of data to noise spectrum is not positive and finite");
    }
  }

  private double variance(NoiseLevel level) {
    return level.tau() * level.tau() * dataRatio + level.sigma() * level.sigma();
  }

  /**
   * {@code c_skip = τρ/s²}.
   *
   * @param level {@code τ} and {@code ς}
   * @return the weight of the state
   */
  public double skip(NoiseLevel level) {
    return level.tau() * dataRatio / variance(level);
  }

  /**
   * {@code c_out = ς√ρ/s}.
   *
   * @param level {@code τ} and {@code ς}
   * @return the weight of the network
   */
  public double out(NoiseLevel level) {
    return level.sigma() * Math.sqrt(dataRatio / variance(level));
  }

  /**
   * {@code c_in = 1/s}.
   *
   * @param level {@code τ} and {@code ς}
   * @return the scale of the input
   */
  public double in(NoiseLevel level) {
    return 1 / Math.sqrt(variance(level));
  }

  /**
   * The target {@code (x₀ − m − c_skip x̃)/c_out = (ςy − τρξ)/(s√ρ)} at {@code x̃ = τy + ςξ},
   * {@code y = x₀ − m}, without the cancellation of the first form at small {@code ς}.
   *
   * @param y centred clean value
   * @param xi noise value
   * @param level {@code τ} and {@code ς}
   * @return what {@code F} should be
   */
  public double target(double y, double xi, NoiseLevel level) {
    double scale = 1 / Math.sqrt(dataRatio * variance(level));
    return (level.sigma() * y - level.tau() * dataRatio * xi) * scale;
  }
}
