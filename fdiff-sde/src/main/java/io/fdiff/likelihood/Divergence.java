package io.fdiff.likelihood;

import io.fdiff.noise.NoiseSource;
import java.util.Objects;

/**
 * How the derivatives {@code ∂_kD_k} of a denoiser are found. Directions are scaled by the standard
 * deviation {@code √λ_k} of the noise in each mode, so that a step means the same in all of them.
 */
public sealed interface Divergence {

  /** The derivatives of a denoiser that acts on every mode by itself and linearly. */
  @FunctionalInterface
  interface Slope {
    /**
     * {@code ∂_kD_k}, the same for all states.
     *
     * @param mode flat index in the coordinates of the likelihood
     * @param t forward time in {@code (0, T]}
     * @return the derivative
     */
    double at(int mode, double t);
  }

  /**
   * Derivatives in closed form; one denoiser call a rate. Exact for Gaussian data with {@code
   * τμ_k/V_k}, see {@link io.fdiff.sde.CommonModes#gain}.
   *
   * @param slope {@code ∂_kD_k}
   */
  record Exact(Slope slope) implements Divergence {
    /**
     * Checks the argument.
     *
     * @param slope {@code ∂_kD_k}
     * @throws NullPointerException if {@code slope} is null
     */
    public Exact {
      Objects.requireNonNull(slope, "slope");
    }
  }

  /**
   * Central differences in each mode and channel, {@code 2·channels·modes + 1} denoised functions a
   * rate: exact up to round-off {@code 1e-16/step} for affine denoisers, else with an error of
   * {@code step²/6} third derivatives.
   *
   * @param step in units of {@code √λ_k}; 1 for affine denoisers, 1e-5 balances truncation and
   *     round-off for others in DOUBLE
   */
  record Differences(double step) implements Divergence {
    /**
     * Checks the argument.
     *
     * @param step in units of {@code √λ_k}
     * @throws IllegalArgumentException if {@code step} is not positive and finite
     */
    public Differences {
      requireStep(step);
    }
  }

  /**
   * Hutchinson's estimate {@code zᵀ∂D z} with vectors {@code z} of independent signs in the
   * coefficients (not the point values), the same along a whole trajectory: unbiased, {@code
   * 2·probes + 1} denoised functions a rate, exact for denoisers that are diagonal in the modes.
   *
   * @param probes number of vectors, at least 1; two or more give an error estimate
   * @param noise where to read the signs; probe i at step i
   * @param step of the differences along {@code z}, in units of {@code √λ_k}
   */
  record Hutchinson(int probes, NoiseSource noise, double step) implements Divergence {
    /**
     * Checks the arguments.
     *
     * @param probes number of vectors
     * @param noise where to read the signs
     * @param step of the differences along {@code z}
     * @throws IllegalArgumentException if {@code probes < 1} or {@code step} is not positive and
     *     finite
     */
    public Hutchinson {
      if (probes < 1) {
        throw new IllegalArgumentException(probes + " probes: give at least 1");
      }
      Objects.requireNonNull(noise, "noise");
      requireStep(step);
    }
  }

  private static void requireStep(double step) {
    if (!(step > 0 && step < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "difference step " + step + " is not positive and finite; 1e-5 is customary");
    }
  }
}
