package io.fdiff.sde;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.space.Grid;
import java.util.Objects;

/**
 * The variance-exploding process with geometric standard deviation {@code σ(t) =
 * σ_min(σ_max/σ_min)^t} on {@code t ∈ (0, 1]} (VESDE, Song et al. 2021): {@code X_t | X_0 ~ N(X_0,
 * σ(t)²R)}.
 *
 * <p>The data sit at {@code σ = 0}, below {@code σ_min}: a transition from time 0 has variance
 * {@code σ(t)²}, one from {@code s > 0} has {@code σ(t)² − σ(s)²}. So the variance jumps by {@code
 * σ_min²} at time 0 and composes exactly everywhere.
 */
public final class VarianceExploding implements SDE {

  private final CovarianceOperator noise;
  private final double sigmaMin;
  private final double logRatio;

  private VarianceExploding(CovarianceOperator noise, double sigmaMin, double logRatio) {
    this.noise = noise;
    this.sigmaMin = sigmaMin;
    this.logRatio = logRatio;
  }

  /**
   * The geometric process.
   *
   * @param noise {@code R}
   * @param sigmaMin {@code σ_min > 0}
   * @param sigmaMax {@code σ_max > σ_min}
   * @return the process
   * @throws IllegalArgumentException if {@code 0 < σ_min < σ_max < ∞} is false
   */
  public static VarianceExploding geometric(
      CovarianceOperator noise, double sigmaMin, double sigmaMax) {
    if (!(sigmaMin > 0 && sigmaMin < sigmaMax && sigmaMax < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "standard deviations " + sigmaMin + " to " + sigmaMax + ": needs 0 < min < max");
    }
    return new VarianceExploding(
        Objects.requireNonNull(noise, "noise"), sigmaMin, Math.log(sigmaMax / sigmaMin));
  }

  /**
   * The standard deviation {@code σ(t)}.
   *
   * @param t time in {@code (0, 1]}
   * @return {@code σ(t)}
   * @throws IllegalArgumentException if {@code t} is not in {@code (0, 1]}
   */
  public double deviation(double t) {
    Times.inside(t, 1);
    return sigmaMin * Math.exp(logRatio * t);
  }

  @Override
  public CovarianceOperator noise() {
    return noise;
  }

  @Override
  public double horizon() {
    return 1;
  }

  @Override
  public Multiplier driftRate(double t) {
    Times.inside(t, 1);
    return Multiplier.scalar(0);
  }

  @Override
  public double diffusion(double t) {
    return deviation(t) * Math.sqrt(2 * logRatio);
  }

  @Override
  public Marginal transition(double s, double t) {
    Times.ordered(s, t, 1);
    double sigma = deviation(t);
    // σ(t)² − σ(s)² = σ(t)²(1 − e^{−2(t−s)ln(σ_max/σ_min)}), without cancellation.
    double share = s == 0 ? 1 : -Math.expm1(-2 * (t - s) * logRatio);
    return new Marginal(Multiplier.scalar(1), Multiplier.scalar(sigma * sigma * share), noise);
  }

  @Override
  public VarianceExploding on(Grid grid) {
    return new VarianceExploding(noise.on(grid), sigmaMin, logRatio);
  }
}
