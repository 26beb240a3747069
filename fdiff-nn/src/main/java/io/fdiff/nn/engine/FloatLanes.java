package io.fdiff.nn.engine;

import java.nio.FloatBuffer;
import java.util.Arrays;

/** Loops in single precision. Not thread-safe. */
final class FloatLanes implements Lanes<float[], FloatBuffer> {

  /** Products with it send what is not 0 beyond ±1 without a branch. */
  private static final float STEEP = 1e30f;

  private final FloatExponentials exponentials = new FloatExponentials();
  private final FloatCircle circle = new FloatCircle();
  private float[] half = {};
  private float[] rest = {};

  @Override
  public float[] register(int length) {
    return new float[length];
  }

  @Override
  public int length(float[] register) {
    return register.length;
  }

  @Override
  public void read(FloatBuffer memory, int from, float[] register, int to, int count) {
    memory.get(from, register, to, count);
  }

  @Override
  public void write(float[] register, int from, FloatBuffer memory, int to, int count) {
    memory.put(to, register, from, count);
  }

  @Override
  public void repeat(FloatBuffer memory, int from, float[] register, int to, int count) {
    Arrays.fill(register, to, to + count, memory.get(from));
  }

  @Override
  public void spread(float[] from, float[] to, int rows, int columns) {
    for (int row = 0; row < rows; row++) {
      Arrays.fill(to, row * columns, (row + 1) * columns, from[row]);
    }
  }

  @Override
  public void clear(float[] register, int count) {
    Arrays.fill(register, 0, count, 0);
  }

  @Override
  public void addRows(float[] from, float[] sum, int rows, int columns) {
    reserve(rows * columns);
    float[] source = from;
    int left = rows;
    while (left > 1) {
      int upper = left / 2;
      int lower = left - upper;
      System.arraycopy(source, lower * columns, rest, 0, upper * columns);
      add(source, rest, half, upper * columns);
      if (source != half && lower > upper) {
        System.arraycopy(source, upper * columns, half, upper * columns, columns);
      }
      source = half;
      left = lower;
    }
    add(sum, source, sum, columns);
  }

  @Override
  public void compute(
      Operation operation, double constant, float[] a, float[] b, float[] d, int n) {
    float c = (float) constant;
    switch (operation) {
      case NEGATE -> negate(a, d, n);
      case SQUARE -> multiply(a, a, d, n);
      case ROOT -> root(a, d, n);
      case RECIPROCAL_ROOT -> reciprocalRoot(a, d, n);
      case RECIPROCAL -> reciprocal(a, d, n);
      case EXP -> exponentials.exp(a, d, n);
      case TANH -> exponentials.tanh(a, d, n);
      case SIGMOID -> exponentials.sigmoid(a, d, n);
      case LOG -> log(a, d, n);
      case ERF -> exponentials.erf(a, d, n);
      case SIN -> circle.sin(a, d, n);
      case COS -> circle.cos(a, d, n);
      case ABS -> abs(a, d, n);
      case SIGN -> sign(a, d, n);
      case STEP -> step(a, d, n);
      case INSIDE -> inside(a, c, d, n);
      case ADD_CONSTANT -> plus(a, c, d, n);
      case SCALE -> scale(a, c, d, n);
      case AT_LEAST -> atLeast(a, c, d, n);
      case AT_MOST -> atMost(a, c, d, n);
      case POWER -> power(a, constant, d, n);
      case ADD -> add(a, b, d, n);
      case SUBTRACT -> subtract(a, b, d, n);
      case MULTIPLY -> multiply(a, b, d, n);
      case DIVIDE -> divide(a, b, d, n);
      case MAXIMUM -> maximum(a, b, d, n);
      case MINIMUM -> minimum(a, b, d, n);
    }
  }

  private static void negate(float[] a, float[] d, int n) {
    for (int i = 0; i < n; i++) {
      d[i] = -a[i];
    }
  }

  private static void root(float[] a, float[] d, int n) {
    for (int i = 0; i < n; i++) {
      d[i] = (float) Math.sqrt(a[i]);
    }
  }

  private static void reciprocalRoot(float[] a, float[] d, int n) {
    for (int i = 0; i < n; i++) {
      d[i] = 1 / (float) Math.sqrt(a[i]);
    }
  }

  private static void reciprocal(float[] a, float[] d, int n) {
    for (int i = 0; i < n; i++) {
      d[i] = 1 / a[i];
    }
  }

  private static void log(float[] a, float[] d, int n) {
    for (int i = 0; i < n; i++) {
      d[i] = (float) Math.log(a[i]);
    }
  }

  private static void abs(float[] a, float[] d, int n) {
    for (int i = 0; i < n; i++) {
      d[i] = Math.abs(a[i]);
    }
  }

