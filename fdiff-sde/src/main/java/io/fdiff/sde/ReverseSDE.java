package io.fdiff.sde;

import io.fdiff.space.FunctionBatch;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The time reversal {@code dY = [−f(Y, t) + g² S(Y, t)] ds + g dW^R} of a linear process, {@code t
 * = T − s}, with the preconditioned score {@code S = −V_t⁻¹(Y − M_t D(Y, t))} (Franzese et al.
 * 2023; Foresti 2024, (4.25)–(4.34) with forward time).
 *
 * <p>The drift is linear in state and denoised state, {@code P_t Y + Q_t D} with {@code P_t = −F_t
 * − g²V_t⁻¹} and {@code Q_t = g²V_t⁻¹M_t}; for the driftless process {@code −(Y − D)/t}, in which
 * {@code R} cancels.
 *
 * @param forward the forward process
 */
public record ReverseSDE(SDE forward) {

  /**
   * Checks the argument.
   *
   * @param forward the forward process
   * @throws NullPointerException if {@code forward} is null
   */
  public ReverseSDE {
    Objects.requireNonNull(forward, "forward");
  }

  /**
   * The multiplier of the state in the drift.
   *
   * @param t forward time in {@code (0, T]}
   * @return {@code P_t = −F_t − g²V_t⁻¹}
   * @throws IllegalArgumentException if {@code t} is not in {@code (0, T]}
   */
  public Multiplier stateRate(double t) {
    double g = forward.diffusion(t);
    Multiplier variance = forward.marginal(t).variance();
    return forward.driftRate(t).times(-1).plus(variance.map(v -> -g * g / v));
  }

  /**
   * The multiplier of the denoised state in the drift.
   *
   * @param t forward time in {@code (0, T]}
   * @return {@code Q_t = g²V_t⁻¹M_t}
   * @throws IllegalArgumentException if {@code t} is not in {@code (0, T]}
   */
  public Multiplier denoisedRate(double t) {
    double g = forward.diffusion(t);
    Marginal marginal = forward.marginal(t);
    return marginal.variance().map(v -> g * g / v).times(marginal.mean());
  }

  /**
   * The drift {@code P_t y + Q_t D}.
   *
   * @param y state {@code [batch, channels, n1, …, nd]}. Not modified.
   * @param denoised {@code D(y, t)}, same shape. Not modified.
   * @param t forward time in {@code (0, T]}
   * @return a fresh array of the same shape and type
   * @throws IllegalArgumentException if {@code t} is not in {@code (0, T]} or the shapes differ
   */
  public INDArray drift(INDArray y, INDArray denoised, double t) {
    FunctionBatch batch = FunctionBatch.of(forward.noise().grid(), y);
    FunctionBatch clean = FunctionBatch.of(forward.noise().grid(), denoised);
    batch.requireSameShape(clean);
    Multiplier p = stateRate(t);
    Multiplier q = denoisedRate(t);
    double[] d = clean.toDoubles();
    return batch.map(
        (in, out, rows) -> {
          p.accumulate(in, out, rows);
          q.accumulate(d, out, rows);
        });
  }
}
