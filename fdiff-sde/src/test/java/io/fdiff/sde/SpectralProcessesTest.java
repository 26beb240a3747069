package io.fdiff.sde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.schedule.LevelSchedule;
import io.fdiff.schedule.NoiseSchedule;
import io.fdiff.space.Interval;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.RegularGrid.Layout;
import io.fdiff.transform.CosineTransform;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Processes with one rate a mode, and their reference numbers (oracles D6, D7). */
class SpectralProcessesTest {

  private static SpectralCovariance noise() {
    return SpectralCovariance.of(
        CosineTransform.of(RegularGrid.unit(6)), Spectrum.bessel(3, 1.5, 1));
  }

  /** On [0, 2] the first cosine has κ² = π²/4. */
  private static RegularGrid wide() {
    return RegularGrid.of(List.of(new Interval(0, 2)), Layout.CELL, 6);
  }

  @Nested
  class Sound extends SDEContract {
    @Override
    SDE create() {
      return FunctionalDiffusion.audio(RegularGrid.unit(Layout.PERIODIC, 6), 10);
    }

    @Override
    int modes() {
      return 6;
    }
  }

  @Nested
  class Evolution extends SDEContract {
    @Override
    SDE create() {
      return StochasticEvolution.of(CosineTransform.of(wide()), 1, 0.1, Fixtures.schedule(), 1);
    }

    @Override
    int modes() {
      return 6;
    }
  }

  @Nested
  class BlurAndNoise extends SDEContract {
    @Override
    SDE create() {
      return Blurring.of(
          noise(), NoiseSchedule.linear(0.1, 5), LevelSchedule.karras(0.05, 0.25, 1), 1);
    }

    @Override
    int modes() {
      return 6;
    }
  }

  @Nested
  class GentleBlur extends SDEContract {
    @Override
    SDE create() {
      return Blurring.of(
          noise(), NoiseSchedule.cosine(0.008, 500), LevelSchedule.sineSquared(0.2), 1);
    }

    @Override
    int modes() {
      return 6;
    }
  }

  @Nested
  class Heat extends SDEContract {
    @Override
    SDE create() {
      return HeatDissipation.of(noise(), LevelSchedule.geometric(0.01, 0.2), 0.3, 1);
    }

    @Override
    int modes() {
      return 6;
    }
  }

  @Test
  void evolutionReference() {
    SpectralSDE sde =
        StochasticEvolution.of(CosineTransform.of(wide()), 1, 0.1, Fixtures.schedule(), 1);
    double lambda = sde.noise().eigenvalues()[1];
    assertThat(sde.marginal(0.3).mean().at(1)).isCloseTo(0.2009820136709736, within(1e-15));
    assertThat(sde.marginal(0.3).variance().at(1) * lambda)
        .isCloseTo(0.2443928905431501, within(1e-15));
    // The same process from its closed form.
    EvolutionSDE direct = EvolutionSDE.of(sde.noise());
    for (int k = 0; k < 6; k++) {
      assertThat(sde.driftRate(0.7).at(k))
          .isCloseTo(direct.driftRate(0.7).at(k), within(1e-12 * 700));
      assertThat(sde.diffusion(0.7).at(k))
          .isCloseTo(direct.diffusion(0.7).at(k), within(1e-14 * 4));
    }
  }

  @Test
  void functionalDiffusionReference() {
    // Ortho-DFT numbers of the 32 × 32 grid; ours are these divided by 1024.
    double[][] table = {
      {0, 3.54034772036, 88.0103137086, 0.845700039513, 7.07969562158},
      {1, 0.99832984847, 58.6735424724, 0.95384103466, 5.30045980978},
      {2, 0.680965590654, 44.0051568543, 0.968278931547, 4.03471494352},
      {13, 0.417770998844, 11.7347084945, 0.980418109245, 1.08929504828},
      {128, 0.595593266442, 1.35400482629, 0.972199951341, 0.124642724388},
      {512, 0.830816997458, 0.342452582524, 0.961434687842, 0.0311792579595}
    };
    double[][] later = {
      {0.481020500163, 19.1072824365, 0.00012001585644, 24.8592283563},
      {0.813531660294, 19.8746047118, 0.0784149160801, 58.4103188655},
      {0.868692331084, 15.8564623479, 0.176142446502, 62.6167406076},
      {0.917264125052, 4.45563726124, 0.34461892176, 24.7529596632},
      {0.884158912122, 0.496192950089, 0.218982638311, 2.1643557264},
      {0.842195672669, 0.119825634887, 0.120201792599, 0.406232259773}
    };
    SpectralSDE sde = FunctionalDiffusion.images32(RegularGrid.unit(Layout.PERIODIC, 32, 32), 5);
    double[] lambda = sde.noise().eigenvalues();
    double[] times = {0.25, 0.5, 1};
    for (int row = 0; row < table.length; row++) {
      int k = mode(sde, (int) table[row][0]);
      assertThat(sde.rates()[k]).isCloseTo(table[row][1], within(1e-11 * table[row][1]));
      assertThat(1024 * lambda[k]).isCloseTo(table[row][2], within(1e-11 * table[row][2]));
      for (int i = 0; i < 3; i++) {
        double mean = i == 0 ? table[row][3] : later[row][2 * i - 2];
        double variance = i == 0 ? table[row][4] : later[row][2 * i - 1];
        Marginal marginal = sde.marginal(times[i]);
        assertThat(marginal.mean().at(k)).isCloseTo(mean, within(1e-11 * mean));
        assertThat(1024 * lambda[k] * marginal.variance().at(k))
            .isCloseTo(variance, within(1e-11 * variance));
      }
    }
    // Mean pixel variance of the noise, in our scaling its trace.
    double[][] traces = {
      {0.001, 5.3389318636e-4}, {0.25, 0.251756400171}, {0.5, 0.9980598968}, {1, 4.61996856581}
    };
    for (double[] pair : traces) {
      Multiplier variance = sde.marginal(pair[0]).variance();
      double trace = 0;
      for (int k = 0; k < lambda.length; k++) {
        trace += lambda[k] * variance.at(k);
      }
      assertThat(trace).isCloseTo(pair[1], within(1e-10 * pair[1]));
    }
  }

