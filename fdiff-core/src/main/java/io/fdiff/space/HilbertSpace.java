package io.fdiff.space;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A Hilbert space of functions held by their values on a grid.
 *
 * <p>Laws, checked for every implementation: {@code inner} is symmetric, bilinear and positive;
 * {@code norm(x)² = inner(x, x)}; for the Euclidean gradient {@code g = ∂F/∂x} of a functional and
 * any direction {@code y}, {@code inner(riesz(g), y) = Σ_i g_i y_i}. Implementations are immutable
 * and thread-safe.
 */
public interface HilbertSpace {

  /**
   * The grid that functions are held on.
   *
   * @return the grid
   */
  Grid grid();

  /**
   * Inner products {@code ⟨x_b, y_b⟩}, summed over channels.
   *
   * @param x {@code [batch, channels, n1, …, nd]}, FLOAT or DOUBLE. Not modified.
   * @param y same shape. Not modified.
   * @return {@code [batch]}, DOUBLE
   * @throws IllegalArgumentException if a shape does not fit the grid or the shapes differ
   */
  INDArray inner(INDArray x, INDArray y);

  /**
   * The Riesz representative {@code ∇F} of a Euclidean gradient {@code ∂F/∂x}.
   *
   * @param gradient {@code [batch, channels, n1, …, nd]}, derivatives by the values. Not modified.
   * @return same shape and type
   * @throws IllegalArgumentException if the shape does not fit the grid
   */
  INDArray riesz(INDArray gradient);

  /**
   * Norms {@code √⟨x_b, x_b⟩}.
   *
   * @param x {@code [batch, channels, n1, …, nd]}. Not modified.
   * @return {@code [batch]}, DOUBLE
   * @throws IllegalArgumentException if the shape does not fit the grid
   */
  default INDArray norm(INDArray x) {
    INDArray squared = inner(x, x);
    for (long b = 0; b < squared.length(); b++) {
      squared.putScalar(b, Math.sqrt(squared.getDouble(b)));
    }
    return squared;
  }
}
