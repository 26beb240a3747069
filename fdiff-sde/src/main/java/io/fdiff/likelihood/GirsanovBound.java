package io.fdiff.likelihood;

import io.fdiff.denoise.Denoiser;
import io.fdiff.measure.GaussianMeasure;
import io.fdiff.noise.NoiseSource;
import io.fdiff.sde.CommonModes;
import io.fdiff.sde.Marginal;
import io.fdiff.sde.Multiplier;
import io.fdiff.sde.SDE;
import io.fdiff.space.FunctionBatch;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The bound of Girsanov's theorem on what a model of the score costs (Foresti 2024, eq. 3.44–3.53):
 *
 * <pre>{@code
 * KL(μ_ε ‖ μ_θ) ≤ KL(μ_T ‖ prior) + ½E∫_ε^T Σ_k σ_k²(∂_k log p̂ − ∂_k log p)² dt
 *               = KL(μ_T ‖ prior) + ½E∫_ε^T Σ_k G²M²/(V²λ_k) (D̂ − D)_k² dt
 * }</pre>
 *
 * ({@code ½E∫β‖Ŝ − S‖²_C dt} for variance-preserving processes), where {@code μ_θ} is the law of
 * the reverse-time SDE with the model. It is +∞ where the error of the score leaves the
 * Cameron–Martin space of the noise; see {@link PathDivergence#finding}. Times are the nodes of a
 * Gauss–Legendre rule in {@code ln t} of 16 a panel.
 */
public final class GirsanovBound {

  private GirsanovBound() {}

  /** A denoiser {@code D̂_k = o_k + g_k x_k} that acts mode by mode. */
  public interface AffineDenoiser {
    /**
     * The factor of the coefficient.
     *
     * @param mode flat index of the mode
     * @param t forward time in {@code (0, T]}
     * @return {@code g_k(t)}
     */
    double gain(int mode, double t);

    /**
     * The constant.
     *
     * @param channel index of the channel
     * @param mode flat index of the mode
     * @param t forward time in {@code (0, T]}
     * @return {@code o_k(t)}
     */
    double offset(int channel, int mode, double t);
  }

  /**
   * The divergence of an affine model on Gaussian data, exact up to the rule in time. Modes are
   * those of {@code CommonModes.of(sde, data.covariance())}.
   *
   * @param sde forward process
   * @param data {@code N(m, Γ)}
   * @param model the model in these modes
   * @param terminal {@code KL(μ_T ‖ prior) ≥ 0}, see {@link io.fdiff.sde.TerminalLaw#divergence()};
   *     0 for a moment-matched prior
   * @param from {@code ε} in {@code (0, T)}
   * @param panels panels of the rule in time, 16 nodes each; 8 are plenty for smooth schedules
   * @return the divergence
   * @throws IllegalArgumentException if {@code from}, {@code panels} or {@code terminal} is out of
   *     range, or as {@link CommonModes#of(SDE, io.fdiff.covariance.CovarianceOperator)}
   */
  public static PathDivergence exact(
      SDE sde,
      GaussianMeasure data,
      AffineDenoiser model,
      double terminal,
      double from,
      int panels) {
    Objects.requireNonNull(model, "model");
    TimeRule rule = rule(sde, from, panels);
    CommonModes modes = CommonModes.of(sde, data.covariance());
    int[] order = LeadingModes.of(modes);
    int channels = data.channels();
    double[] m = new double[channels * modes.size()];
    modes.forward(FunctionBatch.of(data.grid(), data.mean()).toDoubles(), m, channels);
    double[] terms = new double[order.length];
    for (int q = 0; q < rule.size(); q++) {
      double t = rule.time(q);
      Marginal marginal = sde.marginal(t);
      Multiplier diffusion = sde.diffusion(t);
      for (int j = 0; j < order.length; j++) {
        int k = order[j];
        double tau = marginal.mean().at(k);
        double variance = marginal.variance().at(k);
        double lambda = modes.noise(k);
        double slope = model.gain(k, t) - modes.gain(k, tau, variance);
        double total = tau * tau * modes.data(k) + variance * lambda;
        double squared = 0;
        for (int c = 0; c < channels; c++) {
          double mean = m[c * modes.size() + k];
          // D̂ − D at the mean τm of the state, where D = m.
          double shift = model.offset(c, k, t) + model.gain(k, t) * tau * mean - mean;
          squared += shift * shift + slope * slope * total;
        }
        terms[j] += rule.weight(q) * weight(diffusion, k, marginal) * squared / lambda;
      }
    }
    return new PathDivergence(terminal, terms, 0);
  }

  /**
   * The divergence of a model from an exact denoiser, estimated from data. Errors: the standard
   * error over functions, and that of the rule in time, which more panels show.
   *
   * @param sde forward process
   * @param exact {@code E[X_0 | X_t]} of the law of the data
   * @param model the model
   * @param data independent draws {@code [samples, channels, n1, …, nd]}. Not modified.
   * @param noise where to read noise; node q of the rule at step q, a function at its sample
   * @param terminal {@code KL(μ_T ‖ prior) ≥ 0}
   * @param from {@code ε} in {@code (0, T)}
   * @param panels panels of the rule in time, 16 nodes and so many calls of each denoiser
   * @return the divergence
   * @throws IllegalArgumentException if {@code from}, {@code panels} or {@code terminal} is out of
   *     range, or shapes do not fit
   * @throws ArithmeticException if a denoiser is not finite; names node, time and sample
   */
  public static PathDivergence estimate(
      SDE sde,
      Denoiser exact,
      Denoiser model,
      INDArray data,
      NoiseSource noise,
      double terminal,
      double from,
      int panels) {
    TimeRule rule = rule(sde, from, panels);
    PathStates states = new PathStates(sde, data);
    int n = states.modes();
    double[] terms = new double[n];
    double[] samples = new double[states.size()];
    for (int q = 0; q < rule.size(); q++) {
      double t = rule.time(q);
      Marginal marginal = sde.marginal(t);
      Multiplier diffusion = sde.diffusion(t);
      INDArray x = states.draw(marginal, noise, q);
      double[] d = states.denoise(exact, x, t, q);
      double[] modelled = states.denoise(model, x, t, q);
      for (int i = 0; i < d.length; i++) {
        double e = modelled[i] - d[i];
        double term = rule.weight(q) * weight(diffusion, states.mode(i % n), marginal) * e * e;
        terms[i % n] += term / states.size();
        samples[i / (n * states.channels())] += term;
      }
    }
    return new PathDivergence(terminal, terms, Estimate.of(samples).standardError());
  }

  /**
   * The evidence lower bound of a model on data, without an exact denoiser, for processes with
   * {@code γ = N(0, R)} invariant and as the prior:
   *
   * <pre>{@code
   * E ln dμ_θ/dγ(X_ε) ≥ E∫_ε^T ½β (2⟨Ĝ, G_{t|0}⟩_C − ‖Ĝ‖²_C) dt
   * }</pre>
   *
   * with the gradients of log densities relative to γ, {@code Ĝ = Ŝ + x} of the model and {@code
   * G_{t|0} = x − (x − τx₀)/V} of the noised datum, mode by mode. Maximal, and then the divergence
   * of {@code μ_ε} from γ less that of {@code μ_T}, for the exact denoiser.
   *
   * @param sde forward process with {@code F = −½G²}
   * @param model the model
   * @param data independent draws {@code [samples, channels, n1, …, nd]}. Not modified.
   * @param noise where to read noise; node q of the rule at step q, a function at its sample
   * @param from {@code ε} in {@code (0, T)}
   * @param panels panels of the rule in time, 16 nodes and so many calls of the denoiser
   * @return the bound on all modes that have noise
   * @throws IllegalArgumentException if {@code from} or {@code panels} is out of range, the process
   *     does not keep γ, or shapes do not fit
   * @throws ArithmeticException if the denoiser is not finite; names node, time and sample
   */
  public static Estimate evidence(
      SDE sde, Denoiser model, INDArray data, NoiseSource noise, double from, int panels) {
    TimeRule rule = rule(sde, from, panels);
    PathStates states = new PathStates(sde, data);
    int n = states.modes();
    double[] x0 = states.whitenedData();
    double[] samples = new double[states.size()];
    for (int q = 0; q < rule.size(); q++) {
      double t = rule.time(q);
      Marginal marginal = sde.marginal(t);
      Multiplier rate = EntropyIdentity.invariantRate(sde, t);
      INDArray x = states.draw(marginal, noise, q);
      double[] modelled = states.denoise(model, x, t, q);
      double[] w = states.whiten(x);
      for (int i = 0; i < w.length; i++) {
        int k = states.mode(i % n);
        double half = 0.5 * rate.at(k);
        double tau = marginal.mean().at(k);
        double v = marginal.variance().at(k);
        double gradient = w[i] - (w[i] - tau * modelled[i]) / v;
        double given = w[i] - (w[i] - tau * x0[i]) / v;
        samples[i / (n * states.channels())] +=
            rule.weight(q) * half * gradient * (2 * given - gradient);
      }
    }
    return Estimate.of(samples);
  }

  static TimeRule rule(SDE sde, double from, int panels) {
    if (!(from > 0 && from < sde.horizon())) {
      throw new IllegalArgumentException(
          "start "
              + from
              + " is not in (0, "
              + sde.horizon()
              + "): scores are singular at 0; give a small time");
    }
    return TimeRule.of(from, sde.horizon(), panels);
  }

  /** {@code ½G²M²/V²}. */
  private static double weight(Multiplier diffusion, int k, Marginal marginal) {
    double g = diffusion.at(k);
    double ratio = marginal.mean().at(k) / marginal.variance().at(k);
    return 0.5 * g * g * ratio * ratio;
  }
}
