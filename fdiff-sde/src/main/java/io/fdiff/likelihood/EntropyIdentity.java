package io.fdiff.likelihood;

import io.fdiff.denoise.Denoiser;
import io.fdiff.measure.GaussianMeasure;
import io.fdiff.noise.NoiseSource;
import io.fdiff.sde.CommonModes;
import io.fdiff.sde.Marginal;
import io.fdiff.sde.Multiplier;
import io.fdiff.sde.SDE;
import io.fdiff.space.FunctionBatch;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The identity of de Bruijn for processes that keep {@code γ = N(0, R)} (variance preserving, with
 * {@code F = −½G²}): relative entropy is lost at the rate of the relative Fisher information,
 *
 * <pre>{@code
 * KL(μ_s ‖ γ) = ∫_s^T ½β I dt + KL(μ_T ‖ γ),   I = E‖C^{1/2}∇log ρ_t‖² = E‖S + x‖²_C
 * }</pre>
 *
 * A learned score must satisfy it, which takes no sampling from the model to check.
 */
public final class EntropyIdentity {

  private EntropyIdentity() {}

  /**
   * The right-hand side for Gaussian data from time 0, by quadrature: equal to {@code
   * GaussianMeasure.kl} of data and γ to round-off, which tests the process.
   *
   * @param sde forward process with {@code F = −½G²}
   * @param data {@code N(m, Γ)}
   * @param panels panels of 16 nodes in time
   * @return {@code ∫_0^T ½βI dt + KL(μ_T ‖ γ)} in nats, on the modes that have noise
   * @throws IllegalArgumentException if the process does not keep γ, {@code panels < 1}, or as
   *     {@link CommonModes#of(SDE, io.fdiff.covariance.CovarianceOperator)}
   */
  public static double entropy(SDE sde, GaussianMeasure data, int panels) {
    CommonModes modes = CommonModes.of(sde, data.covariance());
    TimeRule rule = TimeRule.of(0, sde.horizon(), panels);
    double[] m = means(modes, data);
    double sum = divergence(sde, sde.horizon(), modes, m);
    for (int q = 0; q < rule.size(); q++) {
      double t = rule.time(q);
      Marginal marginal = sde.marginal(t);
      Multiplier rate = invariantRate(sde, t);
      for (int i = 0; i < m.length; i++) {
        int k = i % modes.size();
        double lambda = modes.noise(k);
        if (lambda == 0) {
          continue;
        }
        double tau = marginal.mean().at(k);
        double excess = excess(modes, marginal, k);
        double information = excess * excess / (1 + excess) + tau * tau * m[i] * m[i] / lambda;
        sum += rule.weight(q) * 0.5 * rate.at(k) * information;
      }
    }
    return sum;
  }

  /**
   * {@code ∫_s^T ½βE‖Ŝ + x‖²_C dt} of a model from data, an estimate of {@code KL(μ_s ‖ γ) − KL(μ_T
   * ‖ γ)} if the score is right; compare with {@link #drop}. Errors: the standard error over
   * functions, and that of the rule in time, which more panels show.
   *
   * @param sde forward process with {@code F = −½G²}
   * @param model the denoiser to check
   * @param data independent draws {@code [samples, channels, n1, …, nd]}. Not modified.
   * @param noise where to read noise; node q of the rule at step q, a function at its sample
   * @param from {@code s} in {@code (0, T)}
   * @param panels panels of the rule in {@code ln t}, 16 nodes and so many calls of the denoiser
   * @return the estimate, on the modes that have noise
   * @throws IllegalArgumentException if {@code from} or {@code panels} is out of range, the process
   *     does not keep γ, or shapes do not fit
   * @throws ArithmeticException if the denoiser is not finite; names node, time and sample
   */
  public static Estimate production(
      SDE sde, Denoiser model, INDArray data, NoiseSource noise, double from, int panels) {
    TimeRule rule = GirsanovBound.rule(sde, from, panels);
    PathStates states = new PathStates(sde, data);
    int n = states.modes();
    double[] samples = new double[states.size()];
    for (int q = 0; q < rule.size(); q++) {
      double t = rule.time(q);
      Marginal marginal = sde.marginal(t);
      Multiplier rate = invariantRate(sde, t);
      INDArray x = states.draw(marginal, noise, q);
      double[] d = states.denoise(model, x, t, q);
      double[] w = states.whiten(x);
      for (int i = 0; i < w.length; i++) {
        int k = states.mode(i % n);
        double gradient = w[i] - (w[i] - marginal.mean().at(k) * d[i]) / marginal.variance().at(k);
        samples[i / (n * states.channels())] +=
            rule.weight(q) * 0.5 * rate.at(k) * gradient * gradient;
      }
    }
    return Estimate.of(samples);
  }

  /**
   * {@code KL(μ_s ‖ γ) − KL(μ_T ‖ γ)} of Gaussian data, or of the moments of data: what {@link
   * #production} estimates.
   *
   * @param sde forward process
   * @param data {@code N(m, Γ)}
   * @param from {@code s} in {@code (0, T]}
   * @return the drop in nats, on the modes that have noise
   * @throws IllegalArgumentException if {@code from} is not in {@code (0, T]}, or as {@link
   *     CommonModes#of(SDE, io.fdiff.covariance.CovarianceOperator)}
   */
  public static double drop(SDE sde, GaussianMeasure data, double from) {
    CommonModes modes = CommonModes.of(sde, data.covariance());
    double[] m = means(modes, data);
    return divergence(sde, from, modes, m) - divergence(sde, sde.horizon(), modes, m);
  }

  private static double[] means(CommonModes modes, GaussianMeasure data) {
    double[] m = new double[data.channels() * modes.size()];
    modes.forward(FunctionBatch.of(data.grid(), data.mean()).toDoubles(), m, data.channels());
    return m;
  }

  /** {@code KL(μ_t ‖ γ)}. */
  private static double divergence(SDE sde, double t, CommonModes modes, double[] m) {
    Marginal marginal = sde.marginal(t);
    double sum = 0;
    for (int i = 0; i < m.length; i++) {
      int k = i % modes.size();
      double lambda = modes.noise(k);
      if (lambda > 0) {
        double tau = marginal.mean().at(k);
        double excess = excess(modes, marginal, k);
        sum += 0.5 * (excess - Math.log1p(excess) + tau * tau * m[i] * m[i] / lambda);
      }
    }
    return sum;
  }

  /** {@code (τ²μ + v)/λ − 1}. */
  private static double excess(CommonModes modes, Marginal marginal, int k) {
    double tau = marginal.mean().at(k);
    return tau * tau * modes.data(k) / modes.noise(k) + (marginal.variance().at(k) - 1);
  }

  /** {@code β = G²}, if γ is invariant. */
  static Multiplier invariantRate(SDE sde, double t) {
    return sde.driftRate(t)
        .combine(
            sde.diffusion(t),
            (f, g) -> {
              if (!(Math.abs(2 * f + g * g) <= 1e-9 * g * g)) {
                throw new IllegalArgumentException(
                    "drift rate "
                        + f
                        + " and noise G² = "
                        + g * g
                        + " at time "
                        + t
                        + ": the process does not keep N(0, R), which takes F = −½G²; use a"
                        + " variance-preserving process");
              }
              return g * g;
            });
  }
}
