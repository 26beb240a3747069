package io.fdiff.sde;

import io.fdiff.space.FunctionBatch;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The family of time reversals {@code dY = [−F Y + ½(1 + η²)G² S(Y, t)] ds + ηG dW^R} of a linear
 * process, {@code t = T − s}, with the preconditioned score {@code S = −V_t⁻¹(Y − M_t D(Y, t))}
 * (Franzese et al. 2023; Foresti 2024, (4.25)–(4.34) with forward time). All members have the
 * marginals of the forward process: {@code η = 1} is the reverse SDE, {@code η = 0} the {@link
 * ProbabilityFlow} run backwards.
 *
 * <p>The drift is linear in state and denoised state, {@code P_t Y + Q_t D} with {@code P_t = −F_t
 * − ½(1 + η²)G²V_t⁻¹} and {@code Q_t = ½(1 + η²)G²V_t⁻¹M_t}; for the driftless process and {@code η
 * = 1} {@code −(Y − D)/t}, in which {@code R} cancels.
 *
 * @param forward the forward process
 * @param eta strength {@code η ≥ 0} of the noise
 */
public record ReverseSDE(SDE forward, double eta) {

  /**
   * Checks the arguments.
   *
   * @param forward the forward process
   * @param eta strength {@code η ≥ 0} of the noise
   * @throws NullPointerException if {@code forward} is null
   * @throws IllegalArgumentException if {@code eta} is negative or not finite
   */
  public ReverseSDE {
    Objects.requireNonNull(forward, "forward");
    requireStrength(eta);
  }

  /**
   * The reverse SDE, {@code η = 1}.
   *
   * @param forward the forward process
   * @throws NullPointerException if {@code forward} is null
   */
  public ReverseSDE(SDE forward) {
    this(forward, 1);
  }

  static void requireStrength(double eta) {
    if (!(eta >= 0 && eta < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "noise strength "
              + eta
              + " is not finite and at least 0: 0 is the probability flow, 1 the reverse SDE");
    }
  }

  /**
   * The multiplier of the state in the drift.
   *
   * @param t forward time in {@code (0, T]}
   * @return {@code P_t = −F_t − ½(1 + η²)G²V_t⁻¹}
   * @throws IllegalArgumentException if {@code t} is not in {@code (0, T]}
   */
  public Multiplier stateRate(double t) {
    Multiplier pull = pull(forward.diffusion(t), forward.marginal(t));
    return forward.driftRate(t).combine(pull, (f, p) -> -f - p);
  }

  /**
   * The multiplier of the denoised state in the drift.
   *
   * @param t forward time in {@code (0, T]}
   * @return {@code Q_t = ½(1 + η²)G²V_t⁻¹M_t}
   * @throws IllegalArgumentException if {@code t} is not in {@code (0, T]}
   */
  public Multiplier denoisedRate(double t) {
    Marginal marginal = forward.marginal(t);
    return pull(forward.diffusion(t), marginal).times(marginal.mean());
  }

  /**
   * The multiplier of the noise.
   *
   * @param t forward time in {@code (0, T]}
   * @return {@code ηG_t}
   * @throws IllegalArgumentException if {@code t} is not in {@code (0, T]}
   */
  public Multiplier noiseRate(double t) {
    return forward.diffusion(t).times(eta);
  }

  private Multiplier pull(Multiplier diffusion, Marginal marginal) {
    double factor = 0.5 * (1 + eta * eta);
    return diffusion.combine(marginal.variance(), (g, v) -> factor * g * g / v);
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
    return drift(forward, stateRate(t), y, denoisedRate(t), denoised);
  }

  static INDArray drift(SDE sde, Multiplier p, INDArray y, Multiplier q, INDArray denoised) {
    FunctionBatch batch = FunctionBatch.of(sde.noise().grid(), y);
    FunctionBatch clean = FunctionBatch.of(sde.noise().grid(), denoised);
    batch.requireSameShape(clean);
    double[] d = clean.toDoubles();
    return batch.map(
        (in, out, rows) -> Multiplier.accumulate(p, in, q, d, out, rows, new Multiplier.Scratch()));
  }
}
