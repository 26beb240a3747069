package io.fdiff.covariance;

import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.transform.SpectralTransform;
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
 * <p>Laws: {@code applyPower(·, a)} after {@code applyPower(·, b)} is {@code applyPower(·, a + b)};
 * {@code ⟨Cx, y⟩ = ⟨x, Cy⟩}, {@code ⟨Cx, x⟩ ≥ 0}; {@code applyInverse} after {@code apply} is the
 * projection onto the range; {@code trace = Σ_k λ_k = Σ_i w_i K_ii}. The operator acts on each
 * channel alike and channels are independent in samples (see {@link ChannelCovariance} for those
 * that are not). Arrays are {@code [batch, channels, n1, …, nd]}, FLOAT or DOUBLE; no method but
 * {@link #sample(NoiseSource, INDArray)} modifies an argument. Implementations are immutable and
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
   * {@code C^p x} on the range, 0 on its complement; {@code p = 0} is the projection onto the
   * range. The implementation states below which share of the largest eigenvalue the range ends.
   *
   * @param x functions. Not modified.
   * @param exponent {@code p}, any finite number
   * @return a fresh array of the same shape and type
   */
  INDArray applyPower(INDArray x, double exponent);

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
   * @throws IllegalArgumentException if the grid has another domain
   */
  CovarianceOperator on(Grid grid);

  /**
   * {@code C x}.
   *
   * @param x functions. Not modified.
   * @return a fresh array of the same shape and type
   */
  default INDArray apply(INDArray x) {
    return applyPower(x, 1);
  }

  /**
   * {@code C^{1/2} x}, the self-adjoint positive root.
   *
   * @param x functions. Not modified.
   * @return a fresh array of the same shape and type
   */
  default INDArray applySqrt(INDArray x) {
    return applyPower(x, 0.5);
  }

  /**
   * {@code C⁺ x}, the inverse on the range and 0 on its complement.
   *
   * @param x functions. Not modified.
   * @return a fresh array of the same shape and type
   */
  default INDArray applyInverse(INDArray x) {
    return applyPower(x, -1);
  }

  /**
   * {@code (C^{1/2})⁺ x}.
   *
   * @param x functions. Not modified.
   * @return a fresh array of the same shape and type
   */
  default INDArray applyInverseSqrt(INDArray x) {
    return applyPower(x, -0.5);
  }

  /**
   * {@code factor · C}.
   *
   * @param factor positive and finite
   * @return the scaled operator
   * @throws IllegalArgumentException if the factor is not positive and finite
   */
  default CovarianceOperator times(double factor) {
    return new ScaledCovariance(this, Scale.positive(factor));
  }

  /**
   * {@code C + C'}, the covariance of the sum of independent functions. Spectral where both are
   * diagonal in one basis; else {@code apply} and {@code sample} are those of the parts (which read
   * independent streams of the noise) and the other powers cost a dense factorisation once.
   *
   * @param other another operator on the same grid
   * @return the sum
   * @throws IllegalArgumentException if the grids differ
   */
  default CovarianceOperator plus(CovarianceOperator other) {
    return SumCovariance.of(this, other);
  }

  /**
   * {@code C^p} as an operator of its own, smoother than {@code C} for {@code p > 1} and rougher
   * below. Its samples are {@code C^{p/2}} of white noise.
   *
   * @param exponent {@code p}, positive and finite
   * @return the power
   * @throws IllegalArgumentException if the exponent is not positive and finite
   */
  default CovarianceOperator power(double exponent) {
    return PowerCovariance.of(this, exponent);
  }

  /**
   * {@code T C T} with the heat semigroup {@code T = e^{(σ²/2)Δ}}, {@code T e_k = e^{−σ²κ_k²/2}
   * e_k}: the covariance of {@code X} blurred by a Gaussian of standard deviation {@code σ}, always
   * trace class. Spectral where {@code C} is diagonal in the basis of {@code Δ}.
   *
   * @param width {@code σ > 0}, a length in units of the domain
   * @param laplacian basis of the Laplacian on the grid of this operator, with its boundary
   *     conditions
   * @return the mollified operator
   * @throws IllegalArgumentException if the width is not positive and finite, or the transform
   *     lives on another grid or is not orthonormal there while the operator is not diagonal in it
   */
  default CovarianceOperator mollify(double width, SpectralTransform laplacian) {
    return MollifiedCovariance.of(this, width, laplacian);
  }

  /**
   * {@link #mollify(double, SpectralTransform)} in the operator's own basis, or, where it has none,
   * in the one that suits the layout of the grid: Neumann for cells and nodes, periodic for
   * periodic grids, Dirichlet for interior ones.
   *
   * @param width {@code σ > 0}, a length in units of the domain
   * @return the mollified operator
   * @throws IllegalArgumentException if the width is not positive and finite, or the operator is on
   *     scattered points without a basis of its own
   */
  default CovarianceOperator mollify(double width) {
    return mollify(width, MollifiedCovariance.transform(this));
  }

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
    DenseForm.requireCount(grid(), count);
    return DenseForm.of(this).eigenpairs(count);
  }

  /**
   * Whether {@code Σ_k λ_k} is finite over all modes of the continuous operator, with the evidence.
   *
   * <p>By default judged by the decay of the eigenvalues on the grid, {@code O(N³)}.
   *
   * @return the report
   */
  default TraceClass traceClass() {
    return TraceClass.onGrid(this);
  }

  /**
   * Demands that the operator be trace class, so that its samples are functions.
   *
   * @throws IllegalArgumentException if {@link #traceClass()} does not hold, with the decay found
   *     and the one needed
   */
  default void requireTraceClass() {
    traceClass().require();
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
