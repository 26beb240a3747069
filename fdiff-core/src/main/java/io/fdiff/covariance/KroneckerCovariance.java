package io.fdiff.covariance;

import io.fdiff.kernel.CovarianceKernel;
import io.fdiff.kernel.SeparableKernel;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The operator of a separable kernel {@code Π_a k_a(p_a, q_a)} on a tensor grid: {@code K = K_1 ⊗ …
 * ⊗ K_d}, weights and eigenpairs likewise, held and factored axis by axis.
 *
 * <p>Every axis carries the jitter of {@link KernelCovariance}, so that {@code K} differs from the
 * dense matrix by about {@code d·10⁻¹⁰} relative. Samples are {@code (L_1 ⊗ … ⊗ L_d) z}, addressed
 * by the point. Products of eigenvalues up to {@code 1e-14·max λ} count as outside the range. Cost:
 * {@code Σ n_a³} once, {@code N Σ n_a} a function; memory {@code Σ n_a²}. Immutable and
 * thread-safe.
 */
public final class KroneckerCovariance implements CovarianceOperator {

  private final RegularGrid grid;
  private final SeparableKernel kernel;
  private final List<KernelCovariance> axes;

  private KroneckerCovariance(
      RegularGrid grid, SeparableKernel kernel, List<KernelCovariance> axes) {
    this.grid = grid;
    this.kernel = kernel;
    this.axes = axes;
  }

  /**
   * The operator of a separable kernel.
   *
   * @param grid a tensor grid
   * @param kernel one factor for each axis
   * @return the operator
   * @throws IllegalArgumentException if the numbers of axes differ or a factor is not positive
   *     semi-definite on its axis
   */
  public static KroneckerCovariance of(RegularGrid grid, SeparableKernel kernel) {
    List<CovarianceKernel> factors = kernel.factors();
    if (factors.size() != grid.dimension()) {
      throw new IllegalArgumentException(
          kernel
              + " has "
              + factors.size()
              + " factors for the "
              + grid.dimension()
              + " axes of "
              + grid);
    }
    List<KernelCovariance> axes = new ArrayList<>();
    for (int a = 0; a < factors.size(); a++) {
      RegularGrid axis =
          RegularGrid.of(List.of(grid.domain().get(a)), grid.layout(), grid.shape()[a]);
      axes.add(KernelCovariance.of(axis, factors.get(a)));
    }
    return new KroneckerCovariance(grid, kernel, List.copyOf(axes));
  }

  @Override
  public RegularGrid grid() {
    return grid;
  }

  @Override
  public INDArray applyPower(INDArray x, double exponent) {
    if (exponent == 1) {
      return apply(x);
    }
    double[] factors = SymmetricEigen.powers(products(), exponent, DenseForm.RANGE_TOLERANCE);
    double[] roots = new double[grid.size()];
    for (int i = 0; i < roots.length; i++) {
      roots[i] = Math.sqrt(grid.weight(i));
    }
    return FunctionBatch.of(grid, x)
        .map(
            (in, out, rows) -> {
              int n = roots.length;
              for (int i = 0; i < in.length; i++) {
                out[i] = in[i] * roots[i % n];
              }
              along(out, rows, false);
              for (int i = 0; i < out.length; i++) {
                out[i] *= factors[i % n];
              }
              along(out, rows, true);
              for (int i = 0; i < out.length; i++) {
                out[i] /= roots[i % n];
              }
            });
  }

  /** Multiplies by the eigenvectors of every axis, one a row, or by their transpose. */
  private void along(double[] values, int rows, boolean transposed) {
    for (int a = 0; a < axes.size(); a++) {
      multiply(axes.get(a).form().vectors(), transposed, values, rows, a);
    }
  }

  /** All products of eigenvalues, C order of their indices. */
  private double[] products() {
    double[] products = {1};
    for (KernelCovariance axis : axes) {
      double[] lambda = axis.form().eigenvalues();
      double[] next = new double[products.length * lambda.length];
      for (int i = 0; i < next.length; i++) {
        next[i] = products[i / lambda.length] * Math.max(0, lambda[i % lambda.length]);
      }
      products = next;
    }
    return products;
  }

