package io.fdiff.sde;

import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The probability-flow equation {@code dx/dt = F_t x − ½G_t² S(x, t)} of a linear process, in
 * forward time: an ordinary differential equation whose flow carries the law of {@code X_s} to that
 * of {@code X_t} (Song et al. 2021).
 *
 * <p>With the denoiser it is {@code P_t x + Q_t D}, {@code P_t = F_t + ½G²V_t⁻¹}, {@code Q_t =
 * −½G²V_t⁻¹M_t}. Samplers integrate it from {@code T} down, likelihoods from 0 up.
 *
 * @param forward the forward process
 */
public record ProbabilityFlow(SDE forward) {

  /**
   * Checks the argument.
   *
   * @param forward the forward process
   * @throws NullPointerException if {@code forward} is null
   */
  public ProbabilityFlow {
    Objects.requireNonNull(forward, "forward");
  }

  /**
   * The multiplier of the state.
   *
   * @param t time in {@code (0, T]}
   * @return {@code P_t = F_t + ½G²V_t⁻¹}
   * @throws IllegalArgumentException if {@code t} is not in {@code (0, T]}
   */
  public Multiplier stateRate(double t) {
    return forward.driftRate(t).plus(halfPull(t));
  }

  /**
   * The multiplier of the denoised state.
   *
   * @param t time in {@code (0, T]}
   * @return {@code Q_t = −½G²V_t⁻¹M_t}
   * @throws IllegalArgumentException if {@code t} is not in {@code (0, T]}
   */
  public Multiplier denoisedRate(double t) {
    return halfPull(t).combine(forward.marginal(t).mean(), (h, m) -> -h * m);
  }

  private Multiplier halfPull(double t) {
    return forward.diffusion(t).combine(forward.marginal(t).variance(), (g, v) -> 0.5 * g * g / v);
  }

  /**
   * The velocity {@code P_t x + Q_t D}.
   *
   * @param x state {@code [batch, channels, n1, …, nd]}. Not modified.
   * @param denoised {@code D(x, t)}, same shape. Not modified.
   * @param t time in {@code (0, T]}
   * @return a fresh array of the same shape and type
   * @throws IllegalArgumentException if {@code t} is not in {@code (0, T]} or the shapes differ
   */
  public INDArray velocity(INDArray x, INDArray denoised, double t) {
    return ReverseSDE.drift(forward, stateRate(t), x, denoisedRate(t), denoised);
  }
}
