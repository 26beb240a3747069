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
 * What states are held as: values on the grid, or coefficients in the basis of the noise where the
 * multipliers of a process differ from mode to mode. Linear combinations are one pass either way.
 *
 * <p>A process whose noise hides its basis is held as values, at the price of transforms in every
 * combination. Not thread-safe: one for each chain.
 */
final class Frame {

  /** Values of one block stay in the first-level cache between the terms of a combination. */
  private static final int BLOCK = 1024;

  private final @Nullable SpectralTransform transform;
  private final double[] weights;
  private final int rows;
  private final double[] input;
  private final double[][] factors;
  private double[] scratch = new double[0];
  private final Multiplier.Scratch memory = new Multiplier.Scratch();

  private Frame(@Nullable SpectralTransform transform, Grid grid, int rows) {
    this.transform = transform;
    this.weights = grid.weights();
    this.rows = rows;
    this.input = transform == null ? new double[0] : new double[rows * grid.size()];
    this.factors = transform == null ? new double[0][] : new double[6][transform.modes()];
  }

  /** The cheapest frame for the multipliers of a process. */
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
    int bad = Chain.firstBad(values);
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

  /** {@code out ← a u + b v}; {@code out} may be {@code u}. */
  void combine(double[] out, Multiplier a, double[] u, Multiplier b, double[] v) {
    combine(out, new Multiplier[] {a, b}, new double[][] {u, v});
  }

  /** {@code out ← a u + b v + c w}; {@code out} may be {@code u}. */
  void combine(
      double[] out, Multiplier a, double[] u, Multiplier b, double[] v, Multiplier c, double[] w) {
    combine(out, new Multiplier[] {a, b, c}, new double[][] {u, v, w});
  }

  /** {@code out ← Σ_j m_j v_j} of at least two terms; {@code out} may be the first of them. */
  void combine(double[] out, Multiplier[] m, double[][] v) {
    if (transform != null) {
      perMode(out, m, v);
    } else if (Arrays.stream(m).allMatch(Frame::scalar)) {
      for (int from = 0; from < out.length; from += BLOCK) {
        scalar(out, m, v, from, Math.min(out.length, from + BLOCK));
      }
    } else {
      if (scratch.length == 0) {
        scratch = new double[out.length];
      }
      Arrays.fill(scratch, 0);
      Multiplier.accumulate(m[0], v[0], m[1], v[1], scratch, rows, memory);
      for (int j = 2; j < m.length; j++) {
        m[j].accumulate(v[j], scratch, rows, memory);
      }
      System.arraycopy(scratch, 0, out, 0, out.length);
    }
  }

  private static void scalar(double[] out, Multiplier[] m, double[][] v, int from, int to) {
    double a = m[0].at(0);
    double b = m[1].at(0);
    double[] u = v[0];
    double[] w = v[1];
    for (int i = from; i < to; i++) {
      out[i] = a * u[i] + b * w[i];
    }
    for (int j = 2; j < m.length; j++) {
      double c = m[j].at(0);
      double[] z = v[j];
      for (int i = from; i < to; i++) {
        out[i] += c * z[i];
      }
    }
  }

  private void perMode(double[] out, Multiplier[] m, double[][] v) {
    int modes = width();
    for (int j = 0; j < m.length; j++) {
      for (int k = 0; k < modes; k++) {
        factors[j][k] = m[j].at(k);
      }
    }
    double[] a = factors[0];
    double[] b = factors[1];
    for (int from = 0; from < out.length; from += modes) {
      for (int k = 0; k < modes; k++) {
        out[from + k] = a[k] * v[0][from + k] + b[k] * v[1][from + k];
      }
      for (int j = 2; j < m.length; j++) {
        double[] c = factors[j];
        double[] z = v[j];
        for (int k = 0; k < modes; k++) {
          out[from + k] += c[k] * z[from + k];
        }
      }
    }
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
    multiplier.map(
        v -> {
          least[0] = Math.min(least[0], v);
          return v;
        });
    return least[0];
  }
}
