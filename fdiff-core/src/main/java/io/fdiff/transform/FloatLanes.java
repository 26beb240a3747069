package io.fdiff.transform;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The loops in single precision; {@link DoubleLanes} is the same text in double precision. */
final class FloatLanes implements Lanes<float[]> {

  static final FloatLanes INSTANCE = new FloatLanes();

  private static final Queue<Scratch<float[]>> IDLE = new ConcurrentLinkedQueue<>();

  private static final int TILE = 16;
  private static final float SIN_60 = (float) Math.sin(Math.PI / 3);
  private static final float COS_72 = (float) Math.cos(2 * Math.PI / 5);
  private static final float SIN_72 = (float) Math.sin(2 * Math.PI / 5);
  private static final float COS_144 = (float) Math.cos(4 * Math.PI / 5);
  private static final float SIN_144 = (float) Math.sin(4 * Math.PI / 5);

  private FloatLanes() {}

  @Override
  public Scratch<float[]> borrow() {
    Scratch<float[]> idle = IDLE.poll();
    return idle == null ? new Scratch<>(INSTANCE) : idle;
  }

  @Override
  public void release(Scratch<float[]> scratch) {
    IDLE.offer(scratch);
  }

  @Override
  public float[] allocate(int length) {
    // Rows allocated one after the other have the same place in their cache lines.
    return new float[(length + 15) / 16 * 16 + 12];
  }

  @Override
  public float[][] allocateRows(int rows) {
    return new float[rows][0];
  }

  @Override
  public int length(float[] array) {
    return array.length;
  }

  @Override
  public void scale(float[] x, float[] y, int n, double c) {
    float f = (float) c;
    for (int l = 0; l < n; l++) {
      y[l] = f * x[l];
    }
  }

  @Override
  public void mix2(float[] x0, float[] x1, float[] y0, float[] y1, int n, double[] c, int at) {
    combine(x0, x1, y0, n, (float) c[at], (float) c[at + 1]);
    combine(x0, x1, y1, n, (float) c[at + 2], (float) c[at + 3]);
  }

  /** One output a loop: two sums of the same two rows in one body are not vectorised. */
  private static void combine(float[] x0, float[] x1, float[] y, int n, float c0, float c1) {
    for (int l = 0; l < n; l++) {
      y[l] = c0 * x0[l] + c1 * x1[l];
    }
  }

  @Override
  public void mix4(
      float[] x0, float[] x1, float[] x2, float[] x3, float[] y, int n, double[] c, int at) {
    float c0 = (float) c[at];
    float c1 = (float) c[at + 1];
    float c2 = (float) c[at + 2];
    float c3 = (float) c[at + 3];
    // A chain: of two sums of equal form the compiler pairs the wrong products, and gives up.
    for (int l = 0; l < n; l++) {
      y[l] = ((c0 * x0[l] + c1 * x1[l]) + c2 * x2[l]) + c3 * x3[l];
    }
  }

  @Override
  public void addRotated(
      float[] re, float[] im, float[] outRe, float[] outIm, int n, double cr, double ci) {
    float c = (float) cr;
    float s = (float) ci;
    for (int l = 0; l < n; l++) {
      float a = re[l];
      float b = im[l];
      outRe[l] = outRe[l] + (a * c - b * s);
      outIm[l] = outIm[l] + (a * s + b * c);
    }
  }

  @Override
  public void radix2(
      float[][] x,
      int re,
      int im,
      int step,
      float[][] y,
      int outRe,
      int outIm,
      int outStep,
      int n,
      double[] w,
      int at) {
    float[] ar = x[re];
    float[] ai = x[im];
    float[] br = x[re + step];
    float[] bi = x[im + step];
    add(ar, ai, br, bi, y[outRe], y[outIm], n);
    subtractAndTurn(ar, ai, br, bi, y[outRe + outStep], y[outIm + outStep], n, w, at);
  }

  @Override
  public void radix3(
      float[][] x,
      int re,
      int im,
      int step,
      float[][] y,
      int outRe,
      int outIm,
      int outStep,
      int n,
      double[] w,
      int at) {
    float[] ar = x[re];
    float[] ai = x[im];
    float[] br = x[re + step];
    float[] bi = x[im + step];
    float[] cr = x[re + 2 * step];
    float[] ci = x[im + 2 * step];
    sumAndDifference(br, bi, cr, ci, n);
    add(ar, ai, br, bi, y[outRe], y[outIm], n);
    addMultiples(ar, br, cr, -0.5f, SIN_60, n);
    addMultiples(ai, bi, ci, -0.5f, SIN_60, n);
    int out = outStep;
    minusImaginaryAndTurn(br, bi, cr, ci, y[outRe + out], y[outIm + out], n, w, at);
    out += outStep;
    plusImaginaryAndTurn(br, bi, cr, ci, y[outRe + out], y[outIm + out], n, w, at + 2);
  }

