package io.fdiff.denoise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.measure.GaussianMeasure;
import io.fdiff.schedule.LevelSchedule;
import io.fdiff.schedule.NoiseSchedule;
import io.fdiff.sde.Blurring;
import io.fdiff.sde.Driftless;
import io.fdiff.sde.EvolutionSDE;
import io.fdiff.sde.Fixtures;
import io.fdiff.sde.Marginal;
import io.fdiff.sde.Multiplier;
import io.fdiff.sde.OpaqueCovariance;
import io.fdiff.sde.ProbabilityFlow;
import io.fdiff.sde.SDE;
import io.fdiff.sde.SubVariancePreserving;
import io.fdiff.sde.VarianceExploding;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.CosineTransform;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Conversions between predictions (oracles E, H7), scaling factors and minimal losses. */
class ConversionsTest {

  private static final Grid GRID = RegularGrid.unit(4);

  private static SpectralCovariance noise() {
    return SpectralCovariance.of(CosineTransform.of(GRID), Spectrum.bessel(3, 1.5, 1));
  }

  private static List<SDE> processes() {
    return List.of(
        Fixtures.preserving(noise()),
        SubVariancePreserving.of(noise(), Fixtures.schedule(), 1),
        VarianceExploding.geometric(noise(), 0.01, 50),
        VarianceExploding.karras(noise(), 0.002, 80),
        Driftless.of(noise(), 20),
        new EvolutionSDE(noise(), NoiseSchedule.linear(0.1, 1), 1),
        Blurring.of(noise(), NoiseSchedule.linear(0.1, 5), LevelSchedule.karras(0.05, 0.15, 1), 1));
  }

  @Test
  void referencePoint() {
    SDE sde = Fixtures.preserving(Fixtures.flat(CosineTransform.of(GRID), 0.5));
    Conversions conversions = Conversions.at(sde, 0.3);
    INDArray x = Fixtures.constant(GRID, 0.7);
    Prediction clean = new Prediction.Clean(Fixtures.constant(GRID, 1.218931326376458));
    assertClose(conversions.noise(clean, x), -0.08672031946967339);
    assertClose(conversions.score(clean, x), 0.1116149128239738);
    assertClose(conversions.rotated(clean, x), -1.001655625567387);
    // u = −½β(x + S).
    assertClose(conversions.velocity(clean, x), -3.035 * (0.7 + 0.1116149128239738));
  }

  private static void assertClose(Prediction prediction, double value) {
    for (double actual : Fixtures.values(prediction.values())) {
      assertThat(actual).isCloseTo(value, within(1e-14 * (1 + Math.abs(value))));
    }
  }

  @Test
  void roundTripsAreTheIdentity() {
    for (SDE sde : processes()) {
      for (double share : new double[] {0.2, 0.5, 0.9}) {
        double t = share * sde.horizon();
        Conversions to = Conversions.at(sde, t);
        INDArray x = Fixtures.random(GRID, DataType.DOUBLE, 2, 2, 1);
        INDArray d = Fixtures.random(GRID, DataType.DOUBLE, 2, 2, 2);
        Prediction.Clean clean = new Prediction.Clean(d);
        // Relative to the largest factor on the way, max(x/τ, x/ς, ς/τ, τ/ς).
        double scale = scale(sde.marginal(t));
        Prediction[] all = {
          clean, to.noise(clean, x), to.score(clean, x), to.rotated(clean, x), to.velocity(clean, x)
        };
        for (Prediction from : all) {
          assertThat(Fixtures.distance(to.clean(from, x).values(), d))
              .as("%s at %s from %s", sde, t, from.getClass())
              .isLessThan(1e-12 * scale);
          assertRelative(to.noise(from, x), all[1], scale);
          assertRelative(to.score(from, x), all[2], scale);
          assertRelative(to.rotated(from, x), all[3], scale);
          assertRelative(to.velocity(from, x), all[4], scale);
        }
        Prediction chain = to.velocity(to.rotated(to.score(to.noise(clean, x), x), x), x);
        assertThat(Fixtures.distance(to.clean(chain, x).values(), d)).isLessThan(1e-12 * scale);
      }
    }
  }

