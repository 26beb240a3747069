package io.fdiff.nn.arch;

import io.fdiff.space.RegularGrid;
import io.fdiff.transform.Basis;
import io.fdiff.transform.SpectralTransform;
import java.util.List;

/**
 * The transform along one axis of a regular grid as matrix entries.
 *
 * <p>For the Fourier basis it is the complex one with frequencies {@code −M … M} ({@code 0 … M} on
 * axis 0, whose values are real), from the coefficients {@code α_k}, {@code β_k} of the real basis:
 * {@code c_{±k} = (α_k ∓ iβ_k)/√2}. Part 0 is the real one, part 1 the imaginary one.
 */
final class AxisTransform {

  private final Basis basis;
  private final int lowest; // frequency
  private final int points;
  private final int functions;
  private final double[] fit; // [points][functions]
  private final double[] values; // [functions][points]

  AxisTransform(Basis basis, RegularGrid grid, int axis, int modes) {
    this.basis = basis;
    this.lowest = basis == Basis.FOURIER && axis > 0 ? -modes : 0;
    this.points = grid.shape()[axis];
    RegularGrid line = RegularGrid.of(List.of(grid.domain().get(axis)), grid.layout(), points);
    this.functions = SpectralProduct.functions(basis, List.of(modes))[0];
    SpectralTransform transform = basis.on(line, functions);
    this.fit = new double[points * functions];
    this.values = new double[functions * points];
    transform.forward(identity(points), fit, points);
    transform.inverse(identity(functions), values, functions);
  }

  private static double[] identity(int n) {
    double[] matrix = new double[n * n];
    for (int i = 0; i < n; i++) {
      matrix[i * n + i] = 1;
    }
    return matrix;
  }

  /**
   * What part {@code q} of the value at point {@code n} brings to part {@code p} of coefficient
   * {@code k}; to that of the coefficient times i if {@code turned}.
   */
  double analysis(int k, int n, int p, int q, boolean turned) {
    if (basis != Basis.FOURIER) {
      return fit[n * functions + k];
    }
    int frequency = lowest + k;
    double re = fit[n * functions];
    double im = 0;
    if (frequency != 0) {
      int cosine = 2 * Math.abs(frequency) - 1;
      re = fit[n * functions + cosine] * Math.sqrt(0.5);
      im = -Math.signum(frequency) * fit[n * functions + cosine + 1] * Math.sqrt(0.5);
    }
    return turned ? entry(-im, re, p, q) : entry(re, im, p, q);
  }

  /** What part {@code p} of coefficient {@code k} brings to part {@code q} of the value. */
  double synthesis(int k, int n, int p, int q) {
    if (basis != Basis.FOURIER) {
      return values[k * points + n];
    }
    int frequency = lowest + k;
    if (frequency == 0) {
      return entry(values[n], 0, q, p);
    }
    int cosine = 2 * Math.abs(frequency) - 1;
    double re = values[cosine * points + n] * Math.sqrt(0.5);
    double im = Math.signum(frequency) * values[(cosine + 1) * points + n] * Math.sqrt(0.5);
    return entry(re, im, q, p);
  }

  /** Entry of the real matrix {@code ((re, −im), (im, re))}. */
  private static double entry(double re, double im, int row, int column) {
    return row == column ? re : row == 1 ? im : -im;
  }
}
