package io.fdiff.transform;

import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.util.Arrays;
import java.util.concurrent.ForkJoinPool;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Coefficients {@code x_k = ⟨x, e_k⟩} of functions in a basis that is orthonormal in the continuous
 * inner product, and back: {@code x(p_i) = Σ_k x_k e_k(p_i)}. Where the quadrature of the grid does
 * not see the basis as orthonormal, the coefficients are those of the weighted least-squares fit.
 *
 * <p>A coefficient is a property of the function, not of the grid: where two grids resolve a
 * function, they give the same coefficients. Modes are numbered per axis and flattened in C order,
 * low to high; the highest mode of even Fourier grids, of cosines on nodes and of sines on cell
 * centres is the only one that differs from its continuous counterpart (the alternating vector,
 * discrete norm 1).
 *
 * <p>Laws: {@code forward(inverse(c)) = c}; where the transform is orthonormal, {@code Σ_k x_k² =
 * ⟨x, x⟩} for functions in the span of the modes. Implementations are immutable and thread-safe.
 */
public interface SpectralTransform {

  /**
   * The grid of the values.
   *
   * @return the grid
   */
  Grid grid();

  /**
   * The family of basis functions.
   *
   * @return the basis, the same on every axis
   */
  Basis basis();

  /**
   * The number of modes per axis.
   *
   * @return a fresh array, one entry for each axis of the domain
   */
  int[] modeShape();

  /**
   * Values to coefficients.
   *
   * @param values {@code rows × points}. Not modified.
   * @param coefficients {@code rows × modes}. Modified. Another array than {@code values}.
   * @param rows number of functions
   */
  void forward(double[] values, double[] coefficients, int rows);

  /**
   * Coefficients to values.
   *
   * @param coefficients {@code rows × modes}. Not modified.
   * @param values {@code rows × points}. Modified. Another array than {@code coefficients}.
   * @param rows number of functions
   */
  void inverse(double[] coefficients, double[] values, int rows);

  /**
   * Values to coefficients in single precision. By default computed in double precision and rounded
   * once.
   *
   * @param values {@code rows × points}. Not modified.
   * @param coefficients {@code rows × modes}. Modified. Another array than {@code values}.
   * @param rows number of functions
   */
  default void forward(float[] values, float[] coefficients, int rows) {
    SinglePrecision.convert(values, grid().size(), coefficients, modes(), rows, this::forward);
  }

  /**
   * Coefficients to values in single precision. By default computed in double precision and rounded
   * once.
   *
   * @param coefficients {@code rows × modes}. Not modified.
   * @param values {@code rows × points}. Modified. Another array than {@code coefficients}.
   * @param rows number of functions
   */
  default void inverse(float[] coefficients, float[] values, int rows) {
    SinglePrecision.convert(coefficients, modes(), values, grid().size(), rows, this::inverse);
  }

  /**
   * As {@link #inverse(double[], double[], int)}, for a caller that splits a batch into blocks
   * among threads itself: fast transforms use the calling thread alone and no fresh memory.
   *
   * @param coefficients {@code rows × modes}. Not modified.
   * @param values {@code rows × points}. Modified. Another array than {@code coefficients}.
   * @param rows number of functions
   */
  default void inverseBlock(double[] coefficients, double[] values, int rows) {
    inverse(coefficients, values, rows);
  }

  /**
   * As {@link #inverse(float[], float[], int)}, for a caller that splits a batch into blocks among
   * threads itself: fast transforms use the calling thread alone and no fresh memory.
   *
   * @param coefficients {@code rows × modes}. Not modified.
   * @param values {@code rows × points}. Modified. Another array than {@code coefficients}.
   * @param rows number of functions
   */
  default void inverseBlock(float[] coefficients, float[] values, int rows) {
    inverse(coefficients, values, rows);
  }

  /**
   * Values at a leading corner of the grid, for a caller that splits a batch into blocks among
   * threads itself: fast transforms use the calling thread alone and no fresh memory, and leave out
   * some of the work for points that are not kept.
   *
   * @param coefficients the last axis in front: {@code coefficients[k_d]} is {@code [rows, k_1, …,
   *     k_{d−1}]} in C order. Not modified.
   * @param values {@code rows × points of the corner}. Modified.
   * @param rows number of functions
   * @param corner number of points kept on each axis, from the first on, in {@code [1, n_a]}. Not
   *     modified.
   */
  default void inverseBlock(double[][] coefficients, double[] values, int rows, int[] corner) {
    PlainBlock.inverse(this, coefficients, values, rows, corner);
  }

  /**
   * Values at a leading corner of the grid in single precision, for a caller that splits a batch
   * into blocks among threads itself: fast transforms use the calling thread alone and no fresh
   * memory, and leave out some of the work for points that are not kept.
   *
   * @param coefficients the last axis in front: {@code coefficients[k_d]} is {@code [rows, k_1, …,
   *     k_{d−1}]} in C order. Not modified.
   * @param values {@code rows × points of the corner}. Modified.
   * @param rows number of functions
   * @param corner number of points kept on each axis, from the first on, in {@code [1, n_a]}. Not
   *     modified.
   */
  default void inverseBlock(float[][] coefficients, float[] values, int rows, int[] corner) {
    PlainBlock.inverse(this, coefficients, values, rows, corner);
  }