  private static double scale(Marginal marginal) {
    double largest = 1;
    for (int k = 0; k < 4; k++) {
      double tau = marginal.mean().at(k);
      double sigma = marginal.deviation().at(k);
      largest = Math.max(largest, Math.max((1 + sigma) / tau, (1 + tau) / sigma));
    }
    return 5 * largest;
  }

  private static void assertRelative(Prediction actual, Prediction expected, double scale) {
    double size = 1 + Fixtures.max(Fixtures.values(expected.values()));
    assertThat(actual).hasSameClassAs(expected);
    assertThat(Fixtures.distance(actual.values(), expected.values()))
        .isLessThan(1e-12 * scale * size);
  }

  @Test
  void scoreAndVelocityAreThoseOfTheProcess() {
    for (SDE sde : processes()) {
      double t = 0.4 * sde.horizon();
      INDArray x = Fixtures.random(GRID, DataType.DOUBLE, 2, 2, 1);
      INDArray d = Fixtures.random(GRID, DataType.DOUBLE, 2, 2, 2);
      double[] before = Fixtures.values(x);
      Prediction.Clean clean = new Prediction.Clean(d);
      Conversions to = Conversions.at(sde, t);
      INDArray score = sde.marginal(t).score(x, d);
      double size = 1 + Fixtures.max(Fixtures.values(score));
      assertThat(Fixtures.distance(to.score(clean, x).values(), score)).isLessThan(1e-12 * size);
      INDArray velocity = new ProbabilityFlow(sde).velocity(x, d, t);
      size = 1 + Fixtures.max(Fixtures.values(velocity));
      assertThat(Fixtures.distance(to.velocity(clean, x).values(), velocity))
          .isLessThan(1e-12 * size);
      assertThat(Fixtures.values(x)).isEqualTo(before);
    }
  }

  @Test
  void modelsOfAnyPredictionBecomeTheDenoiser() {
    for (SDE sde : processes()) {
      GaussianDenoiser exact =
          GaussianDenoiser.of(
              sde,
              GaussianMeasure.of(
                  Fixtures.random(GRID, DataType.DOUBLE, 1, 1, 9),
                  Fixtures.diagonal(CosineTransform.of(GRID), 1, 0.5, 0.2, 0.1)));
      INDArray x = Fixtures.random(GRID, DataType.DOUBLE, 4, 1, 1);
      double h = sde.horizon();
      // The last two share a time.
      INDArray t = Fixtures.times(0.2 * h, 0.9 * h, 0.5 * h, 0.5 * h);
      INDArray expected = exact.denoise(x, t);
      Denoiser fromVelocity =
          new PredictionDenoiser(sde, (state, times) -> velocities(sde, exact, state, times));
      assertThat(Fixtures.distance(fromVelocity.denoise(x, t), expected))
          .isLessThan(1e-11 * scale(sde.marginal(0.9 * h)));
      Denoiser itself =
          new PredictionDenoiser(
              sde, (state, times) -> new Prediction.Clean(exact.denoise(state, times)));
      assertThat(Fixtures.distance(itself.denoise(x, t), expected)).isZero();
    }
  }

  private static Prediction velocities(SDE sde, Denoiser exact, INDArray x, INDArray t) {
    INDArray out = x.dup();
    INDArray d = exact.denoise(x, t);
    for (int b = 0; b < x.size(0); b++) {
      Prediction u =
          Conversions.at(sde, t.getDouble(b))
              .velocity(
                  new Prediction.Clean(Fixtures.samples(d, b, b + 1)),
                  Fixtures.samples(x, b, b + 1));
      out.putSlice(b, u.values().reshape(1, 4));
    }
    return new Prediction.Velocity(out);
  }

