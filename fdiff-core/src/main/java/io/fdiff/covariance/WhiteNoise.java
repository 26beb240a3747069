package io.fdiff.covariance;

import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.transform.Basis;
import io.fdiff.transform.SpectralTransform;
import java.util.Objects;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * White noise {@code C = s² I}: every eigenvalue is {@code s²}, the variance at a point is {@code
 * s²/w_i}.
 *
 * <p>It is not trace class: {@code tr C = s² N} grows with the grid and samples have no limit in
 * {@code L²}. The image-diffusion convention, unit variance at every point, is {@code s² = |D|/N}
 * of one reference grid: a different operator on every grid (Foresti 2024 and others use it with
 * {@code R = I}). {@link #perPoint} builds it and {@link #on} keeps its {@code s²}, so that the law
 * stays that of the reference grid.
 *
 * <p>Noise is addressed by the point, so samples on different grids are not coupled.
 */
public final class WhiteNoise implements CovarianceOperator {

  private final Grid grid;
  private final double eigenvalue;

  private WhiteNoise(Grid grid, double eigenvalue) {
    this.grid = Objects.requireNonNull(grid, "grid");
    this.eigenvalue = eigenvalue;
  }

  /**
   * White noise of function space, {@code C = I}: variance {@code 1/w_i} at point {@code i}.
   *
   * @param grid the grid
   * @return the operator with eigenvalue 1
   */
  public static WhiteNoise functionSpace(Grid grid) {
    return new WhiteNoise(grid, 1);
  }

  /**
   * White noise with unit variance at the points of a uniform reference grid, {@code C = (|D|/N)
   * I}. On a grid with unequal weights {@code w_i} the variance at a point is {@code |D|/(N w_i)},
   * 1 on average over the weights.
   *
   * @param reference the grid that fixes {@code N}
   * @return the operator with eigenvalue {@code |D|/N}
   */
  public static WhiteNoise perPoint(Grid reference) {
    return new WhiteNoise(reference, reference.measure() / reference.size());
  }

  /**
   * The common eigenvalue {@code s²}.
   *
   * @return {@code s² > 0}
   */
  public double eigenvalue() {
    return eigenvalue;
  }

  @Override
  public Grid grid() {
    return grid;
  }

  @Override
  public INDArray applyPower(INDArray x, double exponent) {
    FunctionBatch.of(grid, x);
    return x.mul(Math.pow(eigenvalue, exponent));
  }

  @Override
  public double trace() {
    return eigenvalue * grid.size();
  }

  @Override
  public INDArray sample(NoiseSource noise, INDArray out) {
    FunctionBatch batch = FunctionBatch.of(grid, out);
    double[] w = grid.weights();
    double[] values = new double[batch.rows() * w.length];
    int[] points = {w.length};
    for (int row = 0; row < batch.rows(); row++) {
      int from = row * w.length;
      noise.normals(row / batch.channels(), row % batch.channels(), points, values, from);
      for (int i = 0; i < w.length; i++) {
        values[from + i] *= Math.sqrt(eigenvalue / w[i]);
      }
    }
    FunctionBatch.write(values, out);
    return out;
  }

  @Override
  public WhiteNoise on(Grid other) {
    return new WhiteNoise(Scale.sameDomain(grid, other), eigenvalue);
  }

  /** White noise blurred: {@code λ_k = s² e^{−σ²κ_k²}} in the given basis. */
  @Override
  public SpectralCovariance mollify(double width, SpectralTransform laplacian) {
    Scale.positive("width", width);
    if (!laplacian.grid().equals(grid)) {
      throw new IllegalArgumentException(
          "white noise on "
              + grid
              + " with a Laplacian on "
              + laplacian.grid()
              + ": give a transform on the same grid");
    }
    return SpectralCovariance.of(laplacian, Spectrum.heat(width).times(eigenvalue));
  }

  /** The point impulses {@code w_i^{-1/2} δ_i}: any orthonormal basis would do. */
  @Override
  public Eigenpairs eigenpairs(int count) {
    DenseForm.requireCount(grid, count);
    int n = grid.size();
    double[] values = new double[count];
    double[] functions = new double[count * n];
    for (int k = 0; k < count; k++) {
      values[k] = eigenvalue;
      functions[k * n + k] = 1 / Math.sqrt(grid.weight(k));
    }
    return Eigenpairs.of(values, FunctionBatch.array(grid, DataType.DOUBLE, 1, functions));
  }

  @Override
  public TraceClass traceClass() {
    Spectrum flat = (frequency, laplacian) -> eigenvalue;
    return TraceClass.ofDecay(
        SpectralTrace.of(flat, Basis.COSINE, grid.domain()), grid.dimension());
  }

  @Override
  public WhiteNoise times(double factor) {
    return new WhiteNoise(grid, eigenvalue * Scale.positive(factor));
  }

  @Override
  public String toString() {
    return "WhiteNoise[eigenvalue " + eigenvalue + " on " + grid + "]";
  }
}
