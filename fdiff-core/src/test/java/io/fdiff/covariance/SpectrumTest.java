package io.fdiff.covariance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.kernel.Ard;
import io.fdiff.kernel.IsotropicKernel;
import io.fdiff.kernel.Matern;
import io.fdiff.kernel.SquaredExponential;
import io.fdiff.space.Interval;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.RegularGrid.Layout;
import io.fdiff.transform.Basis;
import java.util.List;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpectrumTest {

  private static double at(Spectrum spectrum, int frequency, double kappa) {
    return spectrum.eigenvalue(new int[] {frequency}, kappa * kappa);
  }

  @ParameterizedTest
  @CsvSource({"0.7, 1", "1.5, 1", "1.2, 2", "2.5, 2", "1, 3", "30, 2"})
  void maternSpectrumIsTheDensityOfItsKernel(double nu, int d) {
    Spectrum spectrum = Spectrum.matern(nu, 1.7, 0.3, d);
    Spectrum density = Spectrum.of(new Matern(nu, 1.7, 0.3));
    for (double kappa : new double[] {0, 1, 7, 50}) {
      double expected = density.eigenvalue(new int[d], kappa * kappa);
      assertThat(spectrum.eigenvalue(new int[d], kappa * kappa))
          .isCloseTo(expected, within(1e-12 * expected));
    }
    // The Bessel potential with κ₀ = √(2ν)/ℓ, α = ν + d/2.
    double kappa0 = Math.sqrt(2 * nu) / 0.3;
    double ratio = spectrum.eigenvalue(new int[d], 9) / spectrum.eigenvalue(new int[d], 0);
    assertThat(ratio)
        .isCloseTo(Math.pow(1 + 9 / (kappa0 * kappa0), -(nu + d / 2.0)), within(1e-13));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.8, 1.5, 2.5})
  void maternSpectrumHasItsVarianceFarFromTheBoundary(double nu) {
    // Torus of 40 lengths: the periodised kernel is k(0) + 2k(L), e^{−40} away; the tail of modes
    // beyond the grid is a sum of κ^{−2ν−1}, below 1e-4 for ν = 0.8 and 1e-6 above.
    RegularGrid grid = RegularGrid.unit(Layout.PERIODIC, 4096);
    SpectralCovariance c =
        SpectralCovariance.of(Basis.FOURIER.on(grid), Spectrum.matern(nu, 1.3, 1 / 40.0, 1));
    assertThat(c.trace()).isCloseTo(1.3, within(nu < 1 ? 1e-3 : 1e-5)).isLessThan(1.3 + 1e-12);
  }

  @Test
  void densitiesAreTheEigenvaluesOfPeriodisedKernels() {
    RegularGrid grid = RegularGrid.unit(Layout.PERIODIC, 48);
    IsotropicKernel kernel = new SquaredExponential(1, 0.1);
    // Up to the modes beyond the grid, e^{−(2π·24·0.1)²/2} = 1e-49.
    RealMatrix k =
        Matrices.kernel(SpectralCovariance.of(Basis.FOURIER.on(grid), Spectrum.of(kernel)));
    for (int i = 0; i < 48; i++) {
      double expected = 0;
      for (int n = -2; n <= 2; n++) {
        expected += kernel.at(Math.abs(i / 48.0 + n));
      }
      assertThat(k.getEntry(0, i)).isCloseTo(expected, within(1e-13));
    }
  }

  @Test
  void periodisedAnisotropicKernels() {
    List<Interval> torus = List.of(new Interval(0, 1), new Interval(0, 2));
    RegularGrid grid = RegularGrid.of(torus, Layout.PERIODIC, 24, 20);
    Ard kernel = Ard.of(new SquaredExponential(1, 1), 0.1, 0.25);
    RealMatrix k =
        Matrices.kernel(
            SpectralCovariance.of(Basis.FOURIER.on(grid), Spectrum.periodised(kernel, torus)));
    for (int i : new int[] {0, 7, 24, 61, 233}) {
      double expected = 0;
      for (int n = -2; n <= 2; n++) {
        for (int m = -2; m <= 2; m++) {
          expected +=
              kernel.at(new double[] {grid.coordinate(i, 0) + n, grid.coordinate(i, 1) + 2 * m});
        }
      }
      // Modes beyond frequency 10 of the second axis: e^{−(10π·0.25)²/2} = 4e-14.
      assertThat(k.getEntry(0, i)).isCloseTo(expected, within(1e-12));
    }
  }

  @ParameterizedTest
  @CsvSource({
    // Oracle D7: q, b, r in the scaling of the paper.
    "0, 3.54034772036, 88.0103137086",
    "1, 0.99832984847, 58.6735424724",
    "2, 0.680965590654, 44.0051568543",
    "13, 0.417770998844, 11.7347084945",
    "128, 0.595593266442, 1.35400482629",
    "512, 0.830816997458, 0.342452582524"
  })
  void functionalDiffusionProcesses(int q, double b, double r) {
    int[] frequency = {(int) Math.sqrt(q), 0};
    frequency[1] = (int) Math.sqrt(q - frequency[0] * frequency[0]);
    if (q == 128 || q == 512) {
      frequency = new int[] {(int) Math.sqrt(q / 2.0), (int) Math.sqrt(q / 2.0)};
    }
    assertThat(frequency[0] * frequency[0] + frequency[1] * frequency[1]).isEqualTo(q);
    assertThat(Spectrum.fdpRates().eigenvalue(frequency, 99)).isCloseTo(b, within(1e-11 * b));
    assertThat(1024 * Spectrum.fdpNoise(1024, 1).eigenvalue(frequency, 99))
        .isCloseTo(r, within(1e-11 * r));
    assertThat(4096 * 2 * Spectrum.fdpNoise(4096, 2).eigenvalue(frequency, 99))
        .isCloseTo(r, within(1e-11 * r));
  }

  @Test
  void powerLawsLeaveOutTheConstant() {
    Spectrum law = Spectrum.powerLaw(1.5, 2);
    assertThat(at(law, 0, 0)).isZero();
    assertThat(at(law, 1, 2)).isCloseTo(0.25, within(1e-15));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Spectrum.powerLaw(Double.NaN, 1))
        .withMessageContaining("alpha NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Spectrum.powerLaw(1, 0))
        .withMessageContaining("scale 0.0");
  }

  @Test
  void bandLimits() {
    Spectrum limit = Spectrum.bandLimit(2, 1);
    assertThat(limit.eigenvalue(new int[] {2, 1}, 9)).isEqualTo(1);
    assertThat(limit.eigenvalue(new int[] {2, 2}, 9)).isZero();
    assertThat(limit.eigenvalue(new int[] {3, 0}, 9)).isZero();
    assertThat(Spectrum.bandLimit(3).eigenvalue(new int[] {3, 3, 3}, 9)).isEqualTo(1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Spectrum.bandLimit(1, -1))
        .withMessageContaining("[1, -1]");
  }

  @Test
  void heatSpectraFormASemigroup() {
    // Oracle A8, squared: C = T T.
    assertThat(Math.sqrt(at(Spectrum.heat(0.1), 3, 3 * Math.PI)))
        .isCloseTo(0.6413806259551538, within(1e-15));
    double both = at(Spectrum.heat(0.3).times(Spectrum.heat(0.4)), 1, 2);
    assertThat(both).isCloseTo(at(Spectrum.heat(0.5), 1, 2), within(1e-15));
  }

  @Test
  void rulesCombine() {
    Spectrum a = Spectrum.bessel(1, 1, 1);
    Spectrum b = Spectrum.bessel(2, 0.5, 3);
    double va = at(a, 1, 3);
    double vb = at(b, 1, 3);
    assertThat(at(a.plus(b), 1, 3)).isEqualTo(va + vb);
    assertThat(at(a.times(b), 1, 3)).isEqualTo(va * vb);
    assertThat(at(a.times(7), 1, 3)).isEqualTo(7 * va);
    assertThat(at(a.power(2.5), 1, 3)).isEqualTo(Math.pow(va, 2.5));
    for (double bad : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> a.times(bad))
          .withMessageContaining("factor " + bad);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> a.power(bad))
          .withMessageContaining("exponent " + bad);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Spectrum.heat(bad))
          .withMessageContaining("width " + bad);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Spectrum.matern(bad, 1, 1, 1))
          .withMessageContaining("smoothness " + bad);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Spectrum.matern(1, 1, bad, 1))
          .withMessageContaining("length scale " + bad);
    }
  }
}
