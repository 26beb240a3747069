package io.fdiff.sampler;

import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.sde.Marginal;
import io.fdiff.sde.Multiplier;
import io.fdiff.sde.SDE;
import io.fdiff.space.Grid;
import io.fdiff.transform.SpectralTransform;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What the states of {@link AdaptiveFlow} are held as: values on the grid, or coefficients in the
 * basis of the noise where the multipliers of a process differ from mode to mode. Not thread-safe.
 */
final class Frame {

  private final @Nullable SpectralTransform transform;
  private final double[] weights;
  private final int rows;
  private final double[] input;

  private Frame(@Nullable SpectralTransform transform, Grid grid, int rows) {
    this.transform = transform;
    this.weights = grid.weights();
    this.rows = rows;
    this.input = transform == null ? new double[0] : new double[rows * grid.size()];
  }

  /**
   * The cheapest frame for the multipliers of a process.
   *
   * @throws IllegalArgumentException if they differ from mode to mode and the noise has no basis
   */
  static Frame of(SDE sde, int rows) {
    Grid grid = sde.noise().grid();
    double t = sde.horizon();
    Marginal marginal = sde.marginal(t);
    boolean scalar =
        scalar(marginal.mean())
            && scalar(marginal.variance())
            && scalar(sde.driftRate(t))
            && scalar(sde.diffusion(t));
    SpectralTransform basis =
        scalar ? null : sde.noise().spectral().map(SpectralCovariance::transform).orElse(null);
    if (!scalar && basis == null) {
      throw new IllegalArgumentException(
          sde
              + " has multipliers by mode and noise without a spectral form: give spectral noise, or"
              + " use a sampler with a time grid");
    }
    return new Frame(basis, grid, rows);
  }

  private static boolean scalar(Multiplier multiplier) {
    return multiplier instanceof Multiplier.Scalar;
  }

  /** Numbers in a state of one function. */
  int width() {
    return transform == null ? weights.length : transform.modes();
  }

  /** The state of given values; the array itself where states are values. */
  double[] adopt(double[] values) {
    if (transform == null) {
      return values;
    }
    double[] state = new double[rows * transform.modes()];
    int bad = Finite.firstBad(values);
    if (bad < 0) {
      transform.forward(values, state, rows);
    } else {
      // A transform would spread the value over its function and the message would not name it.
      int row = bad / weights.length;
      Arrays.fill(state, row * width(), (row + 1) * width(), values[bad]);
    }
    return state;
  }

  /** Where to put values that {@link #adoptInput} turns into the given state. */
  double[] input(double[] state) {
    return transform == null ? state : input;
  }

  /** The values in {@link #input} as a state. */
  void adoptInput(double[] state) {
    if (transform != null) {
      transform.forward(input, state, rows);
    }
  }

  /** The values of a state: itself, or written to a buffer. */
  double[] values(double[] state, double[] buffer) {
    if (transform == null) {
      return state;
    }
    transform.inverse(state, buffer, rows);
    return buffer;
  }

  /** The norm of {@code L²} of some functions together, by quadrature of their values. */
  double norm(double[] state, int firstRow, int count) {
    double[] at = state;
    int from = firstRow * width();
    if (transform != null) {
      if (transform.orthonormal()) {
        return Math.sqrt(squares(state, from, from + count * width()));
      }
      at = new double[count * weights.length];
      transform.inverse(Arrays.copyOfRange(state, from, from + count * width()), at, count);
      from = 0;
    }
    double sum = 0;
    for (int row = 0; row < count; row++) {
      for (int i = 0; i < weights.length; i++, from++) {
        sum += weights[i] * at[from] * at[from];
      }
    }
    return Math.sqrt(sum);
  }

  private static double squares(double[] values, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += values[i] * values[i];
    }
    return sum;
  }

  /** The smallest factor of a multiplier. */
  static double smallest(Multiplier multiplier) {
    if (multiplier instanceof Multiplier.Scalar scalar) {
      return scalar.value();
    }
    double[] least = {Double.POSITIVE_INFINITY};
    multiplier.all(
        v -> {
          least[0] = Math.min(least[0], v);
          return true;
        });
    return least[0];
  }
}
