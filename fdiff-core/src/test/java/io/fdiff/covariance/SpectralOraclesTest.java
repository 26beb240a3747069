package io.fdiff.covariance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.noise.NoiseSource;
import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.L2Space;
import io.fdiff.space.PointSet;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.RegularGrid.Layout;
import io.fdiff.space.TestFunctions;
import io.fdiff.transform.Basis;
import io.fdiff.transform.CosineTransform;
import io.fdiff.transform.FourierTransform;
import io.fdiff.transform.SpectralTransform;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Closed forms of spectral operators (oracles A3, A4, A8, B and B4). */
class SpectralOraclesTest {

  private static Grid periodic(int n) {
    return RegularGrid.unit(Layout.PERIODIC, n);
  }

  /** {@code F_o* diag(r) F_o} with the orthonormal DFT and {@code r_k = 3.3/(k² + 2)}. */
  private static RealMatrix orthoRecipe(int n) {
    RealMatrix k = new Array2DRowRealMatrix(n, n);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        double sum = 0;
        for (int m = 0; m < n; m++) {
          double f = Math.min(m, n - m);
          sum += 3.3 / (f * f + 2) / n * Math.cos(2 * Math.PI * m * (i - j) / n);
        }
        k.setEntry(i, j, sum);
      }
    }
    return k;
  }

  @ParameterizedTest
  @CsvSource({"16, 0.40713794289645683", "15, 0.43094713908955395"})
  void orthonormalFourierRecipeIsTheOperatorWithSpectrumDividedByN(int n, double variance) {
    SpectralCovariance ours =
        SpectralCovariance.of(
            FourierTransform.of(periodic(n)), (f, laplacian) -> 3.3 / (f[0] * f[0] + 2.0) / n);
    RealMatrix k = Matrices.kernel(ours);
    assertThat(Matrices.distance(k, orthoRecipe(n))).isLessThan(1e-14);
    for (int i = 0; i < n; i++) {
      assertThat(k.getEntry(i, i)).isCloseTo(variance, within(1e-14));
    }
    assertThat(ours.trace()).isCloseTo(variance, within(1e-14));
  }

  @Test
  void orthonormalRecipeChangesItsLawWithTheGridAndOursDoesNot() {
    assertThat(orthoRecipe(16).getEntry(0, 0) - orthoRecipe(15).getEntry(0, 0))
        .isCloseTo(-0.02380919619309712, within(1e-14));
    SpectralCovariance ours =
        SpectralCovariance.of(
            FourierTransform.of(periodic(15)),
            (f, laplacian) -> f[0] > 6 ? 0 : 3.3 / (f[0] * f[0] + 2.0) / 16);
    for (int n : new int[] {16, 31, 64}) {
      assertThat(ours.on(periodic(n)).trace()).isCloseTo(ours.trace(), within(1e-15));
    }
  }

  @Test
  void bandLimitedLawHasOnePointwiseVarianceOnEveryGrid() {
    SpectralCovariance c =
        SpectralCovariance.of(
            FourierTransform.of(periodic(16)),
            (f, laplacian) -> f[0] > 7 ? 0 : Math.pow(1 + f[0] * f[0], -2));
    for (int n : new int[] {16, 17, 32, 100}) {
      for (Layout layout : List.of(Layout.PERIODIC, Layout.CELL)) {
        RealMatrix k = Matrices.kernel(c.on(RegularGrid.unit(layout, n)));
        for (int i = 0; i < n; i++) {
          assertThat(k.getEntry(i, i)).isCloseTo(1.6121399154864096, within(1e-13));
        }
      }
    }
  }

  // The heat semigroup exp(σ²Δ/2) as a spectral operator.

  private static SpectralCovariance heat(SpectralTransform t, double sigma) {
    return SpectralCovariance.of(t, (f, laplacian) -> Math.exp(-sigma * sigma * laplacian / 2));
  }

  @Test
  void heatSemigroupHasItsMultipliers() {
    SpectralTransform cosine = CosineTransform.of(RegularGrid.unit(16));
    assertThat(heat(cosine, 0.1).eigenvalues()[3]).isCloseTo(0.6413806259551538, within(1e-15));
    INDArray x = TestFunctions.random(cosine.grid(), 1);
    INDArray twice = heat(cosine, 0.1).apply(heat(cosine, 0.2).apply(x));
    INDArray once = heat(cosine, Math.sqrt(0.05)).apply(x);
    assertThat(TestFunctions.distance(TestFunctions.values(twice), TestFunctions.values(once)))
        .isLessThan(1e-14);
    L2Space space = new L2Space(cosine.grid());
    INDArray one = TestFunctions.of(cosine.grid(), p -> 1);
    assertThat(space.inner(once, one).getDouble(0))
        .isCloseTo(space.inner(x, one).getDouble(0), within(1e-14));
    assertThat(space.norm(once).getDouble(0)).isLessThan(space.norm(x).getDouble(0));
    INDArray wave = TestFunctions.of(cosine.grid(), p -> Math.cos(5 * Math.PI * p));
    double factor = Math.exp(-0.01 * 25 * Math.PI * Math.PI / 2);
    assertThat(
            TestFunctions.distance(
                TestFunctions.values(heat(cosine, 0.1).apply(wave)),
                TestFunctions.values(wave.mul(factor))))
        .isLessThan(1e-14);
  }

  // Bessel potentials.

  @Test
  void torusTraceOfTheBesselOperator() {
    // Σ_{|k|≤K} plus the tail ∫_{K+½}^∞ 2 dk/(25 + 4π²k²); the midpoint rule errs by less than
    // Σ f''/24 = 1/(12·4π²·K³)·2 = 4e-12 at K = 1000.
    int n = 2001;
    double sum =
        SpectralCovariance.of(FourierTransform.of(periodic(n)), Spectrum.bessel(5, 1, 1)).trace();
    double tail = (Math.PI / 2 - Math.atan(2 * Math.PI * 1000.5 / 5)) / (5 * Math.PI);
    assertThat(sum + tail).isCloseTo(0.10135673098126086, within(1e-11));
  }

  @Test
  void neumannTraceOfTheBesselOperator() {
    // As above: Σ_{k<N} and ∫_{N−½}^∞ dk/(25 + π²k²).
    int n = 2000;
    double sum =
        SpectralCovariance.of(CosineTransform.of(RegularGrid.unit(n)), Spectrum.bessel(5, 1, 1))
            .trace();
    double tail = (Math.PI / 2 - Math.atan(Math.PI * (n - 0.5) / 5)) / (5 * Math.PI);
    assertThat(sum + tail).isCloseTo(0.12000908039820193, within(1e-11));
  }

  @Test
  void besselEigenvalues() {
    double[] lambda =
        SpectralCovariance.of(FourierTransform.of(periodic(8)), Spectrum.bessel(5, 1.5, 1))
            .eigenvalues();
    assertThat(lambda[0]).isCloseTo(0.008, within(1e-17));
    assertThat(lambda[1]).isCloseTo(0.0019314276479930844, within(1e-17));
    assertThat(lambda[2]).isEqualTo(lambda[1]);
  }

  @Test
  void besselOperatorsAreTheMaternKernelsOfTheTorus() {
    // Exponential ℓ = 0.1: 2c/(c² + κ²), c = 1/ℓ. Matérn 3/2: 4c³/(c² + κ²)², c = √3/ℓ.
    SpectralTransform t = FourierTransform.of(periodic(8));
    double[] exponential = SpectralCovariance.of(t, Spectrum.bessel(10, 1, 20)).eigenvalues();
    double[] expected = {0.2, 0.14339136006497957, 0.07754532734783028};
    double c = Math.sqrt(3) / 0.1;
    double[] matern = SpectralCovariance.of(t, Spectrum.bessel(c, 2, 4 * c * c * c)).eigenvalues();
    double[] expected3 = {0.2309401076758503, 0.18035057658403955, 0.09912304968659494};
    for (int k = 0; k < 3; k++) {
      assertThat(exponential[2 * k]).isCloseTo(expected[k], within(1e-15));
      assertThat(matern[2 * k]).isCloseTo(expected3[k], within(1e-14));
    }
  }

  @Test
  void tracesGrowByTheExponentOfTheSpectrum() {
    // Doubling N adds Σ 2(2πk)^{−2α} ≈ const·N^{1−2α}: the same amount for α = ½ (ln 2/π, not trace
    // class), 2^{−0.2} as much each time for α = 0.6. In two dimensions α = 1 is the limit.
    double[] half = increments(0.5);
    assertThat(half[1] / half[0]).isCloseTo(1, within(1e-3));
    assertThat(half[1]).isCloseTo(Math.log(2) / Math.PI, within(1e-4));
    double[] above = increments(0.6);
    assertThat(above[1] / above[0]).isCloseTo(Math.pow(2, -0.2), within(1e-3));
    double[] plane = new double[2];
    double[] smoother = new double[2];
    for (int r = 0; r < 2; r++) {
      int n = 64 << r;
      plane[r] = trace2(2 * n, 1) - trace2(n, 1);
      smoother[r] = trace2(2 * n, 1.1) - trace2(n, 1.1);
    }
    // The spectrum is a square of frequencies, so the constant is not that of a disc.
    assertThat(plane[1] / plane[0]).isCloseTo(1, within(2e-2));
    assertThat(smoother[1] / smoother[0]).isCloseTo(Math.pow(2, -0.2), within(2e-2));
  }

  private static double[] increments(double alpha) {
    double[] out = new double[2];
    for (int r = 0; r < 2; r++) {
      int n = 512 << r;
      SpectralCovariance c =
          SpectralCovariance.of(FourierTransform.of(periodic(n)), Spectrum.bessel(5, alpha, 1));
      out[r] = c.on(periodic(2 * n)).trace() - c.trace();
    }
    return out;
  }

  private static double trace2(int n, double alpha) {
    Grid grid = RegularGrid.unit(n, n);
    return SpectralCovariance.of(CosineTransform.of(grid), Spectrum.bessel(5, alpha, 1)).trace();
  }

  @Test
  void eigenvaluesAreReadInUnitsOfTheDomain() {
    // On an interval of length 2 the Neumann wavenumbers are πk/2.
    Grid grid = RegularGrid.of(List.of(new Interval(-1, 1)), Layout.CELL, 6);
    double[] lambda =
        SpectralCovariance.of(CosineTransform.of(grid), Spectrum.bessel(1, 1, 1)).eigenvalues();
    for (int k = 0; k < 6; k++) {
      assertThat(lambda[k]).isCloseTo(1 / (1 + Math.pow(Math.PI * k / 2, 2)), within(1e-15));
    }
  }

  // Scattered points: no quadrature makes the basis orthonormal there, but the kernel is still that
  // of the continuous operator.

  @Test
  void kernelOnScatteredPointsIsThatOfTheContinuousOperator() {
    Grid grid = PointSet.of(Interval.UNIT, 0.02, 0.1, 0.25, 0.31, 0.5, 0.62, 0.8, 0.9, 0.97);
    SpectralCovariance c =
        SpectralCovariance.of(Basis.COSINE.on(grid, 4), Spectrum.bessel(5, 1, 1));
    double[] lambda = c.eigenvalues();
    RealMatrix k = new Array2DRowRealMatrix(grid.size(), grid.size());
    for (int i = 0; i < grid.size(); i++) {
      for (int j = 0; j < grid.size(); j++) {
        double sum = 0;
        for (int m = 0; m < lambda.length; m++) {
          sum +=
              lambda[m]
                  * Basis.COSINE.value(m, grid.coordinate(i, 0))
                  * Basis.COSINE.value(m, grid.coordinate(j, 0));
        }
        k.setEntry(i, j, sum);
      }
    }
    assertThat(Matrices.distance(Matrices.kernel(c), k)).isLessThan(1e-15);
    SampleLaw.assertCovariance(c, k);
  }

  // Arguments.

  @Test
  void tablesAreZeroBeyondTheirFrequencies() {
    double[] values = {1, 0.5, 0.25, 0.125, 0.1, 0.05};
    Spectrum table = Spectrum.table(new int[] {2, 3}, values);
    values[0] = 99;
    assertThat(table.eigenvalue(new int[] {0, 0}, 0)).isEqualTo(1);
    assertThat(table.eigenvalue(new int[] {1, 2}, 0)).isEqualTo(0.05);
    assertThat(table.eigenvalue(new int[] {0, 2}, 0)).isEqualTo(0.25);
    assertThat(table.eigenvalue(new int[] {2, 0}, 0)).isZero();
    assertThat(table.eigenvalue(new int[] {0, 3}, 0)).isZero();
  }

  @Test
  void tablesOfAnotherSizeOrSignAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Spectrum.table(new int[] {2, 3}, new double[5]))
        .withMessageContaining("5 eigenvalues")
        .withMessageContaining("[2, 3]");
    for (double bad : new double[] {-1e-9, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Spectrum.table(new int[] {2}, new double[] {1, bad}))
          .withMessageContaining("eigenvalue " + bad + " at index 1");
    }
  }

  @Test
  void spectraThatAreNotCovariancesAreRefused() {
    SpectralTransform t = FourierTransform.of(periodic(8));
    for (double bad : new double[] {-1e-9, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> SpectralCovariance.of(t, (f, laplacian) -> f[0] == 2 ? bad : 1))
          .withMessageContaining("eigenvalue " + bad + " at frequency [2]");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1, 1",
    "-1, 1, 1",
    "NaN, 1, 1",
    "Infinity, 1, 1",
    "1, -1, 1",
    "1, NaN, 1",
    "1, 1, 0",
    "1, 1, NaN"
  })
  void besselParametersOutOfRangeAreRefused(double kappa0, double alpha, double scale) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Spectrum.bessel(kappa0, alpha, scale))
        .withMessageContaining("kappa0 " + kappa0)
        .withMessageContaining("alpha " + alpha)
        .withMessageContaining("scale " + scale);
  }

  @Test
  void eigenvaluesAreACopy() {
    SpectralCovariance c =
        SpectralCovariance.of(FourierTransform.of(periodic(8)), Spectrum.bessel(5, 1, 1));
    c.eigenvalues()[0] = 99;
    assertThat(c.eigenvalues()[0]).isEqualTo(0.04);
    assertThat(Arrays.stream(c.eigenvalues()).sum()).isCloseTo(c.trace(), within(1e-17));
    assertThat(c.spectral()).containsSame(c);
    assertThat(TestFunctions.values(c.sample(NoiseSource.of(1), 1))).hasSize(8);
  }
}
