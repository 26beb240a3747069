package io.fdiff.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.denoise.GaussianDenoiser;
import io.fdiff.measure.GaussianMeasure;
import io.fdiff.noise.NoiseSource;
import io.fdiff.sampler.Scalar.Law;
import io.fdiff.schedule.TimeGrid;
import io.fdiff.sde.Driftless;
import io.fdiff.sde.Fixtures;
import io.fdiff.sde.Marginal;
import io.fdiff.sde.Multiplier;
import io.fdiff.sde.OpaqueCovariance;
import io.fdiff.sde.SDE;
import io.fdiff.sde.StochasticEvolution;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.CosineTransform;
import io.fdiff.transform.FourierTransform;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Laws that samplers share, exactness where it holds, refusals (oracles H4, H5, H6). */
class SamplerLawsTest {

  private static final Scalar PROBLEM = new Scalar(0.5, 2, 1.5, Fixtures::preserving);

  private static Law exact(double t) {
    Marginal law = PROBLEM.sde().marginal(t);
    double tau = law.mean().at(0);
    return new Law(1.5 * tau, 2 * tau * tau + 0.5 * law.variance().at(0));
  }

  private static TimeGrid uniform(int steps) {
    double[] times = new double[steps + 1];
    Arrays.setAll(times, i -> 1 - 0.95 * i / steps);
    return TimeGrid.of(times);
  }

  private static void assertLimit(double coarse, double fine, double exact) {
    // An error O(h): the extrapolation leaves its O(h²), here less than a tenth.
    double extrapolated = 2 * fine - coarse;
    assertThat(Math.abs(fine - exact)).isLessThan(0.05);
    assertThat(extrapolated).isCloseTo(exact, within(0.1 * Math.abs(fine - exact) + 1e-11));
  }

  @Test
  void allMembersOfTheFamilyShareTheLawsOfTheProcess() {
    for (double eta : new double[] {0, 0.5, 1, 1.5}) {
      int draws = eta == 0 ? 0 : 1;
      List<Function<TimeGrid, Sampler>> samplers =
          List.of(
              times -> EulerMaruyama.of(times, eta), times -> ExponentialIntegrator.of(times, eta));
      for (Function<TimeGrid, Sampler> sampler : samplers) {
        Law coarse = PROBLEM.run(sampler.apply(uniform(200)), draws * 200, exact(1)).state();
        Law fine = PROBLEM.run(sampler.apply(uniform(400)), draws * 400, exact(1)).state();
        assertLimit(coarse.mean(), fine.mean(), exact(0.05).mean());
        assertLimit(coarse.variance(), fine.variance(), exact(0.05).variance());
      }
    }
  }

  @Test
  void aWrongPriorLeavesTheMismatchThatTheFlowCarries() {
    // The exact flow maps N(0, v_T) to the law below; the sampler reaches it with order 2.
    Law start = new Law(0, 0.5 * PROBLEM.sde().marginal(1).variance().at(0));
    double ratio = Math.sqrt(exact(0.05).variance() / exact(1).variance());
    Law expected =
        new Law(exact(0.05).mean() - ratio * exact(1).mean(), ratio * ratio * start.variance());
    Law law = PROBLEM.run(MultistepExponential.of(uniform(400)), 0, start).state();
    assertThat(law.mean()).isCloseTo(expected.mean(), within(1e-5));
    assertThat(law.variance()).isCloseTo(expected.variance(), within(1e-4));
    assertThat(Math.abs(expected.variance() - exact(0.05).variance())).isGreaterThan(1e-5);
  }

