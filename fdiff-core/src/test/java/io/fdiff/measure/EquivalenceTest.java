package io.fdiff.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.measure.Equivalence.Finding;
import io.fdiff.measure.Equivalence.Verdict;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.TestFunctions;
import io.fdiff.transform.CosineTransform;
import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.Test;

/** Oracle C3 and what lies at the border. */
class EquivalenceTest {

  private static Equivalence report(
      int n, IntToDoubleFunction first, IntToDoubleFunction second, IntToDoubleFunction delta) {
    return Equivalence.of(sequence(n, first), sequence(n, second), sequence(n, delta));
  }

  private static double[] sequence(int n, IntToDoubleFunction rule) {
    double[] out = new double[n];
    Arrays.setAll(out, k -> rule.applyAsDouble(k + 1));
    return out;
  }

  private static double square(int k) {
    return 1.0 / ((double) k * k);
  }

  @Test
  void ratiosThatTendToOneFastEnoughAreEquivalent() {
    Equivalence e =
        report(100_000, EquivalenceTest::square, k -> square(k) * (1 + 1.0 / k), k -> 0);
    assertThat(e.verdict()).isEqualTo(Verdict.EQUIVALENT);
    assertThat(e.kl().total()).isCloseTo(0.2113896675783999, within(1e-12 * 0.2));
    // The tail is Σ_{k>n} 1/4k².
    assertThat(0.21139216754923357 - e.kl().total()).isCloseTo(1 / 4e5, within(1e-10));
    assertThat(e.ratios().sums().total()).isCloseTo(Math.log(2), within(1e-12));
    assertThat(e.hilbertSchmidt().sums().growthExponent()).isCloseTo(-1, within(0.01));
    assertThat(e.describe())
        .contains("equivalent by this many modes")
        .contains("(iii)")
        .contains("converges");
  }

  @Test
  void scaledCovariancesAreSingular() {
    double c = 1.7;
    Equivalence e = report(4096, EquivalenceTest::square, k -> c * square(k), k -> 0);
    assertThat(e.verdict()).isEqualTo(Verdict.SINGULAR);
    double each = 0.5 * (1 / c - 1 + Math.log(c));
    assertThat(e.kl().total()).isCloseTo(4096 * each, within(1e-11 * 4096 * each));
    assertThat(e.kl().growthExponent()).isCloseTo(1, within(1e-9));
    assertThat(e.ratios().finding()).as("the Cameron–Martin spaces agree").isEqualTo(Finding.HOLDS);
    assertThat(e.hilbertSchmidt().finding()).isEqualTo(Finding.FAILS);
    assertThat(e.describe()).contains("singular by this many modes");
  }

  @Test
  void otherPowersAreSingularInEveryRespect() {
    int n = 2048;
    Equivalence e = report(n, EquivalenceTest::square, k -> Math.pow(k, -3), k -> 0);
    assertThat(e.verdict()).isEqualTo(Verdict.SINGULAR);
    assertThat(e.ratios().finding()).isEqualTo(Finding.FAILS);
    assertThat(e.hilbertSchmidt().finding()).isEqualTo(Finding.FAILS);
    double expected = 0;
    for (int k = 1; k <= n; k++) {
      expected += 0.5 * (k - 1 - Math.log(k));
    }
    assertThat(e.kl().total()).isCloseTo(expected, within(1e-12 * expected));
  }

  @Test
  void shiftsMustLieInTheCameronMartinSpace() {
    // Σ Δ²/λ with λ = k⁻²: Δ = k⁻² gives Σ k⁻², Δ = k⁻¹ gives Σ 1.
    Equivalence inside =
        report(1024, EquivalenceTest::square, EquivalenceTest::square, EquivalenceTest::square);
    assertThat(inside.verdict()).isEqualTo(Verdict.EQUIVALENT);
    assertThat(inside.kl().total()).isCloseTo(0.5 * inside.shift().sums().total(), within(1e-12));
    Equivalence outside =
        report(1024, EquivalenceTest::square, EquivalenceTest::square, k -> 1.0 / k);
    assertThat(outside.verdict()).isEqualTo(Verdict.SINGULAR);
    assertThat(outside.shift().finding()).isEqualTo(Finding.FAILS);
    assertThat(outside.hilbertSchmidt().finding()).isEqualTo(Finding.HOLDS);
  }

