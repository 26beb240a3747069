package io.fdiff.likelihood;

/**
 * Log densities {@code ln dμ_t/dγ} of a batch, in nats, with respect to {@code γ = N(0, R)} on a
 * stated number of modes, and what is known of their errors. Immutable and thread-safe.
 */
public final class LogDensity {

  private final double[] values;
  private final double[][] contributions;
  private final double[] integrationErrors;
  private final double[] samplingErrors;

  LogDensity(
      double[] values,
      double[][] contributions,
      double[] integrationErrors,
      double[] samplingErrors) {
    this.values = values;
    this.contributions = contributions;
    this.integrationErrors = integrationErrors;
    this.samplingErrors = samplingErrors;
  }

  /**
   * The number of functions.
   *
   * @return the batch
   */
  public int batch() {
    return values.length;
  }

  /**
   * The number of modes a channel that the density is taken on: those of the largest noise.
   *
   * @return the truncation
   */
  public int modes() {
    return contributions[0].length;
  }

  /**
   * The log density of one function.
   *
   * @param sample index in the batch
   * @return {@code ln ρ_t(x)}, the sum of the contributions
   */
  public double value(int sample) {
    return values[sample];
  }

  /**
   * What one mode contributes, summed over channels.
   *
   * @param sample index in the batch
   * @param mode rank of the mode by descending noise, from 0
   * @return its share of the value
   */
  public double contribution(int sample, int mode) {
    return contributions[sample][mode];
  }

  /**
   * What the last half of the modes adds to the value: where it is not small, the truncation is not
   * harmless. The value has a limit only if {@code Σ(1 − μ_k/λ_k)²} has, and the mean lies in the
   * Cameron–Martin space.
   *
   * @param sample index in the batch
   * @return the sum over ranks from {@code modes()/2}
   */
  public double tail(int sample) {
    double sum = 0;
    for (int k = modes() / 2; k < modes(); k++) {
      sum += contributions[sample][k];
    }
    return sum;
  }

  /**
   * The estimate of the error of the integration in time, the sum of the local error estimates of
   * the log density along the trajectory; errors that the state carries are of the size of the
   * tolerance and not included.
   *
   * @param sample index in the batch
   * @return the estimate, at least 0
   */
  public double integrationError(int sample) {
    return integrationErrors[sample];
  }

  /**
   * The standard error of Hutchinson's estimate over its probes.
   *
   * @param sample index in the batch
   * @return the standard error; 0 for divergences that are not sampled, NaN for one probe
   */
  public double samplingError(int sample) {
    return samplingErrors[sample];
  }
}
