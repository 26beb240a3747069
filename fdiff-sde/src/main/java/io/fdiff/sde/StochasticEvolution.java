package io.fdiff.sde;

import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.schedule.NoiseSchedule;
import io.fdiff.transform.SpectralTransform;

/**
 * The stochastic evolution equation {@code dX = −½βA X dt + √β dW^R}, {@code A = σ − Δ} (Lim et al.
 * 2023): {@code τ_k = e^{−BA_k/2}}, {@code v_k = (λ_k/A_k)(1 − e^{−BA_k})}, {@code A_k = σ + κ_k²}.
 * A {@link SpectralSDE} with {@code b = A} and half the schedule.
 *
 * <p>{@code κ²} is the eigenvalue of the continuous Laplacian, not a frequency per pixel: the
 * process is the same on every grid.
 */
public final class StochasticEvolution {

  private StochasticEvolution() {}

  /**
   * The process with noise {@code R = A^{−index}}, relaxing to {@code N(0, A^{−1−index})}; trace
   * class in the limit if {@code 1 + index > d/2}.
   *
   * @param transform basis and grid, which fix the boundary condition of {@code Δ}
   * @param shift {@code σ > 0}, or any value that keeps {@code σ + κ²} positive in every mode
   * @param index smoothness of the noise, at least 0
   * @param schedule {@code β} and its integral
   * @param horizon {@code T > 0}
   * @return the process
   * @throws IllegalArgumentException if {@code σ + κ²} is not positive in a mode, {@code index} is
   *     negative or not finite, or the horizon or the schedule is out of range
   */
  public static SpectralSDE of(
      SpectralTransform transform,
      double shift,
      double index,
      NoiseSchedule schedule,
      double horizon) {
    if (!(index >= 0 && index < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "index " + index + " of the noise A^{−index} is not finite and at least 0");
    }
    for (int k = 0; k < transform.modes(); k++) {
      if (!(shift + transform.laplacian(k) > 0) || !Double.isFinite(shift)) {
        throw new IllegalArgumentException(
            "shift "
                + shift
                + " makes A = "
                + (shift + transform.laplacian(k))
                + " in mode "
                + k
                + ": A must be positive; raise the shift");
      }
    }
    SpectralCovariance noise =
        SpectralCovariance.of(
            transform, (frequency, laplacian) -> Math.pow(shift + laplacian, -index));
    return of(noise, shift, schedule, horizon);
  }

  /**
   * The process with any noise that is diagonal in the basis.
   *
   * @param noise {@code R}
   * @param shift {@code σ} with {@code σ + κ² > 0} in every mode
   * @param schedule {@code β} and its integral
   * @param horizon {@code T > 0}
   * @return the process
   * @throws IllegalArgumentException if {@code σ + κ²} is not positive in a mode, or the horizon or
   *     the schedule is out of range
   */
  public static SpectralSDE of(
      SpectralCovariance noise, double shift, NoiseSchedule schedule, double horizon) {
    return SpectralSDE.of(
        noise, (frequency, laplacian) -> shift + laplacian, schedule.times(0.5), horizon);
  }
}