  @Test
  void logarithmicGrowthIsUndecided() {
    // Σ 1/k diverges and Σ 1/(k ln² k) converges; the modes do not tell.
    IntToDoubleFunction diverges = k -> square(k) * (1 + 1 / Math.sqrt(k));
    IntToDoubleFunction converges = k -> square(k) * (1 + 1 / (Math.sqrt(k) * Math.log(k + 1)));
    for (IntToDoubleFunction first : new IntToDoubleFunction[] {diverges, converges}) {
      Equivalence e = report(1 << 16, first, EquivalenceTest::square, k -> 0);
      assertThat(e.verdict()).isEqualTo(Verdict.UNDECIDED);
      assertThat(e.hilbertSchmidt().sentence()).contains("near logarithmic");
    }
    // Clear of the border on either side.
    assertThat(
            report(
                    1 << 16,
                    k -> square(k) * (1 + Math.pow(k, -0.7)),
                    EquivalenceTest::square,
                    k -> 0)
                .verdict())
        .isEqualTo(Verdict.EQUIVALENT);
    assertThat(
            report(
                    1 << 16,
                    k -> square(k) * (1 + Math.pow(k, -0.3)),
                    EquivalenceTest::square,
                    k -> 0)
                .verdict())
        .isEqualTo(Verdict.SINGULAR);
  }

  @Test
  void fewModesDecideNothing() {
    Equivalence e = report(8, EquivalenceTest::square, k -> 2 * square(k), k -> 0);
    assertThat(e.verdict()).isEqualTo(Verdict.UNDECIDED);
    assertThat(e.hilbertSchmidt().sentence()).contains("8 modes are too few");
  }

  @Test
  void degenerateModesAreSingular() {
    IntToDoubleFunction cut = k -> k == 20 ? 0 : square(k);
    for (IntToDoubleFunction[] pair :
        new IntToDoubleFunction[][] {
          {cut, EquivalenceTest::square}, {EquivalenceTest::square, cut},
        }) {
      Equivalence e = report(64, pair[0], pair[1], k -> 0);
      assertThat(e.verdict()).isEqualTo(Verdict.SINGULAR);
      assertThat(e.ratios().finding()).isEqualTo(Finding.FAILS);
      assertThat(e.ratios().sentence()).contains("infinite");
      assertThat(e.kl().total()).isEqualTo(Double.POSITIVE_INFINITY);
    }
    assertThat(report(64, cut, cut, k -> 0).verdict()).isEqualTo(Verdict.EQUIVALENT);
    assertThat(report(64, cut, cut, k -> k == 20 ? 1e-9 : 0).shift().finding())
        .isEqualTo(Finding.FAILS);
  }

