package io.fdiff.measure;

import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The density {@code dμ₁/dμ₂} of one Gaussian measure with respect to another, on the modes of
 * their grid:
 *
 * <pre>{@code
 * ln dμ₁/dμ₂(x) = ½ Σ_k [ (x − m₂)_k²/λ₂ₖ − (x − m₁)_k²/λ₁ₖ − ln ρ_k ],   ρ = λ₁/λ₂
 * C₁ = C₂ = C, m₂ = 0:   ⟨m₁, x⟩_C − ½‖m₁‖²_C                       (Cameron–Martin)
 * }</pre>
 *
 * The terms are summed mode by mode, since the parts diverge separately as the grid is refined;
 * whether the sum itself converges is for {@link Equivalence} to tell. The joint modes are found
 * once. Immutable and thread-safe.
 */
public final class RadonNikodym {

  private final JointModes modes;
  private final double[] origin;
  private final Grid grid;

  private RadonNikodym(JointModes modes, double[] origin, Grid grid) {
    this.modes = modes;
    this.origin = origin;
    this.grid = grid;
  }

  /**
   * The density of one measure with respect to another.
   *
   * @param first {@code μ₁}
   * @param second the reference {@code μ₂}, on the same grid with as many channels
   * @return the density
   * @throws IllegalArgumentException if grids or channels differ, or the measures are singular to
   *     each other on this grid: the mean difference or a direction of variance of one leaves the
   *     range of the other
   */
  public static RadonNikodym of(GaussianMeasure first, GaussianMeasure second) {
    JointModes modes = JointModes.of(first, second);
    if (modes.leavesRange() || modes.degenerate()) {
      throw new IllegalArgumentException(
          "the measures are singular on "
              + second.grid()
              + (modes.leavesRange()
                  ? ": the first has mean or variance outside the range of the second"
                  : ": the first has no variance where the second has")
              + "; there is no density, compare them with w2 or mmd2");
    }
    return new RadonNikodym(modes, second.meanValues(), second.grid());
  }

  /**
   * {@code ln dμ₁/dμ₂(x)}, the sum over channels. Parts of {@code x} outside the range of {@code
   * C₂}, which samples of either measure have not, do not enter.
   *
   * @param x {@code [batch, channels, n1, …, nd]}, FLOAT or DOUBLE. Not modified.
   * @return {@code [batch]}, DOUBLE
   * @throws IllegalArgumentException if shape or channels do not fit
   */
  public INDArray logDensity(INDArray x) {
    FunctionBatch batch = FunctionBatch.of(grid, x);
    if (batch.channels() != modes.channels()) {
      throw new IllegalArgumentException(
          batch.channels() + " channels: the measures have " + modes.channels());
    }
    double[] values = batch.toDoubles();
    double[] log = new double[batch.batch()];
    for (int row = 0; row < batch.rows(); row++) {
      int c = row % batch.channels();
      log[row / batch.channels()] += logDensity(c, coordinates(values, row, c));
    }
    return Nd4j.createFromArray(log);
  }

  /** Whitened coordinates of {@code x − m₂} of one row. */
  double[] coordinates(double[] values, int row, int channel) {
    int n = grid.size();
    double[] y = new double[n];
    for (int i = 0; i < n; i++) {
      y[i] = values[row * n + i] - origin[channel * n + i];
    }
    return modes.whitening().apply(y, 0);
  }

  /** The part of one channel, from {@link #coordinates}. */
  double logDensity(int channel, double[] coordinates) {
    return modes.logRatio(channel, coordinates);
  }

  /** Whether {@link #coordinates} of both are the same. */
  boolean sharesCoordinates(RadonNikodym other) {
    return modes.whitening() == other.modes.whitening();
  }

  /**
   * The second moment {@code E₂ (dμ₁/dμ₂)² = Π_k (ρ_k(2 − ρ_k))^{-1/2} exp(Δ_k²/((2 − ρ_k)λ₂ₖ))},
   * which is {@code exp(‖Δ‖²_C)} for one covariance: the price of importance sampling.
   *
   * @return the moment, at least 1; +∞ if a ratio {@code ρ_k} is 2 or more
   */
  public double secondMoment() {
    return Math.exp(modes.logSecondMoment());
  }
}