  @Nested
  class NoisePredictionAsDenoiser extends DenoiserContract {
    @Override
    Denoiser denoiser() {
      SDE sde = Fixtures.preserving(noise());
      return new PredictionDenoiser(sde, (x, t) -> new Prediction.Noise(x.mul(0.1)));
    }

    @Override
    Grid grid() {
      return GRID;
    }

    @Override
    int channels() {
      return 2;
    }

    @Override
    double horizon() {
      return 1;
    }
  }

  @Test
  void arraysAndTimesThatDoNotFitAreRefused() {
    SDE sde = Fixtures.preserving(noise());
    INDArray x = Fixtures.random(GRID, DataType.DOUBLE, 2, 1, 1);
    Conversions to = Conversions.at(sde, 0.3);
    Prediction one = new Prediction.Noise(Fixtures.samples(x, 0, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> to.clean(one, x))
        .withMessageContaining("differ");
    for (double bad : new double[] {0, 1.1, Double.NaN}) {
      assertThatIllegalArgumentException().isThrownBy(() -> Conversions.at(sde, bad));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new PredictionDenoiser(sde, (state, t) -> one).denoise(x, Fixtures.times(1, 1)))
        .withMessageContaining("differ");
    assertThatNullPointerException().isThrownBy(() -> new PredictionDenoiser(sde, null));
  }

  @Test
  void scalingFactorsOfTheReference() {
    // VE with σ = 1.7, μ = 2, λ = 0.5 (oracle E).
    ScalingFactors white =
        ScalingFactors.of(
            Multiplier.scalar(1), Multiplier.scalar(2), Multiplier.scalar(0.5 * 1.7 * 1.7));
    assertThat(white.skip().at(0)).isCloseTo(0.5805515239477503, within(1e-15));
    assertThat(white.out().at(0)).isCloseTo(0.915913179348621, within(1e-15));
    assertThat(white.in().at(0)).isCloseTo(0.5387724584403654, within(1e-15));
    // Relative to R: out grows and in shrinks by √λ, skip is the same.
    ScalingFactors coloured =
        ScalingFactors.coloured(
            new Marginal(Multiplier.scalar(1), Multiplier.scalar(1.7 * 1.7), noise()),
            Multiplier.scalar(4));
    assertThat(coloured.skip().at(0)).isCloseTo(white.skip().at(0), within(1e-15));
    assertThat(coloured.out().at(0) * Math.sqrt(0.5)).isCloseTo(white.out().at(0), within(1e-15));
    assertThat(coloured.in().at(0) / Math.sqrt(0.5)).isCloseTo(white.in().at(0), within(1e-15));
  }

  @Test
  void scalingFactorsMakeZeroTheGaussianDenoiserAndTargetsUnit() {
    double[] ratios = {4, 1, 0.1, 2};
    double[] lambda = noise().eigenvalues();
    double[] mu = new double[4];
    for (int k = 0; k < 4; k++) {
      mu[k] = ratios[k] * lambda[k];
    }
    for (SDE sde : processes()) {
      double t = 0.4 * sde.horizon();
      Marginal m = sde.marginal(t);
      ScalingFactors factors =
          ScalingFactors.coloured(m, Multiplier.perMode(noise().transform(), ratios));
      INDArray x = Fixtures.random(GRID, DataType.DOUBLE, 1, 1, 1);
      INDArray expected =
          GaussianDenoiser.of(
                  sde, GaussianMeasure.centred(Fixtures.diagonal(CosineTransform.of(GRID), mu)))
              .denoise(x, Fixtures.times(t));
      assertThat(Fixtures.distance(factors.skip().apply(x), expected)).isLessThan(1e-13);
      for (int k = 0; k < 4; k++) {
        double tau = m.mean().at(k);
        double v = m.variance().at(k);
        // Var(c_in x) = 1; Var((x₀ − c_skip x)/c_out) = 1, in units of λ.
        double skip = factors.skip().at(k);
        assertThat(Math.pow(factors.in().at(k), 2) * (tau * tau * ratios[k] + v))
            .isCloseTo(1, within(1e-13));
        double target = Math.pow(1 - skip * tau, 2) * ratios[k] + skip * skip * v;
        assertThat(target / Math.pow(factors.out().at(k), 2)).isCloseTo(1, within(1e-12));
      }
    }
  }

  @Test
  void minimalLossesOfTheReference() {
    SpectralCovariance flat = Fixtures.diagonal(CosineTransform.of(GRID), 0.5, 0.5, 0.5, 0.5);
    GaussianMeasure data =
        GaussianMeasure.centred(Fixtures.diagonal(CosineTransform.of(GRID), 0, 2, 0, 0));
    MinimalLoss loss = MinimalLoss.of(Fixtures.preserving(flat), data);
    assertThat(loss.noise(0.3)).isCloseTo(0.3621135438632311, within(1e-14));
    assertThat(loss.noiseCameronMartin(0.3)).isCloseTo(0.7242270877264622, within(1e-14));
    assertThat(loss.clean(0.3)).isCloseTo(0.5515458245470757, within(1e-14));
    assertThat(loss.cleanCameronMartin(0.3)).isCloseTo(2 * 0.5515458245470757, within(1e-14));
  }

  @Test
  void minimalCameronMartinLossIsBoundedOnlyForSmoothData() {
    // Oracle E5: λ_k = k^{-2}; μ_k = k^{-4} bounded, μ_k = k^{-2} ∝ n.
    double[][] losses = new double[2][3];
    for (int i = 0; i < 3; i++) {
      Grid grid = RegularGrid.unit(64 << i);
      SpectralCovariance noise = power(grid, -2);
      for (int smooth = 0; smooth < 2; smooth++) {
        losses[smooth][i] =
            MinimalLoss.of(
                    Fixtures.preserving(noise),
                    GaussianMeasure.centred(power(grid, smooth == 0 ? -2 : -4)))
                .noiseCameronMartin(0.3);
      }
    }
    for (int i = 1; i < 3; i++) {
      assertThat(losses[0][i] / losses[0][i - 1]).isCloseTo(2, within(1e-12));
    }
    // The tail Σ_{k>n} k^{-2} falls like 1/n.
    double first = losses[1][1] - losses[1][0];
    double second = losses[1][2] - losses[1][1];
    assertThat(second / first).isCloseTo(0.5, within(0.02));
  }

  private static SpectralCovariance power(Grid grid, double exponent) {
    return SpectralCovariance.of(
        CosineTransform.of(grid), (frequency, laplacian) -> Math.pow(frequency[0] + 1, exponent));
  }

  @Test
  void minimalLossesDoNotDependOnTheForm() {
    SpectralCovariance signal = Fixtures.diagonal(CosineTransform.of(GRID), 1, 0.4, 0.2, 0.1);
    SDE sde = Fixtures.preserving(noise());
    MinimalLoss spectral = MinimalLoss.of(sde, GaussianMeasure.centred(signal));
    MinimalLoss dense = MinimalLoss.of(sde, GaussianMeasure.centred(new OpaqueCovariance(signal)));
    assertThat(dense.clean(0.2)).isCloseTo(spectral.clean(0.2), within(1e-11));
    assertThat(dense.noise(0.2)).isCloseTo(spectral.noise(0.2), within(1e-11));
    assertThat(dense.cleanCameronMartin(0.2))
        .isCloseTo(spectral.cleanCameronMartin(0.2), within(1e-10));
    SDE poor = Fixtures.preserving(Fixtures.diagonal(CosineTransform.of(GRID), 1, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MinimalLoss.of(poor, GaussianMeasure.centred(signal)))
        .withMessageContaining("mode 2");
  }
}
