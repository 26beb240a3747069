package io.fdiff.space;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Inner products {@code Σ_c Σ_i w_i x_{ci} y_{ci}} with any positive weights, and their Riesz map.
 */
final class Quadrature {

  private Quadrature() {}

  /** A bilinear form of one row each of two arrays of values. */
  @FunctionalInterface
  interface RowForm {

    double of(double[] a, double[] b, int from);
  }

  /** A form summed over channels, one number a function. */
  static INDArray inner(Grid grid, INDArray x, INDArray y, RowForm form) {
    FunctionBatch bx = FunctionBatch.of(grid, x);
    FunctionBatch by = FunctionBatch.of(grid, y);
    bx.requireSameShape(by);
    double[] a = bx.toDoubles();
    double[] b = x == y ? a : by.toDoubles();
    double[] result = new double[bx.batch()];
    for (int row = 0; row < bx.rows(); row++) {
      result[row / bx.channels()] += form.of(a, b, row * grid.size());
    }
    return Nd4j.createFromArray(result);
  }

  static INDArray inner(Grid grid, double[] w, INDArray x, INDArray y) {
    return inner(
        grid,
        x,
        y,
        (a, b, from) -> {
          double sum = 0;
          for (int i = 0, at = from; i < w.length; i++, at++) {
            sum += w[i] * a[at] * b[at];
          }
          return sum;
        });
  }

  static INDArray riesz(Grid grid, double[] w, INDArray gradient) {
    return FunctionBatch.of(grid, gradient)
        .map(
            (in, out, rows) -> {
              for (int at = 0; at < rows * w.length; at++) {
                out[at] = in[at] / w[at % w.length];
              }
            });
  }
}
