package io.fdiff.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.covariance.KernelCovariance;
import io.fdiff.kernel.SquaredExponential;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.PointSet;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.TestFunctions;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Oracle C: the table of the reference pair, diagonal and dense, and laws on other grids. */
class GaussianDistancesTest {

  private static final GaussianMeasure FIRST = ReferencePair.first(ReferencePair.GRID);
  private static final GaussianMeasure SECOND = ReferencePair.second(ReferencePair.GRID);

  private static void assertTable(GaussianMeasure a, GaussianMeasure b, double accuracy) {
    assertRelative(a.kl(b), 10.056627120055946, accuracy);
    assertRelative(b.kl(a), 3.424941048878294, accuracy);
    assertRelative(a.logDet2(b), -17.39539709725475, accuracy);
    assertRelative(a.w2Squared(b), 1.175079799981518, accuracy);
    assertRelative(a.w2(b), Math.sqrt(1.175079799981518), accuracy);
    assertRelative(Math.pow(a.hellinger(b), 2), 0.6986239668413495, accuracy);
    assertRelative(a.kernelMean(b, 1), 0.3420181916237648, accuracy);
    assertRelative(a.mmd2(b, 1), 0.1615946109470415, accuracy);
    INDArray delta = a.mean().sub(b.mean());
    double norm = a.cameronMartinNorm(delta).getDouble(0);
    assertRelative(norm * norm, 1.527422052154195, accuracy);
    GaussianMeasure centred = GaussianMeasure.centred(a.covariance());
    assertRelative(
        centred.shift(delta).density(centred).secondMoment(), 4.6062867359054325, accuracy);
    double rootTrace = 0;
    for (int k = 1; k <= 8; k++) {
      rootTrace += Math.pow(k, -2.5);
    }
    assertRelative(a.rootTrace(b), rootTrace, accuracy);
  }

  private static void assertRelative(double actual, double expected, double accuracy) {
    assertThat(actual).isCloseTo(expected, within(accuracy * Math.abs(expected)));
  }

  @Test
  void referencePairInItsBasis() {
    assertTable(FIRST, SECOND, 1e-12);
  }

  @Test
  void referencePairDense() {
    GaussianMeasure a = ReferencePair.dense(FIRST);
    GaussianMeasure b = ReferencePair.dense(SECOND);
    // Condition number 512 of C₂.
    assertTable(a, b, 1e-11);
    assertTable(a, SECOND, 1e-11);
    assertTable(FIRST, b, 1e-11);
  }

  @Test
  void bandLimitedMeasuresHaveOneDistanceOnAllGrids() {
    for (Grid grid : new Grid[] {RegularGrid.unit(9), RegularGrid.unit(16), RegularGrid.unit(40)}) {
      GaussianMeasure a = FIRST.on(grid);
      GaussianMeasure b = SECOND.on(grid);
      assertTable(a, b, 1e-11);
      assertThat(a.on(ReferencePair.GRID).w2(FIRST)).isLessThan(1e-13);
    }
  }

  @Test
  void channelsAddUpAndAffinitiesMultiply() {
    double[] two = new double[16];
    System.arraycopy(TestFunctions.values(FIRST.mean()), 0, two, 0, 8);
    System.arraycopy(TestFunctions.values(SECOND.mean()), 0, two, 8, 8);
    double[] same = new double[16];
    System.arraycopy(TestFunctions.values(SECOND.mean()), 0, same, 0, 8);
    System.arraycopy(TestFunctions.values(SECOND.mean()), 0, same, 8, 8);
    for (boolean dense : new boolean[] {false, true}) {
      GaussianMeasure a = measure(two, FIRST, dense);
      GaussianMeasure b = measure(same, SECOND, dense);
      GaussianMeasure plain = GaussianMeasure.of(SECOND.mean(), FIRST.covariance());
      assertRelative(a.kl(b), FIRST.kl(SECOND) + plain.kl(SECOND), 1e-11);
      assertRelative(a.w2Squared(b), FIRST.w2Squared(SECOND) + plain.w2Squared(SECOND), 1e-11);
      assertRelative(a.logDet2(b), 2 * FIRST.logDet2(SECOND), 1e-11);
      assertRelative(a.rootTrace(b), 2 * FIRST.rootTrace(SECOND), 1e-11);
      assertRelative(
          a.kernelMean(b, 0.7),
          FIRST.kernelMean(SECOND, 0.7) * plain.kernelMean(SECOND, 0.7),
          1e-11);
      assertRelative(
          1 - Math.pow(a.hellinger(b), 2),
          (1 - Math.pow(FIRST.hellinger(SECOND), 2)) * (1 - Math.pow(plain.hellinger(SECOND), 2)),
          1e-11);
    }
  }

