package io.fdiff.space;

import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;

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
    return Quadrature.inner(grid, grid.weights(), x, y);
  }

  @Override
  public INDArray riesz(INDArray gradient) {
    return Quadrature.riesz(grid, grid.weights(), gradient);
  }
}
