package io.fdiff.sde;

import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.schedule.NoiseSchedule;
import io.fdiff.space.Grid;
import io.fdiff.transform.FourierTransform;

/**
 * The published settings of functional diffusion processes (Franzese et al. 2023): {@code b = 1/(q
 * + 0.3) + ((q + 2)/33²)^{1/4}} and {@code r = (64²/23.27)/((q + 2)·energy)} with {@code q} the
 * squared integer frequency, and the exponential time change with {@code c₀ = 0.02}, {@code B(1) =
 * (0.1 + β_max)/2} on {@code [0, 1]}.
 *
 * <p>Their noise is defined by an orthonormal DFT of pixels, {@code λ = r/N}; freezing {@code N} at
 * the native grid of a setting gives one process on every grid of the unit box.
 */
public final class FunctionalDiffusion {

  private static final double SCALE = 0.02;
  private static final double BETA_MIN = 0.1;

  private FunctionalDiffusion() {}

  /**
   * Images of native size 32 × 32 (MNIST): {@code energy = 1}, {@code N = 1024}.
   *
   * @param grid a grid of the unit square
   * @param betaMax {@code β_max > 0}: 5 with the implicit network, 10 with the transformer
   * @return the process on the grid
   * @throws IllegalArgumentException if the grid is not two-dimensional or {@code betaMax} is not
   *     positive and finite
   */
  public static SpectralSDE images32(Grid grid, double betaMax) {
    return of(requireAxes(grid, 2), betaMax, 1, 1024);
  }

  /**
   * Images of native size 64 × 64 (CelebA): {@code N = 4096}.
   *
   * @param grid a grid of the unit square
   * @param betaMax {@code β_max > 0}: 5 with the implicit network, 10 with the transformer
   * @param energy divisor of the spectrum: 1, or the 64 of the published transformer setting, which
   *     leaves it a weak noise; see {@link TerminalLaw}
   * @return the process on the grid
   * @throws IllegalArgumentException if the grid is not two-dimensional or a number is not positive
   *     and finite
   */
  public static SpectralSDE images64(Grid grid, double betaMax, double energy) {
    return of(requireAxes(grid, 2), betaMax, energy, 4096);
  }

  /**
   * Sound of one second at 8000 samples: {@code energy = 1}, {@code N = 8000}.
   *
   * @param grid a grid of the unit interval
   * @param betaMax {@code β_max > 0}; published with 10
   * @return the process on the grid
   * @throws IllegalArgumentException if the grid is not one-dimensional or {@code betaMax} is not
   *     positive and finite
   */
  public static SpectralSDE audio(Grid grid, double betaMax) {
    return of(requireAxes(grid, 1), betaMax, 1, 8000);
  }

  /**
   * The rates and spectrum of the paper with another time change, energy or native grid.
   *
   * @param grid a grid of the unit box
   * @param betaMax {@code β_max > 0}
   * @param energy divisor of the spectrum, positive
   * @param nativePoints {@code N}, the number of points of the grid that the spectrum was tuned on
   * @return the process on the grid
   * @throws IllegalArgumentException if a number is not positive and finite
   */
  public static SpectralSDE of(Grid grid, double betaMax, double energy, int nativePoints) {
    if (!(betaMax > 0 && energy > 0 && betaMax + energy < Double.POSITIVE_INFINITY)
        || nativePoints < 1) {
      throw new IllegalArgumentException(
          "β_max "
              + betaMax
              + ", energy "
              + energy
              + ", "
              + nativePoints
              + " native points: all must be positive and finite");
    }
    double scale = 64 * 64 / 23.27 / (energy * nativePoints);
    Spectrum spectrum = (frequency, laplacian) -> scale / (square(frequency) + 2);
    Spectrum rates =
        (frequency, laplacian) -> {
          double q = square(frequency);
          return 1 / (q + 0.3) + Math.pow((q + 2) / (33 * 33), 0.25);
        };
    return SpectralSDE.of(
        SpectralCovariance.of(FourierTransform.of(grid), spectrum),
        rates,
        NoiseSchedule.exponential(SCALE, 0.5 * (BETA_MIN + betaMax)),
        1);
  }

  private static double square(int[] frequency) {
    double sum = 0;
    for (int f : frequency) {
      sum += (double) f * f;
    }
    return sum;
  }

  private static Grid requireAxes(Grid grid, int axes) {
    if (grid.domain().size() != axes) {
      throw new IllegalArgumentException(
          "grid " + grid + " has " + grid.domain().size() + " axes: this setting needs " + axes);
    }
    return grid;
  }
}
