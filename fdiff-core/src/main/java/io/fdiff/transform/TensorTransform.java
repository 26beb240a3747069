package io.fdiff.transform;

import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import java.util.stream.IntStream;
import org.jtransforms.dct.DoubleDCT_1D;
import org.jtransforms.fft.DoubleFFT_1D;

/**
 * Fast transform on a regular grid: one-dimensional transforms along each axis, rows of the batch
 * in parallel.
 */
final class TensorTransform implements SpectralTransform {

  /** Below this many values the threads cost more than they bring. */
  private static final int PARALLEL_VALUES = 1 << 14;

  private final Basis basis;
  private final RegularGrid grid;
  private final int[] shape;
  private final Line[] lines;

  TensorTransform(Basis basis, RegularGrid grid) {
    this.basis = basis;
    this.grid = grid;
    this.shape = grid.shape();
    this.lines = new Line[shape.length];
    boolean centred = grid.layout() == RegularGrid.Layout.CELL;
    for (int a = 0; a < shape.length; a++) {
      double length = grid.domain().get(a).length();
      lines[a] =
          basis == Basis.FOURIER
              ? new FourierLine(shape[a], length, centred)
              : centred ? new CosineLine(shape[a], length) : new NodeCosineLine(shape[a], length);
    }
  }

  @Override
  public Grid grid() {
    return grid;
  }

  @Override
  public Basis basis() {
    return basis;
  }

  @Override
  public int[] modeShape() {
    return shape.clone();
  }

  @Override
  public void forward(double[] values, double[] coefficients, int rows) {
    transform(values, coefficients, rows, true);
  }

  @Override
  public void inverse(double[] coefficients, double[] values, int rows) {
    transform(coefficients, values, rows, false);
  }

  private void transform(double[] in, double[] out, int rows, boolean forward) {
    int n = grid.size();
    System.arraycopy(in, 0, out, 0, rows * n);
    IntStream range = IntStream.range(0, rows);
    if (rows > 1 && rows * n >= PARALLEL_VALUES) {
      range = range.parallel();
    }
    range.forEach(row -> transformRow(out, row * n, forward));
  }

  private void transformRow(double[] a, int offset, boolean forward) {
    int last = shape.length - 1;
    int inner = 1;
    for (int axis = last; axis >= 0; axis--) {
      int n = shape[axis];
      Line line = lines[axis];
      double[] buffer = new double[n + line.scratch()];
      int blocks = grid.size() / (n * inner);
      for (int block = 0; block < blocks; block++) {
        for (int i = 0; i < inner; i++) {
          int start = offset + block * n * inner + i;
          for (int j = 0; j < n; j++) {
            buffer[j] = a[start + j * inner];
          }
          if (forward) {
            line.forward(buffer);
          } else {
            line.inverse(buffer);
          }
          for (int j = 0; j < n; j++) {
            a[start + j * inner] = buffer[j];
          }
        }
      }
      inner *= n;
    }
  }

  /** One axis: values at the first {@code n} entries of a buffer to coefficients and back. */
  private interface Line {
    int scratch();

    void forward(double[] buffer);

    void inverse(double[] buffer);
  }

  /** DCT-II: JTransforms' orthonormal coefficients times √(L/n). */
  private static final class CosineLine implements Line {
    private final DoubleDCT_1D dct;
    private final int n;
    private final double scale;

    CosineLine(int n, double length) {
      this.dct = new DoubleDCT_1D(n);
      this.n = n;
      this.scale = Math.sqrt(length / n);
    }

    @Override
    public int scratch() {
      return 0;
    }

    @Override
    public void forward(double[] buffer) {
      dct.forward(buffer, true);
      for (int k = 0; k < n; k++) {
        buffer[k] *= scale;
      }
    }

    @Override
    public void inverse(double[] buffer) {
      for (int k = 0; k < n; k++) {
        buffer[k] /= scale;
      }
      dct.inverse(buffer, true);
    }
  }

  /**
   * DCT-I with trapezoidal weights, by the real DFT of the even extension {@code y} of length
   * {@code 2m = 2(n − 1)}: {@code Re Y_k = 2(½y_0 + Σ_{0<i<m} y_i cos πki/m + ½(−1)^k y_m)}. The
   * top mode is the alternating vector with factor 1.
   */
  private static final class NodeCosineLine implements Line {
    private final DoubleFFT_1D fft;
    private final int n;
    private final double length;

