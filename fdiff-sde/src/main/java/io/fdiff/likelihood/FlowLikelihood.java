package io.fdiff.likelihood;

import io.fdiff.denoise.Denoiser;
import io.fdiff.flow.OdeIntegrator;
import io.fdiff.measure.GaussianMeasure;
import io.fdiff.sde.CommonModes;
import io.fdiff.sde.Marginal;
import io.fdiff.sde.SDE;
import io.fdiff.space.FunctionBatch;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The log density of functions with respect to {@code γ = N(0, R)} by the probability flow {@code
 * dx/dt = F(x, t)} of a denoiser (Song et al. 2021, in function space Franzese et al. 2023):
 *
 * <pre>{@code
 * ln ρ_t(x) = ln ρ_T(x_T) + ∫_t^T div_γF ds,   div_γF = Σ_k (∂_kF_k − x_kF_k/λ_k)
 * F_k = P_k x_k + Q_k D_k
 * }</pre>
 *
 * on the {@code n} modes with the largest noise: the flow is projected onto them, so the result is
 * the density of the model that has these modes alone, and what a function has beyond them does not
 * enter. {@code ρ_T} is the density of the prior. {@code ρ_t} is the density at {@code t > 0};
 * flows are singular at 0. States are whitened, {@code x_k/√λ_k}, and integrated with the adaptive
 * method of {@link OdeIntegrator}, a sample independent of its batch.
 *
 * <p>Cost: a few hundred rates a function, each as its {@link Divergence}. Works for every process,
 * with scalar multipliers or per mode, whose noise has modes of positive variance. Immutable and
 * thread-safe.
 */
public final class FlowLikelihood {

  private final SDE sde;
  private final Denoiser denoiser;
  private final @Nullable GaussianMeasure data;
  private final CommonModes modes;
  private final int[] order;
  private final Divergence divergence;
  private final double tolerance;

  private FlowLikelihood(
      SDE sde,
      Denoiser denoiser,
      @Nullable GaussianMeasure data,
      CommonModes modes,
      int[] order,
      Divergence divergence,
      double tolerance) {
    this.sde = sde;
    this.denoiser = denoiser;
    this.data = data;
    this.modes = modes;
    this.order = order;
    this.divergence = divergence;
    this.tolerance = tolerance;
  }

  /**
   * The likelihood with the data-free prior {@code N(0, V_T R)}, on all modes that have noise, by
   * central differences of step 1e-5 and tolerance 1e-8.
   *
   * @param sde forward process
   * @param denoiser {@code E[X_0 | X_t]} of that process
   * @return the likelihood
   * @throws IllegalArgumentException as {@link CommonModes#of(SDE)}
   */
  public static FlowLikelihood of(SDE sde, Denoiser denoiser) {
    CommonModes modes = CommonModes.of(sde);
    return new FlowLikelihood(
        sde,
        Objects.requireNonNull(denoiser, "denoiser"),
        null,
        modes,
        LeadingModes.of(modes),
        new Divergence.Differences(1e-5),
        1e-8);
  }

  /**
   * The same likelihood with the prior {@code N(M_T m, M_T²Γ + V_T R)}, in the coordinates in which
   * Γ and {@code R} are diagonal, on all modes that have noise.
   *
   * @param moments mean and covariance of the data
   * @return the likelihood
   * @throws IllegalArgumentException as {@link CommonModes#of(SDE,
   *     io.fdiff.covariance.CovarianceOperator)}
   */
  public FlowLikelihood withMomentMatchedPrior(GaussianMeasure moments) {
    CommonModes common = CommonModes.of(sde, moments.covariance());
    return new FlowLikelihood(
        sde, denoiser, moments, common, LeadingModes.of(common), divergence, tolerance);
  }

  /**
   * The same likelihood on fewer modes. State the number with every result: densities on different
   * numbers of modes are not comparable.
   *
   * @param count number of modes a channel, those with the largest noise first
   * @return the likelihood
   * @throws IllegalArgumentException if {@code count} is not in {@code [1, modes with noise]}
   */
  public FlowLikelihood withModes(int count) {
    int[] all = LeadingModes.of(modes);
    if (count < 1 || count > all.length) {
      throw new IllegalArgumentException(
          count + " modes: the noise has " + all.length + "; give a number from 1 to that");
    }
    return new FlowLikelihood(
        sde, denoiser, data, modes, Arrays.copyOf(all, count), divergence, tolerance);
  }

  /**
   * The same likelihood with another way to take the divergence.
   *
   * @param newDivergence the way
   * @return the likelihood
   */
  public FlowLikelihood withDivergence(Divergence newDivergence) {
    Objects.requireNonNull(newDivergence, "newDivergence");
    return new FlowLikelihood(sde, denoiser, data, modes, order, newDivergence, tolerance);
  }

