package io.fdiff.sampler;

/** The length {@code h} of a preconditioned Langevin step, for one sample. */
@FunctionalInterface
public interface LangevinStep {

  /**
   * The step length.
   *
   * @param noiseNorm {@code √tr R}, the root mean square norm of the noise
   * @param scoreNorm {@code ‖S‖} of this sample, {@code S} the preconditioned score
   * @param variance the smallest variance multiplier {@code min_k v_k/λ_k}; steps below twice this
   *     are stable in every mode
   * @return {@code h > 0}
   */
  double length(double noiseNorm, double scoreNorm, double variance);

  /**
   * {@code h = min(2(snr·√tr R/‖S‖)², V)}: the signal-to-noise rule of Song et al. (2021) with
   * norms of {@code L²}, for each sample on its own, bounded by the variance multiplier for
   * stability.
   *
   * @param snr signal-to-noise ratio {@code > 0}; 0.16 is customary
   * @return the rule
   * @throws IllegalArgumentException if {@code snr} is not positive and finite
   */
  static LangevinStep signalToNoise(double snr) {
    positive("signal-to-noise ratio", snr);
    return (noiseNorm, scoreNorm, variance) -> {
      double ratio = snr * noiseNorm / scoreNorm;
      return Math.min(2 * ratio * ratio, variance);
    };
  }

  /**
   * {@code h = fraction·V}: the same step for all samples, which keeps the chain affine for an
   * affine denoiser.
   *
   * @param fraction in {@code (0, 2)}
   * @return the rule
   * @throws IllegalArgumentException if {@code fraction} is not in {@code (0, 2)}
   */
  static LangevinStep fixed(double fraction) {
    if (!(fraction > 0 && fraction < 2)) {
      throw new IllegalArgumentException(
          "Langevin step of " + fraction + " variances is unstable: give a fraction in (0, 2)");
    }
    return (noiseNorm, scoreNorm, variance) -> fraction * variance;
  }

  private static void positive(String name, double value) {
    if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(name + " " + value + " is not positive and finite");
    }
  }
}
