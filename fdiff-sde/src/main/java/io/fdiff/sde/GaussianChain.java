package io.fdiff.sde;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.schedule.NoiseSchedule;
import io.fdiff.space.Grid;
import java.util.Arrays;
import java.util.Objects;

/**
 * The discrete diffusion of Kerrigan, Ley and Smyth (2023), DDPM on functions: {@code X_i = √(1 −
 * β_i) X_{i−1} + √β_i ξ}, {@code ξ ~ N(0, R)}, {@code i = 1, …, n}, for any table {@code β}. With
 * {@code γ_i = Π_{j≤i}(1 − β_j)}, {@code γ_0 = 1}: {@code X_i | X_0 ~ N(√γ_i X_0, (1 − γ_i)R)}.
 *
 * <p>It is the {@link VariancePreserving} process {@link #continuous()} seen at whole times, with
 * the same laws; every sampler runs on that one. Immutable and thread-safe.
 */
public final class GaussianChain {

  private final CovarianceOperator noise;
  private final double[] betas;
  private final NoiseSchedule schedule;

  private GaussianChain(CovarianceOperator noise, double[] betas) {
    this.noise = noise;
    this.betas = betas;
    this.schedule = NoiseSchedule.discrete(betas);
  }

  /**
   * The chain of a table.
   *
   * @param noise {@code R}
   * @param betas {@code β_1, …, β_n}, each in {@code (0, 1)}; copied
   * @return the chain
   * @throws IllegalArgumentException if the table is empty or a value is not in {@code (0, 1)}
   */
  public static GaussianChain of(CovarianceOperator noise, double... betas) {
    return new GaussianChain(Objects.requireNonNull(noise, "noise"), betas.clone());
  }

  /**
   * The chain with {@code β} in equal steps (Ho et al. 2020 with {@code 10⁻⁴}, 0.02 and 1000).
   *
   * @param noise {@code R}
   * @param first {@code β_1} in {@code (0, 1)}
   * @param last {@code β_n} in {@code (0, 1)}
   * @param steps {@code n}, at least 2
   * @return the chain
   * @throws IllegalArgumentException if a value is out of range
   */
  public static GaussianChain linear(
      CovarianceOperator noise, double first, double last, int steps) {
    double[] betas = table(steps);
    Arrays.setAll(betas, i -> first + (last - first) * i / (steps - 1));
    return of(noise, betas);
  }

  /**
   * The chain whose {@code γ} follows a continuous schedule, {@code β_i = 1 − e^{−(B(i/n) − B((i −
   * 1)/n))}}, clipped from above.
   *
   * @param noise {@code R}
   * @param schedule schedule on {@code [0, 1]}, such as {@link NoiseSchedule#cosine}
   * @param clip largest {@code β}, in {@code (0, 1)}; 0.999 is customary
   * @param steps {@code n}, at least 2
   * @return the chain
   * @throws IllegalArgumentException if a value is out of range
   */
  public static GaussianChain following(
      CovarianceOperator noise, NoiseSchedule schedule, double clip, int steps) {
    if (!(clip > 0 && clip < 1)) {
      throw new IllegalArgumentException("clip " + clip + " of β is not in (0, 1)");
    }
    double[] betas = table(steps);
    for (int i = 0; i < steps; i++) {
      double share = -Math.expm1(-schedule.integral((double) i / steps, (i + 1.0) / steps));
      betas[i] = Math.min(clip, share);
    }
    return of(noise, betas);
  }

  private static double[] table(int steps) {
    if (steps < 2) {
      throw new IllegalArgumentException(steps + " steps: a table of β has at least 2");
    }
    return new double[steps];
  }

  /**
   * The number of steps.
   *
   * @return {@code n}
   */
  public int steps() {
    return betas.length;
  }

  /**
   * The covariance operator of the noise.
   *
   * @return {@code R}
   */
  public CovarianceOperator noise() {
    return noise;
  }

  /**
   * The share of noise of one step.
   *
   * @param step {@code i} in {@code 1, …, n}
   * @return {@code β_i}
   * @throws IllegalArgumentException if {@code step} is out of range
   */
  public double beta(int step) {
    return betas[requireStep(step, 1) - 1];
  }

  /**
   * The share of the signal's variance that is left.
   *
   * @param step {@code i} in {@code 0, …, n}
   * @return {@code γ_i}, 1 at 0
   * @throws IllegalArgumentException if {@code step} is out of range
   */
  public double gamma(int step) {
    return Math.exp(-schedule.integral(requireStep(step, 0)));
  }

  /**
   * The variance multiplier of the posterior of one step.
   *
   * @param step {@code i} in {@code 1, …, n}
   * @return {@code β̃_i = β_i(1 − γ_{i−1})/(1 − γ_i)}, 0 at 1
   * @throws IllegalArgumentException if {@code step} is out of range
   */
  public double posteriorBeta(int step) {
    double before = -Math.expm1(-schedule.integral(requireStep(step, 1) - 1));
    return beta(step) * before / -Math.expm1(-schedule.integral(step));
  }

  /**
   * The law of {@code X_i} given {@code X_0}.
   *
   * @param step {@code i} in {@code 1, …, n}
   * @return {@code N(√γ_i x, (1 − γ_i)R)}
   * @throws IllegalArgumentException if {@code step} is out of range
   */
  public Marginal marginal(int step) {
    return continuous().marginal(requireStep(step, 1));
  }

  /**
   * The law of {@code X_{i−1}} given {@code X_i} and {@code X_0}, whose mean with a denoised {@code
   * X_0} is the ancestral step.
   *
   * @param step {@code i} in {@code 1, …, n}
   * @return the posterior with variance {@code β̃_i R}; at 1 the point {@code X_0}
   * @throws IllegalArgumentException if {@code step} is out of range
   */
  public ReverseStep posterior(int step) {
    return continuous().bridge(requireStep(step, 1) - 1, step);
  }

  /**
   * The process in continuous time that has the laws of this chain at whole times, on {@code [0,
   * n]}.
   *
   * @return the variance-preserving process with constant rate between whole times
   */
  public VariancePreserving continuous() {
    return VariancePreserving.of(noise, schedule, betas.length);
  }

  /**
   * The same chain on another grid of the domain.
   *
   * @param grid the other grid
   * @return the chain there
   */
  public GaussianChain on(Grid grid) {
    return new GaussianChain(noise.on(grid), betas);
  }

  private int requireStep(int step, int first) {
    if (step < first || step > betas.length) {
      throw new IllegalArgumentException(
          "step " + step + " is not in " + first + ", …, " + betas.length);
    }
    return step;
  }
}