  @Test
  void measuresOnGridsAreReadBeyondThem() {
    // λ ∝ (κ₀² + κ²)^{-1}: other κ₀ are equivalent in one dimension, other factors are not.
    Grid grid = RegularGrid.unit(32);
    SpectralCovariance c = bessel(grid, 3, 1);
    GaussianMeasure centred = GaussianMeasure.centred(c);
    GaussianMeasure other = GaussianMeasure.centred(bessel(grid, 5, 1));
    Equivalence e = Equivalence.between(other, centred, 4096);
    assertThat(e.verdict()).isEqualTo(Verdict.EQUIVALENT);
    int[] counts = e.kl().counts();
    assertThat(counts[counts.length - 1]).isEqualTo(4096);
    assertThat(e.kl().total())
        .isCloseTo(
            other.on(RegularGrid.unit(4096)).kl(centred.on(RegularGrid.unit(4096))), within(1e-12));
    assertThat(Equivalence.between(GaussianMeasure.centred(bessel(grid, 3, 2)), centred).verdict())
        .isEqualTo(Verdict.SINGULAR);
    GaussianMeasure moved = centred.shift(TestFunctions.of(grid, p -> Math.cos(Math.PI * p)));
    Equivalence shifted = Equivalence.between(moved, centred, 256);
    assertThat(shifted.shift().finding()).isEqualTo(Finding.HOLDS);
    // ‖√½ e_1‖²_C = ½ (9 + π²).
    assertThat(shifted.shift().sums().total())
        .isCloseTo(0.5 * (9 + Math.PI * Math.PI), within(1e-11));
    assertThat(shifted.kl().total()).isCloseTo(moved.kl(centred), within(1e-11));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Equivalence.between(ReferencePair.dense(moved), centred, 64))
        .withMessageContaining("between(first, second)");
  }

  private static SpectralCovariance bessel(Grid grid, double kappa0, double scale) {
    return SpectralCovariance.of(CosineTransform.of(grid), Spectrum.bessel(kappa0, 1, scale));
  }

  @Test
  void denseReportIsTheDiagonalOne() {
    Grid grid = RegularGrid.unit(32);
    GaussianMeasure a = GaussianMeasure.of(TestFunctions.of(grid, p -> p * p), bessel(grid, 5, 1));
    GaussianMeasure b = GaussianMeasure.centred(bessel(grid, 3, 1));
    Equivalence diagonal = Equivalence.between(a, b);
    Equivalence dense = Equivalence.between(ReferencePair.dense(a), ReferencePair.dense(b));
    double[][][] sums = {
      {diagonal.ratios().sums().sums(), dense.ratios().sums().sums()},
      {diagonal.shift().sums().sums(), dense.shift().sums().sums()},
      {diagonal.hilbertSchmidt().sums().sums(), dense.hilbertSchmidt().sums().sums()},
      {diagonal.kl().sums(), dense.kl().sums()},
    };
    for (double[][] pair : sums) {
      // Condition number 1e3 of C₂.
      assertThat(TestFunctions.distance(pair[1], pair[0]))
          .isLessThan(1e-10 * (1 + TestFunctions.max(pair[0])));
    }
    assertThat(dense.verdict()).isEqualTo(diagonal.verdict());
  }

  @Test
  void denseTotalsAreTheDivergence() {
    Grid grid = RegularGrid.unit(17);
    GaussianMeasure a =
        GaussianMeasure.of(TestFunctions.random(grid, 1), DenseCovariance.random(grid, 2));
    GaussianMeasure b =
        GaussianMeasure.of(TestFunctions.random(grid, 3), DenseCovariance.random(grid, 4));
    Equivalence e = Equivalence.between(a, b);
    assertThat(e.kl().total()).isCloseTo(a.kl(b), within(1e-10 * a.kl(b)));
    // ‖C₂^{-1/2}C₁C₂^{-1/2} − I‖² = tr (K₂⁻¹K₁ − I)².
    RealMatrix k1 = ((DenseCovariance) a.covariance()).matrix();
    RealMatrix k2 = ((DenseCovariance) b.covariance()).matrix();
    RealMatrix m =
        new LUDecomposition(k2)
            .getSolver()
            .solve(k1)
            .subtract(MatrixUtils.createRealIdentityMatrix(17));
    double squares = m.multiply(m).getTrace();
    assertThat(e.hilbertSchmidt().sums().total()).isCloseTo(squares, within(1e-10 * squares));
    assertThat(e.kl().sums()).isSorted();
    assertThat(e.hilbertSchmidt().sums().sums()).isSorted();
  }

  @Test
  void badInputIsRefused() {
    double[] four = {1, 1, 1, 1};
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Equivalence.of(new double[3], new double[3], new double[3]))
        .withMessageContaining("at least 4");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Equivalence.of(four, new double[5], four))
        .withMessageContaining("as many");
    for (double bad : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
      double[] spoilt = {1, bad, 1, 1};
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Equivalence.of(spoilt, four, four))
          .withMessageContaining("mode 1");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Equivalence.of(four, spoilt, four))
          .withMessageContaining("mode 1");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Equivalence.of(four, four, new double[] {0, 0, Double.NaN, 0}))
        .withMessageContaining("mode 2");
  }
}
