package io.fdiff.transform;

/**
 * The innermost loops of the fast transforms, for one number type.
 *
 * <p>A row holds one entry of a line for each of {@code n} lanes; every operation does the same
 * arithmetic in each lane. Rows are arrays of their own and the loops are short (at most four
 * arrays in and four out, no offsets), because that is what HotSpot compiles to vector
 * instructions; Java's strict floating point gives each lane the bits that it has alone.
 * Coefficients and twiddle factors are rounded to the type once a row.
 *
 * @param <A> {@code float[]} or {@code double[]}
 */
interface Lanes<A> {

  /**
   * Buffers for one transform. Kept in a pool, because the workers of the common pool forget their
   * thread-local variables between tasks.
   */
  Scratch<A> borrow();

  /** Gives buffers back. */
  void release(Scratch<A> scratch);

  /** A fresh row. */
  A allocate(int length);

  /** A fresh array of empty rows. */
  A[] allocateRows(int rows);

  /** The length of a row. */
  int length(A row);

  /** {@code y = c x}; {@code x} may be {@code y}. */
  void scale(A x, A y, int n, double c);

  /** {@code (y_0, y_1) = C (x_0, x_1)} with the 2×2 matrix {@code c} from {@code at} on. */
  void mix2(A x0, A x1, A y0, A y1, int n, double[] c, int at);

  /** {@code y = c·(x_0, …, x_3)} with the four factors {@code c} from {@code at} on. */
  void mix4(A x0, A x1, A x2, A x3, A y, int n, double[] c, int at);

  /** {@code y += x (cr + i ci)} for one complex row. */
  void addRotated(A re, A im, A outRe, A outIm, int n, double cr, double ci);

  /**
   * The DFT of 2 complex rows, {@code step} apart, to rows {@code outStep} apart, the second times
   * a twiddle factor.
   *
   * @param x rows of which those transformed are modified
   * @param w twiddle factor (re, im) from {@code at} on
   */
  void radix2(
      A[] x,
      int re,
      int im,
      int step,
      A[] y,
      int outRe,
      int outIm,
      int outStep,
      int n,
      double[] w,
      int at);

  /** As {@link #radix2}, of 3 rows with two twiddle factors. */
  void radix3(
      A[] x,
      int re,
      int im,
      int step,
      A[] y,
      int outRe,
      int outIm,
      int outStep,
      int n,
      double[] w,
      int at);

  /** As {@link #radix2}, of 4 rows with three twiddle factors. */
  void radix4(
      A[] x,
      int re,
      int im,
      int step,
      A[] y,
      int outRe,
      int outIm,
      int outStep,
      int n,
      double[] w,
      int at);

  /** As {@link #radix2}, of 5 rows with four twiddle factors. */
  void radix5(
      A[] x,
      int re,
      int im,
      int step,
      A[] y,
      int outRe,
      int outIm,
      int outStep,
      int n,
      double[] w,
      int at);

  /** Lines to rows: {@code y[places[i]][l] = x[from + l n + i]} for {@code l < lanes}. */
  void load(A x, int from, int n, int lanes, A[] y, int[] places);

  /** Rows to lines: {@code y[to + l n + i] = x[rows[i]][l]} for {@code i < n, l < lanes}. */
  void store(A[] x, int[] rows, int n, int lanes, A y, int to);

  /**
   * Rows to rows: {@code y[places[l]][to + i] = x[rows[i]][from + l]} for {@code i < n, l < lanes}.
   */
  void exchange(A[] x, int[] rows, int n, int from, int lanes, A[] y, int[] places, int to);
}