  /**
   * How many functions of a batch to give to one call of {@code inverseBlock}.
   *
   * @param rows number of functions of the batch, positive
   * @return at least 1: enough to be fast, few enough for the caches and for all threads to work
   */
  default int blockRows(int rows) {
    int threads = ForkJoinPool.getCommonPoolParallelism() + 1;
    int size = grid().size();
    int longest = Arrays.stream(modeShape()).max().orElse(1);
    // 2¹⁵ values stay in the second-level cache; fewer than 128 lanes waste vector registers.
    long wanted = Math.max(1 << 15, 128L * longest) / size;
    return (int) Math.max(1, Math.min(wanted, (rows - 1) / threads + 1));
  }

  /**
   * Whether the basis is orthonormal under the quadrature of the grid, {@code EᵀWE = I}, as it is
   * on regular grids that suit the basis.
   *
   * @return true if so, to round-off
   */
  default boolean orthonormal() {
    return true;
  }

  /**
   * Inner products {@code ⟨x, e_k⟩ = Σ_i w_i x_i e_k(p_i)}: the coefficients where the basis is
   * orthonormal, elsewhere the adjoint of {@code inverse}.
   *
   * @param values {@code rows × points}. Not modified.
   * @param products {@code rows × modes}. Modified. Another array than {@code values}.
   * @param rows number of functions
   */
  default void quadrature(double[] values, double[] products, int rows) {
    forward(values, products, rows);
  }

  /**
   * The number of modes.
   *
   * @return the product of {@code modeShape()}
   */
  default int modes() {
    return Arrays.stream(modeShape()).reduce(1, (a, b) -> a * b);
  }

  /**
   * The integer frequencies of one mode.
   *
   * @param mode flat index, C order
   * @return a fresh array, one frequency an axis
   */
  default int[] frequency(int mode) {
    int[] index = index(mode);
    for (int a = 0; a < index.length; a++) {
      index[a] = basis().frequency(index[a]);
    }
    return index;
  }

  /**
   * The eigenvalue {@code κ_k² = Σ_a (κ_{k_a}/L_a)²} of {@code −Δ}.
   *
   * @param mode flat index, C order
   * @return the eigenvalue in units of the domain, length⁻²
   */
  default double laplacian(int mode) {
    int[] index = index(mode);
    double sum = 0;
    for (int a = 0; a < index.length; a++) {
      double kappa = basis().wavenumber(index[a]) / grid().domain().get(a).length();
      sum += kappa * kappa;
    }
    return sum;
  }

  /**
   * The index of one mode along each axis.
   *
   * @param mode flat index, C order
   * @return a fresh array, one index an axis
   */
  default int[] index(int mode) {
    int[] index = modeShape();
    for (int a = index.length - 1; a >= 0; a--) {
      int n = index[a];
      index[a] = mode % n;
      mode /= n;
    }
    return index;
  }

  /**
   * The same family on another grid of the same domain, with the modes that grid carries.
   *
   * @param grid the other grid
   * @return the transform there
   */
  default SpectralTransform on(Grid grid) {
    return grid.equals(grid()) ? this : basis().on(grid);
  }

  /**
   * Values to coefficients.
   *
   * @param x {@code [batch, channels, n1, …, nd]}, FLOAT or DOUBLE. Not modified.
   * @return {@code [batch, channels, modes]}, same type
   * @throws IllegalArgumentException if the shape does not fit the grid
   */
  default INDArray forward(INDArray x) {
    FunctionBatch batch = FunctionBatch.of(grid(), x);
    double[] coefficients = new double[batch.rows() * modes()];
    forward(batch.toDoubles(), coefficients, batch.rows());
    INDArray out = Nd4j.create(x.dataType(), batch.batch(), batch.channels(), modes());
    FunctionBatch.write(coefficients, out);
    return out;
  }

  /**
   * Coefficients to values.
   *
   * @param coefficients {@code [batch, channels, modes]}, FLOAT or DOUBLE. Not modified.
   * @return {@code [batch, channels, n1, …, nd]}, same type
   * @throws IllegalArgumentException if the shape is another one
   */
  default INDArray inverse(INDArray coefficients) {
    if (coefficients.rank() != 3 || coefficients.size(2) != modes()) {
      throw new IllegalArgumentException(
          "shape "
              + Arrays.toString(coefficients.shape())
              + ": expected coefficients [batch, channels, "
              + modes()
              + "] on "
              + grid());
    }
    double[] in = new double[Math.toIntExact(coefficients.length())];
    FunctionBatch.read(coefficients, in);
    int rows = in.length / modes();
    double[] values = new double[rows * grid().size()];
    inverse(in, values, rows);
    return FunctionBatch.array(grid(), coefficients.dataType(), (int) coefficients.size(1), values);
  }
}
