package io.fdiff.denoise;

/**
 * The weighted covariance of the coefficients of data and one number for each datum, updated datum
 * by datum around running means (Welford 1962), so that nothing cancels where one datum has all the
 * weight.
 */
final class DataCovariance {

  private final DataWeights weights;
  private final double[] mean;
  private final double[] sum;
  private double center;

  DataCovariance(DataWeights weights, int length) {
    this.weights = weights;
    this.mean = new double[length];
    this.sum = new double[length];
  }

  void add(double[] coefficients, int at, double number) {
    double weight = weights.next(coefficients, at);
    double shrink = weights.shrink();
    if (shrink != 1) {
      for (int j = 0; j < sum.length; j++) {
        sum[j] *= shrink;
      }
    }
    if (weight > 0) {
      double share = weight / weights.total();
      double factor = weight * (1 - share) * (number - center);
      center += share * (number - center);
      for (int j = 0; j < sum.length; j++) {
        double d = coefficients[at + j] - mean[j];
        sum[j] += factor * d;
        mean[j] += share * d;
      }
    }
  }

  /** The covariance with one coefficient. */
  double at(int j) {
    return sum[j] / weights.total();
  }
}
