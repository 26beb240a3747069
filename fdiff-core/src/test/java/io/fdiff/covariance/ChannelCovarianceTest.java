package io.fdiff.covariance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.kernel.Matern;
import io.fdiff.noise.NoiseSource;
import io.fdiff.noise.Statistics;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Interval;
import io.fdiff.space.PointSet;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.TestFunctions;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class ChannelCovarianceTest {

  private static final double[][] B = {{2, 0.6, 0}, {0.6, 1, -0.3}, {0, -0.3, 0.5}};
  private static final RegularGrid GRID = RegularGrid.unit(5);

  private static ChannelCovariance operator() {
    return ChannelCovariance.of(B, KernelCovariance.of(GRID, Matern.exponential(1, 0.4)));
  }

  @Test
  void appliesBothFactors() {
    ChannelCovariance c = operator();
    INDArray x = TestFunctions.random(GRID, DataType.DOUBLE, 2, 3, 5);
    double[] inner = TestFunctions.values(c.operator().apply(x));
    double[] y = TestFunctions.values(c.apply(x));
    for (int sample = 0; sample < 2; sample++) {
      for (int a = 0; a < 3; a++) {
        for (int i = 0; i < 5; i++) {
          double expected = 0;
          for (int b = 0; b < 3; b++) {
            expected += B[a][b] * inner[(sample * 3 + b) * 5 + i];
          }
          assertThat(y[(sample * 3 + a) * 5 + i]).isCloseTo(expected, within(1e-14));
        }
      }
    }
    assertThat(c.trace()).isCloseTo(3.5 * c.operator().trace(), within(1e-14));
    assertThat(c.times(2).trace()).isCloseTo(2 * c.trace(), within(1e-14));
    assertThat(c.on(RegularGrid.unit(7)).operator().grid()).isEqualTo(RegularGrid.unit(7));
    assertThat(c.channels()).isEqualTo(3);
  }

  @Test
  void powersAddUp() {
    ChannelCovariance c = operator();
    INDArray x = TestFunctions.random(GRID, DataType.DOUBLE, 2, 3, 5);
    double[] expected = TestFunctions.values(c.apply(x));
    double[] twice = TestFunctions.values(c.applyPower(c.applyPower(x, 0.5), 0.5));
    assertThat(TestFunctions.distance(twice, expected)).isLessThan(1e-13);
    double[] back = TestFunctions.values(c.applyPower(c.apply(x), -1));
    assertThat(TestFunctions.distance(back, TestFunctions.values(x))).isLessThan(1e-10);
    // Rank one: the inverse is that on the range.
    ChannelCovariance one = ChannelCovariance.of(new double[][] {{1, 1}, {1, 1}}, c.operator());
    INDArray z = TestFunctions.random(GRID, DataType.DOUBLE, 1, 2, 6);
    double[] p = TestFunctions.values(one.applyPower(one.apply(z), -1));
    double[] v = TestFunctions.values(z);
    for (int i = 0; i < 10; i++) {
      assertThat(p[i]).isCloseTo((v[i % 5] + v[5 + i % 5]) / 2, within(1e-10));
    }
  }

  @Test
  void samplesHaveTheProductCovariance() {
    // 4000 draws at one point; products X_a X_b have mean B_ab k and variance k²(B_aa B_bb +
    // B_ab²):
    // six comparisons at a total false-alarm rate of 1e-6.
    ChannelCovariance c = operator();
    int n = 4000;
    INDArray out = FunctionBatch.zeros(GRID, DataType.DOUBLE, n, 3);
    double[] x = TestFunctions.values(c.sample(NoiseSource.of(77), out));
    double bound = Statistics.normal(1e-6 / 6);
    for (int a = 0; a < 3; a++) {
      for (int b = 0; b <= a; b++) {
        double mean = 0;
        for (int s = 0; s < n; s++) {
          mean += x[(s * 3 + a) * 5 + 2] * x[(s * 3 + b) * 5 + 2] / n;
        }
        double deviation = Math.sqrt((B[a][a] * B[b][b] + B[a][b] * B[a][b]) / n);
        assertThat((mean - B[a][b]) / deviation).as("%d %d", a, b).isBetween(-bound, bound);
      }
    }
    INDArray one = FunctionBatch.zeros(GRID, DataType.DOUBLE, 1, 3);
    double[] alone = TestFunctions.values(c.sample(NoiseSource.of(77).withFirstSample(7), one));
    for (int i = 0; i < 15; i++) {
      assertThat(alone[i]).isEqualTo(x[7 * 15 + i]);
    }
  }

  @Test
  void matricesThatAreNoCovariancesAreRefused() {
    CovarianceOperator c = operator().operator();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ChannelCovariance.of(new double[][] {{1, 2}, {2, 1}}, c))
        .withMessageContaining("eigenvalue -0.99")
        .withMessageContaining("positive semi-definite");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ChannelCovariance.of(new double[][] {{1, 0.5}, {0.4, 1}}, c))
        .withMessageContaining("symmetric");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ChannelCovariance.of(new double[][] {{1, 0.5}}, c))
        .withMessageContaining("2 entries, not 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ChannelCovariance.of(new double[][] {{Double.NaN}}, c))
        .withMessageContaining("NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ChannelCovariance.of(new double[0][], c))
        .withMessageContaining("must not be 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> operator().apply(TestFunctions.random(GRID, 1)))
        .withMessageContaining("1 channels")
        .withMessageContaining("has 3");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> operator().on(PointSet.of(new Interval(0, 2), 0, 1)))
        .withMessageContaining("same domain");
  }
}
