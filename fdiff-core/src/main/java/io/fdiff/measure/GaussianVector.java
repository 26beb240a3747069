package io.fdiff.measure;

import java.util.Arrays;

/**
 * The joint Gaussian law of finitely many numbers in each of several independent channels, {@code
 * N(μ_c, S)} with one covariance matrix. Immutable and thread-safe.
 */
public final class GaussianVector {

  private final double[][] mean;
  private final double[][] covariance;

  private GaussianVector(double[][] mean, double[][] covariance) {
    this.mean = mean;
    this.covariance = covariance;
  }

  static GaussianVector of(double[][] mean, double[][] covariance) {
    return new GaussianVector(mean, covariance);
  }

  /**
   * The number of components in a channel.
   *
   * @return {@code m}
   */
  public int size() {
    return covariance.length;
  }

  /**
   * The means.
   *
   * @return a fresh array {@code [channels][m]}
   */
  public double[][] mean() {
    return Arrays.stream(mean).map(double[]::clone).toArray(double[][]::new);
  }

  /**
   * The covariance matrix of each channel.
   *
   * @return a fresh array {@code [m][m]}
   */
  public double[][] covariance() {
    return Arrays.stream(covariance).map(double[]::clone).toArray(double[][]::new);
  }

  /**
   * The variances, the diagonal of {@link #covariance()}.
   *
   * @return a fresh array {@code [m]}
   */
  public double[] variances() {
    double[] v = new double[size()];
    Arrays.setAll(v, i -> covariance[i][i]);
    return v;
  }
}