  private static void sign(float[] a, float[] d, int n) {
    for (int i = 0; i < n; i++) {
      d[i] = Math.min(Math.max(a[i] * STEEP * STEEP, -1), 1);
    }
  }

  private static void step(float[] a, float[] d, int n) {
    for (int i = 0; i < n; i++) {
      d[i] = Math.min(Math.max(a[i] * STEEP * STEEP, 0), 1);
    }
  }

  private static void inside(float[] a, float c, float[] d, int n) {
    for (int i = 0; i < n; i++) {
      d[i] = Math.min(Math.max((c - Math.abs(a[i])) * STEEP, 0), 1);
    }
  }

  private static void plus(float[] a, float c, float[] d, int n) {
    for (int i = 0; i < n; i++) {
      d[i] = a[i] + c;
    }
  }

  private static void scale(float[] a, float c, float[] d, int n) {
    for (int i = 0; i < n; i++) {
      d[i] = a[i] * c;
    }
  }

  private static void atLeast(float[] a, float c, float[] d, int n) {
    for (int i = 0; i < n; i++) {
      d[i] = Math.max(a[i], c);
    }
  }

  private static void atMost(float[] a, float c, float[] d, int n) {
    for (int i = 0; i < n; i++) {
      d[i] = Math.min(a[i], c);
    }
  }

  private static void power(float[] a, double c, float[] d, int n) {
    for (int i = 0; i < n; i++) {
      d[i] = (float) Math.pow(a[i], c);
    }
  }

  private static void add(float[] a, float[] b, float[] d, int n) {
    for (int i = 0; i < n; i++) {
      d[i] = a[i] + b[i];
    }
  }

  private static void subtract(float[] a, float[] b, float[] d, int n) {
    for (int i = 0; i < n; i++) {
      d[i] = a[i] - b[i];
    }
  }

  private static void multiply(float[] a, float[] b, float[] d, int n) {
    for (int i = 0; i < n; i++) {
      d[i] = a[i] * b[i];
    }
  }

  private static void divide(float[] a, float[] b, float[] d, int n) {
    for (int i = 0; i < n; i++) {
      d[i] = a[i] / b[i];
    }
  }

  private static void maximum(float[] a, float[] b, float[] d, int n) {
    for (int i = 0; i < n; i++) {
      d[i] = Math.max(a[i], b[i]);
    }
  }

  private static void minimum(float[] a, float[] b, float[] d, int n) {
    for (int i = 0; i < n; i++) {
      d[i] = Math.min(a[i], b[i]);
    }
  }

  @Override
  public void fold(Node.Fold fold, float[] from, float[] to, int rows, int columns) {
    switch (fold) {
      case SUM -> {
        for (int row = 0; row < rows; row++) {
          to[row] = sum(from, row * columns, columns);
        }
      }
      case MAX -> maxima(from, to, rows, columns);
      case MIN -> {
        for (int row = 0; row < rows; row++) {
          to[row] = min(from, row * columns, columns);
        }
      }
    }
  }

  /** Eight sums, because one would wait for itself. */
  static float sum(float[] s, int from, int n) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    float s4 = 0;
    float s5 = 0;
    float s6 = 0;
    float s7 = 0;
    int i = from;
    int end = from + n;
    for (; i < end - 7; i += 8) {
      s0 += s[i];
      s1 += s[i + 1];
      s2 += s[i + 2];
      s3 += s[i + 3];
      s4 += s[i + 4];
      s5 += s[i + 5];
      s6 += s[i + 6];
      s7 += s[i + 7];
    }
    for (; i < end; i++) {
      s0 += s[i];
    }
    return ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7));
  }

  /**
   * The maximum of each row. All windows of one, two, four … numbers of the block, each width by a
   * shifted copy and a loop that the compiler vectorises; two windows, which may overlap, cover a
   * row. A search row by row takes several times as long: its branches are those of the data.
   */
  private void maxima(float[] from, float[] to, int rows, int columns) {
    reserve(rows * columns);
    float[] windows = from;
    int width = 1;
    for (; 2 * width <= columns; width *= 2) {
      int count = rows * columns - 2 * width + 1;
      System.arraycopy(windows, width, rest, 0, count);
      maximum(windows, rest, half, count);
      windows = half;
    }
    for (int row = 0; row < rows; row++) {
      int first = row * columns;
      to[row] = Math.max(windows[first], windows[first + columns - width]);
    }
  }

  private void reserve(int length) {
    if (half.length < length) {
      half = new float[length];
      rest = new float[length];
    }
  }

  private static float min(float[] s, int from, int n) {
    float m = s[from];
    for (int i = from + 1; i < from + n; i++) {
      m = Math.min(m, s[i]);
    }
    return m;
  }
}
