package io.fdiff.sde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.measure.GaussianMeasure;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.CosineTransform;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Reports of the terminal law, and the priors. */
class TerminalLawTest {

  private static final Grid GRID = RegularGrid.unit(6);

  private static SpectralCovariance noise() {
    return SpectralCovariance.of(CosineTransform.of(GRID), Spectrum.bessel(3, 1.5, 1));
  }

  @Test
  void driftlessNoiseLikeTheDataLeavesOneOverTheHorizon() {
    // Oracle D8: SNR 1/T in every mode, KL = ½(1/T − ln(1 + 1/T)) each.
    for (double horizon : new double[] {1e-3, 10, 100, 1e6}) {
      TerminalLaw law =
          TerminalLaw.of(Driftless.of(noise(), horizon), GaussianMeasure.centred(noise()));
      double u = 1 / horizon;
      // Relative accuracy also where ½(u − ln(1 + u)) ≈ u²/4 cancels.
      double each = u < 1e-3 ? u * u * (0.25 - u / 6) : 0.5 * (u - Math.log1p(u));
      for (int k = 0; k < 6; k++) {
        assertThat(law.signalToNoise(k)).isCloseTo(u, within(1e-13 * u));
        assertThat(law.divergence(k)).isCloseTo(each, within(1e-10 * each));
      }
      assertThat(law.divergence()).isCloseTo(6 * each, within(1e-10 * each));
      assertThat(law.forgotten()).isEqualTo(horizon >= 10);
    }
  }

  @Test
  void reportsTheWorstModeAndTheMean() {
    // Mean 3 in mode 0 of channel 1, variance 2 in mode 2.
    SpectralCovariance flat = Fixtures.flat(CosineTransform.of(GRID), 0.5);
    SDE sde = Fixtures.preserving(flat);
    double[] mean = new double[12];
    for (int i = 6; i < 12; i++) {
      mean[i] = 3;
    }
    GaussianMeasure data =
        GaussianMeasure.of(
            FunctionBatch.array(GRID, DataType.DOUBLE, 2, mean),
            Fixtures.diagonal(CosineTransform.of(GRID), 0.1, 0.1, 2, 0, 0, 0));
    TerminalLaw law = TerminalLaw.at(sde, 0.3, data);
    double a2 = Math.pow(0.6295500003364488, 2);
    double v = 0.5 * 0.6036667970763773;
    assertThat(law.worstMode()).isZero();
    assertThat(law.signalToNoise(0)).isCloseTo(a2 * 9.1 / v, within(1e-12));
    assertThat(law.signalToNoise(2)).isCloseTo(a2 * 2 / v, within(1e-13));
    assertThat(law.signalToNoise(5)).isZero();
    double u = a2 * 0.1 / v;
    assertThat(law.divergence(0)).isCloseTo(u - Math.log1p(u) + 0.5 * a2 * 9 / v, within(1e-12));
    assertThat(law.modes()).isEqualTo(6);
    assertThat(law.toString()).contains("mode 0").contains("time 0.3");
  }

  @Test
  void divergenceIsThatOfTheMeasures() {
    // Oracle E: KL(N(am, V) ‖ N(0, λ)) at μ = 2, λ = 0.5, m = 1.5; at T = 1 noise v and λ differ by
    // a² = 4.3e-5.
    SpectralCovariance one =
        Fixtures.diagonal(CosineTransform.of(GRID), 0.5, 0.5, 0.5, 0.5, 0.5, 0.5);
    GaussianMeasure data =
        GaussianMeasure.of(
            Fixtures.constant(GRID, 1.5), Fixtures.diagonal(CosineTransform.of(GRID), 2));
    TerminalLaw law = TerminalLaw.of(Fixtures.preserving(one), data);
    assertThat(law.divergence()).isCloseTo(9.71721312934393e-05, within(1e-4 * 9.7e-5));
    assertThat(law.forgotten()).isTrue();
  }

  @Test
  void denseAndSpectralCoordinatesGiveOneDivergence() {
    SDE sde = Fixtures.preserving(noise());
    INDArray m = Fixtures.random(GRID, DataType.DOUBLE, 1, 1, 3);
    SpectralCovariance signal =
        Fixtures.diagonal(CosineTransform.of(GRID), 1, 0.4, 0.2, 0.1, 0, 0.3);
    double spectral = TerminalLaw.at(sde, 0.2, GaussianMeasure.of(m, signal)).divergence();
    double dense =
        TerminalLaw.at(sde, 0.2, GaussianMeasure.of(m, new OpaqueCovariance(signal))).divergence();
    assertThat(dense).isCloseTo(spectral, within(1e-10 * spectral));
  }

  @Test
  void dataWithoutNoiseAreNeverForgotten() {
    SDE sde = Fixtures.preserving(Fixtures.diagonal(CosineTransform.of(GRID), 1, 1, 1, 0, 0, 0));
    TerminalLaw law =
        TerminalLaw.of(
            sde,
            GaussianMeasure.centred(Fixtures.diagonal(CosineTransform.of(GRID), 1, 1, 1, 1, 0, 0)));
    assertThat(law.worstMode()).isEqualTo(3);
    assertThat(law.signalToNoise(3)).isInfinite();
    assertThat(law.divergence()).isInfinite();
    assertThat(law.signalToNoise(4)).isZero();
    assertThat(law.forgotten()).isFalse();
  }

  @Test
  void momentMatchedPriorIsTheTerminalLaw() {
    SDE sde = Fixtures.preserving(noise());
    SpectralCovariance signal =
        Fixtures.diagonal(CosineTransform.of(GRID), 1, 0.4, 0.2, 0.1, 0, 0.3);
    INDArray m = Fixtures.random(GRID, DataType.DOUBLE, 1, 2, 3);
    GaussianMeasure data = GaussianMeasure.of(m, signal);
    NoiseSource source = NoiseSource.of(7);
    INDArray states = Prior.momentMatched(sde, data).sample(source, 4, 2);
    INDArray clean =
        signal
            .sample(source.withStream(2), FunctionBatch.zeros(GRID, DataType.DOUBLE, 4, 2))
            .addi(m);
    INDArray expected = sde.marginal(1).sample(clean, source.withStream(1));
    assertThat(Fixtures.distance(states, expected)).isZero();
    assertThat(Fixtures.distance(expected, clean)).isGreaterThan(0.1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Prior.momentMatched(sde, data).sample(source, 4, 3))
        .withMessageContaining("3 channels");
  }

  @Test
  void dataFreePriorIsScaledNoise() {
    SDE sde = Driftless.of(noise(), 9);
    NoiseSource source = NoiseSource.of(7);
    INDArray states = Prior.dataFree(sde).sample(source, 4, 2);
    INDArray xi =
        noise().sample(source.withStream(1), FunctionBatch.zeros(GRID, DataType.DOUBLE, 4, 2));
    assertThat(Fixtures.distance(states, xi.mul(3))).isLessThan(1e-14);
    GaussianMeasure small =
        GaussianMeasure.centred(SpectralCovariance.of(noise().transform(), (f, l) -> 1e-9));
    assertThat(Fixtures.distance(Prior.dataFree(sde, small).sample(source, 4, 2), states)).isZero();
  }

  @Test
  void dataOnAnotherGridAreRefused() {
    GaussianMeasure data = GaussianMeasure.centred(noise().on(RegularGrid.unit(5)));
    SDE sde = Driftless.of(noise(), 9);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TerminalLaw.of(sde, data))
        .withMessageContaining("one grid");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Prior.momentMatched(sde, data))
        .withMessageContaining("one grid");
  }
}