    NodeCosineLine(int n, double length) {
      this.fft = new DoubleFFT_1D(2L * (n - 1));
      this.n = n;
      this.length = length;
    }

    @Override
    public int scratch() {
      return 2 * (n - 1);
    }

    @Override
    public void forward(double[] buffer) {
      evenSums(buffer, 0.5 * length / (n - 1));
      for (int k = 0; k < n; k++) {
        buffer[k] *= norm(k);
      }
    }

    @Override
    public void inverse(double[] buffer) {
      for (int k = 0; k < n; k++) {
        buffer[k] *= norm(k);
      }
      // Ends count once in the even sums and twice in the cosine series.
      buffer[0] *= 2;
      buffer[n - 1] *= 2;
      evenSums(buffer, 0.5);
    }

    private double norm(int k) {
      return Math.sqrt((k == 0 || k == n - 1 ? 1 : 2) / length);
    }

    private void evenSums(double[] buffer, double factor) {
      int m = n - 1;
      System.arraycopy(buffer, 0, buffer, n, n);
      for (int i = 1; i < m; i++) {
        buffer[n + 2 * m - i] = buffer[i];
      }
      fft.realForward(buffer, n);
      for (int k = 0; k < m; k++) {
        buffer[k] = factor * buffer[n + 2 * k];
      }
      buffer[m] = factor * buffer[n + 1];
    }
  }

  /**
   * Real DFT. With points {@code (i + δ)/n} the forward-normalised complex coefficient is {@code
   * c_k = e^{−2πikδ/n} X_k/n}, and {@code a_k = √2 Re c_k}, {@code b_k = −√2 Im c_k}; the top mode
   * of an even axis is the alternating vector with factor 1 ({@code cos πnu} on nodes, {@code sin
   * πnu} on cell centres).
   */
  private static final class FourierLine implements Line {
    private final DoubleFFT_1D fft;
    private final int n;
    private final double scale;
    private final double[] cos;
    private final double[] sin;

    FourierLine(int n, double length, boolean centred) {
      this.fft = new DoubleFFT_1D(n);
      this.n = n;
      this.scale = Math.sqrt(length) / n;
      int half = (n - 1) / 2;
      this.cos = new double[half + 1];
      this.sin = new double[half + 1];
      for (int k = 0; k <= half; k++) {
        double phase = centred ? Math.PI * k / n : 0;
        cos[k] = Math.cos(phase) * Math.sqrt(2);
        sin[k] = Math.sin(phase) * Math.sqrt(2);
      }
    }

    @Override
    public int scratch() {
      return n;
    }

    @Override
    public void forward(double[] buffer) {
      fft.realForward(buffer);
      System.arraycopy(buffer, 0, buffer, n, n);
      buffer[0] = buffer[n] * scale;
      for (int k = 1; k < cos.length; k++) {
        double re = buffer[n + 2 * k];
        double im = imaginary(k, n, buffer);
        buffer[2 * k - 1] = (re * cos[k] + im * sin[k]) * scale;
        buffer[2 * k] = (re * sin[k] - im * cos[k]) * scale;
      }
      if (n % 2 == 0) {
        buffer[n - 1] = buffer[n + 1] * scale;
      }
    }

    @Override
    public void inverse(double[] buffer) {
      System.arraycopy(buffer, 0, buffer, n, n);
      double unscale = 1 / scale;
      buffer[0] = buffer[n] * unscale;
      for (int k = 1; k < cos.length; k++) {
        double a = buffer[n + 2 * k - 1];
        double b = buffer[n + 2 * k];
        double re = (a * cos[k] + b * sin[k]) * 0.5 * unscale;
        double im = (a * sin[k] - b * cos[k]) * 0.5 * unscale;
        buffer[2 * k] = re;
        // JTransforms keeps Im of the highest mode of an odd length in slot 1.
        buffer[n % 2 == 1 && k == cos.length - 1 ? 1 : 2 * k + 1] = im;
      }
      if (n % 2 == 0) {
        buffer[1] = buffer[n + n - 1] * unscale;
      }
      fft.realInverse(buffer, true);
    }

    private double imaginary(int k, int from, double[] packed) {
      return packed[from + (n % 2 == 1 && k == cos.length - 1 ? 1 : 2 * k + 1)];
    }
  }
}
