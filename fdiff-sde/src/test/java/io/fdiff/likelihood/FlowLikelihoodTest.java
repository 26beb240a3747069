package io.fdiff.likelihood;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.covariance.KernelCovariance;
import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.denoise.GaussianDenoiser;
import io.fdiff.denoise.MixtureDenoiser;
import io.fdiff.flow.FlowPath;
import io.fdiff.flow.GaussianField;
import io.fdiff.flow.Interpolant;
import io.fdiff.kernel.Matern;
import io.fdiff.kernel.SquaredExponential;
import io.fdiff.measure.GaussianMeasure;
import io.fdiff.measure.GaussianMixture;
import io.fdiff.noise.NoiseSource;
import io.fdiff.schedule.NoiseSchedule;
import io.fdiff.sde.CommonModes;
import io.fdiff.sde.Driftless;
import io.fdiff.sde.Fixtures;
import io.fdiff.sde.Marginal;
import io.fdiff.sde.SDE;
import io.fdiff.sde.SpectralSDE;
import io.fdiff.sde.SubVariancePreserving;
import io.fdiff.sde.VarianceExploding;
import io.fdiff.sde.VariancePreserving;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.CosineTransform;
import io.fdiff.transform.SpectralTransform;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Log densities by the probability flow (oracle G7). */
class FlowLikelihoodTest {

  private static final Grid GRID = RegularGrid.unit(4);
  private static final SpectralTransform COSINE = CosineTransform.of(GRID);
  private static final SpectralCovariance NOISE = Fixtures.diagonal(COSINE, 1, 0.5, 0.25, 0.1);

  private static GaussianMeasure data(int channels) {
    return GaussianMeasure.of(
        Fixtures.random(GRID, DataType.DOUBLE, 1, channels, 5),
        Fixtures.diagonal(COSINE, 2, 0.3, 0.4, 0.02));
  }

  private static List<SDE> processes() {
    return List.of(
        Fixtures.preserving(NOISE),
        SubVariancePreserving.of(NOISE, Fixtures.schedule(), 1),
        VarianceExploding.geometric(NOISE, 0.01, 5),
        Driftless.of(NOISE, 4),
        SpectralSDE.of(
            NOISE, (frequency, laplacian) -> 0.3 + laplacian / 20, NoiseSchedule.linear(0.1, 5), 1),
        new FlowPath(Interpolant.optimalTransport(1e-3), NOISE).process(0.99));
  }

  /** {@code −½[(x − τm)²/V − x²/λ + ln(V/λ)]}, each mode of each function. */
  private static double[][] exact(
      SDE sde, CommonModes modes, GaussianMeasure data, INDArray x, double t) {
    Marginal marginal = sde.marginal(t);
    int channels = (int) x.size(1);
    int n = modes.size();
    double[] c = new double[(int) x.size(0) * channels * n];
    double[] m = new double[channels * n];
    modes.forward(Fixtures.values(x), c, c.length / n);
    modes.forward(Fixtures.values(data.mean()), m, channels);
    double[][] out = new double[(int) x.size(0)][n];
    for (int i = 0; i < c.length; i++) {
      int k = i % n;
      double tau = marginal.mean().at(k);
      double lambda = modes.noise(k);
      double v = tau * tau * modes.data(k) + marginal.variance().at(k) * lambda;
      double d = c[i] - tau * m[i % m.length];
      out[i / m.length][k] -= 0.5 * (d * d / v - c[i] * c[i] / lambda + Math.log(v / lambda));
    }
    return out;
  }

  private static FlowLikelihood exactly(SDE sde, GaussianMeasure data) {
    GaussianDenoiser denoiser = GaussianDenoiser.of(sde, data);
    return FlowLikelihood.of(sde, denoiser)
        .withMomentMatchedPrior(data)
        .withTolerance(1e-11)
        .withDivergence(
            new Divergence.Exact(
                (k, t) ->
                    denoiser
                        .modes()
                        .gain(k, sde.marginal(t).mean().at(k), sde.marginal(t).variance().at(k))));
  }

