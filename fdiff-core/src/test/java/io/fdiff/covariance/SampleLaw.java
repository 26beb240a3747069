package io.fdiff.covariance;

import static org.assertj.core.api.Assertions.assertThat;

import io.fdiff.noise.NoiseSource;
import io.fdiff.noise.Statistics;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.space.TestFunctions;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The law of samples against a covariance matrix, exactly: in the eigenvectors of {@code
 * W^{1/2}KW^{1/2}} the scores {@code y_k/√λ_k} are independent standard normals, so sums of squares
 * are χ² and correlations of two scores N(0, 1).
 */
final class SampleLaw {

  private static final int SAMPLES = 2000;

  /** False-alarm rate of one call, shared by all checks. */
  private static final double ALPHA = 1e-6;

  private SampleLaw() {}

  /**
   * Draws 2000 samples of two channels and checks means, variances and correlations of all scores,
   * the independence of the channels, and the sum of all squares.
   */
  static void assertCovariance(CovarianceOperator operator, RealMatrix k) {
    Grid grid = operator.grid();
    INDArray x = FunctionBatch.zeros(grid, DataType.DOUBLE, SAMPLES, 2);
    operator.sample(NoiseSource.of(20240607), x);
    double[][] scores = scores(TestFunctions.values(x), grid.weights(), k);
    int rank = scores.length;
    assertThat(rank).isPositive();
    int checks = 1 + 3 * rank + rank * (rank - 1) / 2;
    double alpha = ALPHA / checks;
    double bound = Statistics.normal(alpha);
    double[] chi = Statistics.chiSquare(2 * SAMPLES, alpha);
    double total = 0;
    for (int a = 0; a < rank; a++) {
      double[] y = scores[a];
      double square = Arrays.stream(y).map(v -> v * v).sum();
      total += square;
      assertThat(square).as("variance of score %d", a).isBetween(chi[0], chi[1]);
      assertThat(Arrays.stream(y).sum() / Math.sqrt(2 * SAMPLES))
          .as("mean of score %d", a)
          .isBetween(-bound, bound);
      for (int b = 0; b < a; b++) {
        assertThat(Statistics.correlation(y, scores[b]))
            .as("correlation of scores %d and %d", a, b)
            .isBetween(-bound, bound);
      }
      // Rows alternate between the channels.
      double[] first = IntStream.range(0, SAMPLES).mapToDouble(i -> y[2 * i]).toArray();
      double[] second = IntStream.range(0, SAMPLES).mapToDouble(i -> y[2 * i + 1]).toArray();
      assertThat(Statistics.correlation(first, second))
          .as("channels of score %d", a)
          .isBetween(-bound, bound);
    }
    double[] all = Statistics.chiSquare(2 * SAMPLES * rank, alpha);
    assertThat(total).as("sum of all squares").isBetween(all[0], all[1]);
  }

  /** Whitened scores {@code [rank][rows]} of rows of values. */
  private static double[][] scores(double[] values, double[] w, RealMatrix k) {
    int n = w.length;
    RealMatrix symmetric = k.copy();
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        double entry = 0.5 * (k.getEntry(i, j) + k.getEntry(j, i));
        symmetric.setEntry(i, j, entry * Math.sqrt(w[i] * w[j]));
      }
    }
    EigenDecomposition eigen = new EigenDecomposition(symmetric);
    double[] lambda = eigen.getRealEigenvalues();
    double largest = Arrays.stream(lambda).max().orElseThrow();
    // Directions below 1e-6 of the largest variance are at the mercy of round-off and jitter.
    int[] kept = IntStream.range(0, n).filter(j -> lambda[j] > 1e-6 * largest).toArray();
    double[][] scores = new double[kept.length][values.length / n];
    for (int a = 0; a < kept.length; a++) {
      double[] u = eigen.getEigenvector(kept[a]).toArray();
      for (int row = 0; row < scores[a].length; row++) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
          sum += u[i] * Math.sqrt(w[i]) * values[row * n + i];
        }
        scores[a][row] = sum / Math.sqrt(lambda[kept[a]]);
      }
    }
    return scores;
  }
}
