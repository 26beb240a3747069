package io.fdiff.nn;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.sde.Multiplier;
import io.fdiff.space.Grid;
import java.util.Arrays;
import java.util.Objects;

/**
 * The projection {@code Π} onto the leading modes of a covariance operator: those with {@code λ_k ≥
 * λ*}, the fewest that carry a given share of the trace.
 *
 * <p>A learned correction of a Gaussian denoiser that is confined to them leaves all other modes to
 * the exact linear denoiser. Smooth noise hardly reaches high modes, so a network has no reason to
 * keep them clean there, and what it puts in is fed back to it at the next step of a sampler, where
 * it has never seen such input. The threshold {@code λ*} is a number of function space, so the
 * modes are the same on every grid. Immutable and thread-safe.
 */
public final class LeadingModes {

  private final SpectralCovariance covariance;
  private final double threshold;

  private LeadingModes(SpectralCovariance covariance, double threshold) {
    this.covariance = covariance;
    this.threshold = threshold;
  }

  /**
   * The fewest modes that carry a share of the trace.
   *
   * @param covariance diagonal in a spectral basis
   * @param share in {@code (0, 1]}; 1 keeps every mode of the operator's grid
   * @return the projection
   * @throws IllegalArgumentException if the share is out of range or the operator is not diagonal
   *     in a spectral basis
   */
  public static LeadingModes of(CovarianceOperator covariance, double share) {
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException("share " + share + " of the trace is not in (0, 1]");
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
    double[] ascending = spectral.eigenvalues();
    Arrays.sort(ascending);
    double total = Arrays.stream(ascending).sum();
    double kept = 0;
    int first = ascending.length;
    while (first > 0 && kept < share * total * (1 - 1e-12)) {
      kept += ascending[--first];
    }
    return new LeadingModes(
        spectral, share == 1 ? 0 : ascending[Math.min(first, ascending.length - 1)]);
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
