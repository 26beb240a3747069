package io.fdiff.covariance;

import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.space.HilbertSpace;
import io.fdiff.space.L2Space;
import java.util.Objects;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The Cameron–Martin space {@code H_C = C^{1/2}H} of a Gaussian measure {@code N(m, C)} (the
 * reproducing kernel Hilbert space of its covariance): {@code ⟨x, y⟩_C = ⟨x, C⁺y⟩ = xᵀK⁻¹y},
 * without weights, {@code ‖x‖²_C = Σ_k x_k²/λ_k}, summed over channels.
 *
 * <p>It holds the directions in which the measure can be shifted to an equivalent one; {@code
 * ½‖h‖²_C} is the Kullback–Leibler divergence of {@code N(h, C)} from {@code N(0, C)}. A draw of
 * {@code N(0, C)} is not in it: on {@code N} modes its squared norm is about {@code N}. The Riesz
 * map is {@code C W⁻¹g = K g}: gradients preconditioned by the covariance, the form in which steps
 * do not depend on the grid.
 *
 * <p>The laws of a Hilbert space hold on the range of {@code C}. Of an operator with a null space
 * on its grid, {@code inner} sees the projections onto the range, so that functions in the null
 * space, of infinite norm in {@code H_C}, count as 0. Inner products lose the condition number of
 * {@code C}, and are computed in double for FLOAT arguments. Cost: one {@code applyInverse} for
 * {@code inner}, one {@code apply} for {@code riesz}. Immutable and thread-safe.
 */
public final class CameronMartinSpace implements HilbertSpace {

  private final CovarianceOperator covariance;
  private final L2Space space;

  private CameronMartinSpace(CovarianceOperator covariance) {
    this.covariance = covariance;
    this.space = new L2Space(covariance.grid());
  }

  /**
   * The Cameron–Martin space of a covariance operator.
   *
   * @param covariance the operator {@code C}
   * @return the space
   */
  public static CameronMartinSpace of(CovarianceOperator covariance) {
    return new CameronMartinSpace(Objects.requireNonNull(covariance, "covariance"));
  }

  /**
   * The operator.
   *
   * @return {@code C}
   */
  public CovarianceOperator covariance() {
    return covariance;
  }

  @Override
  public Grid grid() {
    return covariance.grid();
  }

  @Override
  public INDArray inner(INDArray x, INDArray y) {
    FunctionBatch.of(grid(), x).requireSameShape(FunctionBatch.of(grid(), y));
    INDArray wide = y.castTo(DataType.DOUBLE);
    INDArray left = x == y ? wide : x.castTo(DataType.DOUBLE);
    return space.inner(left, covariance.applyInverse(wide));
  }

  @Override
  public INDArray riesz(INDArray gradient) {
    return covariance.apply(space.riesz(gradient));
  }
}
