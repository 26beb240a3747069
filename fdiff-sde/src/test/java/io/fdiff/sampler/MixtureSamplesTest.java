package io.fdiff.sampler;

import static org.assertj.core.api.Assertions.assertThat;

import io.fdiff.covariance.KernelCovariance;
import io.fdiff.data.FunctionDataset;
import io.fdiff.data.GaussianProcessMixture;
import io.fdiff.denoise.MixtureDenoiser;
import io.fdiff.kernel.Matern;
import io.fdiff.metrics.MaximumMeanDiscrepancy;
import io.fdiff.noise.NoiseSource;
import io.fdiff.schedule.NoiseSchedule;
import io.fdiff.schedule.TimeGrid;
import io.fdiff.sde.Prior;
import io.fdiff.sde.SDE;
import io.fdiff.sde.VariancePreserving;
import io.fdiff.space.RegularGrid;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Samples of the mixture of Kerrigan et al. with its exact denoiser: the two-sample test with 300
 * functions in each set does not reject at 5 %, with seeds fixed, at the recommended numbers of
 * steps. A sampler that is right draws a bad seed with probability 0.05 each.
 */
class MixtureSamplesTest {

  private static final int SIZE = 300;
  private static final RegularGrid GRID = RegularGrid.unit(RegularGrid.Layout.NODE, 32);
  private static final GaussianProcessMixture MIXTURE = GaussianProcessMixture.kerrigan(GRID);
  private static final SDE PROCESS =
      VariancePreserving.of(
          KernelCovariance.of(GRID, new Matern(0.5, 1, 0.3)), NoiseSchedule.linear(0.1, 20), 1);
  private static final MixtureDenoiser DENOISER =
      MixtureDenoiser.of(PROCESS, new double[] {1, 1}, MIXTURE.mixture().components());

  private static TimeGrid even(int n) {
    return TimeGrid.uniformIn(t -> PROCESS.marginal(t).logSignalToNoise().at(0), 1, 1e-3, n);
  }

  static Stream<Sampler> recommended() {
    return Stream.of(
        MultistepExponential.of(even(30)),
        ProbabilityFlowSampler.heun(even(50)),
        DormandPrince.of(1e-3).withTolerances(1e-3, 1e-3),
        ExponentialIntegrator.of(even(100), 0),
        ExponentialIntegrator.of(even(100), 1),
        Ancestral.of(even(100)),
        Ddim.of(even(100), 0.5),
        StochasticHeun.of(even(50)),
        EulerMaruyama.of(TimeGrid.uniform(1, 200)));
  }

  private static double pValue(Sampler sampler) {
    NoiseSource noise = NoiseSource.of(5);
    FunctionDataset real = MIXTURE.generate(NoiseSource.of(1), SIZE);
    FunctionDataset drawn =
        FunctionDataset.of(
            GRID,
            sampler.sample(
                PROCESS,
                DENOISER,
                Prior.dataFree(PROCESS).sample(noise.withStream(0), SIZE, 1),
                noise.withStream(1)));
    return MaximumMeanDiscrepancy.between(real, drawn).test(NoiseSource.of(9)).pValue();
  }

  @ParameterizedTest
  @MethodSource("recommended")
  void theTwoSampleTestDoesNotReject(Sampler sampler) {
    assertThat(pValue(sampler)).isGreaterThan(0.05);
  }

  @Test
  void itRejectsTooFewStepsAndOneComponent() {
    // The test has power: against three steps, and against one component alone.
    assertThat(pValue(EulerMaruyama.of(even(4)))).isLessThan(0.01);
    FunctionDataset real = MIXTURE.generate(NoiseSource.of(1), SIZE);
    FunctionDataset half =
        FunctionDataset.of(
            GRID, MIXTURE.mixture().components().get(0).sample(NoiseSource.of(2), SIZE));
    assertThat(MaximumMeanDiscrepancy.between(real, half).test(NoiseSource.of(9)).pValue())
        .isLessThan(0.01);
  }
}
