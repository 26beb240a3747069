package io.fdiff.covariance;

import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A self-adjoint positive operator {@code C} on {@code L²(D)}, {@code C e_k = λ_k e_k}, held on a
 * grid; the covariance of H-valued Gaussian noise (Gaussian random fields, GP priors).
 *
 * <p>With {@code K_ij = Cov(X(p_i), X(p_j))} the matrix of the point values of {@code X ~ N(0, C)}
 * and {@code W} the quadrature weights, {@code C = K W}. Eigenvalues and kernels belong to the
 * continuous operator: {@link #on} gives the same law at shared points, never a rescaled one.
 *
 * <p>Laws: {@code applySqrt} twice equals {@code apply}; {@code ⟨Cx, y⟩ = ⟨x, Cy⟩}, {@code ⟨Cx, x⟩
 * ≥ 0}; {@code applyInverse} after {@code apply} is the projection onto the range; {@code trace =
 * Σ_k λ_k = Σ_i w_i K_ii}. The operator acts on each channel alike and channels are independent in
 * samples. Arrays are {@code [batch, channels, n1, …, nd]}, FLOAT or DOUBLE; no method but {@link
 * #sample(NoiseSource, INDArray)} modifies an argument. Implementations are immutable and
 * thread-safe. Every method that takes an array throws {@link IllegalArgumentException} if its
 * shape or type does not fit the grid.
 */
public interface CovarianceOperator {

  /**
   * The grid that functions are held on.
   *
   * @return the grid
   */
  Grid grid();

  /**
   * {@code C x}.
   *
   * @param x functions. Not modified.
   * @return a fresh array of the same shape and type
   */
  INDArray apply(INDArray x);

  /**
   * {@code C^{1/2} x}, the self-adjoint positive root.
   *
   * @param x functions. Not modified.
   * @return a fresh array of the same shape and type
   */
  INDArray applySqrt(INDArray x);

  /**
   * {@code C⁺ x}, the inverse on the range and 0 on its complement. The implementation states its
   * tolerance.
   *
   * @param x functions. Not modified.
   * @return a fresh array of the same shape and type
   */
  INDArray applyInverse(INDArray x);

  /**
   * {@code (C^{1/2})⁺ x}.
   *
   * @param x functions. Not modified.
   * @return a fresh array of the same shape and type
   */
  INDArray applyInverseSqrt(INDArray x);

  /**
   * {@code tr C = Σ_k λ_k = E‖X‖²} of one channel, over the modes that the grid carries.
   *
   * @return the trace
   */
  double trace();

  /**
   * Draws {@code X ~ N(0, C)}, one for each sample of the batch and each channel.
   *
   * @param noise where to read white noise: its seed, stream, step and first sample
   * @param out {@code [batch, channels, n1, …, nd]}, contiguous C order. Modified.
   * @return {@code out}
   */
  INDArray sample(NoiseSource noise, INDArray out);

  /**
   * The same operator on another grid of the same domain.
   *
   * @param grid the other grid
   * @return the operator there
   */
  CovarianceOperator on(Grid grid);

  /**
   * {@code factor · C}.
   *
   * @param factor positive and finite
   * @return the scaled operator
   * @throws IllegalArgumentException if the factor is not positive and finite
   */
  CovarianceOperator times(double factor);

  /**
   * The leading eigenpairs of the operator on its grid.
   *
   * <p>By default from the dense matrix of the grid: {@code O(N³)} time, {@code O(N²)} memory.
   *
   * @param count number of pairs, at least 1 and at most {@code grid().size()}
   * @return the pairs in descending order
   * @throws IllegalArgumentException if {@code count} is out of range
   */
  default Eigenpairs eigenpairs(int count) {
    return SymmetricForm.eigenpairs(this, count);
  }

  /**
   * This operator in spectral form, where it is diagonal in a spectral basis; two such operators of
   * one basis commute.
   *
   * @return the spectral form, empty for operators that are not diagonal in a spectral basis
   */
  default Optional<SpectralCovariance> spectral() {
    return Optional.empty();
  }

  /**
   * Draws a fresh batch of one channel.
   *
   * @param noise where to read white noise
   * @param batch number of functions, positive
   * @return {@code [batch, 1, n1, …, nd]}, DOUBLE
   */
  default INDArray sample(NoiseSource noise, int batch) {
    return sample(noise, FunctionBatch.zeros(grid(), DataType.DOUBLE, batch, 1));
  }
}
