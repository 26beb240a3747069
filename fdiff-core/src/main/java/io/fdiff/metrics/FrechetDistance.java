package io.fdiff.metrics;

import io.fdiff.noise.NoiseSource;
import java.util.Arrays;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.QRDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;
import org.apache.commons.rng.sampling.PermutationSampler;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Fréchet distance of Gaussian laws fitted to features, {@code ‖m_1 − m_2‖² + tr(C_1 + C_2 − 2(C_1
 * C_2)^{1/2})}, the squared W₂ distance of the fitted laws. Covariances have the divisor {@code n −
 * 1}.
 *
 * <p>With the features of an Inception network this is FID. Values belong to the network that made
 * the features: numbers from different networks (Inception, LeNet, CLIP), or from one network with
 * other image sizes or preprocessing, are not comparable. The estimate is biased upwards by order
 * {@code 1/n} and the bias depends on the law, so compare at one {@code n}, beside {@link #floor}.
 *
 * <p>{@code tr(C_1C_2)^{1/2} = tr(C_1^{1/2}C_2C_1^{1/2})^{1/2}} is computed as the sum of the
 * singular values of {@code R_1R_2ᵀ}, where {@code C = RᵀR} comes from the QR decomposition of the
 * centred features. No covariance is formed and no root of a round-off eigenvalue is taken;
 * singular values are not negative, so there is nothing to clip but the sum, at 0. Cost {@code O((n
 * + m)d² + d³)}. Source: Dowson and Landau 1982; Heusel et al. 2017.
 */
public final class FrechetDistance {

  private FrechetDistance() {}

  /**
   * The distance of two sets of features.
   *
   * @param x {@code [n, d]}, {@code n > d}. Not modified.
   * @param y {@code [m, d]}, {@code m > d}. Not modified.
   * @return the distance, squared units of the features, at least 0
   * @throws IllegalArgumentException if the dimensions differ, there are not more rows than
   *     features, or a feature is not finite
   * @throws ArithmeticException if the distance overflows
   */
  public static double between(double[][] x, double[][] y) {
    requireFeatures(x, x);
    requireFeatures(y, x);
    int d = x[0].length;
    double[] mx = mean(x);
    double[] my = mean(y);
    RealMatrix rx = root(x, mx);
    RealMatrix ry = root(y, my);
    double shift = 0;
    for (int j = 0; j < d; j++) {
      shift += (mx[j] - my[j]) * (mx[j] - my[j]);
    }
    double nuclear =
        Arrays.stream(
                new SingularValueDecomposition(rx.multiply(ry.transpose())).getSingularValues())
            .sum();
    double spread = square(rx) + square(ry) - 2 * nuclear;
    double distance = shift + Math.max(0, spread);
    if (!Double.isFinite(distance)) {
      throw new ArithmeticException(
          "features overflow: Fréchet distance is " + distance + "; scale both sets by one factor");
    }
    return distance;
  }

  /**
   * The distance of two sets of features.
   *
   * @param x {@code [n, d]}, {@code n > d}, FLOAT or DOUBLE. Not modified.
   * @param y {@code [m, d]}, {@code m > d}, FLOAT or DOUBLE. Not modified.
   * @return the distance, as {@link #between(double[][], double[][])}
   * @throws IllegalArgumentException if an array has not rank 2, or as {@link #between(double[][],
   *     double[][])}
   */
  public static double between(INDArray x, INDArray y) {
    return between(rows(x), rows(y));
  }

  /**
   * Data against data at the same size: the mean distance between two disjoint random subsets of
   * {@code n} rows each. A model cannot be told from the data below it.
   *
   * @param features {@code [N, d]}, {@code N ≥ 2n}. Not modified.
   * @param n rows of each subset, more than {@code d}
   * @param splits number of random pairs of subsets, positive
   * @param noise where to read the subsets, step {@code r} for pair {@code r}
   * @return the mean distance
   * @throws IllegalArgumentException if a number is out of range, or as {@link #between(double[][],
   *     double[][])}
   */
  public static double floor(double[][] features, int n, int splits, NoiseSource noise) {
    if (splits < 1 || n < 1 || n > features.length / 2) {
      throw new IllegalArgumentException(
          splits
              + " pairs of subsets of "
              + n
              + " out of "
              + features.length
              + " rows: give at least 1 pair, and subsets of at most half of the rows");
    }
    double sum = 0;
    for (int r = 0; r < splits; r++) {
      int[] order = PermutationSampler.natural(features.length);
      PermutationSampler.shuffle(noise.withStep(r).uniform(0), order);
      double[][] first = new double[n][];
      double[][] second = new double[n][];
      for (int i = 0; i < n; i++) {
        first[i] = features[order[i]];
        second[i] = features[order[n + i]];
      }
      sum += between(first, second);
    }
    return sum / splits;
  }

  private static double[][] rows(INDArray x) {
    if (x.rank() != 2) {
      throw new IllegalArgumentException(
          "shape " + Arrays.toString(x.shape()) + ": features are [n, d]; reshape the array");
    }
    return x.toDoubleMatrix();
  }

  private static void requireFeatures(double[][] x, double[][] like) {
    if (x.length == 0 || like.length == 0 || like[0].length == 0) {
      throw new IllegalArgumentException("no features: give [n, d] with n > d ≥ 1");
    }
    int d = like[0].length;
    for (int i = 0; i < x.length; i++) {
      if (x[i].length != d) {
        throw new IllegalArgumentException(
            "row " + i + " has " + x[i].length + " features, expected " + d + " in both sets");
      }
      for (double value : x[i]) {
        if (!Double.isFinite(value)) {
          throw new IllegalArgumentException(
              "feature " + value + " in row " + i + ": features must be finite; remove the row");
        }
      }
    }
    if (x.length <= d) {
      throw new IllegalArgumentException(
          x.length
              + " rows of "
              + d
              + " features: their covariance is singular and the distance meaningless; give more "
              + "than "
              + d
              + " rows or fewer features (for example principal components of the reference)");
    }
  }

  private static double[] mean(double[][] x) {
    double[] mean = new double[x[0].length];
    for (double[] row : x) {
      for (int j = 0; j < mean.length; j++) {
        mean[j] += row[j];
      }
    }
    for (int j = 0; j < mean.length; j++) {
      mean[j] /= x.length;
    }
    return mean;
  }

  /** {@code R}, {@code RᵀR} the sample covariance. */
  private static RealMatrix root(double[][] x, double[] mean) {
    double scale = 1 / Math.sqrt(x.length - 1.0);
    double[][] centred = new double[x.length][mean.length];
    for (int i = 0; i < x.length; i++) {
      for (int j = 0; j < mean.length; j++) {
        centred[i][j] = (x[i][j] - mean[j]) * scale;
      }
    }
    int last = mean.length - 1;
    return new QRDecomposition(new Array2DRowRealMatrix(centred, false))
        .getR()
        .getSubMatrix(0, last, 0, last);
  }

  private static double square(RealMatrix r) {
    double norm = r.getFrobeniusNorm();
    return norm * norm;
  }
}
