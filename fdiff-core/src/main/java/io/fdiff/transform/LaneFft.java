package io.fdiff.transform;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The unnormalised complex DFT {@code Z_k = Σ_j z_j e^{−2πijk/n}} of one length in many lanes.
 *
 * <p>Real parts are rows {@code 0 … n − 1} of a buffer, imaginary parts rows {@code n … 2n − 1}.
 * Self-sorting passes (Stockham 1966) of radix 4, 2, 3 and 5 and of any other prime factor up to
 * {@value #LARGEST_DIRECT} by its definition go between two buffers. A length with a larger prime
 * factor becomes a cyclic convolution of a power of 2 (Bluestein 1970). The backward transform is
 * the forward one with real and imaginary parts exchanged.
 */
final class LaneFft {

  /** Beyond this a convolution by three powers of 2 needs fewer operations than the definition. */
  private static final int LARGEST_DIRECT = 61;

  private final int n;
  private final int[] factors;
  private final double[][] twiddles;
  private final @Nullable Convolution convolution;

  LaneFft(int n) {
    this.n = n;
    List<Integer> found = new ArrayList<>();
    int rest = n;
    for (int r : new int[] {4, 2, 3, 5}) {
      for (; rest % r == 0; rest /= r) {
        found.add(r);
      }
    }
    for (int r = 7; r <= LARGEST_DIRECT; r += 2) {
      for (; rest % r == 0; rest /= r) {
        found.add(r);
      }
    }
    this.convolution = rest > 1 ? new Convolution(n) : null;
    this.factors = rest > 1 ? new int[0] : found.stream().mapToInt(Integer::intValue).toArray();
    this.twiddles = new double[factors.length][];
    int length = n;
    for (int f = 0; f < factors.length; f++) {
      int r = factors[f];
      twiddles[f] = twiddles(r, length);
      length /= r;
    }
  }

  /**
   * Factors of one pass: {@code w^{pt}}, {@code t = 1..r−1}, for each {@code p}, {@code w =
   * e^{−2πi/length}}; for a radix by its definition the whole {@code ω^{ut} w^{pt}}, {@code u =
   * 0..r−1}, {@code t = 0..r−1}.
   */
  private static double[] twiddles(int r, int length) {
    int groups = length / r;
    boolean direct = r > 5;
    int each = direct ? r * r : r - 1;
    double[] w = new double[2 * groups * each];
    int at = 0;
    for (int p = 0; p < groups; p++) {
      for (int t = direct ? 0 : 1; t < r; t++) {
        for (int u = 0; u < (direct ? r : 1); u++) {
          double angle = -2 * Math.PI * (((long) u * groups + p) * t % length) / length;
          w[at++] = Math.cos(angle);
          w[at++] = Math.sin(angle);
        }
      }
    }
    return w;
  }

  /** The number of complex rows. */
  int length() {
    return n;
  }

  /** The number of rows a buffer must hold. */
  int rows() {
    return 2 * (convolution == null ? n : convolution.padded.n);
  }

  /**
   * Transforms all lanes.
   *
   * @param x the input in its first {@code 2n} rows. Modified.
   * @param y a second buffer. Modified.
   * @param width number of lanes
   * @return the buffer that holds the result in its first {@code 2n} rows
   */
  <A> A[] transform(Lanes<A> lanes, A[] x, A[] y, int width, boolean backward) {
    int re = backward ? n : 0;
    int im = backward ? 0 : n;
    return convolution == null
        ? passes(lanes, x, y, width, re, im)
        : convolution.transform(lanes, x, y, width, re, im);
  }

  private <A> A[] passes(Lanes<A> lanes, A[] x, A[] y, int width, int re, int im) {
    A[] in = x;
    A[] out = y;
    int span = 1;
    int length = n;
    for (int f = 0; f < factors.length; f++) {
      int r = factors[f];
      int groups = length / r;
      int step = groups * span;
      double[] w = twiddles[f];
      for (int p = 0; p < groups; p++) {
        for (int q = 0; q < span; q++) {
          int i = p * span + q;
          int o = r * p * span + q;
          int a = re + i;
          int b = im + i;
          int c = re + o;
          int d = im + o;
          switch (r) {
            case 2 -> lanes.radix2(in, a, b, step, out, c, d, span, width, w, 2 * p);
            case 3 -> lanes.radix3(in, a, b, step, out, c, d, span, width, w, 4 * p);
            case 4 -> lanes.radix4(in, a, b, step, out, c, d, span, width, w, 6 * p);
            case 5 -> lanes.radix5(in, a, b, step, out, c, d, span, width, w, 8 * p);
            default -> direct(lanes, in, a, b, step, out, c, d, span, width, r, w, p);
          }
        }
      }
      A[] swap = in;
      in = out;
      out = swap;
      span *= r;
      length = groups;
    }
    return in;
  }

  private static <A> void direct(
      Lanes<A> lanes,
      A[] x,
      int re,
      int im,
      int step,
      A[] y,
      int outRe,
      int outIm,
      int outStep,
      int width,
      int r,
      double[] w,
      int p) {
    int at = 2 * p * r * r;
    for (int t = 0; t < r; t++) {
      A toRe = y[outRe + t * outStep];
      A toIm = y[outIm + t * outStep];
      lanes.scale(x[re], toRe, width, 0);
      lanes.scale(x[im], toIm, width, 0);
      for (int u = 0; u < r; u++) {
        lanes.addRotated(x[re + u * step], x[im + u * step], toRe, toIm, width, w[at], w[at + 1]);
        at += 2;
      }
    }
  }

  /** {@code Z_k = b̄_k Σ_j (z_j b̄_j) b_{k−j}} with the chirp {@code b_j = e^{πij²/n}}. */
  private static final class Convolution {
    private final int n;
    private final LaneFft padded;
    private final double[] chirp; // 2×2 rotations by b̄_j
    private final double[] response; // 2×2 matrices of the DFT of b, divided by its length

    Convolution(int n) {
      this.n = n;
      int m = Integer.highestOneBit(2 * n - 2) << 1;
      this.padded = new LaneFft(m);
      this.chirp = new double[4 * n];
      double[][] b = new double[2 * m][1];
      for (int j = 0; j < n; j++) {
        double angle = Math.PI * ((long) j * j % (2L * n)) / n;
        int mirror = (m - j) % m;
        b[j][0] = Math.cos(angle);
        b[m + j][0] = Math.sin(angle);
        b[mirror][0] = b[j][0];
        b[m + mirror][0] = b[m + j][0];
        rotation(chirp, j, b[j][0], -b[m + j][0]);
      }
      b = padded.transform(DoubleLanes.INSTANCE, b, new double[2 * m][1], 1, false);
      this.response = new double[4 * m];
      for (int k = 0; k < m; k++) {
        rotation(response, k, b[k][0] / m, b[m + k][0] / m);
      }
    }

    private static void rotation(double[] to, int index, double re, double im) {
      to[4 * index] = re;
      to[4 * index + 1] = -im;
      to[4 * index + 2] = im;
      to[4 * index + 3] = re;
    }

    <A> A[] transform(Lanes<A> lanes, A[] x, A[] y, int width, int re, int im) {
      int m = padded.n;
      for (int j = 0; j < m; j++) {
        if (j < n) {
          lanes.mix2(x[re + j], x[im + j], y[j], y[m + j], width, chirp, 4 * j);
        } else {
          lanes.scale(x[re], y[j], width, 0);
          lanes.scale(x[im], y[m + j], width, 0);
        }
      }
      A[] z = padded.transform(lanes, y, x, width, false);
      A[] other = z == y ? x : y;
      for (int k = 0; k < m; k++) {
        lanes.mix2(z[k], z[m + k], other[k], other[m + k], width, response, 4 * k);
      }
      A[] back = padded.transform(lanes, other, z, width, true);
      A[] result = back == x ? y : x;
      for (int k = 0; k < n; k++) {
        lanes.mix2(back[k], back[m + k], result[re + k], result[im + k], width, chirp, 4 * k);
      }
      return result;
    }
  }
}
