package io.fdiff.sde;

import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A semilinear process {@code dX = [F_t X + f(X, t)] dt + G_t R^{1/2} dW} with a drift {@code f} of
 * the user.
 *
 * <p>It is not an {@link SDE}: its transitions are not Gaussian, and the score does not follow from
 * {@code E[X₀ | X_t]}, so the samplers and denoisers of linear processes do not apply to it. What
 * it has is a linear part, whose transition carries its steps (exponential Euler: exact where
 * {@code f} is 0, and stable however stiff {@code F} is), and a time reversal for whoever knows the
 * score.
 *
 * @param linear the process with {@code f = 0}
 * @param drift {@code f}
 */
public record SemilinearSDE(SDE linear, Drift drift) {

  /** A nonlinear drift. */
  @FunctionalInterface
  public interface Drift {
    /**
     * {@code f(x, t)}.
     *
     * @param x states {@code [batch, channels, n1, …, nd]}. Not modified.
     * @param t time in {@code (0, T]}
     * @return a fresh array of the same shape and type
     */
    INDArray at(INDArray x, double t);
  }

  /**
   * Checks the arguments.
   *
   * @param linear the process with {@code f = 0}
   * @param drift {@code f}
   * @throws NullPointerException if an argument is null
   */
  public SemilinearSDE {
    Objects.requireNonNull(linear, "linear");
    Objects.requireNonNull(drift, "drift");
  }

  /**
   * The whole drift {@code F_t x + f(x, t)}.
   *
   * @param x states {@code [batch, channels, n1, …, nd]}. Not modified.
   * @param t time in {@code (0, T]}
   * @return a fresh array of the same shape and type
   * @throws IllegalArgumentException if {@code t} is not in {@code (0, T]} or {@code f} changes the
   *     shape
   */
  public INDArray totalDrift(INDArray x, double t) {
    return linear.drift(x, t).addi(force(x, t));
  }

  private INDArray force(INDArray x, double t) {
    INDArray f = drift.at(x, t);
    FunctionBatch.of(linear.noise().grid(), x)
        .requireSameShape(FunctionBatch.of(linear.noise().grid(), f));
    return f;
  }

  /**
   * One exponential Euler step (Lawson): a draw of the linear transition from {@code x + h f(x,
   * s)}. Strong and weak order 1; one evaluation of {@code f}.
   *
   * @param x states at {@code s}, {@code [batch, channels, n1, …, nd]}. Not modified.
   * @param s start, {@code 0 < s < t}
   * @param t end
   * @param source where to read noise
   * @return states at {@code t}, a fresh array of the same shape and type
   * @throws IllegalArgumentException if {@code 0 < s < t ≤ T} is false or shapes do not fit
   */
  public INDArray step(INDArray x, double s, double t, NoiseSource source) {
    Marginal transition = linear.transition(s, t);
    return transition.sample(force(x, s).muli(t - s).addi(x), source);
  }

  /**
   * The drift {@code −F y − f(y, t) + G²S} of the time reversal.
   *
   * @param y states {@code [batch, channels, n1, …, nd]}. Not modified.
   * @param score preconditioned score {@code S = R∇log p_t(y)}, same shape. Not modified.
   * @param t forward time in {@code (0, T]}
   * @return a fresh array of the same shape and type
   * @throws IllegalArgumentException if {@code t} is not in {@code (0, T]} or the shapes differ
   */
  public INDArray reverseDrift(INDArray y, INDArray score, double t) {
    FunctionBatch.of(linear.noise().grid(), y)
        .requireSameShape(FunctionBatch.of(linear.noise().grid(), score));
    return linear.diffusion(t).map(g -> g * g).apply(score).subi(totalDrift(y, t));
  }
}
