package io.fdiff.transform;

import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.space.HilbertSpace;
import java.util.Arrays;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The Sobolev space {@code H^s(D; R^c)} of a spectral basis, for any real {@code s}: {@code ⟨x,
 * y⟩_s = Σ_c Σ_k (1 + κ_k²)^s x_{ck} y_{ck}}, {@code κ_k²} the eigenvalue of {@code −Δ}.
 *
 * <p>{@code s = 0} is {@code L²}, {@code s = 1} is {@code ‖x‖² + ‖∇x‖²}, negative {@code s} are the
 * duals. The boundary condition is that of the basis. The Riesz map multiplies the coefficients of
 * the {@code L²} gradient by {@code (1 + κ²)^{−s}}: for {@code s > 0} it smooths, and gradient
 * steps do not depend on the grid.
 *
 * <p>The transform must have one mode a point, or values outside its span would have norm 0. Where
 * its basis is not orthonormal under the quadrature (scattered points), inner products are those of
 * the functions through the values, and the Riesz map is the exact one of that inner product. Cost:
 * one transform a function for {@code inner}, two for {@code riesz}. Immutable and thread-safe.
 */
public final class SobolevSpace implements HilbertSpace {

  private final SpectralTransform transform;
  private final double order;
  private final double[] multiplier;

  private SobolevSpace(SpectralTransform transform, double order, double[] multiplier) {
    this.transform = transform;
    this.order = order;
    this.multiplier = multiplier;
  }

  /**
   * The space of a basis on a grid.
   *
   * @param transform the basis and the grid, one mode a point
   * @param order {@code s}, finite
   * @return the space
   * @throws IllegalArgumentException if {@code order} is not finite, {@code (1 + κ²)^s} over- or
   *     underflows at a mode of the grid, or there are fewer modes than points
   */
  public static SobolevSpace of(SpectralTransform transform, double order) {
    Objects.requireNonNull(transform, "transform");
    if (!Double.isFinite(order)) {
      throw new IllegalArgumentException(
          "order " + order + " of a Sobolev space is not finite; give a real s");
    }
    if (transform.modes() != transform.grid().size()) {
      throw new IllegalArgumentException(
          Arrays.toString(transform.modeShape())
              + " modes on "
              + transform.grid()
              + ": a Sobolev norm needs one mode a point; use a layout that the basis suits, such"
              + " as CELL");
    }
    double[] multiplier = new double[transform.modes()];
    for (int k = 0; k < multiplier.length; k++) {
      multiplier[k] = Math.pow(1 + transform.laplacian(k), order);
      if (!(multiplier[k] >= Double.MIN_NORMAL && 1 / multiplier[k] >= Double.MIN_NORMAL)) {
        throw new IllegalArgumentException(
            "order "
                + order
                + " gives mode "
                + Arrays.toString(transform.frequency(k))
                + " the factor "
                + multiplier[k]
                + ", out of the range of a double; use an order nearer to 0");
      }
    }
    return new SobolevSpace(transform, order, multiplier);
  }

  /**
   * The order {@code s}.
   *
   * @return the order
   */
  public double order() {
    return order;
  }

  /**
   * The basis and the grid.
   *
   * @return the transform
   */
  public SpectralTransform transform() {
    return transform;
  }

  /**
   * The same space on another grid of the domain, with the modes that grid carries.
   *
   * @param grid the other grid
   * @return the space there
   * @throws IllegalArgumentException as {@link #of}
   */
  public SobolevSpace on(Grid grid) {
    return grid.equals(grid()) ? this : of(transform.on(grid), order);
  }

  @Override
  public Grid grid() {
    return transform.grid();
  }

  @Override
  public INDArray inner(INDArray x, INDArray y) {
    FunctionBatch bx = FunctionBatch.of(grid(), x);
    FunctionBatch by = FunctionBatch.of(grid(), y);
    bx.requireSameShape(by);
    double[] a = coefficients(bx);
    double[] b = x == y ? a : coefficients(by);
    double[] result = new double[bx.batch()];
    int modes = multiplier.length;
    for (int row = 0; row < bx.rows(); row++) {
      double sum = 0;
      for (int k = 0, at = row * modes; k < modes; k++, at++) {
        sum += multiplier[k] * a[at] * b[at];
      }
      result[row / bx.channels()] += sum;
    }
    return Nd4j.createFromArray(result);
  }

  private double[] coefficients(FunctionBatch x) {
    double[] c = new double[x.rows() * multiplier.length];
    transform.forward(x.toDoubles(), c, x.rows());
    return c;
  }

  @Override
  public INDArray riesz(INDArray gradient) {
    return FunctionBatch.of(grid(), gradient)
        .map((in, out, rows) -> representatives(transform, multiplier, in, out, rows));
  }

  /** The Riesz map of {@code Σ_k m_k x_k y_k}: {@code E M⁻¹ Eᵀ g}, rows of points. */
  static void representatives(
      SpectralTransform transform, double[] multiplier, double[] in, double[] out, int rows) {
    double[] w = transform.grid().weights();
    int modes = multiplier.length;
    // The quadrature of W⁻¹g is Eᵀ g.
    double[] representative = new double[in.length];
    for (int at = 0; at < in.length; at++) {
      representative[at] = in[at] / w[at % w.length];
    }
    double[] c = new double[rows * modes];
    transform.quadrature(representative, c, rows);
    for (int at = 0; at < c.length; at++) {
      c[at] /= multiplier[at % modes];
    }
    transform.inverse(c, out, rows);
  }
}
