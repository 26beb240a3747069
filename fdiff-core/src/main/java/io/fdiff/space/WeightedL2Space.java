package io.fdiff.space;

import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * {@code L²(D, ρ dp; R^c)} with a density {@code ρ > 0}: {@code ⟨x, y⟩ = Σ_c Σ_i w_i ρ(p_i) x_{ci}
 * y_{ci}}.
 *
 * <p>The density comes on top of the quadrature, so that inner products converge to {@code ∫ x y ρ}
 * on every sequence of grids. The Riesz map divides by {@code w_i ρ(p_i)}. Immutable and
 * thread-safe.
 */
public final class WeightedL2Space implements HilbertSpace {

  private final Grid grid;
  private final double[] weights;

  private WeightedL2Space(Grid grid, double[] weights) {
    this.grid = grid;
    this.weights = weights;
  }

  /**
   * The space of a density that is given at every point.
   *
   * @param grid the grid that functions are held on
   * @param density values {@code ρ(p_i) > 0}, one for each point in C order. Not modified.
   * @return the space
   * @throws IllegalArgumentException if the number of values is not {@code grid.size()}, or {@code
   *     ρ(p_i)} or {@code w_i ρ(p_i)} is not positive and finite
   */
  public static WeightedL2Space of(Grid grid, double... density) {
    if (density.length != grid.size()) {
      throw new IllegalArgumentException(
          density.length + " densities on " + grid + ": give one for each point");
    }
    double[] w = grid.weights();
    for (int i = 0; i < w.length; i++) {
      w[i] *= density[i];
      if (!(density[i] > 0 && w[i] > 0 && w[i] < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "density "
                + density[i]
                + " at point "
                + i
                + " of weight "
                + grid.weight(i)
                + ": density and their product must be positive and finite");
      }
    }
    return new WeightedL2Space(grid, w);
  }

  /**
   * The space of a density function.
   *
   * @param grid the grid that functions are held on
   * @param density {@code ρ} by the coordinates {@code [axis]} of a point
   * @return the space
   * @throws IllegalArgumentException if {@code ρ} or {@code w ρ} is not positive and finite at a
   *     point of the grid
   */
  public static WeightedL2Space of(Grid grid, ToDoubleFunction<double[]> density) {
    Objects.requireNonNull(density, "density");
    double[] values = new double[grid.size()];
    for (int i = 0; i < values.length; i++) {
      double[] p = new double[grid.dimension()];
      for (int a = 0; a < p.length; a++) {
        p[a] = grid.coordinate(i, a);
      }
      values[i] = density.applyAsDouble(p);
    }
    return of(grid, values);
  }

  @Override
  public Grid grid() {
    return grid;
  }

  @Override
  public INDArray inner(INDArray x, INDArray y) {
    return Quadrature.inner(grid, weights, x, y);
  }

  @Override
  public INDArray riesz(INDArray gradient) {
    return Quadrature.riesz(grid, weights, gradient);
  }
}
