package io.fdiff.nn;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.sde.Multiplier;
import io.fdiff.space.Grid;
import java.util.Arrays;
import java.util.Objects;

/**
 * The projection {@code Π} onto the leading modes of a covariance operator, those with {@code λ_k ≥
 * λ*}: the part of function space that a network learns, while the rest is left to the exact
 * denoiser of the Gaussian measure with this covariance.
 *
 * <p>Two faults make it worth while to confine a network, both measured. Smooth noise hardly
 * reaches high modes, so nothing teaches the network to keep them clean, and what it puts there is
 * fed back to it at the next step of a sampler. And where the noise has the spectrum of the data,
 * every mode has the same signal-to-noise ratio, so that hundreds of modes of no consequence name
 * the training function and the network learns to recognise instead of to denoise. The threshold is
 * a number of function space: the modes are the same on every grid. Immutable and thread-safe.
 */
public final class LeadingModes {

  private final SpectralCovariance covariance;
  private final double threshold;

  private LeadingModes(SpectralCovariance covariance, double threshold) {
    this.covariance = covariance;
    this.threshold = threshold;
  }

  /**
   * The modes whose eigenvalue is at least a fraction of the largest one.
   *
   * @param covariance diagonal in a spectral basis
   * @param fraction {@code λ*}/max λ, in {@code [0, 1]}; 0 keeps every mode
   * @return the projection
   * @throws IllegalArgumentException if the fraction is out of range or the operator is not
   *     diagonal in a spectral basis
   */
  public static LeadingModes above(CovarianceOperator covariance, double fraction) {
    if (!(fraction >= 0 && fraction <= 1)) {
      throw new IllegalArgumentException(
          "fraction " + fraction + " of the largest eigenvalue is not in [0, 1]");
    }
    SpectralCovariance spectral =
        Objects.requireNonNull(covariance, "covariance")
            .spectral()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        covariance
                            + " is not diagonal in a spectral basis; use a spectral or empirical"
                            + " covariance"));
    double largest = Arrays.stream(spectral.eigenvalues()).max().orElse(0);
    return new LeadingModes(spectral, fraction * largest);
  }

  /**
   * The smallest eigenvalue that is kept.
   *
   * @return {@code λ* ≥ 0}
   */
  public double threshold() {
    return threshold;
  }

  /**
   * The projection on a grid.
   *
   * @param grid the grid
   * @return factors 1 on the kept modes and 0 on the others
   */
  public Multiplier on(Grid grid) {
    SpectralCovariance here = covariance.on(grid);
    double[] factors =
        Arrays.stream(here.eigenvalues()).map(value -> value >= threshold ? 1 : 0).toArray();
    return Multiplier.perMode(here.transform(), factors);
  }
}
