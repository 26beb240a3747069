package io.fdiff.sde;

import io.fdiff.measure.GaussianMeasure;
import io.fdiff.space.FunctionBatch;
import java.util.Objects;

/**
 * What a process remembers of its data at the end: signal-to-noise ratio {@code τ²E[x₀²]/v} of
 * every mode, and the divergence {@code Σ_k ½[V/v − 1 − ln(V/v) + τ²m²/v]} (in nats) of the law of
 * {@code X_T} for Gaussian data from the data-free prior {@code N(0, V_T R)}.
 *
 * <p>A data-free prior is legitimate only where these are small; mean factors alone mislead,
 * because noise can be strong in a mode that is hardly damped. Otherwise start from {@link
 * Prior#momentMatched}, or lengthen the horizon. Immutable and thread-safe.
 */
public final class TerminalLaw {

  /** The divergence, in nats, up to which data count as forgotten unless another is given. */
  public static final double TOLERANCE = 0.1;

  private final double time;
  private final double[] ratios;
  private final double[] divergences;
  private final int worst;
  private final double divergence;

  private TerminalLaw(double time, double[] ratios, double[] divergences) {
    this.time = time;
    this.ratios = ratios;
    this.divergences = divergences;
    int largest = 0;
    double sum = 0;
    for (int k = 0; k < ratios.length; k++) {
      largest = ratios[k] > ratios[largest] ? k : largest;
      sum += divergences[k];
    }
    this.worst = largest;
    this.divergence = sum;
  }

  /**
   * The report at the horizon.
   *
   * @param sde forward process
   * @param data mean and covariance of the data; of what is not Gaussian, the moments
   * @return the report
   * @throws IllegalArgumentException as {@link CommonModes#of(SDE,
   *     io.fdiff.covariance.CovarianceOperator)}
   */
  public static TerminalLaw of(SDE sde, GaussianMeasure data) {
    return at(sde, sde.horizon(), data);
  }

  /**
   * The report at any time, for samplers that start below the horizon.
   *
   * @param sde forward process
   * @param t time in {@code (0, T]}
   * @param data mean and covariance of the data; of what is not Gaussian, the moments
   * @return the report
   * @throws IllegalArgumentException if {@code t} is not in {@code (0, T]}, or as {@link
   *     CommonModes#of(SDE, io.fdiff.covariance.CovarianceOperator)}
   */
  public static TerminalLaw at(SDE sde, double t, GaussianMeasure data) {
    Objects.requireNonNull(data, "data");
    Marginal marginal = sde.marginal(t);
    CommonModes modes = CommonModes.of(sde, data.covariance());
    FunctionBatch mean = FunctionBatch.of(data.grid(), data.mean());
    int channels = mean.channels();
    int n = modes.size();
    double[] m = new double[channels * n];
    modes.forward(mean.toDoubles(), m, channels);
    double[] ratios = new double[n];
    double[] divergences = new double[n];
    for (int k = 0; k < n; k++) {
      double tau = marginal.mean().at(k);
      double v = marginal.variance().at(k) * modes.noise(k);
      double spread = ratio(tau * tau * modes.data(k), v);
      for (int c = 0; c < channels; c++) {
        double shift = ratio(Math.pow(tau * m[c * n + k], 2), v);
        ratios[k] = Math.max(ratios[k], spread + shift);
        // ½[u − ln(1 + u)], as a series where u is small and the difference would cancel.
        double excess =
            spread < 1e-4
                ? spread * spread * (0.5 - spread / 3)
                : spread == Double.POSITIVE_INFINITY ? spread : spread - Math.log1p(spread);
        divergences[k] += 0.5 * (excess + shift);
      }
    }
    return new TerminalLaw(t, ratios, divergences);
  }

  private static double ratio(double signal, double noise) {
    return signal == 0 ? 0 : signal / noise;
  }

  /**
   * The number of modes.
   *
   * @return modes of the common coordinates of data and noise
   */
  public int modes() {
    return ratios.length;
  }

  /**
   * The signal-to-noise ratio of one mode, the largest over channels.
   *
   * @param mode index
   * @return {@code τ²(μ + m²)/v}, infinite where there is data and no noise
   */
  public double signalToNoise(int mode) {
    return ratios[mode];
  }

  /**
   * The mode with the largest signal-to-noise ratio.
   *
   * @return its index
   */
  public int worstMode() {
    return worst;
  }

  /**
   * The divergence of one mode, summed over channels.
   *
   * @param mode index
   * @return {@code KL_k} in nats
   */
  public double divergence(int mode) {
    return divergences[mode];
  }

  /**
   * The divergence of the law of the end from the data-free prior.
   *
   * @return {@code Σ_k KL_k} in nats
   */
  public double divergence() {
    return divergence;
  }

  /**
   * Whether the data are forgotten, {@code Σ KL ≤} {@link #TOLERANCE}.
   *
   * @return true if a data-free prior does
   */
  public boolean forgotten() {
    return divergence <= TOLERANCE;
  }

  @Override
  public String toString() {
    return "TerminalLaw[time "
        + time
        + ", worst signal-to-noise ratio "
        + ratios[worst]
        + " in mode "
        + worst
        + ", divergence "
        + divergence
        + " nats]";
  }
}
