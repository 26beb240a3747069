package io.fdiff.kernel;

/**
 * Independent noise at every point, {@code k = δ·1[p = q]} (measurement noise, "white kernel"). Its
 * operator {@code δW} is not trace class in any limit: use it as a summand on one grid.
 *
 * @param variance {@code δ > 0}
 */
public record Nugget(double variance) implements StationaryKernel {

  /**
   * Checks the variance.
   *
   * @param variance {@code δ}
   * @throws IllegalArgumentException if it is not positive and finite
   */
  public Nugget {
    Distance.positive("variance", variance);
  }

  @Override
  public double at(double[] lag) {
    for (double h : lag) {
      if (h != 0) {
        return 0;
      }
    }
    return variance;
  }

  @Override
  public boolean continuous() {
    return false;
  }
}
