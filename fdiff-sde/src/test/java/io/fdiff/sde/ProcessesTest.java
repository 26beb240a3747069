package io.fdiff.sde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.covariance.KernelCovariance;
import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.covariance.WhiteNoise;
import io.fdiff.kernel.Matern;
import io.fdiff.schedule.LevelSchedule;
import io.fdiff.schedule.NoiseSchedule;
import io.fdiff.space.Interval;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.RegularGrid.Layout;
import io.fdiff.transform.CosineTransform;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The processes against the contract, and their reference numbers (oracles D1, D2, D6). */
class ProcessesTest {

  private static CovarianceOperator noise() {
    return SpectralCovariance.of(
        CosineTransform.of(RegularGrid.unit(6)), Spectrum.bessel(3, 1.5, 1));
  }

  @Nested
  class Preserving extends SDEContract {
    @Override
    SDE create() {
      return Fixtures.preserving(noise());
    }
  }

  @Nested
  class PreservingWithConstantRate extends SDEContract {
    @Override
    SDE create() {
      return VariancePreserving.of(
          WhiteNoise.perPoint(RegularGrid.unit(6)), NoiseSchedule.linear(2, 2), 1.7);
    }
  }

  @Nested
  class PreservingWithCosineRate extends SDEContract {
    @Override
    SDE create() {
      return VariancePreserving.of(noise(), NoiseSchedule.cosine(0.008, 1000), 1);
    }
  }

  @Nested
  class PreservingWithExponentialRate extends SDEContract {
    @Override
    SDE create() {
      return VariancePreserving.of(noise(), NoiseSchedule.exponential(0.02, 2.55), 1);
    }
  }

  @Nested
  class SubPreserving extends SDEContract {
    @Override
    SDE create() {
      return SubVariancePreserving.of(noise(), Fixtures.schedule(), 1);
    }
  }

  @Nested
  class OrnsteinUhlenbeck extends SDEContract {
    @Override
    SDE create() {
      return VariancePreserving.ornsteinUhlenbeck(noise(), 0.7, 3);
    }
  }

  @Nested
  class ExplodingLikeKarras extends SDEContract {
    @Override
    SDE create() {
      return VarianceExploding.karras(noise(), 0.002, 80);
    }
  }

  @Nested
  class ExplodingWithDeviationAsTime extends SDEContract {
    @Override
    SDE create() {
      return VarianceExploding.of(noise(), LevelSchedule.identity(), 80);
    }
  }

  @Nested
  class Exploding extends SDEContract {
    @Override
    SDE create() {
      return VarianceExploding.geometric(noise(), 0.01, 50);
    }
  }

  @Nested
  class WithoutDrift extends SDEContract {
    @Override
    SDE create() {
      return Driftless.of(KernelCovariance.of(RegularGrid.unit(6), new Matern(0.5, 1, 1)), 20);
    }
  }

  /** A process of the tests: the contract holds for multipliers that differ by mode. */
  @Nested
  class Evolution extends SDEContract {
    @Override
    SDE create() {
      return EvolutionSDE.of(evolutionNoise());
    }

    @Override
    int modes() {
      return 6;
    }
  }

  private static SpectralCovariance evolutionNoise() {
    // On [0, 2] the first cosine has κ² = π²/4.
    RegularGrid grid = RegularGrid.of(List.of(new Interval(0, 2)), Layout.CELL, 6);
    return SpectralCovariance.of(
        CosineTransform.of(grid), (f, laplacian) -> Math.pow(1 + laplacian, -0.1));
  }

  @Test
  void variancePreservingReference() {
    Marginal m = Fixtures.preserving(noise()).marginal(0.3);
    double a = m.mean().at(0);
    double v = m.variance().at(0);
    assertThat(a).isCloseTo(0.6295500003364488, within(1e-15));
    assertThat(v).isCloseTo(0.6036667970763773, within(1e-15));
    assertThat(Math.log(a * a / v)).isCloseTo(-0.4207671062624817, within(1e-14));
    // sub-VP has (1 − a²)².
    assertThat(v * v).isCloseTo(0.3644136018924521, within(1e-15));
    assertThat(Fixtures.preserving(noise()).marginal(0.2).mean().at(0))
        .isCloseTo(0.8113952356434114, within(1e-15));
    assertThat(Fixtures.preserving(noise()).marginal(1).mean().at(0))
        .isCloseTo(0.006571586494929615, within(1e-17));
    assertThat(Fixtures.preserving(noise()).driftRate(0.3).at(0)).isCloseTo(-3.035, within(1e-15));
    assertThat(Fixtures.preserving(noise()).diffusion(0.3).at(0))
        .isCloseTo(Math.sqrt(6.07), within(1e-15));
  }

  @Test
  void varianceOfAShortStepIsNotLostToCancellation() {
    // v(t, s) = 1 − e^{−B} with B = 1e-12·β: relative accuracy, not absolute.
    double t = 0.5 + 1e-12;
    double b = (t - 0.5) * NoiseSchedule.linear(0.1, 20).rate(0.5);
    assertThat(Fixtures.preserving(noise()).transition(0.5, t).variance().at(0))
        .isCloseTo(b, within(1e-11 * b));
    VarianceExploding exploding = VarianceExploding.geometric(noise(), 0.01, 50);
    double sigma = exploding.deviation(0.5);
    double growth = 2 * Math.log(5000) * (t - 0.5) * sigma * sigma;
    assertThat(exploding.transition(0.5, t).variance().at(0))
        .isCloseTo(growth, within(1e-10 * growth));
  }

