package io.fdiff.nn.engine;

/**
 * Sine and cosine in single precision, absolute error below 3e-7.
 *
 * <p>{@code sin x = (−1)^k sin r} with {@code r = x − kπ}, {@code |r| ≤ π/2}; {@code π} is a sum of
 * three terms, the first two of 11 bits, so that their products with {@code k} are exact. Beyond
 * {@code 10⁴}, where they are not, the library functions take over. Not thread-safe.
 */
final class FloatCircle {

  private static final float LARGEST = 1e4f;
  private static final float ROUND = 12582912f;
  private static final float INVERSE_PI = (float) 0.31830988618;
  private static final float PI_HIGH = (float) 3.140625;
  private static final float PI_MIDDLE = (float) 9.675025939941406e-4;
  private static final float PI_LOW = (float) 1.5099579909783765e-7;

  // (sin r − r)/r³ in r²; least squares in relative error on |r| ≤ π/2, error 6e-9.
  private static final float S0 = (float) -0.1666665929185747;
  private static final float S1 = (float) 0.008333060543785355;
  private static final float S2 = (float) -0.00019809223204458708;
  private static final float S3 = (float) 2.6049941502159432e-06;

  private float[] t = {};

  void sin(float[] a, float[] d, int n) {
    if (isLarge(a, n)) {
      for (int i = 0; i < n; i++) {
        d[i] = (float) Math.sin(a[i]);
      }
    } else {
      turn(a, 0, d, n);
    }
  }

  /** {@code cos x = sin(x + π/2)}, with {@code k} a half less. */
  void cos(float[] a, float[] d, int n) {
    if (isLarge(a, n)) {
      for (int i = 0; i < n; i++) {
        d[i] = (float) Math.cos(a[i]);
      }
    } else {
      turn(a, 0.5f, d, n);
    }
  }

  private void turn(float[] a, float half, float[] d, int n) {
    turns(a, half, t, n);
    remainder(a, half, t, d, n);
    parity(t, n);
    wave(t, d, n);
  }

  private static void turns(float[] a, float half, float[] k, int n) {
    for (int i = 0; i < n; i++) {
      k[i] = ((a[i] * INVERSE_PI + half) + ROUND) - ROUND;
    }
  }

  private static void remainder(float[] a, float half, float[] k, float[] d, int n) {
    for (int i = 0; i < n; i++) {
      float m = k[i] - half;
      d[i] = ((a[i] - m * PI_HIGH) - m * PI_MIDDLE) - m * PI_LOW;
    }
  }

  /** {@code (−1)^k}. */
  private static void parity(float[] k, int n) {
    for (int i = 0; i < n; i++) {
      k[i] = 1 - 2 * Math.abs(k[i] - 2 * ((k[i] * 0.5f + ROUND) - ROUND));
    }
  }

  private static void wave(float[] sign, float[] d, int n) {
    for (int i = 0; i < n; i++) {
      float r = d[i];
      float q = r * r;
      d[i] = ((((S3 * q + S2) * q + S1) * q + S0) * q * r + r) * sign[i];
    }
  }

  /** Whether a number is too large, or none. */
  private boolean isLarge(float[] a, int n) {
    if (t.length < n) {
      t = new float[n];
    }
    excess(a, t, n);
    return !(FloatLanes.sum(t, 0, n) == 0);
  }

  private static void excess(float[] a, float[] t, int n) {
    for (int i = 0; i < n; i++) {
      t[i] = Math.max(Math.abs(a[i]), LARGEST) - LARGEST;
    }
  }
}
