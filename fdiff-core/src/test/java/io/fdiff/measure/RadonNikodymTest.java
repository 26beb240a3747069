package io.fdiff.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.TestFunctions;
import io.fdiff.transform.CosineTransform;
import java.util.function.DoubleUnaryOperator;
import org.apache.commons.math3.analysis.integration.gauss.GaussIntegrator;
import org.apache.commons.math3.analysis.integration.gauss.GaussIntegratorFactory;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class RadonNikodymTest {

  private static final Grid TWO = RegularGrid.unit(2);

  private static GaussianMeasure measure(double m0, double m1, double l0, double l1) {
    // Coefficients (c₀, c₁) are the values c₀ ± c₁ on two cell centres.
    return GaussianMeasure.of(
        TestFunctions.of(TWO, m0 + m1, m0 - m1),
        SpectralCovariance.of(
            CosineTransform.of(TWO), Spectrum.table(new int[] {2}, new double[] {l0, l1})));
  }

  /** {@code E g(ln f)} under {@code N((m0, m1), diag(l0, l1))} by Gauss–Hermite quadrature. */
  private static double expectation(
      RadonNikodym f, DoubleUnaryOperator g, double m0, double m1, double l0, double l1) {
    GaussIntegrator rule = new GaussIntegratorFactory().hermite(40);
    double sum = 0;
    double total = 0;
    for (int i = 0; i < 40; i++) {
      for (int j = 0; j < 40; j++) {
        double a = m0 + Math.sqrt(2 * l0) * rule.getPoint(i);
        double b = m1 + Math.sqrt(2 * l1) * rule.getPoint(j);
        double log = f.logDensity(TestFunctions.of(TWO, a + b, a - b)).getDouble(0);
        double weight = rule.getWeight(i) * rule.getWeight(j);
        sum += weight * g.applyAsDouble(log);
        total += weight;
      }
    }
    return sum / total;
  }

  @Test
  void integratesToOneWithTheStatedMoments() {
    for (boolean dense : new boolean[] {false, true}) {
      GaussianMeasure first = measure(0.3, -0.2, 0.9, 0.5);
      GaussianMeasure second = measure(0.1, 0.1, 1, 0.4);
      if (dense) {
        first = ReferencePair.dense(first);
        second = ReferencePair.dense(second);
      }
      RadonNikodym f = first.density(second);
      // Entire functions of order 2: 40 points leave round-off.
      assertThat(expectation(f, Math::exp, 0.1, 0.1, 1, 0.4)).isCloseTo(1, within(1e-12));
      assertThat(expectation(f, v -> Math.exp(2 * v), 0.1, 0.1, 1, 0.4))
          .isCloseTo(f.secondMoment(), within(1e-9));
      assertThat(expectation(f, v -> v, 0.3, -0.2, 0.9, 0.5))
          .isCloseTo(first.kl(second), within(1e-12));
    }
  }

  @Test
  void oneCovarianceIsCameronMartin() {
    // exp(⟨h, x⟩_C − ½‖h‖²_C), with E = 1 and second moment exp ‖h‖²_C.
    GaussianMeasure centred = measure(0, 0, 0.7, 0.2);
    GaussianMeasure moved = centred.shift(TestFunctions.of(TWO, 0.5, -0.1));
    RadonNikodym f = moved.density(centred);
    double squared = 0.2 * 0.2 / 0.7 + 0.3 * 0.3 / 0.2;
    double a = 0.4;
    double b = -1.1;
    assertThat(f.logDensity(TestFunctions.of(TWO, a + b, a - b)).getDouble(0))
        .isCloseTo(0.2 * a / 0.7 + 0.3 * b / 0.2 - 0.5 * squared, within(1e-13));
    assertThat(f.secondMoment()).isCloseTo(Math.exp(squared), within(1e-12));
    assertThat(expectation(f, Math::exp, 0, 0, 0.7, 0.2)).isCloseTo(1, within(1e-12));
    // The dense eigenvectors are other coordinates of the same density.
    assertThat(
            ReferencePair.dense(moved)
                .density(ReferencePair.dense(centred))
                .logDensity(TestFunctions.of(TWO, a + b, a - b))
                .getDouble(0))
        .isCloseTo(0.2 * a / 0.7 + 0.3 * b / 0.2 - 0.5 * squared, within(1e-12));
  }

  @Test
  void ratiosOfTwoAndMoreHaveNoSecondMoment() {
    assertThat(measure(0, 0, 2, 1).density(measure(0, 0, 1, 1)).secondMoment())
        .isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(measure(0, 0, 1.9, 1).density(measure(0, 0, 1, 1)).secondMoment())
        .isCloseTo(1 / Math.sqrt(1.9 * 0.1), within(1e-12));
  }

  @Test
  void densitiesFollowTheChainRuleInEveryForm() {
    Grid grid = RegularGrid.unit(7);
    GaussianMeasure[] m = new GaussianMeasure[3];
    for (int i = 0; i < 3; i++) {
      m[i] =
          GaussianMeasure.of(
              TestFunctions.random(grid, DataType.DOUBLE, 1, 2, i),
              i == 1
                  ? SpectralCovariance.of(CosineTransform.of(grid), Spectrum.bessel(2, 1, 4))
                  : DenseCovariance.random(grid, i + 10));
    }
    INDArray x = TestFunctions.random(grid, DataType.DOUBLE, 5, 2, 9);
    double[] direct = TestFunctions.values(m[0].density(m[2]).logDensity(x));
    double[] chain =
        TestFunctions.values(
            m[0].density(m[1]).logDensity(x).add(m[1].density(m[2]).logDensity(x)));
    assertThat(TestFunctions.distance(direct, chain))
        .isLessThan(1e-10 * (1 + TestFunctions.max(direct)));
    assertThat(direct).hasSize(5);
    double[] inverse = TestFunctions.values(m[2].density(m[0]).logDensity(x).neg());
    assertThat(TestFunctions.distance(direct, inverse))
        .isLessThan(1e-10 * (1 + TestFunctions.max(direct)));
    assertThat(TestFunctions.values(m[0].density(m[0]).logDensity(x))).containsOnly(0);
    // Samples of a batch do not see each other.
    for (int i = 0; i < 5; i++) {
      assertThat(m[0].density(m[2]).logDensity(TestFunctions.sample(x, i)).getDouble(0))
          .isEqualTo(direct[i]);
    }
  }

  @Test
  void doesNotDependOnTheGridForBandLimitedMeasures() {
    GaussianMeasure a = ReferencePair.first(ReferencePair.GRID);
    GaussianMeasure b = ReferencePair.second(ReferencePair.GRID);
    Grid fine = RegularGrid.unit(24);
    INDArray x = b.sample(NoiseSource.of(4), 3);
    INDArray there = b.on(fine).sample(NoiseSource.of(4), 3);
    double[] here = TestFunctions.values(a.density(b).logDensity(x));
    double[] fineValues = TestFunctions.values(a.on(fine).density(b.on(fine)).logDensity(there));
    assertThat(TestFunctions.distance(here, fineValues))
        .isLessThan(1e-11 * (1 + TestFunctions.max(here)));
  }

  @Test
  void wrongShapesAreRefused() {
    RadonNikodym f = measure(0, 0, 1, 1).density(measure(0, 0, 1, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> f.logDensity(FunctionBatch.zeros(TWO, DataType.DOUBLE, 3, 2)))
        .withMessageContaining("2 channels");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> f.logDensity(FunctionBatch.zeros(RegularGrid.unit(3), DataType.DOUBLE, 1, 1)))
        .withMessageContaining("expected");
  }
}
