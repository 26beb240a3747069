package io.fdiff.space;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Inner products {@code Σ_c Σ_i w_i x_{ci} y_{ci}} with any positive weights, and their Riesz map.
 */
final class Quadrature {

  private Quadrature() {}

  static INDArray inner(Grid grid, double[] w, INDArray x, INDArray y) {
    FunctionBatch bx = FunctionBatch.of(grid, x);
    FunctionBatch by = FunctionBatch.of(grid, y);
    bx.requireSameShape(by);
    double[] a = bx.toDoubles();
    double[] b = x == y ? a : by.toDoubles();
    double[] result = new double[bx.batch()];
    for (int row = 0, at = 0; row < bx.rows(); row++) {
      double sum = 0;
      for (int i = 0; i < w.length; i++, at++) {
        sum += w[i] * a[at] * b[at];
      }
      result[row / bx.channels()] += sum;
    }
    return Nd4j.createFromArray(result);
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