  @Override
  public void radix4(
      float[][] x,
      int re,
      int im,
      int step,
      float[][] y,
      int outRe,
      int outIm,
      int outStep,
      int n,
      double[] w,
      int at) {
    float[] ar = x[re];
    float[] ai = x[im];
    float[] br = x[re + step];
    float[] bi = x[im + step];
    float[] cr = x[re + 2 * step];
    float[] ci = x[im + 2 * step];
    float[] dr = x[re + 3 * step];
    float[] di = x[im + 3 * step];
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
      float[][] x,
      int re,
      int im,
      int step,
      float[][] y,
      int outRe,
      int outIm,
      int outStep,
      int n,
      double[] w,
      int at) {
    float[] ar = x[re];
    float[] ai = x[im];
    float[] br = x[re + step];
    float[] bi = x[im + step];
    float[] cr = x[re + 2 * step];
    float[] ci = x[im + 2 * step];
    float[] dr = x[re + 3 * step];
    float[] di = x[im + 3 * step];
    float[] er = x[re + 4 * step];
    float[] ei = x[im + 4 * step];
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
  private static void sumAndDifference(float[] ar, float[] ai, float[] br, float[] bi, int n) {
    for (int l = 0; l < n; l++) {
      float p = ar[l];
      float q = ai[l];
      float r = br[l];
      float s = bi[l];
      ar[l] = p + r;
      ai[l] = q + s;
      br[l] = p - r;
      bi[l] = q - s;
    }
  }

  /** {@code y = a + b}. */
  private static void add(
      float[] ar, float[] ai, float[] br, float[] bi, float[] yr, float[] yi, int n) {
    for (int l = 0; l < n; l++) {
      yr[l] = ar[l] + br[l];
      yi[l] = ai[l] + bi[l];
    }
  }

  /** {@code y = (a − b) w}. */
  private static void subtractAndTurn(
      float[] ar,
      float[] ai,
      float[] br,
      float[] bi,
      float[] yr,
      float[] yi,
      int n,
      double[] w,
      int at) {
    float wr = (float) w[at];
    float wi = (float) w[at + 1];
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
      float[] ar,
      float[] ai,
      float[] br,
      float[] bi,
      float[] yr,
      float[] yi,
      int n,
      double[] w,
      int at) {
    float wr = (float) w[at];
    float wi = (float) w[at + 1];
    for (int l = 0; l < n; l++) {
      float p = ar[l] + bi[l];
      float q = ai[l] - br[l];
      yr[l] = p * wr - q * wi;
      yi[l] = p * wi + q * wr;
    }
  }

  /** {@code y = (a + ib) w}. */
  private static void plusImaginaryAndTurn(
      float[] ar,
      float[] ai,
      float[] br,
      float[] bi,
      float[] yr,
      float[] yi,
      int n,
      double[] w,
      int at) {
    float wr = (float) w[at];
    float wi = (float) w[at + 1];
    for (int l = 0; l < n; l++) {
      float p = ar[l] - bi[l];
      float q = ai[l] + br[l];
      yr[l] = p * wr - q * wi;
      yi[l] = p * wi + q * wr;
    }
  }

  /** {@code (b, c) ← (a + pb, qc)}. */
  private static void addMultiples(float[] a, float[] b, float[] c, float p, float q, int n) {
    for (int l = 0; l < n; l++) {
      b[l] = a[l] + p * b[l];
      c[l] = q * c[l];
    }
  }

  private static void addThree(float[] a, float[] b, float[] c, float[] y, int n) {
    for (int l = 0; l < n; l++) {
      y[l] = a[l] + (b[l] + c[l]);
    }
  }

  /** {@code (b, c) ← (a + b cos 72° + c cos 144°, a + b cos 144° + c cos 72°)}. */
  private static void cosines(float[] a, float[] b, float[] c, int n) {
    float c1 = COS_72;
    float c2 = COS_144;
    for (int l = 0; l < n; l++) {
      float p = b[l];
      float q = c[l];
      b[l] = a[l] + (c1 * p + c2 * q);
      c[l] = a[l] + (c2 * p + c1 * q);
    }
  }

  /** {@code (b, c) ← (b sin 72° + c sin 144°, b sin 144° − c sin 72°)}. */
  private static void sines(float[] b, float[] c, int n) {
    float s1 = SIN_72;
    float s2 = SIN_144;
    for (int l = 0; l < n; l++) {
      float p = b[l];
      float q = c[l];
      b[l] = s1 * p + s2 * q;
      c[l] = s2 * p - s1 * q;
    }
  }

  @Override
  public void load(float[] x, int from, int n, int lanes, float[][] y, int[] places) {
    for (int tile = 0; tile < n; tile += TILE) {
      int end = Math.min(n, tile + TILE);
      int l = 0;
      for (; l + 3 < lanes; l += 4) {
        int x0 = from + l * n;
        int x1 = x0 + n;
        int x2 = x1 + n;
        int x3 = x2 + n;
        for (int i = tile; i < end; i++) {
          float[] row = y[places[i]];
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
  public void store(float[][] x, int[] rows, int n, int lanes, float[] y, int to) {
    for (int tile = 0; tile < lanes; tile += TILE) {
      int end = Math.min(lanes, tile + TILE);
      int i = 0;
      for (; i + 3 < n; i += 4) {
        float[] x0 = x[rows[i]];
        float[] x1 = x[rows[i + 1]];
        float[] x2 = x[rows[i + 2]];
        float[] x3 = x[rows[i + 3]];
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
        float[] row = x[rows[i]];
        for (int l = tile; l < end; l++) {
          y[to + l * n + i] = row[l];
        }
      }
    }
  }

  @Override
  public void exchange(
      float[][] x, int[] rows, int n, int from, int lanes, float[][] y, int[] places, int to) {
    for (int tile = 0; tile < lanes; tile += TILE) {
      int end = Math.min(lanes, tile + TILE);
      int i = 0;
      for (; i + 3 < n; i += 4) {
        float[] x0 = x[rows[i]];
        float[] x1 = x[rows[i + 1]];
        float[] x2 = x[rows[i + 2]];
        float[] x3 = x[rows[i + 3]];
        int out = to + i;
        for (int l = tile; l < end; l++) {
          float[] row = y[places[l]];
          row[out] = x0[from + l];
          row[out + 1] = x1[from + l];
          row[out + 2] = x2[from + l];
          row[out + 3] = x3[from + l];
        }
      }
      for (; i < n; i++) {
        float[] row = x[rows[i]];
        for (int l = tile; l < end; l++) {
          y[places[l]][to + i] = row[from + l];
        }
      }
    }
  }
}