  @Test
  void varianceExplodingReference() {
    VarianceExploding sde = VarianceExploding.geometric(noise(), 0.01, 50);
    assertThat(sde.deviation(0.3)).isCloseTo(0.1287333293545224, within(1e-15));
    assertThat(sde.deviation(1)).isCloseTo(50, within(1e-12));
    // From the data, at σ = 0, the variance is σ(t)².
    assertThat(sde.marginal(0.3).variance().at(0))
        .isCloseTo(Math.pow(0.1287333293545224, 2), within(1e-16));
    assertThat(sde.marginal(0.3).mean().at(0)).isEqualTo(1);
    assertThat(sde.horizon()).isEqualTo(1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> sde.deviation(0))
        .withMessageContaining("time 0.0");
  }

  @Test
  void subVariancePreservingReference() {
    SubVariancePreserving sde = SubVariancePreserving.of(noise(), Fixtures.schedule(), 1);
    assertThat(sde.marginal(0.3).mean().at(0)).isCloseTo(0.6295500003364488, within(1e-15));
    assertThat(sde.marginal(0.3).variance().at(0)).isCloseTo(0.3644136018924521, within(1e-15));
    // A short step: v ≈ β(1 − e^{−2B})h.
    double t = 0.5 + 1e-12;
    double h = t - 0.5;
    double b = Fixtures.schedule().integral(0.5);
    double expected = Fixtures.schedule().rate(0.5) * -Math.expm1(-2 * b) * h;
    assertThat(sde.transition(0.5, t).variance().at(0))
        .isCloseTo(expected, within(1e-10 * expected));
  }

  @Test
  void ornsteinUhlenbeckRelaxesToItsNoise() {
    VariancePreserving sde = VariancePreserving.ornsteinUhlenbeck(noise(), 0.7, 3);
    assertThat(sde.driftRate(1).at(0)).isEqualTo(-0.7);
    assertThat(sde.diffusion(1).at(0)).isCloseTo(Math.sqrt(1.4), within(1e-15));
    assertThat(sde.marginal(2).mean().at(0)).isCloseTo(Math.exp(-1.4), within(1e-15));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> VariancePreserving.ornsteinUhlenbeck(noise(), -1, 3))
        .withMessageContaining("rate -1.0");
  }

  @Test
  void drivingRatesThatAreNegativeOrExplodeAreRefused() {
    NoiseSchedule exploding =
        new NoiseSchedule() {
          @Override
          public double rate(double t) {
            return 1 / (1 - t);
          }

          @Override
          public double integral(double t) {
            return -Math.log1p(-t);
          }

          @Override
          public double inverse(double value) {
            return -Math.expm1(-value);
          }
        };
    assertThat(VariancePreserving.of(noise(), exploding, 0.99).horizon()).isEqualTo(0.99);
    for (double horizon : new double[] {1, 2}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> VariancePreserving.of(noise(), exploding, horizon))
          .withMessageContaining("β = ")
          .withMessageContaining("cap the rate");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> SubVariancePreserving.of(noise(), exploding, horizon));
    }
  }

  @Test
  void noiseLevelsThatDoNotGrowAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> VarianceExploding.of(noise(), LevelSchedule.sineSquared(1), 2))
        .withMessageContaining("cannot shrink");
  }

  @Test
  void driftlessVarianceIsTime() {
    Driftless sde = Driftless.of(noise(), 20);
    assertThat(sde.marginal(7.5).variance().at(0)).isEqualTo(7.5);
    assertThat(sde.transition(2, 7.5).variance().at(0)).isEqualTo(5.5);
    assertThat(sde.transition(2, 7.5).mean().at(0)).isEqualTo(1);
    assertThat(sde.driftRate(3).at(0)).isZero();
    assertThat(sde.diffusion(3).at(0)).isEqualTo(1);
  }

  @Test
  void evolutionReference() {
    EvolutionSDE sde = EvolutionSDE.of(evolutionNoise());
    Marginal m = sde.marginal(0.3);
    double lambda = sde.noise().eigenvalues()[1];
    assertThat(m.mean().at(1)).isCloseTo(0.2009820136709736, within(1e-15));
    assertThat(m.variance().at(1) * lambda).isCloseTo(0.2443928905431501, within(1e-15));
  }

  @Test
  void argumentsOutOfRangeAreRefused() {
    CovarianceOperator c = noise();
    for (double bad : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Driftless.of(c, bad))
          .withMessageContaining("horizon " + bad)
          .withMessageContaining("T > 0");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> VariancePreserving.of(c, Fixtures.schedule(), bad))
          .withMessageContaining("horizon " + bad);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> VarianceExploding.geometric(c, bad, 50))
          .withMessageContaining("deviations " + bad + " to 50.0")
          .withMessageContaining("0 < min < max");
    }
    for (double bad : new double[] {0.01, 0.001, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> VarianceExploding.geometric(c, 0.01, bad))
          .withMessageContaining("to " + bad);
    }
    assertThatNullPointerException()
        .isThrownBy(() -> Driftless.of(null, 1))
        .withMessageContaining("noise");
    assertThatNullPointerException()
        .isThrownBy(() -> VariancePreserving.of(c, null, 1))
        .withMessageContaining("schedule");
  }
}
