package io.fdiff.space;

import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * {@code L²(D; R^c)} by quadrature: {@code ⟨x, y⟩ = Σ_c Σ_i w_i x_{ci} y_{ci}}.
 *
 * <p>On a uniform grid of the unit box {@code ‖x‖²} is the mean square of the values, whatever the
 * number of points. The Riesz map divides by the weights: {@code ∇F = W⁻¹ ∂F/∂x}.
 *
 * @param grid the grid that functions are held on
 */
public record L2Space(Grid grid) implements HilbertSpace {

  /**
   * Checks the argument.
   *
   * @param grid the grid
   * @throws NullPointerException if {@code grid} is null
   */
  public L2Space {
    Objects.requireNonNull(grid, "grid");
  }

  @Override
  public INDArray inner(INDArray x, INDArray y) {
    FunctionBatch bx = FunctionBatch.of(grid, x);
    FunctionBatch by = FunctionBatch.of(grid, y);
    bx.requireSameShape(by);
    double[] a = bx.toDoubles();
    double[] b = x == y ? a : by.toDoubles();
    double[] w = grid.weights();
    double[] result = new double[bx.batch()];
    int n = w.length;
    for (int row = 0; row < bx.rows(); row++) {
      double sum = 0;
      for (int i = 0, at = row * n; i < n; i++, at++) {
        sum += w[i] * a[at] * b[at];
      }
      result[row / bx.channels()] += sum;
    }
    return Nd4j.createFromArray(result);
  }

  @Override
  public INDArray riesz(INDArray gradient) {
    double[] w = grid.weights();
    return FunctionBatch.of(grid, gradient)
        .map(
            (in, out, rows) -> {
              for (int at = 0; at < rows * w.length; at++) {
                out[at] = in[at] / w[at % w.length];
              }
            });
  }
}
