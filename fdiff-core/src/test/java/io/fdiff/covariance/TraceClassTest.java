package io.fdiff.covariance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.kernel.Matern;
import io.fdiff.kernel.Nugget;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.Basis;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Oracle B4 and what else is known about traces. */
class TraceClassTest {

  private static Grid grid(int dimension) {
    int[] shape = new int[dimension];
    Arrays.fill(shape, 4);
    return RegularGrid.unit(shape);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0.5, false",
    "1, 0.6, true",
    "1, 0.4, false",
    "2, 1, false",
    "2, 1.1, true",
    "3, 1.5, false",
    "3, 1.6, true",
    "3, 1.4, false",
    "1, 2, true"
  })
  void besselPotentialsAreTraceClassAboveHalfTheDimension(int d, double alpha, boolean holds) {
    for (Basis basis : new Basis[] {Basis.COSINE, Basis.FOURIER}) {
      TraceClass report =
          SpectralCovariance.of(basis.on(grid(d)), Spectrum.bessel(5, alpha, 2)).traceClass();
      assertThat(report.holds()).as("%s %s", basis, report).isEqualTo(holds);
      // Terms n^{−2α/d}; in dimension 3 the cubes have a side of 1024 modes.
      assertThat(report.partialTraces().growthExponent())
          .isCloseTo(1 - 2 * alpha / d, within(d == 3 ? 3e-3 : 1e-4));
      assertThat(report.decayExponent()).isCloseTo(2 * alpha / d, within(3e-3));
    }
  }

  @Test
  void partialTracesAreThoseOfTheSeries() {
    // (25 − Δ)^{-1}, Neumann: ½(1/25 + coth(5)/5); blocks are good to 0.2 per cent.
    TraceClass report =
        SpectralCovariance.of(Basis.COSINE.on(grid(1)), Spectrum.bessel(5, 1, 1)).traceClass();
    assertThat(report.partialTraces().total()).isCloseTo(0.12000908039820193, within(1e-4));
    assertThat(report.partialTraces().sums()[2])
        .isCloseTo(
            0.04
                + 1 / (25 + Math.PI * Math.PI)
                + 1 / (25 + 4 * Math.PI * Math.PI)
                + 1 / (25 + 9 * Math.PI * Math.PI),
            within(1e-15));
    assertThat(report.partialTraces().counts()[2]).isEqualTo(4);
  }

  @Test
  void refusalSaysWhatIsMissing() {
    SpectralCovariance rough =
        SpectralCovariance.of(Basis.COSINE.on(grid(1)), Spectrum.bessel(5, 0.5, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(rough::requireTraceClass)
        .withMessageContaining("alpha 0.5 on a domain of dimension 1")
        .withMessageContaining("needs alpha > 0.5")
        .withMessageContaining("mollify");
    assertThatCode(() -> rough.power(1.2).requireTraceClass()).doesNotThrowAnyException();
    assertThatCode(() -> rough.mollify(0.01).requireTraceClass()).doesNotThrowAnyException();
    assertThat(rough.traceClass().toString()).contains("does not hold");
  }

  @Test
  void anisotropicDecayIsJudgedAlongTheAxes() {
    // λ = 1/(1 + k_1²) does not decay along the second axis: S(n) grows like n^{1/2}.
    Spectrum one = (f, laplacian) -> 1 / (1.0 + (double) f[0] * f[0]);
    TraceClass report = SpectralCovariance.of(Basis.COSINE.on(grid(2)), one).traceClass();
    assertThat(report.holds()).isFalse();
    assertThat(report.partialTraces().growthExponent()).isCloseTo(0.5, within(1e-3));
    Spectrum both =
        (f, laplacian) -> 1 / ((1.0 + (double) f[0] * f[0]) * (1.0 + (double) f[1] * f[1]));
    assertThat(SpectralCovariance.of(Basis.COSINE.on(grid(2)), both).traceClass().holds()).isTrue();
  }

  @Test
  void finiteAndRapidlyDecayingSpectraAreTraceClass() {
    for (Spectrum spectrum :
        new Spectrum[] {
          Spectrum.table(new int[] {3}, new double[] {1, 2, 3}),
          Spectrum.heat(0.1),
          Spectrum.bandLimit(5)
        }) {
      TraceClass report = SpectralCovariance.of(Basis.COSINE.on(grid(1)), spectrum).traceClass();
      assertThat(report.holds()).isTrue();
      assertThat(report.decayExponent()).isInfinite();
    }
    // FDP noise decays like (−Δ)^{−1}: not in the plane.
    assertThat(
            SpectralCovariance.of(Basis.COSINE.on(grid(2)), Spectrum.fdpNoise(1024, 1))
                .traceClass()
                .holds())
        .isFalse();
  }

  @Test
  void kernelsAreJudgedByMercer() {
    KernelCovariance smooth = KernelCovariance.of(RegularGrid.unit(20), new Matern(0.5, 1, 0.2));
    assertThat(smooth.traceClass().holds()).isTrue();
    assertThat(smooth.traceClass().partialTraces().total()).isCloseTo(1, within(1e-9));
    KernelCovariance noisy =
        KernelCovariance.of(RegularGrid.unit(20), new Matern(0.5, 1, 0.2).plus(new Nugget(0.1)));
    assertThatIllegalArgumentException()
        .isThrownBy(noisy::requireTraceClass)
        .withMessageContaining("nugget");
    CovarianceOperator sum = smooth.plus(WhiteNoise.functionSpace(smooth.grid()));
    assertThat(sum.traceClass().holds()).isFalse();
    assertThat(smooth.plus(smooth).traceClass().holds()).isTrue();
    assertThat(smooth.power(2).traceClass().holds()).isTrue();
    assertThat(WhiteNoise.functionSpace(smooth.grid()).power(2).traceClass().holds()).isFalse();
  }

  @Test
  void spectraThatFailBeyondTheGridAreRefused() {
    SpectralCovariance c =
        SpectralCovariance.of(Basis.COSINE.on(grid(1)), (f, laplacian) -> f[0] > 100 ? -1 : 1);
    assertThatIllegalArgumentException()
        .isThrownBy(c::traceClass)
        .withMessageContaining("eigenvalue -1.0 far beyond the grid");
  }
}
