package io.fdiff.transform;

/** Single precision by way of double precision, in blocks of rows. */
final class SinglePrecision {

  /** Values of a block, enough to let the transform use its threads. */
  private static final int BLOCK_VALUES = 1 << 20;

  private SinglePrecision() {}

  /** A map of rows. */
  @FunctionalInterface
  interface RowMap {
    void apply(double[] in, double[] out, int rows);
  }

  static void convert(float[] in, int inner, float[] out, int outer, int rows, RowMap map) {
    int each = Math.max(1, Math.min(rows, BLOCK_VALUES / Math.max(inner, outer)));
    double[] x = new double[each * inner];
    double[] y = new double[each * outer];
    for (int from = 0; from < rows; from += each) {
      int count = Math.min(each, rows - from);
      for (int i = 0; i < count * inner; i++) {
        x[i] = in[from * inner + i];
      }
      map.apply(x, y, count);
      for (int i = 0; i < count * outer; i++) {
        out[from * outer + i] = (float) y[i];
      }
    }
  }
}
