package io.fdiff.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.covariance.KernelCovariance;
import io.fdiff.kernel.SquaredExponential;
import io.fdiff.measure.GaussianMeasure;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.RegularGrid;
import java.util.List;
import org.apache.commons.math3.distribution.ChiSquaredDistribution;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.CholeskyDecomposition;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class GaussianProcessMixtureTest {

  private static final int POINTS = 12;
  private static final Grid GRID = RegularGrid.unit(POINTS);

  @Test
  void componentMeansAreTheTwoLines() {
    List<GaussianMeasure> components = GaussianProcessMixture.kerrigan(GRID).components();
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
    GaussianProcessMixture.Sample sample =
        GaussianProcessMixture.kerrigan(GRID).sample(NoiseSource.of(20230425), n);
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

  @Test
  void functionsDoNotDependOnTheBatch() {
    GaussianProcessMixture mixture = GaussianProcessMixture.kerrigan(GRID);
    NoiseSource noise = NoiseSource.of(3).withStream(1);
    GaussianProcessMixture.Sample whole = mixture.sample(noise, 9);
    GaussianProcessMixture.Sample again = mixture.sample(noise, 9);
    assertThat(again.values()).isEqualTo(whole.values());
    assertThat(again.components()).isEqualTo(whole.components()).contains(0, 1);
    for (int b = 0; b < 9; b++) {
      GaussianProcessMixture.Sample one = mixture.sample(noise.withFirstSample(b), 1);
      assertThat(one.components().get(0)).isEqualTo(whole.components().get(b));
      for (int i = 0; i < POINTS; i++) {
        assertThat(one.values().getDouble(0, 0, i)).isEqualTo(whole.values().getDouble(b, 0, i));
      }
    }
  }

  @Test
  void componentsOfTheirOwnCovarianceKeepIt() {
    KernelCovariance covariance = KernelCovariance.of(GRID, new SquaredExponential(1, 0.1));
    INDArray mean = FunctionBatch.array(GRID, DataType.DOUBLE, 2, new double[2 * POINTS]).addi(7);
    GaussianMeasure narrow = GaussianMeasure.of(mean, covariance);
    GaussianMeasure wide = GaussianMeasure.of(mean.neg(), covariance.times(4));
    NoiseSource noise = NoiseSource.of(8);
    GaussianProcessMixture.Sample sample =
        GaussianProcessMixture.of(new double[] {1, 3}, List.of(narrow, wide)).sample(noise, 20);
    INDArray[] pure = {narrow.sample(noise, 20), wide.sample(noise, 20)};
    assertThat(sample.values().shape()).containsExactly(20, 2, POINTS);
    assertThat(sample.components()).contains(0, 1);
    for (int b = 0; b < 20; b++) {
      INDArray expected = pure[sample.components().get(b)];
      for (int c = 0; c < 2; c++) {
        for (int i = 0; i < POINTS; i++) {
          assertThat(sample.values().getDouble(b, c, i)).isEqualTo(expected.getDouble(b, c, i));
        }
      }
    }
  }

  @Test
  void weightsAreRelative() {
    GaussianMeasure part = GaussianProcessMixture.kerrigan(GRID).components().get(0);
    GaussianProcessMixture mixture =
        GaussianProcessMixture.of(new double[] {2, 1, 5}, List.of(part, part, part));
    int n = 20_000;
    double[] count = new double[3];
    mixture.sample(NoiseSource.of(4), n).components().forEach(j -> count[j]++);
    double[] p = {0.25, 0.125, 0.625};
    for (int j = 0; j < 3; j++) {
      // Binomial counts, 3 × 2e-6.
      double z = (count[j] - n * p[j]) / Math.sqrt(n * p[j] * (1 - p[j]));
      assertThat(Math.abs(z)).isLessThan(4.7534);
    }
  }

  @Test
  void refusesWhatIsNoMixture() {
    GaussianMeasure part = GaussianProcessMixture.kerrigan(GRID).components().get(0);
    for (double bad : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> GaussianProcessMixture.of(new double[] {bad}, List.of(part)))
          .withMessageContaining("weight " + bad + " of component 0");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GaussianProcessMixture.of(new double[] {1}, List.of(part, part)))
        .withMessageContaining("1 weights for 2 components");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GaussianProcessMixture.of(new double[0], List.of()))
        .withMessageContaining("at least one component");
    GaussianMeasure other =
        GaussianProcessMixture.kerrigan(RegularGrid.unit(5)).components().get(0);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GaussianProcessMixture.of(new double[] {1, 1}, List.of(part, other)))
        .withMessageContaining("component 1 with mean [1, 1, 5]")
        .withMessageContaining("one grid");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                GaussianProcessMixture.kerrigan(
                    RegularGrid.of(List.of(new Interval(0, 2)), RegularGrid.Layout.CELL, POINTS)))
        .withMessageContaining("upper=2.0")
        .withMessageContaining("[0, 1]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GaussianProcessMixture.kerrigan(GRID).sample(NoiseSource.of(1), 0))
        .withMessageContaining("batch 0");
  }
}
