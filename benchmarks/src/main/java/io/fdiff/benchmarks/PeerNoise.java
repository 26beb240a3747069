package io.fdiff.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.fdiff.covariance.Spectrum;

/**
 * Periodic coloured noise on the unit interval or square in PyTorch: the complex half spectrum is
 * drawn, multiplied by the roots and inverted, complex along the first axis, complex to real along
 * the last.
 */
final class PeerNoise {

  private final int[] shape;
  private final Shape half;
  private final NDArray roots;

  /** Noise {@code [batch, n1, …]} whose factors belong to a manager. */
  PeerNoise(NDManager manager, Spectrum spectrum, int batch, int... shape) {
    this.shape = shape.clone();
    int last = shape[shape.length - 1];
    int columns = last / 2 + 1;
    int lines = shape.length == 1 ? 1 : shape[0];
    float[] factors = new float[lines * columns * 2];
    for (int i = 0; i < lines; i++) {
      for (int k = 0; k < columns; k++) {
        double first = 2 * Math.PI * Math.min(i, lines - i);
        double second = 2 * Math.PI * k;
        int[] frequency = shape.length == 1 ? new int[] {k} : new int[] {Math.min(i, lines - i), k};
        double value = spectrum.eigenvalue(frequency, first * first + second * second);
        // The inverse transform divides by the number of points; the two parts share the variance.
        factors[2 * (i * columns + k)] = (float) (Math.sqrt(value / 2) * lines * last);
      }
    }
    Shape modes = shape.length == 1 ? new Shape(columns) : new Shape(lines, columns);
    half = shape.length == 1 ? new Shape(batch, columns, 2) : new Shape(batch, lines, columns, 2);
    roots = manager.create(factors, modes.add(2)).complex();
  }

  /** A new draw, in the memory of a scope. */
  NDArray draw(NDManager scope) {
    NDArray z = scope.randomNormal(0, 1, half, DataType.FLOAT32).complex();
    NDArray spectrum = z.mul(roots);
    if (shape.length == 2) {
      spectrum = spectrum.ifft(shape[0], 1);
    }
    return spectrum.irfft(shape[shape.length - 1], -1);
  }
}