  private static GaussianMeasure measure(double[] means, GaussianMeasure law, boolean dense) {
    INDArray mean = FunctionBatch.array(ReferencePair.GRID, DataType.DOUBLE, 2, means);
    return GaussianMeasure.of(
        mean, dense ? DenseCovariance.of(law.covariance()) : law.covariance());
  }

  @Test
  void divergenceOfNearMeasuresKeepsItsDigits() {
    // KL of ρ = 1 + m is ½(m − ln(1 + m)) = m²/4 − m³/6 + … a mode.
    double m = 1e-7;
    GaussianMeasure near = GaussianMeasure.of(FIRST.mean(), FIRST.covariance().times(1 + m));
    assertThat(near.kl(FIRST)).isCloseTo(8 * (m * m / 4 - m * m * m / 6), within(1e-21));
    // 8 eigenvalues of a matrix of size 1e-7 with round-off 1e-14: relative 1e-7.
    assertThat(ReferencePair.dense(near).kl(ReferencePair.dense(FIRST)))
        .isCloseTo(2 * m * m, within(1e-5 * m * m));
    // √λ(√(1+m) − 1): the difference of traces would be lost in 1e-16.
    assertRelative(
        ReferencePair.dense(near).w2(ReferencePair.dense(FIRST)),
        (Math.sqrt(1 + m) - 1) * Math.sqrt(FIRST.covariance().trace()),
        1e-6);
  }

  @Test
  void degenerateDirectionsAreSingular() {
    GaussianMeasure low =
        GaussianMeasure.of(
            SECOND.mean(), ReferencePair.spectral(ReferencePair.GRID, k -> k < 5 ? 1.0 / k : 0));
    GaussianMeasure lowMean = GaussianMeasure.of(FIRST.mean(), low.covariance());
    for (boolean dense : new boolean[] {false, true}) {
      GaussianMeasure full = dense ? ReferencePair.dense(SECOND) : SECOND;
      GaussianMeasure part = dense ? ReferencePair.dense(low) : low;
      GaussianMeasure moved = dense ? ReferencePair.dense(lowMean) : lowMean;
      assertThat(full.kl(part)).isEqualTo(Double.POSITIVE_INFINITY);
      assertThat(full.hellinger(part)).isEqualTo(1);
      assertThat(full.logDet2(part)).isEqualTo(Double.NEGATIVE_INFINITY);
      assertThat(moved.kl(part)).as("mean outside").isEqualTo(Double.POSITIVE_INFINITY);
      assertThat(part.kl(part)).isZero();
      assertThat(full.w2(part)).isFinite().isPositive();
      assertThatIllegalArgumentException()
          .isThrownBy(() -> full.density(part))
          .withMessageContaining("outside the range")
          .withMessageContaining("w2");
      INDArray outside = moved.mean().sub(part.mean());
      assertThat(part.cameronMartinNorm(outside).getDouble(0)).isEqualTo(Double.POSITIVE_INFINITY);
    }
    assertThat(low.kl(SECOND)).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(low.hellinger(SECOND)).isEqualTo(1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> low.density(SECOND))
        .withMessageContaining("no variance");
  }

