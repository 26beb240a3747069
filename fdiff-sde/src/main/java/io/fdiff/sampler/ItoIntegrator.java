package io.fdiff.sampler;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One-step methods for scalar Itô equations {@code dX = f(X, t) dt + g(X, t) dW} whose noise may
 * depend on the state, applied to each number of an array on its own.
 *
 * <p>With {@code g} independent of {@code X} all three take the same steps, bit for bit; so do the
 * reversals of all processes of this library, for which {@link EulerMaruyama} is enough. Immutable
 * and thread-safe.
 */
public final class ItoIntegrator {

  /** A coefficient of an equation. */
  @FunctionalInterface
  public interface Coefficient {
    /**
     * The value of the coefficient.
     *
     * @param x state
     * @param t time
     * @return {@code f(x, t)}
     */
    double at(double x, double t);
  }

  /** What a method adds to a step of Euler–Maruyama, as a factor of {@code ΔW² − h}. */
  @FunctionalInterface
  private interface Correction {
    double at(double x, double t, double h, double f, double g);
  }

  private final Coefficient drift;
  private final Coefficient noise;
  private final @Nullable Correction correction;

  private ItoIntegrator(Coefficient drift, Coefficient noise, @Nullable Correction correction) {
    this.drift = Objects.requireNonNull(drift, "drift");
    this.noise = Objects.requireNonNull(noise, "noise");
    this.correction = correction;
  }

  /**
   * Euler–Maruyama, {@code x + f h + g ΔW} (Foresti 2024, (3.36)): strong order ½, weak order 1.
   *
   * @param drift {@code f}
   * @param noise {@code g}
   * @return the method
   */
  public static ItoIntegrator eulerMaruyama(Coefficient drift, Coefficient noise) {
    return new ItoIntegrator(drift, noise, null);
  }

  /**
   * Milstein's method, {@code x + f h + g ΔW + ½ g g′(ΔW² − h)} (ibid. (3.37)): strong and weak
   * order 1.
   *
   * @param drift {@code f}
   * @param noise {@code g}
   * @param slope {@code g′ = ∂g/∂x}
   * @return the method
   */
  public static ItoIntegrator milstein(Coefficient drift, Coefficient noise, Coefficient slope) {
    Objects.requireNonNull(slope, "slope");
    return new ItoIntegrator(drift, noise, (x, t, h, f, g) -> 0.5 * g * slope.at(x, t));
  }

  /**
   * The stochastic Runge–Kutta method {@code x + f h + g ΔW + (g(γ) − g(x))(ΔW² − h)/(2√h)}, {@code
   * γ = x + f h + g√h}, which needs no derivative: strong and weak order 1. In ibid. (3.38) the
   * factor is printed as {@code 1/√(2h)}, with which the order is lost (Kloeden and Platen 1992,
   * section 11.1).
   *
   * @param drift {@code f}
   * @param noise {@code g}
   * @return the method
   */
  public static ItoIntegrator stochasticRungeKutta(Coefficient drift, Coefficient noise) {
    return new ItoIntegrator(
        drift,
        noise,
        (x, t, h, f, g) -> {
          double root = Math.sqrt(h);
          return (noise.at(x + f * h + g * root, t) - g) / (2 * root);
        });
  }

  /**
   * The order of the error of single paths.
   *
   * @return ½ for Euler–Maruyama, 1 for the others
   */
  public double strongOrder() {
    return correction == null ? 0.5 : 1;
  }

  /**
   * The order of the error of the law.
   *
   * @return 1
   */
  public double weakOrder() {
    return 1;
  }

  /**
   * One step.
   *
   * @param x states at {@code t}, at {@code t + h} afterwards. Modified.
   * @param t time
   * @param h length of the step, positive
   * @param increments {@code ΔW} of each, from {@code N(0, h)}; same length. Not modified.
   * @throws IllegalArgumentException if {@code h} is not positive and finite or the lengths differ
   */
  public void step(double[] x, double t, double h, double[] increments) {
    if (!(h > 0 && h < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("step " + h + " is not positive and finite");
    }
    if (increments.length != x.length) {
      throw new IllegalArgumentException(
          increments.length + " increments for " + x.length + " states: give one for each");
    }
    for (int i = 0; i < x.length; i++) {
      double f = drift.at(x[i], t);
      double g = noise.at(x[i], t);
      double dw = increments[i];
      double euler = x[i] + f * h + g * dw;
      x[i] = correction == null ? euler : euler + correction.at(x[i], t, h, f, g) * (dw * dw - h);
    }
  }
}