  @Override
  public INDArray apply(INDArray x) {
    return FunctionBatch.of(grid, x)
        .map(
            (in, out, rows) -> {
              double[] w = grid.weights();
              for (int i = 0; i < in.length; i++) {
                out[i] = in[i] * w[i % w.length];
              }
              for (int a = 0; a < axes.size(); a++) {
                multiply(axes.get(a).matrix(), false, out, rows, a);
              }
            });
  }

  /** Multiplies every line along one axis by a square matrix, in place. */
  private void multiply(double[] matrix, boolean transposed, double[] values, int rows, int axis) {
    int n = grid.shape()[axis];
    int inner = 1;
    for (int a = axis + 1; a < axes.size(); a++) {
      inner *= grid.shape()[a];
    }
    int stride = inner;
    int blocks = rows * (grid.size() / (n * stride));
    IntStream range = IntStream.range(0, blocks);
    ((long) values.length * n > 1 << 18 ? range.parallel() : range)
        .forEach(
            block -> {
              int from = block * n * stride;
              double[] image = new double[n * stride];
              for (int i = 0; i < n; i++) {
                for (int j = 0; j < n; j++) {
                  double m = transposed ? matrix[j * n + i] : matrix[i * n + j];
                  for (int s = 0; s < stride; s++) {
                    image[i * stride + s] += m * values[from + j * stride + s];
                  }
                }
              }
              System.arraycopy(image, 0, values, from, image.length);
            });
  }

  @Override
  public double trace() {
    double product = 1;
    for (KernelCovariance axis : axes) {
      product *= axis.trace();
    }
    return product;
  }

  @Override
  public INDArray sample(NoiseSource noise, INDArray out) {
    FunctionBatch batch = FunctionBatch.of(grid, out);
    int n = grid.size();
    double[] values = new double[batch.rows() * n];
    int[] shape = grid.shape();
    for (int row = 0; row < batch.rows(); row++) {
      noise.normals(row / batch.channels(), row % batch.channels(), shape, values, row * n);
    }
    for (int a = 0; a < axes.size(); a++) {
      multiply(axes.get(a).factorMatrix(), false, values, batch.rows(), a);
    }
    FunctionBatch.write(values, out);
    return out;
  }

  /** {@inheritDoc} Products of the eigenpairs of the axes, sorted. */
  @Override
  public Eigenpairs eigenpairs(int count) {
    DenseForm.requireCount(grid, count);
    double[] lambda = products();
    int[] order =
        IntStream.range(0, lambda.length)
            .boxed()
            .sorted(Comparator.comparingDouble(k -> -lambda[k]))
            .limit(count)
            .mapToInt(k -> k)
            .toArray();
    int n = grid.size();
    double[] values = new double[count * n];
    double[] sorted = new double[count];
    for (int k = 0; k < count; k++) {
      sorted[k] = lambda[order[k]];
      values[k * n + order[k]] = 1;
    }
    along(values, count, true);
    for (int i = 0; i < values.length; i++) {
      values[i] /= Math.sqrt(grid.weight(i % n));
    }
    return Eigenpairs.of(sorted, FunctionBatch.array(grid, DataType.DOUBLE, 1, values));
  }

  @Override
  public TraceClass traceClass() {
    return KernelCovariance.mercer(this, kernel);
  }

  /** {@inheritDoc} Dense on scattered points, which are no tensor grid. */
  @Override
  public CovarianceOperator on(Grid other) {
    if (other.equals(grid)) {
      return this;
    }
    Scale.sameDomain(grid, other);
    return other instanceof RegularGrid regular
        ? of(regular, kernel)
        : KernelCovariance.of(other, kernel);
  }

  @Override
  public KroneckerCovariance times(double factor) {
    List<KernelCovariance> scaled = new ArrayList<>(axes);
    scaled.set(0, axes.get(0).times(factor));
    CovarianceKernel[] kernels =
        scaled.stream().map(KernelCovariance::kernel).toArray(CovarianceKernel[]::new);
    return new KroneckerCovariance(grid, SeparableKernel.of(kernels), List.copyOf(scaled));
  }
}
