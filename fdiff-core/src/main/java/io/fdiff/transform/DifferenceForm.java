package io.fdiff.transform;

/** The differences of {@link DifferenceSobolevSpace} on one kind of grid, row by row. */
interface DifferenceForm {

  /**
   * {@code Σ_{i~j} c_ij (a_i − a_j)(b_i − b_j)} of one row.
   *
   * @param a rows of values. Not modified.
   * @param b rows of values. Not modified.
   * @param from where the row begins in both
   */
  double of(double[] a, double[] b, int from);

  /**
   * Solves {@code (W + S) r = g}, {@code S} the matrix of the differences, {@code W} the weights.
   *
   * @param in {@code rows × points}. Not modified.
   * @param out same length. Modified. Another array than {@code in}.
   * @param rows number of functions
   */
  void solve(double[] in, double[] out, int rows);
}
