package io.fdiff.benchmarks;

import io.fdiff.covariance.Spectrum;
import io.fdiff.schedule.TimeGrid;

/**
 * The sampling that is measured: Euler–Maruyama for the driftless process from the horizon on, then
 * the denoised state, 256 images of 32×32 with the network {@link NetworkCase#UVIT}.
 */
final class SamplingCase {

  static final int SIDE = 32;
  static final int IMAGES = 256;
  static final Spectrum SPECTRUM = Spectrum.bessel(5, 2, 1);
  static final double HORIZON = 20;

  /** Steps of the whole sampling, whose times are used from the first on. */
  static final int STEPS = 100;

  private static final double LAST = 1e-3;

  private SamplingCase() {}

  /** The times of the first steps. */
  static TimeGrid times(int steps) {
    // Equal ratios, so that any number of steps is the beginning of the hundred.
    return TimeGrid.geometric(
        HORIZON, HORIZON * Math.pow(LAST / HORIZON, (double) steps / STEPS), steps + 1);
  }
}
