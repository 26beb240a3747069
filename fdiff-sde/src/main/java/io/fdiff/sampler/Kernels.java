package io.fdiff.sampler;

import java.util.Arrays;

/**
 * The loops of a step, each over the beginning of arrays that stay in the first-level cache and
 * simple enough for the virtual machine to use vector instructions.
 */
final class Kernels {

  /** Doubles of a chunk, 8 kB: three arrays of that size stay in the first-level cache. */
  static final int DOUBLES = 1024;

  /** Floats of a chunk, of the same size. */
  static final int FLOATS = 2048;

  /** Numbers that are summed into one when a chunk is searched for what is not finite. */
  private static final int FOLD = 4;

  /** Sums of a chunk of doubles. */
  static final int DOUBLE_SUMS = DOUBLES / FOLD;

  /** Sums of a chunk of floats. */
  static final int FLOAT_SUMS = FLOATS / FOLD;

  private Kernels() {}

  /** {@code y ← a y + b u}. */
  static void mix(double[] y, double a, double[] u, double b, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = a * y[i] + b * u[i];
    }
  }

  /** {@code y ← y + b u}. */
  static void add(double[] y, double[] u, double b, int n) {
    for (int i = 0; i < n; i++) {
      y[i] += b * u[i];
    }
  }

  /**
   * {@code sums ← sums + 0·y}, which is 0 as long as the first n of a chunk {@code y} are finite;
   * the others become 0.
   */
  static void check(double[] sums, double[] y, int n) {
    Arrays.fill(y, n, DOUBLES, 0);
    // Four at a time, for the sums cost more than the products; with fixed distances, or the
    // virtual machine takes them one by one, and no more, or it does so too.
    for (int i = 0; i < DOUBLE_SUMS; i++) {
      sums[i] +=
          (0 * y[i] + 0 * y[DOUBLE_SUMS + i])
              + (0 * y[2 * DOUBLE_SUMS + i] + 0 * y[3 * DOUBLE_SUMS + i]);
    }
  }

  /** {@code y ← b y + (high + low) u}, where the factor of u has more digits than a float. */
  static void mix(float[] y, float b, float[] u, float high, float low, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = Math.fma(high, u[i], Math.fma(low, u[i], b * y[i]));
    }
  }

  /** {@code y ← a y + b u}. */
  static void mix(float[] y, float a, float[] u, float b, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = Math.fma(b, u[i], a * y[i]);
    }
  }

  /** {@code y ← y + b u}, rounded once. */
  static void add(float[] y, float[] u, float b, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = Math.fma(b, u[i], y[i]);
    }
  }

  /** {@code y ← y + (high + low) u}, where the factor has more digits than a float. */
  static void add(float[] y, float[] u, float high, float low, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = Math.fma(high, u[i], Math.fma(low, u[i], y[i]));
    }
  }

  /**
   * {@code sums ← sums + 0·y}, which is 0 as long as the first n of a chunk {@code y} are finite;
   * the others become 0.
   */
  static void check(float[] sums, float[] y, int n) {
    Arrays.fill(y, n, FLOATS, 0);
    // Four at a time, for the sums cost more than the products; with fixed distances, or the
    // virtual machine takes them one by one, and no more, or it does so too.
    for (int i = 0; i < FLOAT_SUMS; i++) {
      sums[i] +=
          (0 * y[i] + 0 * y[FLOAT_SUMS + i])
              + (0 * y[2 * FLOAT_SUMS + i] + 0 * y[3 * FLOAT_SUMS + i]);
    }
  }

  /** {@code y ← a y + b u} with one factor a mode. */
  static void mix(double[] y, double[] a, double[] u, double[] b, int modes) {
    for (int k = 0; k < modes; k++) {
      y[k] = a[k] * y[k] + b[k] * u[k];
    }
  }

  /** {@code y ← y + b u} with one factor a mode. */
  static void add(double[] y, double[] u, double[] b, int modes) {
    for (int k = 0; k < modes; k++) {
      y[k] += b[k] * u[k];
    }
  }

  /** {@code y ← b y + (high + low) u} with one factor a mode. */
  static void mix(float[] y, float[] b, float[] u, float[] high, float[] low, int modes) {
    for (int k = 0; k < modes; k++) {
      y[k] = Math.fma(high[k], u[k], Math.fma(low[k], u[k], b[k] * y[k]));
    }
  }

  /** {@code y ← y + b u} with one factor a mode. */
  static void add(float[] y, float[] u, float[] b, int modes) {
    for (int k = 0; k < modes; k++) {
      y[k] = Math.fma(b[k], u[k], y[k]);
    }
  }

  /** {@code x ← x + h v + s w} from an index on. */
  static void kick(double[] x, double h, double[] v, double s, double[] w, int at, int n) {
    for (int i = at; i < at + n; i++) {
      x[i] += h * v[i] + s * w[i];
    }
  }

  /** {@code x ← x + h v + s w} from an index on. */
  static void kick(float[] x, float h, float[] v, float s, float[] w, int at, int n) {
    for (int i = at; i < at + n; i++) {
      x[i] += Math.fma(h, v[i], s * w[i]);
    }
  }
}
