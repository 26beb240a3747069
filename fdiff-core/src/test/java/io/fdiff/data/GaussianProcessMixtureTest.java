package io.fdiff.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.measure.GaussianMeasure;
import io.fdiff.measure.GaussianMixture;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.TestFunctions;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.commons.math3.distribution.ChiSquaredDistribution;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.CholeskyDecomposition;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class GaussianProcessMixtureTest {

  private static final int POINTS = 12;
  private static final Grid GRID = RegularGrid.unit(POINTS);

  @Test
  void componentMeansAreTheTwoLines() {
    List<GaussianMeasure> components = GaussianProcessMixture.kerrigan(GRID).mixture().components();
    for (int i = 0; i < POINTS; i++) {
      double line = 10 * (i + 0.5) / POINTS - 5;
      assertThat(components.get(0).mean().getDouble(0, 0, i)).isCloseTo(line, within(1e-13));
      assertThat(components.get(1).mean().getDouble(0, 0, i)).isCloseTo(-line, within(1e-13));
    }
  }

  /**
   * Whitened by the Cholesky factor of {@code 0.4 exp(−r²/(2·0.1²))}, deviations from the line of
   * the label are independent standard normals if means, covariance and labels are right.
   */
  @Test
  void samplesHaveTheStatedMoments() {
    int n = 20_000;
    GaussianMixture.Sample sample =
        GaussianProcessMixture.kerrigan(GRID).mixture().sample(NoiseSource.of(20230425), n);
    RealMatrix k = new Array2DRowRealMatrix(POINTS, POINTS);
    for (int i = 0; i < POINTS; i++) {
      for (int j = 0; j < POINTS; j++) {
        double r = (double) (i - j) / POINTS;
        k.setEntry(i, j, 0.4 * Math.exp(-r * r / (2 * 0.1 * 0.1)));
      }
    }
    RealMatrix whitening =
        new LUDecomposition(new CholeskyDecomposition(k).getL()).getSolver().getInverse();

    int[] count = new int[2];
    double[][] sums = new double[2][POINTS];
    double[][] products = new double[POINTS][POINTS];
    for (int b = 0; b < n; b++) {
      int j = sample.components().get(b);
      count[j]++;
      double[] deviation = new double[POINTS];
      for (int i = 0; i < POINTS; i++) {
        double line = (j == 0 ? 1 : -1) * (10 * (i + 0.5) / POINTS - 5);
        deviation[i] = sample.values().getDouble(b, 0, i) - line;
      }
      double[] white = whitening.operate(deviation);
      for (int i = 0; i < POINTS; i++) {
        sums[j][i] += white[i];
        for (int l = 0; l < POINTS; l++) {
          products[i][l] += white[i] * white[l];
        }
      }
    }

    // Binomial(n, ½), false alarm 2e-6.
    assertThat(Math.abs(count[0] - n / 2.0) / Math.sqrt(n / 4.0)).isLessThan(4.7534);
    // Means: χ² with 12 degrees of freedom for each component, 2 × 1e-6.
    double chi = new ChiSquaredDistribution(POINTS).inverseCumulativeProbability(1 - 1e-6);
    for (int j = 0; j < 2; j++) {
      double statistic = 0;
      for (double sum : sums[j]) {
        statistic += sum * sum / count[j];
      }
      assertThat(statistic).isLessThan(chi);
    }
    // Trace: sum of n·12 squares, variance 2 each; 2e-6. Sees a variance wrong by 1.5 %.
    double trace = 0;
    for (int i = 0; i < POINTS; i++) {
      trace += products[i][i];
      for (int l = 0; l <= i; l++) {
        // 78 entries with variance (1 + δ)/n, each |z| < 5.7307 (1e-8): below 1e-6.
        double error = products[i][l] / n - (i == l ? 1 : 0);
        double deviation = Math.sqrt((i == l ? 2.0 : 1.0) / n);
        assertThat(Math.abs(error) / deviation).isLessThan(5.7307);
      }
    }
    double values = (double) n * POINTS;
    assertThat(Math.abs(trace - values) / Math.sqrt(2 * values)).isLessThan(4.7534);
  }

  /** Component from the uniforms of a sample, the rest from its normals, to the last bit. */
  @Test
  void functionsAreComponentMeanPlusNoiseOfTheirAddress() {
    GaussianProcessMixture generator = GaussianProcessMixture.kerrigan(GRID);
    List<GaussianMeasure> components = generator.mixture().components();
    NoiseSource noise = NoiseSource.of(3).withStream(1).withFirstSample(40);
    double[] generated = generator.generate(noise, 9).toDoubles();
    assertThat(generated)
        .isEqualTo(TestFunctions.values(generator.mixture().sample(noise, 9).values()));
    INDArray centred = components.get(0).covariance().sample(noise, 9);
    Set<Integer> seen = new HashSet<>();
    for (int b = 0; b < 9; b++) {
      int j = noise.uniform(b).nextDouble() < 0.5 ? 0 : 1;
      seen.add(j);
      double[] one = generator.generate(noise.withFirstSample(40 + b), 1).toDoubles();
      for (int i = 0; i < POINTS; i++) {
        assertThat(one[i])
            .isEqualTo(components.get(j).mean().getDouble(0, 0, i) + centred.getDouble(b, 0, i))
            .isEqualTo(generated[b * POINTS + i]);
      }
    }
    assertThat(seen).containsExactlyInAnyOrder(0, 1);
  }

  @Test
  void refusesAnotherDomain() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                GaussianProcessMixture.kerrigan(
                    RegularGrid.of(List.of(new Interval(0, 2)), RegularGrid.Layout.CELL, POINTS)))
        .withMessageContaining("upper=2.0")
        .withMessageContaining("[0, 1]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GaussianProcessMixture.kerrigan(GRID).generate(NoiseSource.of(1), 0))
        .withMessageContaining("batch 0");
  }
}
