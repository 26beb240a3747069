package io.fdiff.sde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.noise.NoiseSource;
import io.fdiff.schedule.NoiseSchedule;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.CosineTransform;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** One step of the exponential family (oracle F). */
class ReverseStepTest {

  private static SpectralCovariance noise() {
    return SpectralCovariance.of(
        CosineTransform.of(RegularGrid.unit(6)), Spectrum.bessel(3, 1.5, 1));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0.93834722792649283, 0",
    "0.5, 0.94473041907126568, 0.040313955172561506",
    "1, 0.95944909620233448, 0.11262196238436087"
  })
  void referenceStep(double eta, double mean, double variance) {
    // VP, λ = 0.5, from t = 0.3 to s = 0.2 at x = 0.7 with the exact D.
    ReverseStep step = ReverseStep.exponential(Fixtures.preserving(noise()), 0.2, 0.3, eta);
    assertThat(step.state().at(0) * 0.7 + step.clean().at(0) * 1.218931326376458)
        .isCloseTo(mean, within(1e-15));
    assertThat(0.5 * step.variance().at(0)).isCloseTo(variance, within(1e-15));
  }

  @Test
  void exponentialStepOfStrengthOneIsTheBridge() {
    for (SDE sde : List.of(Fixtures.preserving(noise()), EvolutionSDE.of(noise()))) {
      ReverseStep bridge = sde.bridge(0.2, 0.3);
      ReverseStep near = ReverseStep.exponential(sde, 0.2, 0.3, 1 + 1e-15);
      for (int k = 0; k < 6; k++) {
        assertThat(near.state().at(k)).isCloseTo(bridge.state().at(k), within(1e-13));
        assertThat(near.clean().at(k)).isCloseTo(bridge.clean().at(k), within(1e-13));
        assertThat(near.variance().at(k)).isCloseTo(bridge.variance().at(k), within(1e-13));
      }
    }
  }

  @Test
  void shortStepsKeepTheirRelativeAccuracy() {
    // B = τ(s)(1 − e^{−θ/2}) and V = v(s)(1 − e^{−η²θ}) are of the order of the step.
    SDE sde = Driftless.of(noise(), 20);
    double s = 1;
    double t = 1 + 1e-10;
    double theta = Math.log1p(t - s);
    ReverseStep step = ReverseStep.exponential(sde, s, t, 0.5);
    assertThat(step.clean().at(0)).isCloseTo(0.625 * theta, within(1e-9 * theta));
    assertThat(step.variance().at(0)).isCloseTo(0.25 * theta, within(1e-9 * theta));
  }

  @Test
  void farStepsForgetTheStateWithoutNaN() {
    // Modes with τ(s→t) = 0 in double precision.
    EvolutionSDE sde = new EvolutionSDE(noise(), NoiseSchedule.linear(0.1, 500), 1);
    for (double eta : new double[] {0, 0.5, 1}) {
      ReverseStep step = ReverseStep.exponential(sde, 0.01, 1, eta);
      Marginal early = sde.marginal(0.01);
      for (int k = 0; k < 6; k++) {
        assertThat(step.state().at(k)).isFinite();
        assertThat(step.clean().at(k)).isCloseTo(early.mean().at(k), within(1e-12));
        assertThat(step.variance().at(k))
            .isCloseTo(eta == 0 ? 0 : early.variance().at(k), within(1e-12));
      }
    }
  }

  @Test
  void samplesAreTheMeanPlusScaledNoise() {
    for (SDE sde : List.of(Fixtures.preserving(noise()), EvolutionSDE.of(noise()))) {
      ReverseStep step = sde.bridge(0.2, 0.3);
      INDArray x = Fixtures.random(noise().grid(), DataType.DOUBLE, 3, 2, 1);
      INDArray d = Fixtures.random(noise().grid(), DataType.DOUBLE, 3, 2, 2);
      double[] before = Fixtures.values(x);
      double[] clean = Fixtures.values(d);
      INDArray mean = step.state().apply(x).add(step.clean().apply(d));
      assertThat(Fixtures.distance(step.mean(x, d), mean)).isLessThan(1e-13);
      NoiseSource source = NoiseSource.of(5);
      INDArray xi = sde.noise().sample(source, x.dup());
      INDArray expected = mean.add(step.deviation().apply(xi));
      assertThat(Fixtures.distance(step.sample(x, d, source), expected)).isLessThan(1e-13);
      assertThat(Fixtures.values(x)).isEqualTo(before);
      assertThat(Fixtures.values(d)).isEqualTo(clean);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> step.mean(x, Fixtures.samples(d, 0, 1)))
          .withMessageContaining("differ");
    }
  }

  @Test
  void timesAndStrengthsOutOfRangeAreRefused() {
    SDE sde = Fixtures.preserving(noise());
    for (double bad : new double[] {-0.1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> ReverseStep.exponential(sde, 0.2, 0.3, bad))
          .withMessageContaining("strength " + bad);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new ReverseSDE(sde, bad))
          .withMessageContaining("strength " + bad);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ReverseStep.exponential(sde, 0, 0.3, 0))
        .withMessageContaining("above time 0");
    assertThatIllegalArgumentException().isThrownBy(() -> sde.bridge(0.3, 0.2));
    assertThatIllegalArgumentException().isThrownBy(() -> sde.bridge(0, 1.5));
  }
}
