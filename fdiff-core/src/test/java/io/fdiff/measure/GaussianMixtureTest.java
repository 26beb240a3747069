package io.fdiff.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.covariance.KernelCovariance;
import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.data.GaussianProcessMixture;
import io.fdiff.kernel.SquaredExponential;
import io.fdiff.noise.NoiseSource;
import io.fdiff.noise.Statistics;
import io.fdiff.space.Grid;
import io.fdiff.space.L2Space;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.TestFunctions;
import io.fdiff.transform.CosineTransform;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class GaussianMixtureTest {

  private static final Grid TWO = RegularGrid.unit(2);
  private static final double A = 0.6295500003364488;

  private static INDArray coefficients(double a, double b) {
    return TestFunctions.of(TWO, a + b, a - b);
  }

  private static CovarianceOperator spectral(double a, double b) {
    return SpectralCovariance.of(
        CosineTransform.of(TWO), Spectrum.table(new int[] {2}, new double[] {a, b}));
  }

  private static GaussianMixture diffused(double[] weights, double g0, double g1, boolean dense) {
    // a X₀ + noise, λ = (1, ¼), VP at t = 0.3; data about (1, ½) and (−½, 1).
    double s = 1 - A * A;
    CovarianceOperator c = spectral(A * A * g0 + s, A * A * g1 + s * 0.25);
    CovarianceOperator v = dense ? DenseCovariance.of(c) : c;
    return GaussianMixture.of(
        weights,
        List.of(
            GaussianMeasure.of(coefficients(A, A * 0.5), v),
            GaussianMeasure.of(coefficients(-A * 0.5, A), v)));
  }

  @Test
  void responsibilitiesOfOraclesE2AndE3() {
    INDArray x = coefficients(0.2, 0.3);
    for (boolean dense : new boolean[] {false, true}) {
      INDArray r = diffused(new double[] {0.3, 0.7}, 0.4, 0.1, dense).responsibilities(x);
      assertThat(r.getDouble(0, 0)).isCloseTo(0.3751693507791349, within(1e-12));
      assertThat(r.getDouble(0, 1)).isCloseTo(0.6248306492208652, within(1e-12));
    }
    double s = 1 - A * A;
    INDArray atoms = Nd4j.concat(0, coefficients(A, A / 2), coefficients(-A / 2, A));
    INDArray r = EmpiricalMeasure.of(TWO, atoms).smoothed(spectral(s, s / 4)).responsibilities(x);
    assertThat(r.getDouble(0, 0)).isCloseTo(0.6048578433248415, within(1e-12));
    assertThat(r.getDouble(0, 1)).isCloseTo(0.39514215667515845, within(1e-12));
  }

  @Test
  void responsibilitiesAreBayesRuleOfDensities() {
    Grid grid = RegularGrid.unit(6);
    double[] pi = {0.2, 0.5, 0.3};
    GaussianMeasure[] parts = new GaussianMeasure[3];
    for (int j = 0; j < 3; j++) {
      parts[j] =
          GaussianMeasure.of(
              TestFunctions.random(grid, DataType.DOUBLE, 1, 2, j),
              DenseCovariance.random(grid, 20 + j));
    }
    GaussianMixture mixture = GaussianMixture.of(pi, List.of(parts));
    INDArray x = mixture.sample(NoiseSource.of(2), 7).values();
    INDArray r = mixture.responsibilities(x);
    GaussianMeasure reference =
        GaussianMeasure.of(
            TestFunctions.random(grid, DataType.DOUBLE, 1, 2, 9), DenseCovariance.random(grid, 30));
    double[] log = TestFunctions.values(mixture.logDensity(x, reference));
    double[][] ratios = new double[3][];
    for (int j = 0; j < 3; j++) {
      ratios[j] = TestFunctions.values(parts[j].density(reference).logDensity(x));
    }
    for (int b = 0; b < 7; b++) {
      double sum = 0;
      for (int j = 0; j < 3; j++) {
        sum += r.getDouble(b, j);
        assertThat(Math.log(r.getDouble(b, j)))
            .isCloseTo(
                Math.log(pi[j]) + ratios[j][b] - log[b], within(1e-9 * (1 + Math.abs(log[b]))));
      }
      assertThat(sum).isCloseTo(1, within(1e-14));
    }
  }

  @Test
  void farFunctionsDoNotUnderflow() {
    INDArray x = coefficients(400, 300);
    GaussianMixture mixture = diffused(new double[] {0.3, 0.7}, 0.4, 0.1, false);
    INDArray r = mixture.responsibilities(x);
    assertThat(r.getDouble(0, 0) + r.getDouble(0, 1)).isCloseTo(1, within(1e-14));
    GaussianMeasure reference = mixture.components().get(0);
    assertThat(mixture.logDensity(x, reference).getDouble(0)).isFinite();
    assertThat(mixture.logDensity(x, reference).getDouble(0))
        .isGreaterThanOrEqualTo(Math.log(0.3) - 1e-12);
  }

  @Test
  void momentsOfTheMixture() {
    Grid grid = RegularGrid.unit(4);
    CovarianceOperator c = DenseCovariance.random(grid, 1);
    GaussianMeasure a = GaussianMeasure.of(TestFunctions.random(grid, DataType.DOUBLE, 1, 2, 1), c);
    GaussianMeasure b = GaussianMeasure.of(TestFunctions.random(grid, DataType.DOUBLE, 1, 2, 2), c);
    GaussianMixture mixture = GaussianMixture.of(new double[] {0.25, 0.75}, List.of(a, b));
    double[] m = TestFunctions.values(mixture.mean());
    double[] ma = TestFunctions.values(a.mean());
    double[] mb = TestFunctions.values(b.mean());
    double[] v = TestFunctions.values(mixture.variance());
    double[][] k = ((DenseCovariance) c).matrix().getData();
    for (int i = 0; i < 8; i++) {
      double d = ma[i] - mb[i];
      assertThat(m[i]).isCloseTo(0.25 * ma[i] + 0.75 * mb[i], within(1e-14));
      // π(1 − π)d² between the components.
      assertThat(v[i]).isCloseTo(k[i % 4][i % 4] + 0.1875 * d * d, within(1e-13));
    }
    INDArray x = TestFunctions.random(grid, DataType.DOUBLE, 3, 2, 5);
    INDArray difference = a.mean().sub(b.mean());
    INDArray image = mixture.applyCovariance(x);
    for (int i = 0; i < 3; i++) {
      INDArray one = TestFunctions.sample(x, i);
      double product = new L2Space(grid).inner(difference, one).getDouble(0);
      double[] expected = TestFunctions.values(c.apply(one).add(difference.mul(0.1875 * product)));
      assertThat(
              TestFunctions.distance(
                  TestFunctions.values(TestFunctions.sample(image, i)), expected))
          .isLessThan(1e-13);
    }
  }

  @Test
  void samplesAreAddressedAndChooseByWeight() {
    GaussianMixture mixture = diffused(new double[] {0.3, 0.7}, 0.4, 0.1, false);
    NoiseSource noise = NoiseSource.of(6);
    int n = 20_000;
    GaussianMixture.Sample all = mixture.sample(noise, n);
    long second = all.components().stream().filter(j -> j == 1).count();
    // 20 000 choices, false alarms 1e-6.
    assertThat((second - 0.7 * n) / Math.sqrt(n * 0.21))
        .isBetween(-Statistics.normal(1e-6), Statistics.normal(1e-6));
    GaussianMixture.Sample one = mixture.sample(noise.withFirstSample(4321), 1);
    assertThat(one.components().get(0)).isEqualTo(all.components().get(4321));
    assertThat(TestFunctions.values(one.values()))
        .isEqualTo(TestFunctions.values(TestFunctions.sample(all.values(), 4321)));
    int j = one.components().get(0);
    assertThat(TestFunctions.values(one.values()))
        .isEqualTo(
            TestFunctions.values(
                mixture.components().get(j).sample(noise.withFirstSample(4321), 1)));
  }

  @Test
  void functionsOfTheSyntheticDataSetAreToldWithCertainty() {
    GaussianMixture mixture = GaussianProcessMixture.kerrigan(RegularGrid.unit(20)).mixture();
    // Means ±(10p − 5) are many standard deviations apart.
    GaussianMixture.Sample sample = mixture.sample(NoiseSource.of(3), 50);
    INDArray r = mixture.responsibilities(sample.values());
    for (int b = 0; b < 50; b++) {
      assertThat(r.getDouble(b, sample.components().get(b))).isGreaterThan(0.999);
    }
  }

  @Test
  void componentsOfTheirOwnCovarianceKeepIt() {
    Grid grid = RegularGrid.unit(12);
    KernelCovariance covariance = KernelCovariance.of(grid, new SquaredExponential(1, 0.1));
    INDArray mean = TestFunctions.random(grid, DataType.DOUBLE, 1, 2, 7);
    GaussianMeasure narrow = GaussianMeasure.of(mean, covariance);
    GaussianMeasure wide = GaussianMeasure.of(mean.neg(), covariance.times(4));
    NoiseSource noise = NoiseSource.of(8);
    GaussianMixture.Sample sample =
        GaussianMixture.of(new double[] {0.25, 0.75}, List.of(narrow, wide)).sample(noise, 20);
    INDArray[] pure = {narrow.sample(noise, 20), wide.sample(noise, 20)};
    assertThat(sample.values().shape()).containsExactly(20, 2, 12);
    assertThat(sample.components()).contains(0, 1);
    for (int b = 0; b < 20; b++) {
      assertThat(TestFunctions.values(TestFunctions.sample(sample.values(), b)))
          .isEqualTo(
              TestFunctions.values(TestFunctions.sample(pure[sample.components().get(b)], b)));
    }
  }

  @Test
  void eachComponentIsChosenWithItsWeight() {
    GaussianMeasure part = GaussianMeasure.centred(spectral(1, 1));
    double[] p = {0.25, 0.125, 0.625};
    GaussianMixture mixture = GaussianMixture.of(p, List.of(part, part, part));
    int n = 20_000;
    double[] count = new double[3];
    mixture.sample(NoiseSource.of(4), n).components().forEach(j -> count[j]++);
    for (int j = 0; j < 3; j++) {
      // Binomial counts, false alarms 3 × 1e-6.
      double z = (count[j] - n * p[j]) / Math.sqrt(n * p[j] * (1 - p[j]));
      assertThat(z).isBetween(-Statistics.normal(1e-6), Statistics.normal(1e-6));
    }
  }

  @Test
  void componentsThatShareACovarianceStillDoOnOtherGrids() {
    GaussianMixture fine =
        diffused(new double[] {0.3, 0.7}, 0.4, 0.1, false).on(RegularGrid.unit(8));
    assertThat(fine.components().get(0).covariance())
        .isSameAs(fine.components().get(1).covariance());
    INDArray x =
        TestFunctions.of(fine.grid(), p -> 0.2 + 0.3 * Math.sqrt(2) * Math.cos(Math.PI * p));
    assertThat(fine.responsibilities(x).getDouble(0, 0))
        .isCloseTo(0.3751693507791349, within(1e-12));
  }

  @Test
  void badInputIsRefused() {
    GaussianMeasure a = GaussianMeasure.centred(spectral(1, 1));
    GaussianMeasure b = GaussianMeasure.centred(spectral(1, 1).on(RegularGrid.unit(3)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GaussianMixture.of(new double[0], List.of()))
        .withMessageContaining("at least one");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GaussianMixture.of(new double[] {1}, List.of(a, a)))
        .withMessageContaining("1 weights for 2 components");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GaussianMixture.of(new double[] {0.5, 0.6}, List.of(a, a)))
        .withMessageContaining("sum to 1.1");
    for (double bad : new double[] {-0.5, 0, Double.NaN}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> GaussianMixture.of(new double[] {1 - bad, bad}, List.of(a, a)))
          .withMessageContaining("not positive and finite");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GaussianMixture.of(new double[] {0.5, 0.5}, List.of(a, b)))
        .withMessageContaining("one grid");
    GaussianMixture mixture = GaussianMixture.of(new double[] {1}, List.of(a));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> mixture.responsibilities(TestFunctions.random(TWO, DataType.DOUBLE, 1, 2, 1)))
        .withMessageContaining("2 channels");
  }
}
