package io.fdiff.sde;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.space.Grid;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A linear forward process {@code dX = f(X, t) dt + g(t) R^{1/2} dW} in a Hilbert space, {@code
 * f(x, t) = F_t x} with a multiplier {@code F_t}, on {@code t ∈ [0, T]}.
 *
 * <p>Laws: {@code transition(s, u) = transition(s, t).then(transition(t, u))}; with {@code M_t},
 * {@code V_t} the multipliers of {@code marginal(t)}, {@code dM/dt = F M} and {@code dV/dt = g² +
 * 2FV}. Steps and time grids belong to samplers, not to the process. Implementations are immutable
 * and thread-safe.
 */
public interface SDE {

  /**
   * The covariance operator of the driving Wiener process.
   *
   * @return {@code R}
   */
  CovarianceOperator noise();

  /**
   * The end time.
   *
   * @return {@code T > 0}
   */
  double horizon();

  /**
   * The multiplier {@code F_t} of the forward drift, 0 for processes without drift.
   *
   * @param t time in {@code (0, T]}
   * @return {@code F_t}
   * @throws IllegalArgumentException if {@code t} is not in {@code (0, T]}
   */
  Multiplier driftRate(double t);

  /**
   * The diffusion coefficient {@code g(t)}.
   *
   * @param t time in {@code (0, T]}
   * @return {@code g(t) ≥ 0}
   * @throws IllegalArgumentException if {@code t} is not in {@code (0, T]}
   */
  double diffusion(double t);

  /**
   * The law of {@code X_t} given {@code X_s}.
   *
   * @param s start, {@code 0 ≤ s < t}
   * @param t end, {@code s < t ≤ T}
   * @return the Gaussian transition
   * @throws IllegalArgumentException if {@code 0 ≤ s < t ≤ T} is false
   */
  Marginal transition(double s, double t);

  /**
   * The same process on another grid of the domain.
   *
   * @param grid the other grid
   * @return the process there
   */
  SDE on(Grid grid);

  /**
   * The law of {@code X_t} given {@code X_0}.
   *
   * @param t time in {@code (0, T]}
   * @return {@code transition(0, t)}
   * @throws IllegalArgumentException if {@code t} is not in {@code (0, T]}
   */
  default Marginal marginal(double t) {
    return transition(0, t);
  }

  /**
   * The forward drift {@code f(x, t)}.
   *
   * @param x state {@code [batch, channels, n1, …, nd]}. Not modified.
   * @param t time in {@code (0, T]}
   * @return a fresh array of the same shape and type
   * @throws IllegalArgumentException if {@code t} is not in {@code (0, T]}
   */
  default INDArray drift(INDArray x, double t) {
    return driftRate(t).apply(x);
  }
}