  @Test
  void gaussianDataOfEveryProcess() {
    GaussianMeasure data = data(2);
    INDArray x = Fixtures.random(GRID, DataType.DOUBLE, 3, 2, 9);
    for (SDE sde : processes()) {
      double t = 0.05 * sde.horizon();
      FlowLikelihood likelihood = exactly(sde, data);
      double[][] expected = exact(sde, likelihood.modes(), data, x, t);
      LogDensity density = likelihood.logDensity(x, t);
      assertThat(density.modes()).isEqualTo(4);
      for (int b = 0; b < 3; b++) {
        // Tolerance 1e-11 a step along some hundred steps, values up to 100.
        assertThat(density.value(b)).isCloseTo(Arrays.stream(expected[b]).sum(), within(2e-8));
        for (int k = 0; k < 4; k++) {
          assertThat(density.contribution(b, k)).isCloseTo(expected[b][k], within(2e-8));
        }
        assertThat(density.tail(b)).isCloseTo(expected[b][2] + expected[b][3], within(2e-8));
        assertThat(density.samplingError(b)).isZero();
        assertThat(density.integrationError(b)).isBetween(1e-15, 1e-6);
      }
    }
  }

  @Test
  void densitiesOfGaussianMeasures() {
    // Against the density of the measure itself, with noise of the same law as γ.
    SDE sde = Fixtures.preserving(NOISE);
    GaussianMeasure data = data(1);
    double t = 0.2;
    double a = sde.marginal(t).mean().at(0);
    GaussianMeasure law =
        GaussianMeasure.of(
            data.mean().mul(a), data.covariance().times(a * a).plus(NOISE.times(1 - a * a)));
    INDArray x = Fixtures.random(GRID, DataType.DOUBLE, 3, 1, 9);
    double[] expected = Fixtures.values(law.density(GaussianMeasure.centred(NOISE)).logDensity(x));
    LogDensity density = exactly(sde, data).logDensity(x, t);
    for (int b = 0; b < 3; b++) {
      assertThat(density.value(b)).isCloseTo(expected[b], within(1e-8));
    }
  }

  @Test
  void differencesAreExactForAffineDenoisers() {
    SDE sde = Fixtures.preserving(NOISE);
    GaussianMeasure data = data(2);
    INDArray x = Fixtures.random(GRID, DataType.DOUBLE, 2, 2, 9);
    LogDensity closed = exactly(sde, data).logDensity(x, 0.1);
    LogDensity differences =
        exactly(sde, data).withDivergence(new Divergence.Differences(1)).logDensity(x, 0.1);
    LogDensity probes =
        exactly(sde, data)
            .withDivergence(new Divergence.Hutchinson(2, NoiseSource.of(1), 1))
            .logDensity(x, 0.1);
    for (int b = 0; b < 2; b++) {
      assertThat(differences.value(b)).isCloseTo(closed.value(b), within(1e-9));
      // A denoiser that is diagonal in the modes: zᵀJz = tr J for every z.
      assertThat(probes.value(b)).isCloseTo(closed.value(b), within(1e-9));
      assertThat(probes.samplingError(b)).isLessThan(1e-9);
    }
  }

  @Test
  void covariancesThatDoNotCommute() {
    GaussianMeasure data =
        GaussianMeasure.of(
            Fixtures.constant(GRID, 0.3),
            KernelCovariance.of(GRID, new SquaredExponential(1, 0.4)));
    SDE sde = Fixtures.preserving(KernelCovariance.of(GRID, Matern.exponential(1, 0.3)));
    double t = 0.1;
    double a = sde.marginal(t).mean().at(0);
    GaussianMeasure law =
        GaussianMeasure.of(
            data.mean().mul(a), data.covariance().times(a * a).plus(sde.noise().times(1 - a * a)));
    INDArray x = Fixtures.random(GRID, DataType.DOUBLE, 2, 1, 9);
    double[] expected =
        Fixtures.values(law.density(GaussianMeasure.centred(sde.noise())).logDensity(x));
    LogDensity density =
        FlowLikelihood.of(sde, GaussianDenoiser.of(sde, data))
            .withMomentMatchedPrior(data)
            .withDivergence(new Divergence.Differences(1))
            .withTolerance(1e-10)
            .logDensity(x, t);
    for (int b = 0; b < 2; b++) {
      assertThat(density.value(b)).isCloseTo(expected[b], within(1e-7));
    }
  }

