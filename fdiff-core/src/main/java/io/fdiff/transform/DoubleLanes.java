package io.fdiff.transform;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The loops in double precision; {@link FloatLanes} is the same text in single precision. */
final class DoubleLanes implements Lanes<double[]> {

  static final DoubleLanes INSTANCE = new DoubleLanes();

  private static final Queue<Scratch<double[]>> IDLE = new ConcurrentLinkedQueue<>();

  private static final int TILE = 16;
  private static final double SIN_60 = Math.sin(Math.PI / 3);
  private static final double COS_72 = Math.cos(2 * Math.PI / 5);
  private static final double SIN_72 = Math.sin(2 * Math.PI / 5);
  private static final double COS_144 = Math.cos(4 * Math.PI / 5);
  private static final double SIN_144 = Math.sin(4 * Math.PI / 5);

  private DoubleLanes() {}

  @Override
  public Scratch<double[]> borrow() {
    Scratch<double[]> idle = IDLE.poll();
    return idle == null ? new Scratch<>(INSTANCE) : idle;
  }

  @Override
  public void release(Scratch<double[]> scratch) {
    IDLE.offer(scratch);
  }

  @Override
  public double[] allocate(int length) {
    // Rows allocated one after the other have the same place in their cache lines.
    return new double[(length + 7) / 8 * 8 + 6];
  }

  @Override
  public double[][] allocateRows(int rows) {
    return new double[rows][0];
  }

  @Override
  public int length(double[] array) {
    return array.length;
  }

  @Override
  public void scale(double[] x, double[] y, int n, double c) {
    double f = c;
    for (int l = 0; l < n; l++) {
      y[l] = f * x[l];
    }
  }

  @Override
  public void mix2(double[] x0, double[] x1, double[] y0, double[] y1, int n, double[] c, int at) {
    combine(x0, x1, y0, n, c[at], c[at + 1]);
    combine(x0, x1, y1, n, c[at + 2], c[at + 3]);
  }

  /** One output a loop: two sums of the same two rows in one body are not vectorised. */
  private static void combine(double[] x0, double[] x1, double[] y, int n, double c0, double c1) {
    for (int l = 0; l < n; l++) {
      y[l] = c0 * x0[l] + c1 * x1[l];
    }
  }

  @Override
  public void mix4(
      double[] x0, double[] x1, double[] x2, double[] x3, double[] y, int n, double[] c, int at) {
    double c0 = c[at];
    double c1 = c[at + 1];
    double c2 = c[at + 2];
    double c3 = c[at + 3];
    // A chain: of two sums of equal form the compiler pairs the wrong products, and gives up.
    for (int l = 0; l < n; l++) {
      y[l] = ((c0 * x0[l] + c1 * x1[l]) + c2 * x2[l]) + c3 * x3[l];
    }
  }

  @Override
  public void addRotated(
      double[] re, double[] im, double[] outRe, double[] outIm, int n, double cr, double ci) {
    double c = cr;
    double s = ci;
    for (int l = 0; l < n; l++) {
      double a = re[l];
      double b = im[l];
      outRe[l] = outRe[l] + (a * c - b * s);
      outIm[l] = outIm[l] + (a * s + b * c);
    }
  }

  @Override
  public void radix2(
      double[][] x,
      int re,
      int im,
      int step,
      double[][] y,
      int outRe,
      int outIm,
      int outStep,
      int n,
      double[] w,
      int at) {
    double[] ar = x[re];
    double[] ai = x[im];
    double[] br = x[re + step];
    double[] bi = x[im + step];
    add(ar, ai, br, bi, y[outRe], y[outIm], n);
    subtractAndTurn(ar, ai, br, bi, y[outRe + outStep], y[outIm + outStep], n, w, at);
  }

  @Override
  public void radix3(
      double[][] x,
      int re,
      int im,
      int step,
      double[][] y,
      int outRe,
      int outIm,
      int outStep,
      int n,
      double[] w,
      int at) {
    double[] ar = x[re];
    double[] ai = x[im];
    double[] br = x[re + step];
    double[] bi = x[im + step];
    double[] cr = x[re + 2 * step];
    double[] ci = x[im + 2 * step];
    sumAndDifference(br, bi, cr, ci, n);
    add(ar, ai, br, bi, y[outRe], y[outIm], n);
    addMultiples(ar, br, cr, -0.5, SIN_60, n);
    addMultiples(ai, bi, ci, -0.5, SIN_60, n);
    int out = outStep;
    minusImaginaryAndTurn(br, bi, cr, ci, y[outRe + out], y[outIm + out], n, w, at);
    out += outStep;
    plusImaginaryAndTurn(br, bi, cr, ci, y[outRe + out], y[outIm + out], n, w, at + 2);
  }

