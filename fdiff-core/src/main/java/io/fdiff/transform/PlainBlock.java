package io.fdiff.transform;

/** A block of functions by a transform that knows nothing of blocks: reordered, inverted, cut. */
final class PlainBlock {

  private PlainBlock() {}

  static void inverse(
      SpectralTransform transform, double[][] in, double[] out, int rows, int[] corner) {
    int[] modes = transform.modeShape();
    int last = modes[modes.length - 1];
    int lines = rows * (transform.modes() / last);
    double[] coefficients = new double[lines * last];
    for (int l = 0; l < lines; l++) {
      for (int k = 0; k < last; k++) {
        coefficients[l * last + k] = in[k][l];
      }
    }
    double[] values = new double[rows * transform.grid().size()];
    transform.inverse(coefficients, values, rows);
    cut(values, transform.grid().shape(), out, corner, rows);
  }

  static void inverse(
      SpectralTransform transform, float[][] in, float[] out, int rows, int[] corner) {
    int[] modes = transform.modeShape();
    int last = modes[modes.length - 1];
    int lines = rows * (transform.modes() / last);
    float[] coefficients = new float[lines * last];
    for (int l = 0; l < lines; l++) {
      for (int k = 0; k < last; k++) {
        coefficients[l * last + k] = in[k][l];
      }
    }
    float[] values = new float[rows * transform.grid().size()];
    transform.inverse(coefficients, values, rows);
    cut(values, transform.grid().shape(), out, corner, rows);
  }

  /** Keeps the leading corner of each row; of arrays of either type. */
  private static void cut(Object values, int[] shape, Object out, int[] corner, int rows) {
    int last = shape.length - 1;
    int lines = rows;
    for (int a = 0; a < last; a++) {
      lines *= corner[a];
    }
    for (int l = 0; l < lines; l++) {
      int rest = l;
      int from = 0;
      int stride = shape[last];
      for (int a = last - 1; a >= 0; a--) {
        from += rest % corner[a] * stride;
        rest /= corner[a];
        stride *= shape[a];
      }
      System.arraycopy(values, from + rest * stride, out, l * corner[last], corner[last]);
    }
  }
}