  @Test
  void optimalVarianceReversesTheJointLaw() {
    for (Function<CovarianceOperator, SDE> process :
        List.<Function<CovarianceOperator, SDE>>of(
            Fixtures::preserving, noise -> Driftless.of(noise, 1))) {
      Scalar problem = new Scalar(0.5, 2, 1.5, process);
      SDE sde = problem.sde();
      DoubleFunction<Law> at =
          t -> {
            double tau = sde.marginal(t).mean().at(0);
            return new Law(1.5 * tau, 2 * tau * tau + 0.5 * sde.marginal(t).variance().at(0));
          };
      double s = 0.3;
      double t = 0.8;
      Ancestral step = Ancestral.of(TimeGrid.of(t, s), ReverseVariance.optimal(problem.data()));
      Law law = problem.run(step, 2, at.apply(t)).state();
      assertThat(law.mean()).isCloseTo(at.apply(s).mean(), within(1e-12));
      assertThat(law.variance()).isCloseTo(at.apply(s).variance(), within(1e-12));
      double slope = problem.response(step, 2).terminal();
      double forth = sde.transition(s, t).mean().at(0);
      assertThat(slope * at.apply(t).variance())
          .isCloseTo(forth * at.apply(s).variance(), within(1e-12));
    }
  }

  @Test
  void deterministicSamplersReadNoNoise() {
    NoiseSource none = NoiseSource.of(1);
    Scalar problem =
        new Scalar(
            0.5,
            2,
            1.5,
            noise ->
                Fixtures.preserving(
                    new OpaqueCovariance(noise)
                        .whenSampled(
                            source -> {
                              throw new AssertionError("drawn at " + source);
                            })));
    TimeGrid times = uniform(5);
    for (Sampler sampler :
        List.of(
            EulerMaruyama.of(times, 0),
            StochasticHeun.of(times, 0),
            ExponentialIntegrator.of(times, 0),
            ExponentialIntegrator.frozenScore(times, 0),
            Ddim.of(times, 0),
            ProbabilityFlowSampler.heun(times),
            MultistepExponential.of(times),
            DormandPrince.of(0.05))) {
      INDArray x = Fixtures.constant(problem.sde().noise().grid(), 0.3);
      INDArray y = sampler.sample(problem.sde(), PROBLEM.denoiser(), x, none);
      assertThat(y.getDouble(0)).isBetween(-3.0, 3.0);
    }
  }

  @Test
  void strengthsOutOfRangeAreRefused() {
    TimeGrid times = uniform(2);
    for (double bad : new double[] {-0.1, Double.NaN, Double.POSITIVE_INFINITY}) {
      for (DoubleFunction<Sampler> of :
          List.<DoubleFunction<Sampler>>of(
              eta -> EulerMaruyama.of(times, eta),
              eta -> StochasticHeun.of(times, eta),
              eta -> ExponentialIntegrator.of(times, eta),
              eta -> ExponentialIntegrator.frozenScore(times, eta),
              eta -> Ddim.of(times, eta))) {
        assertThatIllegalArgumentException()
            .isThrownBy(() -> of.apply(bad))
            .withMessageContaining("strength " + bad);
      }
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Ddim.of(times, 1.1))
        .withMessageContaining("1.1 is not in [0, 1]");
  }

