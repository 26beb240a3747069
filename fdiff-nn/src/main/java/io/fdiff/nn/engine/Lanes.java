package io.fdiff.nn.engine;

import java.nio.Buffer;

/**
 * Loops over registers of one element type, all from index 0: C2 vectorises {@code d[i] = a[i] +
 * b[i]}, and gives up where two arrays are read and written at different offsets. None hides a NaN.
 * Not thread-safe.
 *
 * @param <A> array of the element type
 * @param <B> buffer of the element type
 */
interface Lanes<A, B extends Buffer> {

  /** A register. */
  A register(int length);

  int length(A register);

  void read(B memory, int from, A register, int to, int count);

  void write(A register, int from, B memory, int to, int count);

  /** {@code register[to + i] = memory[from]} */
  void repeat(B memory, int from, A register, int to, int count);

  /** Repeats number {@code i} over row {@code i}. */
  void spread(A from, A to, int rows, int columns);

  /** {@code to = operation(left, right)}; {@code to} may be an operand. */
  void compute(Operation operation, double constant, A left, A right, A to, int count);

  /** Folds each row into a number. */
  void fold(Node.Fold fold, A from, A to, int rows, int columns);

  /** Adds the sum of all rows to {@code sum}; rows are summed by halves. */
  void addRows(A from, A sum, int rows, int columns);

  void clear(A register, int count);
}
