package io.fdiff.data;

import io.fdiff.noise.NoiseSource;
import io.fdiff.space.Grid;

/**
 * A law of random functions on a grid, as a source of synthetic data sets.
 *
 * <p>Laws: a function depends on seed, stream, step and sample index of the noise alone, not on the
 * number drawn with it; functions of different samples are independent. Implementations are
 * immutable and thread-safe, and state mean and covariance.
 */
public interface FunctionGenerator {

  /**
   * The grid that functions are held on.
   *
   * @return the grid
   */
  Grid grid();

  /**
   * Draws functions.
   *
   * @param noise where to read them: its seed, stream, step and first sample
   * @param n number of functions, positive
   * @return the functions
   * @throws IllegalArgumentException if {@code n} is not positive
   */
  FunctionDataset generate(NoiseSource noise, int n);
}
