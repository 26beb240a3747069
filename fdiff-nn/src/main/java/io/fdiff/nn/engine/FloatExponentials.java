package io.fdiff.nn.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;

/**
 * Exponentials in single precision, relative error below 5e-7, of the error function 1e-6.
 *
 * <p>{@code e^x = 2^n p(r)} with {@code n} the integer next to {@code x/ln 2} and {@code r = x − n
 * ln 2}. The compiler vectorises neither conversions to integers nor {@code intBitsToFloat}. So
 * {@code n} is rounded by adding 1.5·2²³, and its bits become those of {@code 2^n} by way of a
 * buffer that is seen as floats and as ints: bulk copies, and plain loops between them. Not
 * thread-safe.
 */
final class FloatExponentials {

  private static final float ROUND = 12582912f;
  private static final float LOG2_E = (float) 1.44269504;
  // ln 2 as a sum whose first term has 10 bits, so that its product with n is exact.
  private static final float LN2_HIGH = (float) 0.693359375;
  private static final float LN2_LOW = (float) -2.12194440e-4;
  private static final int ONE = 127 << 23;

  // p(r) = 1 + r q(r); least squares in relative error on |r| ≤ ln 2 / 2, error 2e-9.
  private static final float Q0 = (float) 1.0000000361421955;
  private static final float Q1 = (float) 0.4999999148916013;
  private static final float Q2 = (float) 0.16666420757881847;
  private static final float Q3 = (float) 0.041668358547346004;
  private static final float Q4 = (float) 0.00837477779501986;
  private static final float Q5 = (float) 0.001382941155081559;

  // atanh(erf x)/x in x²; least squares to a relative error of erf of 1e-7 on |x| ≤ 4.05.
  private static final float ERF_END = 4.05f;
  private static final float E0 = (float) 1.1283792758945688;
  private static final float E1 = (float) 0.10276904225813227;
  private static final float E2 = (float) -0.0001918018346758147;
  private static final float E3 = (float) -0.0006198083495358529;
  private static final float E4 = (float) 8.764581659653076e-05;
  private static final float E5 = (float) -5.669802989598238e-06;
  private static final float E6 = (float) 1.4192528120793302e-07;

  private float[] t = {};
  private float[] q = {};
  private float[] w = {};
  private int[] bits = {};
  private FloatBuffer asFloats = FloatBuffer.allocate(0);
  private IntBuffer asInts = IntBuffer.allocate(0);

  private void reserve(int n) {
    if (t.length < n) {
      t = new float[n];
      q = new float[n];
      w = new float[n];
      bits = new int[n];
      ByteBuffer memory = ByteBuffer.allocateDirect(4 * n).order(ByteOrder.nativeOrder());
      asFloats = memory.asFloatBuffer();
      asInts = memory.asIntBuffer();
    }
  }

  void exp(float[] a, float[] d, int n) {
    halved(a, 0.5f, n);
    squares(q, t, d, n);
  }

  /** {@code 1/(1 + e^{−x})}. */
  void sigmoid(float[] a, float[] d, int n) {
    halved(a, -0.5f, n);
    logistic(q, t, d, n);
  }

  /** {@code m/(m + 2)} with {@code m = e^{2x} − 1 = 2^n r q(r) + (2^n − 1)}, exact near 0. */
  void tanh(float[] a, float[] d, int n) {
    parts(a, 2, 20, n);
    hyperbolic(q, t, d, n);
  }

  /** {@code erf x = tanh(x P(x²))}, 1 beyond 4.05. */
  void erf(float[] a, float[] d, int n) {
    reserve(n);
    limit(a, 1, ERF_END, w, n);
    errorArgument(w, n);
    tanh(w, d, n);
  }

  private static void errorArgument(float[] x, int n) {
    for (int i = 0; i < n; i++) {
      float y = x[i];
      float s = y * y;
      x[i] = y * ((((((E6 * s + E5) * s + E4) * s + E3) * s + E2) * s + E1) * s + E0);
    }
  }

  /** The parts of {@code e^{x/2}}: at half the argument {@code 2^n} is a normal number. */
  private void halved(float[] a, float factor, int n) {
    parts(a, factor, 52, n);
  }

  /**
   * For {@code e^y}, {@code y} the argument times a factor: {@code q ← r q(r)}, {@code t ← 2^n}.
   */
  private void parts(float[] a, float factor, float most, int n) {
    reserve(n);
    limit(a, factor, most, q, n);
    round(q, t, n);
    reduce(q, t, n);
    polynomial(q, n);
    asFloats.put(0, t, 0, n);
    asInts.get(0, bits, 0, n);
    shift(bits, n);
    asInts.put(0, bits, 0, n);
    asFloats.get(0, t, 0, n);
  }

  private static void limit(float[] a, float factor, float most, float[] x, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = Math.min(Math.max(a[i] * factor, -most), most);
    }
  }

  private static void round(float[] x, float[] z, int n) {
    for (int i = 0; i < n; i++) {
      z[i] = x[i] * LOG2_E + ROUND;
    }
  }

  private static void reduce(float[] x, float[] z, int n) {
    for (int i = 0; i < n; i++) {
      float k = z[i] - ROUND;
      x[i] = (x[i] - k * LN2_HIGH) - k * LN2_LOW;
    }
  }

  private static void polynomial(float[] x, int n) {
    for (int i = 0; i < n; i++) {
      float r = x[i];
      x[i] = r * (((((Q5 * r + Q4) * r + Q3) * r + Q2) * r + Q1) * r + Q0);
    }
  }

  /** The low bits of a rounded number become the exponent of a power of two. */
  private static void shift(int[] b, int n) {
    for (int i = 0; i < n; i++) {
      b[i] = (b[i] << 23) + ONE;
    }
  }

  private static void squares(float[] p, float[] z, float[] d, int n) {
    for (int i = 0; i < n; i++) {
      float y = (p[i] + 1) * z[i];
      d[i] = y * y;
    }
  }

  private static void logistic(float[] p, float[] z, float[] d, int n) {
    for (int i = 0; i < n; i++) {
      float y = (p[i] + 1) * z[i];
      d[i] = 1 / (1 + y * y);
    }
  }

  private static void hyperbolic(float[] p, float[] z, float[] d, int n) {
    for (int i = 0; i < n; i++) {
      float m = p[i] * z[i] + (z[i] - 1);
      d[i] = m / (m + 2);
    }
  }
}
