package io.fdiff.sde;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.schedule.LevelSchedule;
import io.fdiff.space.Grid;
import java.util.Objects;

/**
 * The variance-exploding process {@code dX = √(dσ²/dt) dW^R} (VESDE, Song et al. 2021): {@code X_t
 * | X_0 ~ N(X_0, σ(t)²R)}.
 *
 * <p>The data sit at {@code σ = 0}, below {@code σ(0)}: a transition from time 0 has variance
 * {@code σ(t)²}, one from {@code s > 0} has {@code σ(t)² − σ(s)²}. So the variance jumps by {@code
 * σ(0)²} at time 0 and composes exactly everywhere.
 */
public final class VarianceExploding implements SDE {

  private final CovarianceOperator noise;
  private final LevelSchedule levels;
  private final double horizon;

  private VarianceExploding(CovarianceOperator noise, LevelSchedule levels, double horizon) {
    this.noise = noise;
    this.levels = levels;
    this.horizon = horizon;
  }

  /**
   * The process of any level of noise.
   *
   * @param noise {@code R}
   * @param levels {@code σ(t)}; {@link LevelSchedule#identity} makes time the deviation (EDM)
   * @param horizon {@code T > 0}
   * @return the process
   * @throws IllegalArgumentException if {@code horizon} is not positive and finite, or {@code σ} is
   *     not finite or shrinks on {@code [0, T]}
   */
  public static VarianceExploding of(
      CovarianceOperator noise, LevelSchedule levels, double horizon) {
    Objects.requireNonNull(noise, "noise");
    Times.levels(levels, Times.horizon(horizon));
    return new VarianceExploding(noise, levels, horizon);
  }

  /**
   * The geometric process on {@code [0, 1]}, {@code σ(t) = σ_min(σ_max/σ_min)^t}.
   *
   * @param noise {@code R}
   * @param sigmaMin {@code σ_min > 0}
   * @param sigmaMax {@code σ_max > σ_min}
   * @return the process
   * @throws IllegalArgumentException if {@code 0 < σ_min < σ_max < ∞} is false
   */
  public static VarianceExploding geometric(
      CovarianceOperator noise, double sigmaMin, double sigmaMax) {
    requireLevels(sigmaMin, sigmaMax);
    return of(noise, LevelSchedule.geometric(sigmaMin, sigmaMax), 1);
  }

  /**
   * The process of Karras et al. (2022) on {@code [0, 1]}, {@code σ^{1/7}} linear in time.
   *
   * @param noise {@code R}
   * @param sigmaMin {@code σ_min > 0}; 0.002 is customary
   * @param sigmaMax {@code σ_max > σ_min}; 80 is customary
   * @return the process
   * @throws IllegalArgumentException if {@code 0 < σ_min < σ_max < ∞} is false
   */
  public static VarianceExploding karras(
      CovarianceOperator noise, double sigmaMin, double sigmaMax) {
    requireLevels(sigmaMin, sigmaMax);
    return of(noise, LevelSchedule.karras(sigmaMin, sigmaMax, 7), 1);
  }

  private static void requireLevels(double sigmaMin, double sigmaMax) {
    if (!(sigmaMin > 0 && sigmaMin < sigmaMax && sigmaMax < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "standard deviations " + sigmaMin + " to " + sigmaMax + ": needs 0 < min < max");
    }
  }

  /**
   * The standard deviation {@code σ(t)}.
   *
   * @param t time in {@code (0, T]}
   * @return {@code σ(t)}
   * @throws IllegalArgumentException if {@code t} is not in {@code (0, T]}
   */
  public double deviation(double t) {
    Times.inside(t, horizon);
    return levels.level(t);
  }

  @Override
  public CovarianceOperator noise() {
    return noise;
  }

  @Override
  public double horizon() {
    return horizon;
  }

  @Override
  public Multiplier driftRate(double t) {
    Times.inside(t, horizon);
    return Multiplier.scalar(0);
  }

  @Override
  public Multiplier diffusion(double t) {
    Times.inside(t, horizon);
    return Multiplier.scalar(Math.sqrt(levels.squareRate(t)));
  }

  @Override
  public Marginal transition(double s, double t) {
    Times.ordered(s, t, horizon);
    double level = levels.level(t);
    double variance = s == 0 ? level * level : levels.squareGrowth(s, t);
    return new Marginal(Multiplier.scalar(1), Multiplier.scalar(variance), noise);
  }

  @Override
  public VarianceExploding on(Grid grid) {
    return new VarianceExploding(noise.on(grid), levels, horizon);
  }
}