  @Override
  public void radix4(
      double[][] x,
      int re,
      int im,
      int step,
      double[][] y,
      int outRe,
      int outIm,
      int outStep,
      int n,
      double[] w,
      int at) {
    double[] ar = x[re];
    double[] ai = x[im];
    double[] br = x[re + step];
    double[] bi = x[im + step];
    double[] cr = x[re + 2 * step];
    double[] ci = x[im + 2 * step];
    double[] dr = x[re + 3 * step];
    double[] di = x[im + 3 * step];
    sumAndDifference(ar, ai, cr, ci, n);
    sumAndDifference(br, bi, dr, di, n);
    add(ar, ai, br, bi, y[outRe], y[outIm], n);
    int out = outStep;
    minusImaginaryAndTurn(cr, ci, dr, di, y[outRe + out], y[outIm + out], n, w, at);
    out += outStep;
    subtractAndTurn(ar, ai, br, bi, y[outRe + out], y[outIm + out], n, w, at + 2);
    out += outStep;
    plusImaginaryAndTurn(cr, ci, dr, di, y[outRe + out], y[outIm + out], n, w, at + 4);
  }

  @Override
  public void radix5(
      double[][] x,
      int re,
      int im,
      int step,
      double[][] y,
      int outRe,
      int outIm,
      int outStep,
      int n,
      double[] w,
      int at) {
    double[] ar = x[re];
    double[] ai = x[im];
    double[] br = x[re + step];
    double[] bi = x[im + step];
    double[] cr = x[re + 2 * step];
    double[] ci = x[im + 2 * step];
    double[] dr = x[re + 3 * step];
    double[] di = x[im + 3 * step];
    double[] er = x[re + 4 * step];
    double[] ei = x[im + 4 * step];
    sumAndDifference(br, bi, er, ei, n);
    sumAndDifference(cr, ci, dr, di, n);
    addThree(ar, br, cr, y[outRe], n);
    addThree(ai, bi, ci, y[outIm], n);
    cosines(ar, br, cr, n);
    cosines(ai, bi, ci, n);
    sines(er, dr, n);
    sines(ei, di, n);
    int out = outStep;
    minusImaginaryAndTurn(br, bi, er, ei, y[outRe + out], y[outIm + out], n, w, at);
    out += outStep;
    minusImaginaryAndTurn(cr, ci, dr, di, y[outRe + out], y[outIm + out], n, w, at + 2);
    out += outStep;
    plusImaginaryAndTurn(cr, ci, dr, di, y[outRe + out], y[outIm + out], n, w, at + 4);
    out += outStep;
    plusImaginaryAndTurn(br, bi, er, ei, y[outRe + out], y[outIm + out], n, w, at + 6);
  }

  /** {@code (a, b) ← (a + b, a − b)}. */
  private static void sumAndDifference(double[] ar, double[] ai, double[] br, double[] bi, int n) {
    for (int l = 0; l < n; l++) {
      double p = ar[l];
      double q = ai[l];
      double r = br[l];
      double s = bi[l];
      ar[l] = p + r;
      ai[l] = q + s;
      br[l] = p - r;
      bi[l] = q - s;
    }
  }

  /** {@code y = a + b}. */
  private static void add(
      double[] ar, double[] ai, double[] br, double[] bi, double[] yr, double[] yi, int n) {
    for (int l = 0; l < n; l++) {
      yr[l] = ar[l] + br[l];
      yi[l] = ai[l] + bi[l];
    }
  }

  /** {@code y = (a − b) w}. */
  private static void subtractAndTurn(
      double[] ar,
      double[] ai,
      double[] br,
      double[] bi,
      double[] yr,
      double[] yi,
      int n,
      double[] w,
      int at) {
    double wr = w[at];
    double wi = w[at + 1];
    // One output a loop, and no sums of two products: the compiler pairs them as it likes.
    for (int l = 0; l < n; l++) {
      yr[l] = (ar[l] - br[l]) * wr - (ai[l] - bi[l]) * wi;
    }
    for (int l = 0; l < n; l++) {
      yi[l] = (ar[l] - br[l]) * wi - (bi[l] - ai[l]) * wr;
    }
  }

  /** {@code y = (a − ib) w}. */
  private static void minusImaginaryAndTurn(
      double[] ar,
      double[] ai,
      double[] br,
      double[] bi,
      double[] yr,
      double[] yi,
      int n,
      double[] w,
      int at) {
    double wr = w[at];
    double wi = w[at + 1];
    for (int l = 0; l < n; l++) {
      double p = ar[l] + bi[l];
      double q = ai[l] - br[l];
      yr[l] = p * wr - q * wi;
      yi[l] = p * wi + q * wr;
    }
  }