  @Test
  void cameronMartinNormsOfOracleB3() {
    // Exponential kernel ℓ = 0.2, h = 1: 1 + (n − 1)(1 − ρ)/(1 + ρ).
    for (int n : new int[] {11, 101}) {
      Grid grid = RegularGrid.unit(RegularGrid.Layout.NODE, n);
      double[][] k = new double[n][n];
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          k[i][j] = Math.exp(-Math.abs(i - j) / (0.2 * (n - 1)));
        }
      }
      GaussianMeasure measure = GaussianMeasure.centred(DenseCovariance.of(grid, k));
      double norm = measure.cameronMartinNorm(TestFunctions.of(grid, p -> 1)).getDouble(0);
      assertThat(norm * norm)
          .isCloseTo(n == 11 ? 3.4491866240370914 : 3.4994792968420687, within(1e-11));
    }
    // Brownian motion, h = sin(πp/2): π²/8 from below, second order in 1/n.
    double[] error = new double[2];
    for (int level = 0; level < 2; level++) {
      int n = 20 << level;
      double[] points = new double[n];
      double[][] k = new double[n][n];
      for (int i = 0; i < n; i++) {
        points[i] = (i + 1.0) / n;
        for (int j = 0; j < n; j++) {
          k[i][j] = Math.min(i + 1, j + 1) / (double) n;
        }
      }
      Grid grid = PointSet.of(Interval.UNIT, points);
      GaussianMeasure motion = GaussianMeasure.centred(DenseCovariance.of(grid, k));
      INDArray h = TestFunctions.of(grid, p -> Math.sin(Math.PI * p / 2));
      double norm = motion.cameronMartinNorm(h).getDouble(0);
      error[level] = 1.2337005501361697 - norm * norm;
    }
    assertThat(error[1]).isPositive();
    assertThat(Math.log(error[0] / error[1]) / Math.log(2)).isCloseTo(2, within(0.02));
  }

  @Test
  void affineImages() {
    INDArray h = ReferencePair.function(ReferencePair.GRID, k -> 1.0 / k);
    GaussianMeasure moved = FIRST.shift(h);
    assertRelative(moved.w2(FIRST), h.norm2Number().doubleValue() / Math.sqrt(8), 1e-13);
    GaussianMeasure scaled = FIRST.times(-3);
    assertRelative(scaled.w2(SECOND.times(-3)), 3 * FIRST.w2(SECOND), 1e-13);
    assertRelative(scaled.kl(SECOND.times(-3)), FIRST.kl(SECOND), 1e-12);
    assertThat(TestFunctions.values(scaled.mean()))
        .isEqualTo(TestFunctions.values(FIRST.mean().mul(-3)));
    for (double bad : new double[] {0, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> FIRST.times(bad))
          .withMessageContaining("factor " + bad);
    }
  }

  @Test
  void marginalsAreTheValuesOfMeanAndKernel() {
    GaussianVector law = FIRST.marginal(LinearObservation.atNodes(ReferencePair.GRID, 6, 2));
    double[] m = TestFunctions.values(FIRST.mean());
    assertThat(law.mean()[0]).containsExactly(m[6], m[2]);
    DenseCovariance k = DenseCovariance.of(FIRST.covariance());
    assertThat(law.covariance()[0][1]).isCloseTo(k.matrix().getEntry(6, 2), within(1e-14));
    assertThat(law.variances()[1]).isCloseTo(k.matrix().getEntry(2, 2), within(1e-14));
  }

  @Test
  void badInputIsRefused() {
    GaussianMeasure other = ReferencePair.first(RegularGrid.unit(9));
    GaussianMeasure channels = FIRST.shift(FIRST.mean()).on(ReferencePair.GRID);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FIRST.kl(other))
        .withMessageContaining("one grid");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FIRST.w2(other))
        .withMessageContaining("one grid");
    GaussianMeasure two =
        GaussianMeasure.of(Nd4j.zeros(DataType.DOUBLE, 1, 2, 8), FIRST.covariance());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> channels.hellinger(two))
        .withMessageContaining("2 on");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> channels.logDet2(two))
        .withMessageContaining("2 on");
    for (double bad : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> FIRST.mmd2(SECOND, bad))
          .withMessageContaining("bandwidth " + bad);
    }
    GaussianMeasure kernel =
        GaussianMeasure.of(
            FIRST.mean(), KernelCovariance.of(ReferencePair.GRID, new SquaredExponential(1, 0.1)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> kernel.on(RegularGrid.unit(9)))
        .withMessageContaining("GaussianMeasure.of");
  }
}