  @Test
  void mixturesAgainstTheirDensity() {
    // The mean factor at the horizon is e^{−30}, so that the prior is γ.
    SDE sde = VariancePreserving.of(NOISE, NoiseSchedule.linear(0.1, 119.9), 1);
    GaussianMeasure first = data(1);
    GaussianMeasure second = first.shift(Fixtures.of(GRID, 1, -1, 0.5, 1));
    MixtureDenoiser denoiser =
        MixtureDenoiser.of(sde, new double[] {0.3, 0.7}, List.of(first, second));
    double t = 0.05;
    double a = sde.marginal(t).mean().at(0);
    SpectralCovariance spread =
        Fixtures.diagonal(
            COSINE,
            2 * a * a + 1 - a * a,
            0.3 * a * a + 0.5 * (1 - a * a),
            0.4 * a * a + 0.25 * (1 - a * a),
            0.02 * a * a + 0.1 * (1 - a * a));
    GaussianMixture law =
        GaussianMixture.of(
            new double[] {0.3, 0.7},
            List.of(
                GaussianMeasure.of(first.mean().mul(a), spread),
                GaussianMeasure.of(second.mean().mul(a), spread)));
    INDArray x = Fixtures.random(GRID, DataType.DOUBLE, 3, 1, 9);
    double[] expected = Fixtures.values(law.logDensity(x, GaussianMeasure.centred(NOISE)));
    FlowLikelihood likelihood = FlowLikelihood.of(sde, denoiser).withTolerance(1e-9);
    LogDensity density = likelihood.logDensity(x, t);
    for (int b = 0; b < 3; b++) {
      // Differences of step 1e-5: h²/6 third derivatives of order 100, times ∫β/V dt ≈ 40.
      assertThat(density.value(b)).isCloseTo(expected[b], within(2e-7));
    }
    int probes = 400;
    LogDensity sampled =
        likelihood
            .withTolerance(1e-5)
            .withDivergence(new Divergence.Hutchinson(probes, NoiseSource.of(3), 1e-4))
            .logDensity(Fixtures.samples(x, 0, 1), t);
    // One comparison of a mean of 400 bounded terms at |z| < 5: below 1e-6.
    assertThat(sampled.samplingError(0)).isBetween(1e-6, 0.1);
    assertThat(Math.abs(sampled.value(0) - expected[0]))
        .isLessThan(5 * sampled.samplingError(0) + 1e-4);
  }

  @Test
  void fieldsOfFlowMatchingHaveDensities() {
    GaussianMeasure data = data(1);
    FlowPath path = new FlowPath(Interpolant.optimalTransport(1e-3), NOISE);
    SDE sde = path.process(0.999);
    INDArray x = Fixtures.random(GRID, DataType.DOUBLE, 2, 1, 9);
    FlowLikelihood likelihood =
        FlowLikelihood.of(sde, path.denoiser(GaussianField.of(path, data)))
            .withMomentMatchedPrior(data)
            .withDivergence(new Divergence.Differences(1))
            .withTolerance(1e-10);
    double[][] expected = exact(sde, likelihood.modes(), data, x, 0.1);
    LogDensity density = likelihood.logDensity(x, 0.1);
    for (int b = 0; b < 2; b++) {
      assertThat(density.value(b)).isCloseTo(Arrays.stream(expected[b]).sum(), within(1e-7));
    }
  }

  @Test
  void stableInTheNumberOfModesIfAndOnlyIfTheMeasuresAreEquivalent() {
    Grid grid = RegularGrid.unit(64);
    SpectralCovariance noise =
        SpectralCovariance.of(CosineTransform.of(grid), (f, l) -> Math.pow(1 + f[0], -2));
    SDE sde = Fixtures.preserving(noise);
    // At t → 0 the law is the data's; μ/λ − 1 = 1/(k+1)^p, Σ finite for p = 1, infinite for p = 0.
    double[] drift = new double[2];
    for (int p = 0; p < 2; p++) {
      double power = p;
      SpectralCovariance mu =
          SpectralCovariance.of(
              CosineTransform.of(grid),
              (f, l) -> Math.pow(1 + f[0], -2) * (1 + Math.pow(1 + f[0], -power)));
      GaussianMeasure data = GaussianMeasure.of(Fixtures.constant(grid, 0), mu);
      INDArray x = data.sample(NoiseSource.of(1), 40);
      FlowLikelihood likelihood = exactly(sde, data).withTolerance(1e-6);
      LogDensity all = likelihood.logDensity(x, 0.01);
      LogDensity half = likelihood.withModes(32).logDensity(x, 0.01);
      for (int b = 0; b < 40; b++) {
        drift[p] += (all.value(b) - half.value(b)) / 40;
        // Diagonal denoisers: fewer modes are the partial sum.
        assertThat(all.value(b) - half.value(b)).isCloseTo(all.tail(b), within(1e-4));
      }
    }
    // KL of 32 modes: ½(1 − ln 2) each for p = 0, 4.9 in sum (σ of the mean of 40: 0.9);
    // for p = 1 about Σ ¼k^{−2} over k > 32, 0.004 (σ 0.02). Both at 3σ and more.
    assertThat(drift[0]).isBetween(2.0, 8.0);
    assertThat(Math.abs(drift[1])).isLessThan(0.12);
  }

