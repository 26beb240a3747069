package io.fdiff.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.noise.NoiseSource;
import io.fdiff.space.TestFunctions;
import java.util.Arrays;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.stat.correlation.Covariance;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

class FrechetDistanceTest {

  private static double[][] features(int n, int d, long seed) {
    double[] z = TestFunctions.rough(n * d, seed);
    double[][] x = new double[n][d];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < d; j++) {
        // Correlated, of different size.
        x[i][j] = (j + 1) * z[i * d + j] + (j > 0 ? z[i * d + j - 1] : 0) + 3;
      }
    }
    return x;
  }

  private static double[][] scaled(double[][] x, double factor, double shift) {
    return Arrays.stream(x)
        .map(row -> Arrays.stream(row).map(v -> factor * v + shift).toArray())
        .toArray(double[][]::new);
  }

  @Test
  void equalSetsHaveDistanceZero() {
    double[][] x = features(40, 6, 1);
    assertThat(FrechetDistance.between(x, x)).isCloseTo(0, within(1e-8));
    // A feature that does not vary makes the covariance singular; round-off must not grow to √ε.
    for (double[] row : x) {
      row[2] = 7;
      row[4] = row[1];
    }
    assertThat(FrechetDistance.between(x, x)).isCloseTo(0, within(1e-11));
  }

  @Test
  void fourTimesTheCovarianceIsTheTrace() {
    double[][] x = features(40, 6, 2);
    double trace = new Covariance(x).getCovarianceMatrix().getTrace();
    double[] mean = new double[6];
    for (double[] row : x) {
      for (int j = 0; j < 6; j++) {
        mean[j] += row[j] / 40;
      }
    }
    double[][] twice = scaled(x, 2, 0);
    double shift = Arrays.stream(mean).map(m -> m * m).sum();
    assertThat(FrechetDistance.between(x, twice)).isCloseTo(trace + shift, within(1e-10));
    assertThat(FrechetDistance.between(x, scaled(x, 1, 2))).isCloseTo(6 * 4, within(1e-10));
  }

  /** The definition, by the eigenvalues of {@code C_1^{1/2} C_2 C_1^{1/2}}. */
  @Test
  void agreesWithTheSymmetricRoot() {
    double[][] x = features(30, 5, 3);
    double[][] y = scaled(features(50, 5, 4), 0.7, 1);
    RealMatrix c1 = new Covariance(x).getCovarianceMatrix();
    RealMatrix c2 = new Covariance(y).getCovarianceMatrix();
    RealMatrix root = new EigenDecomposition(c1).getSquareRoot();
    double[] lambda = new EigenDecomposition(root.multiply(c2).multiply(root)).getRealEigenvalues();
    double shift = 0;
    for (int j = 0; j < 5; j++) {
      double dx = column(x, j) - column(y, j);
      shift += dx * dx;
    }
    double expected =
        shift
            + c1.getTrace()
            + c2.getTrace()
            - 2 * Arrays.stream(lambda).map(v -> Math.sqrt(Math.max(0, v))).sum();
    assertThat(FrechetDistance.between(x, y)).isCloseTo(expected, within(1e-10 * expected));
    assertThat(FrechetDistance.between(y, x)).isCloseTo(expected, within(1e-10 * expected));
    assertThat(
            FrechetDistance.between(
                Nd4j.createFromArray(x), Nd4j.createFromArray(y).castTo(DataType.DOUBLE)))
        .isCloseTo(expected, within(1e-10 * expected));
  }

  private static double column(double[][] x, int j) {
    return Arrays.stream(x).mapToDouble(row -> row[j]).average().orElseThrow();
  }

  /**
   * The bias: for N(0, I_d) the mean distance at n against n is {@code d(d + 5)/(2n)} to first
   * order: shift {@code 2d/n}, and {@code ¼ E‖C_1 − C_2‖² = d(d + 1)/(2n)}. Larger subsets, smaller
   * floor.
   */
  @Test
  void floorFallsWithTheSize() {
    double[] z = new double[4000 * 3];
    NoiseSource.of(5).normals(0, 0, new int[] {z.length}, z, 0);
    double[][] x = new double[4000][];
    for (int i = 0; i < x.length; i++) {
      x[i] = Arrays.copyOfRange(z, 3 * i, 3 * i + 3);
    }
    double small = FrechetDistance.floor(x, 100, 400, NoiseSource.of(6));
    // One distance has the deviation 6/n, relative ½; 400 of them, nearly independent, 0.025. |z| <
    // 6;
    // terms of order 1/n² are below 0.02.
    assertThat(small).isCloseTo(3 * 8 / 200.0, within(0.15 * 3 * 8 / 200.0));
    assertThat(FrechetDistance.floor(x, 1000, 50, NoiseSource.of(6))).isLessThan(small / 5);
    assertThat(FrechetDistance.floor(x, 100, 3, NoiseSource.of(6)))
        .isEqualTo(FrechetDistance.floor(x, 100, 3, NoiseSource.of(6)));
  }

  @Test
  void refusesBadFeatures() {
    double[][] x = features(6, 6, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FrechetDistance.between(x, features(20, 6, 2)))
        .withMessageContaining("6 rows of 6 features")
        .withMessageContaining("more than 6 rows");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FrechetDistance.between(features(9, 3, 1), features(9, 4, 1)))
        .withMessageContaining("row 0 has 4 features, expected 3");
    double[][] nan = features(9, 3, 1);
    nan[4][1] = Double.NaN;
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FrechetDistance.between(features(9, 3, 1), nan))
        .withMessageContaining("feature NaN in row 4");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FrechetDistance.between(new double[0][0], nan))
        .withMessageContaining("no features");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FrechetDistance.between(Nd4j.zeros(2, 3, 4), Nd4j.zeros(2, 3, 4)))
        .withMessageContaining("[2, 3, 4]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FrechetDistance.floor(x, 4, 1, NoiseSource.of(1)))
        .withMessageContaining("at most half");
  }

  @Test
  void distancesThatOverflowAreNoNumber() {
    double[][] x = {{0}, {1}, {2}};
    double[][] y = {{1e200}, {1e200}, {1e200}};
    assertThatExceptionOfType(ArithmeticException.class)
        .isThrownBy(() -> FrechetDistance.between(x, y))
        .withMessageContaining("Infinity")
        .withMessageContaining("scale both sets");
  }
}
