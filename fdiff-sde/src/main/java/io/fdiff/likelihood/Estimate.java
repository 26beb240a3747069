package io.fdiff.likelihood;

/**
 * A Monte-Carlo estimate.
 *
 * @param value mean over independent samples, in nats
 * @param standardError its standard error, NaN for one sample
 */
public record Estimate(double value, double standardError) {

  static Estimate of(double[] samples) {
    double mean = 0;
    for (double sample : samples) {
      mean += sample / samples.length;
    }
    double squared = 0;
    for (double sample : samples) {
      squared += (sample - mean) * (sample - mean);
    }
    return new Estimate(mean, Math.sqrt(squared / (samples.length - 1.0) / samples.length));
  }
}