  @Test
  void samplesDoNotDependOnTheirBatch() {
    SDE sde = Fixtures.preserving(NOISE);
    MixtureDenoiser denoiser =
        MixtureDenoiser.of(
            sde, new double[] {1, 2}, List.of(data(1), data(1).shift(Fixtures.constant(GRID, 1))));
    INDArray x = Fixtures.random(GRID, DataType.DOUBLE, 4, 1, 9);
    FlowLikelihood likelihood = FlowLikelihood.of(sde, denoiser).withTolerance(1e-5);
    LogDensity together = likelihood.logDensity(x, 0.1);
    for (int b = 0; b < 4; b++) {
      assertThat(likelihood.logDensity(Fixtures.samples(x, b, b + 1), 0.1).value(0))
          .isEqualTo(together.value(b));
    }
  }

  @Test
  void atTheHorizonItIsTheDensityOfThePrior() {
    SDE sde = VarianceExploding.geometric(NOISE, 0.01, 5);
    INDArray x = Fixtures.random(GRID, DataType.DOUBLE, 2, 1, 9);
    LogDensity density = FlowLikelihood.of(sde, (z, t) -> z).logDensity(x, sde.horizon());
    double v = sde.marginal(sde.horizon()).variance().at(0);
    double[] expected =
        Fixtures.values(
            GaussianMeasure.centred(NOISE.times(v))
                .density(GaussianMeasure.centred(NOISE))
                .logDensity(x));
    for (int b = 0; b < 2; b++) {
      assertThat(density.value(b)).isCloseTo(expected[b], within(1e-12 * Math.abs(expected[b])));
    }
  }

  @Test
  void modesWithoutNoiseAreLeftOut() {
    SDE sde = Fixtures.preserving(Fixtures.diagonal(COSINE, 0, 0.5, 1));
    FlowLikelihood likelihood = FlowLikelihood.of(sde, (z, t) -> z);
    LogDensity density =
        likelihood.logDensity(Fixtures.random(GRID, DataType.DOUBLE, 1, 1, 9), 0.5);
    assertThat(density.modes()).isEqualTo(2);
    assertThat(density.value(0)).isFinite();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> likelihood.withModes(3))
        .withMessageContaining("3 modes: the noise has 2");
  }

  @Test
  void badArgumentsAreRefused() {
    SDE sde = Fixtures.preserving(NOISE);
    FlowLikelihood likelihood = FlowLikelihood.of(sde, GaussianDenoiser.of(sde, data(1)));
    INDArray x = Fixtures.random(GRID, DataType.DOUBLE, 2, 1, 9);
    for (double t : new double[] {0, 1.5, Double.NaN}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> likelihood.logDensity(x, t))
          .withMessageContaining("time " + t);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> likelihood.withModes(0))
        .withMessageContaining("0 modes");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> likelihood.withTolerance(0))
        .withMessageContaining("tolerance 0.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Divergence.Hutchinson(0, NoiseSource.of(1), 1))
        .withMessageContaining("0 probes");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Divergence.Differences(Double.NaN))
        .withMessageContaining("step NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> likelihood.logDensity(Fixtures.constant(RegularGrid.unit(5), 1), 0.5))
        .withMessageContaining("expected [batch, channels, 4]");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                likelihood
                    .withMomentMatchedPrior(data(2))
                    .logDensity(Fixtures.random(GRID, DataType.DOUBLE, 1, 3, 9), 0.5))
        .withMessageContaining("3 channels, prior with 2");
    assertThatExceptionOfType(ArithmeticException.class)
        .isThrownBy(
            () ->
                FlowLikelihood.of(
                        sde,
                        (z, t) -> {
                          INDArray out = z.mul(0);
                          // The neighbours of sample 0 come first.
                          return out.putScalar(new long[] {z.size(0) - 1, 0, 0}, Double.NaN);
                        })
                    .withDivergence(new Divergence.Exact((k, t) -> 0))
                    .logDensity(x, 0.5))
        .withMessageContaining("t = 0.5, sample 1")
        .withMessageContaining("NaN");
  }

  @Test
  void noiseOfBesselTypeIsOrderedByItsVariance() {
    SpectralCovariance noise = SpectralCovariance.of(COSINE, Spectrum.bessel(3, 1.5, 1));
    assertThat(LeadingModes.of(CommonModes.of(Fixtures.preserving(noise))))
        .containsExactly(0, 1, 2, 3);
    assertThat(
            LeadingModes.of(
                CommonModes.of(Fixtures.preserving(Fixtures.diagonal(COSINE, 0.1, 3, 0, 0.1)))))
        .containsExactly(1, 0, 3);
  }
}