  /** {@code y = (a + ib) w}. */
  private static void plusImaginaryAndTurn(
      double[] ar,
      double[] ai,
      double[] br,
      double[] bi,
      double[] yr,
      double[] yi,
      int n,
      double[] w,
      int at) {
    double wr = w[at];
    double wi = w[at + 1];
    for (int l = 0; l < n; l++) {
      double p = ar[l] - bi[l];
      double q = ai[l] + br[l];
      yr[l] = p * wr - q * wi;
      yi[l] = p * wi + q * wr;
    }
  }

  /** {@code (b, c) ← (a + pb, qc)}. */
  private static void addMultiples(double[] a, double[] b, double[] c, double p, double q, int n) {
    for (int l = 0; l < n; l++) {
      b[l] = a[l] + p * b[l];
      c[l] = q * c[l];
    }
  }

  private static void addThree(double[] a, double[] b, double[] c, double[] y, int n) {
    for (int l = 0; l < n; l++) {
      y[l] = a[l] + (b[l] + c[l]);
    }
  }

  /** {@code (b, c) ← (a + b cos 72° + c cos 144°, a + b cos 144° + c cos 72°)}. */
  private static void cosines(double[] a, double[] b, double[] c, int n) {
    double c1 = COS_72;
    double c2 = COS_144;
    for (int l = 0; l < n; l++) {
      double p = b[l];
      double q = c[l];
      b[l] = a[l] + (c1 * p + c2 * q);
      c[l] = a[l] + (c2 * p + c1 * q);
    }
  }

  /** {@code (b, c) ← (b sin 72° + c sin 144°, b sin 144° − c sin 72°)}. */
  private static void sines(double[] b, double[] c, int n) {
    double s1 = SIN_72;
    double s2 = SIN_144;
    for (int l = 0; l < n; l++) {
      double p = b[l];
      double q = c[l];
      b[l] = s1 * p + s2 * q;
      c[l] = s2 * p - s1 * q;
    }
  }

  @Override
  public void load(double[] x, int from, int n, int lanes, double[][] y, int[] places) {
    for (int tile = 0; tile < n; tile += TILE) {
      int end = Math.min(n, tile + TILE);
      int l = 0;
      for (; l + 3 < lanes; l += 4) {
        int x0 = from + l * n;
        int x1 = x0 + n;
        int x2 = x1 + n;
        int x3 = x2 + n;
        for (int i = tile; i < end; i++) {
          double[] row = y[places[i]];
          row[l] = x[x0 + i];
          row[l + 1] = x[x1 + i];
          row[l + 2] = x[x2 + i];
          row[l + 3] = x[x3 + i];
        }
      }
      for (; l < lanes; l++) {
        for (int i = tile; i < end; i++) {
          y[places[i]][l] = x[from + l * n + i];
        }
      }
    }
  }

  @Override
  public void store(double[][] x, int[] rows, int n, int lanes, double[] y, int to) {
    for (int tile = 0; tile < lanes; tile += TILE) {
      int end = Math.min(lanes, tile + TILE);
      int i = 0;
      for (; i + 3 < n; i += 4) {
        double[] x0 = x[rows[i]];
        double[] x1 = x[rows[i + 1]];
        double[] x2 = x[rows[i + 2]];
        double[] x3 = x[rows[i + 3]];
        int out = to + tile * n + i;
        for (int l = tile; l < end; l++) {
          y[out] = x0[l];
          y[out + 1] = x1[l];
          y[out + 2] = x2[l];
          y[out + 3] = x3[l];
          out += n;
        }
      }
      for (; i < n; i++) {
        double[] row = x[rows[i]];
        for (int l = tile; l < end; l++) {
          y[to + l * n + i] = row[l];
        }
      }
    }
  }

  @Override
  public void exchange(
      double[][] x, int[] rows, int n, int from, int lanes, double[][] y, int[] places, int to) {
    for (int tile = 0; tile < lanes; tile += TILE) {
      int end = Math.min(lanes, tile + TILE);
      int i = 0;
      for (; i + 3 < n; i += 4) {
        double[] x0 = x[rows[i]];
        double[] x1 = x[rows[i + 1]];
        double[] x2 = x[rows[i + 2]];
        double[] x3 = x[rows[i + 3]];
        int out = to + i;
        for (int l = tile; l < end; l++) {
          double[] row = y[places[l]];
          row[out] = x0[from + l];
          row[out + 1] = x1[from + l];
          row[out + 2] = x2[from + l];
          row[out + 3] = x3[from + l];
        }
      }
      for (; i < n; i++) {
        double[] row = x[rows[i]];
        for (int l = tile; l < end; l++) {
          y[places[l]][to + i] = row[from + l];
        }
      }
    }
  }
}
