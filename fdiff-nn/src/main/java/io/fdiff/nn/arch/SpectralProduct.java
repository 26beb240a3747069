package io.fdiff.nn.arch;

import io.fdiff.nn.GraphContext;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.Basis;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The operator of a {@link FourierNeuralOperator}'s layer on one grid: coefficients, a product with
 * the weights of each mode, and back.
 */
interface SpectralProduct {

  /**
   * {@code K u + t}.
   *
   * @param context gives the inputs of {@link #gridInputs}. Modified.
   * @param u {@code [points, batch · width]}
   * @param weights {@code [slots, width, width]}
   * @param shift {@code t}, {@code [1, batch · width]}
   * @return {@code [points, batch · width]}
   */
  SDVariable apply(GraphContext context, SDVariable u, SDVariable weights, SDVariable shift);

  /** The matrices of the transforms. */
  Map<String, INDArray> gridInputs(DataType type);

  /** The basis functions of each axis: {@code 2M + 1} for Fourier, else {@code M + 1}. */
  static int[] functions(Basis basis, List<Integer> modes) {
    return modes.stream().mapToInt(m -> basis == Basis.FOURIER ? 2 * m + 1 : m + 1).toArray();
  }

  /** The number of real weight matrices: one for each basis function. */
  static int slots(Basis basis, List<Integer> modes) {
    return Arrays.stream(functions(basis, modes)).reduce(1, Math::multiplyExact);
  }

  /**
   * Whether transforms axis by axis pay on a regular grid. They take several products with narrow
   * matrices instead of two with wide ones, so the arithmetic must fall by this factor (measured on
   * one core: at a fifth of the arithmetic both take the same time).
   */
  private static boolean separable(Basis basis, List<Integer> modes, Grid grid) {
    return grid instanceof RegularGrid
        && modes.size() > 1
        && 5 * SeparableSpectralProduct.products(basis, modes, grid.shape())
            < DenseSpectralProduct.products(basis, modes, grid.size());
  }

  /**
   * The cheaper product.
   *
   * @throws IllegalArgumentException if the grid does not carry the modes
   */
  static SpectralProduct of(Basis basis, List<Integer> modes, Grid grid) {
    requirePoints(basis, modes, grid);
    return separable(basis, modes, grid)
        ? new SeparableSpectralProduct(basis, modes, (RegularGrid) grid)
        : new DenseSpectralProduct(basis, modes, grid);
  }

  private static void requirePoints(Basis basis, List<Integer> modes, Grid grid) {
    int[] functions = functions(basis, modes);
    if (grid instanceof RegularGrid) {
      int[] shape = grid.shape();
      for (int a = 0; a < shape.length; a++) {
        // Strictly below the alternating mode, which differs from grid to grid.
        int least = basis == Basis.FOURIER ? functions[a] - 1 : functions[a];
        if (shape[a] <= least) {
          throw new IllegalArgumentException(
              (shape.length == 1 ? "" : "axis " + a + ": ")
                  + shape[a]
                  + " points cannot carry "
                  + modes.get(a)
                  + " modes: give a grid of more than "
                  + least
                  + " points, or configure fewer modes");
        }
      }
    } else if (grid.size() < slots(basis, modes)) {
      throw new IllegalArgumentException(
          grid.size()
              + " points cannot carry "
              + (modes.size() == 1 ? modes.get(0) : modes)
              + " modes: give a grid of more than "
              + (slots(basis, modes) - 1)
              + " points, or configure fewer modes");
    }
  }
}