  @Test
  void countsAndTimesOutOfRangeAreRefused() {
    TimeGrid times = TimeGrid.of(1, 0.5, 0.2, 0.1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AnnealedLangevin.of(times, 0, LangevinStep.fixed(0.1)))
        .withMessageContaining("0 Langevin steps");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Trajectory.every(0))
        .withMessageContaining("stride 0");
    EulerMaruyama steps = EulerMaruyama.of(times);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Restart.of(steps, 0.2, 0.5, 0))
        .withMessageContaining("0 restarts");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Restart.of(steps, 0.5, 0.2, 1))
        .withMessageContaining("from 0.5 back to 0.2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Restart.of(steps, 0.2, 0.6, 1))
        .withMessageContaining("at 0.6")
        .withMessageContaining("nearest is 0.5");
    for (double[] bad :
        new double[][] {
          {0, 0, 1, 1}, {0.1, -1, 1, 1}, {0.1, 0.5, 0.4, 1}, {0.1, 0, 1, 0}, {Double.NaN, 0, 1, 1}
        }) {
      assertThatIllegalArgumentException()
          .isThrownBy(
              () -> ProbabilityFlowSampler.heun(times).withChurn(bad[0], bad[1], bad[2], bad[3]))
          .withMessageContaining("share " + bad[0]);
    }
  }

  private static void assertRefused(SteppedSampler sampler, SDE sde, String message) {
    INDArray x = Fixtures.constant(sde.noise().grid(), 0.3);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                sampler.sample(
                    sde,
                    (state, t) -> {
                      throw new AssertionError("asked before the check");
                    },
                    x,
                    NoiseSource.of(1)))
        .withMessageContaining(message);
  }

  @Test
  void processesThatDoNotFitAreRefusedAtTheDoor() {
    SpectralCovariance noise =
        SpectralCovariance.of(CosineTransform.of(RegularGrid.unit(8)), Spectrum.bessel(3, 1, 1));
    SDE evolution = StochasticEvolution.of(noise, 1, Fixtures.schedule(), 1);
    TimeGrid times = TimeGrid.of(1, 0.5, 0.2);
    assertRefused(DriftlessSampler.bridge(times), Fixtures.preserving(noise), "algorithm 3");
    assertRefused(
        PredictorCorrector.of(DriftlessSampler.bridge(times), 1, LangevinStep.signalToNoise(0.16)),
        evolution,
        "algorithm 3");
    assertRefused(ExponentialIntegrator.frozenScore(times, 1), evolution, "keeps the share 0.0");
    assertRefused(
        Ancestral.of(times, (sde, s, t) -> Multiplier.scalar(-1)),
        evolution,
        "no Gaussian posterior from 1.0 to 0.5");
    SpectralCovariance data =
        SpectralCovariance.of(FourierTransform.of(RegularGrid.unit(8)), Spectrum.bessel(3, 1, 1));
    assertRefused(
        Ancestral.of(times, ReverseVariance.optimal(GaussianMeasure.centred(data))),
        evolution,
        "not diagonal in one spectral basis");
    SpectralCovariance poor =
        SpectralCovariance.of(CosineTransform.of(RegularGrid.unit(8)), (f, l) -> f[0] == 3 ? 0 : 1);
    assertRefused(
        Ancestral.of(times, ReverseVariance.optimal(GaussianMeasure.centred(noise))),
        Fixtures.preserving(poor),
        "mode 3");
  }

  @Test
  void aProcessWithoutPosteriorsIsRefused() {
    // A claim of transitions that no Gaussian has: the noise of the part exceeds that of the whole.
    SDE broken = new Prescribed.Carried(PROBLEM.sde().noise(), PROBLEM.sde()).withVariance(-1);
    assertRefused(Ancestral.of(TimeGrid.of(1, 0.5)), broken, "no Gaussian posterior");
  }

  @Test
  void fewStepsOfEqualSignalToNoiseReachTheData() {
    // Γ = 2R: the flow scales every mode alike, V_t = 1 + τ², and the last denoising by its gain.
    SpectralCovariance noise =
        SpectralCovariance.of(CosineTransform.of(RegularGrid.unit(8)), Spectrum.bessel(3, 1, 1));
    SDE sde = Fixtures.preserving(noise);
    GaussianDenoiser denoiser = GaussianDenoiser.of(sde, GaussianMeasure.centred(noise.times(2)));
    double tau = sde.marginal(1).mean().at(0);
    double last = sde.marginal(1e-3).mean().at(0);
    double factor = Math.sqrt((1 + last * last) / (1 + tau * tau)) * 2 * last / (1 + last * last);
    INDArray x = Fixtures.random(noise.grid(), DataType.DOUBLE, 2, 1, 4);
    double[] errors = new double[3];
    for (int r = 0; r < 3; r++) {
      TimeGrid times =
          TimeGrid.uniformIn(t -> sde.marginal(t).logSignalToNoise().at(0), 1, 1e-3, (30 << r) + 1);
      INDArray y = MultistepExponential.of(times).sample(sde, denoiser, x, NoiseSource.of(1));
      errors[r] = Fixtures.distance(y, x.mul(factor)) / Fixtures.max(Fixtures.values(x));
    }
    assertThat(errors[0]).isLessThan(0.02);
    assertThat(errors[0] / errors[1]).isBetween(3.5, 4.5);
    assertThat(errors[1] / errors[2]).isBetween(3.5, 4.5);
  }
}