  /**
   * The same likelihood with another tolerance.
   *
   * @param newTolerance of {@link OdeIntegrator#dormandPrince}, for whitened states and log density
   * @return the likelihood
   * @throws IllegalArgumentException if {@code newTolerance} is not in {@code [1e-14, 1)}
   */
  public FlowLikelihood withTolerance(double newTolerance) {
    // The integrator states the rule.
    OdeIntegrator.dormandPrince(newTolerance);
    return new FlowLikelihood(sde, denoiser, data, modes, order, divergence, newTolerance);
  }

  /**
   * The coordinates of the density, which {@link Divergence.Exact} refers to.
   *
   * @return the modes
   */
  public CommonModes modes() {
    return modes;
  }

  /**
   * The log densities of a batch.
   *
   * @param x functions {@code [batch, channels, n1, …, nd]}, FLOAT or DOUBLE. Not modified.
   * @param t time of the law, in {@code (0, T]}: small for data
   * @return {@code ln dμ_t/dγ} of each function
   * @throws IllegalArgumentException if {@code t} is not in {@code (0, T]}, or shape or channels do
   *     not fit
   * @throws ArithmeticException if the denoiser is not finite; names step, time and sample
   */
  public LogDensity logDensity(INDArray x, double t) {
    if (!(t > 0 && t <= sde.horizon())) {
      throw new IllegalArgumentException(
          "time "
              + t
              + " is not in (0, "
              + sde.horizon()
              + "]: the flow is singular at 0; give a small time");
    }
    FunctionBatch batch = FunctionBatch.of(modes.grid(), x);
    if (data != null && data.channels() != 1 && data.channels() != batch.channels()) {
      throw new IllegalArgumentException(
          batch.channels() + " channels, prior with " + data.channels() + ": they must agree");
    }
    FlowRates rates = new FlowRates(sde, denoiser, modes, order, batch.channels(), divergence);
    int count = batch.batch();
    int n = order.length;
    double[] start = new double[count * rates.dimension()];
    double[] c = new double[batch.rows() * modes.size()];
    modes.forward(batch.toDoubles(), c, batch.rows());
    for (int b = 0; b < count; b++) {
      for (int j = 0; j < batch.channels() * n; j++) {
        int k = order[j % n];
        start[b * rates.dimension() + j] =
            c[(b * batch.channels() + j / n) * modes.size() + k] / Math.sqrt(modes.noise(k));
      }
    }
    OdeIntegrator.Solution solution =
        OdeIntegrator.dormandPrince(tolerance)
            .integrate(rates, start, count, t, sde.horizon(), OdeIntegrator.Listener.NONE);
    double[] values = new double[count];
    double[][] contributions = new double[count][n];
    double[] errors = new double[count];
    double[] sampling = new double[count];
    for (int b = 0; b < count; b++) {
      int at = b * rates.dimension();
      addPrior(solution.states(), at, batch.channels(), contributions[b]);
      int sums = batch.channels() * n + 1;
      for (int j = 0; j < n; j++) {
        contributions[b][j] += solution.states()[at + sums + j];
        values[b] += contributions[b][j];
      }
      errors[b] = solution.error(b, sums - 1);
      sampling[b] = spread(solution.states(), at + sums + n, rates.probes());
    }
    return new LogDensity(values, contributions, errors, sampling);
  }

  /** {@code ln ρ_T} of each mode. */
  private void addPrior(double[] states, int at, int channels, double[] terms) {
    Marginal end = sde.marginal(sde.horizon());
    int n = order.length;
    double[] means = new double[channels * modes.size()];
    if (data != null) {
      double[] m = new double[data.channels() * modes.size()];
      modes.forward(FunctionBatch.of(data.grid(), data.mean()).toDoubles(), m, data.channels());
      Arrays.setAll(means, i -> m[i % m.length]);
    }
    for (int j = 0; j < channels * n; j++) {
      int k = order[j % n];
      double lambda = modes.noise(k);
      double tau = end.mean().at(k);
      double w = states[at + j];
      double mu = data == null ? 0 : modes.data(k);
      double variance = end.variance().at(k) + tau * tau * mu / lambda;
      double centred = w - tau * means[j / n * modes.size() + k] / Math.sqrt(lambda);
      terms[j % n] -= 0.5 * (centred * centred / variance - w * w + Math.log(variance));
    }
  }

  private static double spread(double[] states, int at, int probes) {
    if (probes == 0) {
      return 0;
    }
    double mean = 0;
    for (int p = 0; p < probes; p++) {
      mean += states[at + p] / probes;
    }
    double squared = 0;
    for (int p = 0; p < probes; p++) {
      squared += (states[at + p] - mean) * (states[at + p] - mean);
    }
    return Math.sqrt(squared / (probes - 1.0) / probes);
  }
}
