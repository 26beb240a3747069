package io.fdiff.sde;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.space.Grid;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A linear forward process {@code dX = F_t X dt + G_t R^{1/2} dW} in a Hilbert space with
 * multipliers {@code F_t}, {@code G_t}, on {@code t ∈ [0, T]}.
 *
 * <p>Everything that samplers, flows and likelihoods need follows from here: {@link #bridge},
 * {@link ReverseStep}, {@link ReverseSDE}, {@link ProbabilityFlow}. A process whose drift is not
 * linear has no such transition, and its reversal does not follow from {@code E[X₀ | X_t]}: it is a
 * {@link SemilinearSDE}, which has an {@code SDE} as its linear part.
 *
 * <p>Laws: {@code transition(s, u) = transition(s, t).then(transition(t, u))}; with {@code M_t},
 * {@code V_t} the multipliers of {@code marginal(t)}, {@code dM/dt = F M} and {@code dV/dt = G² +
 * 2FV}. At time 0 {@code V} may jump up from 0 and {@code M} down from 1, as where data without
 * noise or blur sit below the smallest level of a schedule. Steps and time grids belong to
 * samplers, not to the process. Implementations are immutable and thread-safe.
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
   * The multiplier {@code G_t} of the noise; the per-mode intensity is {@code σ_k = G_k√λ_k}.
   *
   * @param t time in {@code (0, T]}
   * @return {@code G_t ≥ 0}, scalar for most processes
   * @throws IllegalArgumentException if {@code t} is not in {@code (0, T]}
   */
  Multiplier diffusion(double t);

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
   * The law of {@code X_s} given {@code X_t} and {@code X_0}, the forward process pinned at both
   * ends.
   *
   * @param s earlier time, {@code 0 ≤ s < t}; at 0 the law is the point {@code X_0}
   * @param t later time, {@code s < t ≤ T}
   * @return {@code N(A x + B x₀, V R)} with {@code A = M(s→t)V_s/V_t}, {@code B = M_s V(s→t)/V_t},
   *     {@code V = V_s V(s→t)/V_t}
   * @throws IllegalArgumentException if {@code 0 ≤ s < t ≤ T} is false
   */
  default ReverseStep bridge(double s, double t) {
    return ReverseStep.bridge(this, s, t);
  }

  /**
   * The forward drift {@code F_t x}.
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