  /** A mode with squared integer frequency q. */
  private static int mode(SpectralSDE sde, int q) {
    for (int k = 0; k < sde.noise().transform().modes(); k++) {
      int[] f = sde.noise().transform().frequency(k);
      if (f[0] * f[0] + f[1] * f[1] == q) {
        return k;
      }
    }
    throw new AssertionError("no mode with q = " + q);
  }

  @Test
  void publishedSettingsDifferInEnergyAndNativeGrid() {
    RegularGrid square = RegularGrid.unit(Layout.PERIODIC, 8, 8);
    double[] small = FunctionalDiffusion.images32(square, 5).noise().eigenvalues();
    double[] large = FunctionalDiffusion.images64(square, 10, 64).noise().eigenvalues();
    double[] sound =
        FunctionalDiffusion.audio(RegularGrid.unit(Layout.PERIODIC, 8), 10).noise().eigenvalues();
    assertThat(small[0] / large[0]).isCloseTo(4 * 64, within(1e-11));
    assertThat(small[0] / sound[0]).isCloseTo(8000 / 1024.0, within(1e-13));
    // One process on every grid: the law of a mode does not depend on the grid.
    SpectralSDE fine =
        FunctionalDiffusion.images32(square, 5).on(RegularGrid.unit(Layout.PERIODIC, 16, 16));
    assertThat(fine.noise().eigenvalues()[0]).isEqualTo(small[0]);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FunctionalDiffusion.audio(square, 10))
        .withMessageContaining("needs 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FunctionalDiffusion.images32(square, -1))
        .withMessageContaining("β_max -1.0");
  }

  @Test
  void heatKeepsTheConstantModeAndItsNoise() {
    HeatDissipation sde = HeatDissipation.of(noise(), LevelSchedule.geometric(0.01, 0.2), 0.3, 1);
    for (double t : new double[] {0.1, 1}) {
      double length = 0.01 * Math.pow(20, t);
      for (int k = 0; k < 6; k++) {
        double kappa = Math.PI * k;
        assertThat(sde.marginal(t).mean().at(k))
            .isCloseTo(Math.exp(-0.5 * kappa * kappa * length * length), within(1e-14));
        assertThat(sde.marginal(t).variance().at(k)).isCloseTo(0.09, within(1e-16));
      }
      assertThat(sde.diffusion(t).at(0)).isZero();
    }
    assertThat(sde.transition(0.1, 1).variance().at(0)).isZero();
  }

  @Test
  void blurringReference() {
    // τ² = e^{−B − κ²(s(t)² − s(0)²)}, ς² = 1 − e^{−B}.
    Blurring sde =
        Blurring.of(noise(), NoiseSchedule.linear(0.1, 20), LevelSchedule.karras(0.05, 0.25, 1), 1);
    double growth = 0.11 * 0.11 - 0.05 * 0.05;
    for (int k = 0; k < 6; k++) {
      double exponent = 0.9255 + Math.PI * Math.PI * k * k * growth;
      assertThat(sde.marginal(0.3).mean().at(k))
          .isCloseTo(Math.exp(-0.5 * exponent), within(1e-15));
      assertThat(sde.marginal(0.3).variance().at(k)).isCloseTo(0.6036667970763773, within(1e-15));
    }
  }

  @Test
  void ratesAndLevelsOutOfRangeAreRefused() {
    for (double bad : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> SpectralSDE.of(noise(), (f, laplacian) -> bad, Fixtures.schedule(), 1))
          .withMessageContaining("rate b = " + bad)
          .withMessageContaining("[0]")
          .withMessageContaining("shift the rates");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> HeatDissipation.of(noise(), LevelSchedule.geometric(0.1, 1), bad, 1))
          .withMessageContaining("deviation " + bad);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> StochasticEvolution.of(noise().transform(), 0, 0.1, Fixtures.schedule(), 1))
        .withMessageContaining("shift 0.0")
        .withMessageContaining("raise the shift");
    // sin² shrinks beyond 1.
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> Blurring.of(noise(), Fixtures.schedule(), LevelSchedule.sineSquared(0.2), 1.5))
        .withMessageContaining("cannot shrink");
  }
}
