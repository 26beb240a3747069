package io.fdiff.sampler;

/**
 * The loops of a step, each over the beginning of arrays that stay in the first-level cache and
 * simple enough for the virtual machine to use vector instructions.
 */
final class Kernels {

  /** Numbers of a chunk; four of them stay in the first-level cache. */
  static final int CHUNK = 1024;

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

  /** {@code sums ← sums + 0·y}, which is 0 as long as all {@code y} are finite. */
  static void check(double[] sums, double[] y, int n) {
    if (n < CHUNK) {
      check(sums, y, 0, n);
      return;
    }
    // Four at a time, for the sums cost more than the products; with fixed distances, or the
    // virtual machine takes them one by one.
    for (int i = 0; i < CHUNK / 4; i++) {
      sums[i] +=
          (0 * y[i] + 0 * y[CHUNK / 4 + i]) + (0 * y[CHUNK / 2 + i] + 0 * y[3 * CHUNK / 4 + i]);
    }
  }

  /** {@code y ← b y}. */
  static void scale(float[] y, float b, int n) {
    for (int i = 0; i < n; i++) {
      y[i] *= b;
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

  /** {@code sums ← sums + 0·y}, which is 0 as long as all {@code y} are finite. */
  static void check(float[] sums, float[] y, int n) {
    if (n < CHUNK) {
      check(sums, y, 0, n);
      return;
    }
    // Four at a time, for the sums cost more than the products; with fixed distances, or the
    // virtual machine takes them one by one.
    for (int i = 0; i < CHUNK / 4; i++) {
      sums[i] +=
          (0 * y[i] + 0 * y[CHUNK / 4 + i]) + (0 * y[CHUNK / 2 + i] + 0 * y[3 * CHUNK / 4 + i]);
    }
  }

  /** {@code out ← a u + b v} from an index on, with one factor a mode. */
  static void mix(double[] out, double[] a, double[] u, double[] b, double[] v, int at, int modes) {
    for (int k = 0; k < modes; k++) {
      out[at + k] = a[k] * u[at + k] + b[k] * v[at + k];
    }
  }

  /** {@code out ← out + b v} from an index on, with one factor a mode. */
  static void add(double[] out, double[] b, double[] v, int at, int modes) {
    for (int k = 0; k < modes; k++) {
      out[at + k] += b[k] * v[at + k];
    }
  }

  /** {@code out ← (high + low) u + b v} from an index on, with one factor a mode. */
  static void mix(
      float[] out, float[] high, float[] low, float[] u, float[] b, float[] v, int at, int modes) {
    for (int k = 0; k < modes; k++) {
      out[at + k] = Math.fma(high[k], u[at + k], Math.fma(low[k], u[at + k], b[k] * v[at + k]));
    }
  }

  /** {@code out ← out + b v} from an index on, with one factor a mode. */
  static void add(float[] out, float[] b, float[] v, int at, int modes) {
    for (int k = 0; k < modes; k++) {
      out[at + k] = Math.fma(b[k], v[at + k], out[at + k]);
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

  /** As above, for a row of y. */
  static void check(double[] sums, double[] y, int at, int n) {
    for (int i = 0; i < n; i++) {
      sums[i] += 0 * y[at + i];
    }
  }

  /** As above, for a row of y. */
  static void check(float[] sums, float[] y, int at, int n) {
    for (int i = 0; i < n; i++) {
      sums[i] += 0 * y[at + i];
    }
  }
}
