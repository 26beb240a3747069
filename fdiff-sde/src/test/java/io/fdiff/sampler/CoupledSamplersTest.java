package io.fdiff.sampler;

import static org.assertj.core.api.Assertions.assertThat;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.covariance.WhiteNoise;
import io.fdiff.denoise.GaussianDenoiser;
import io.fdiff.measure.GaussianMeasure;
import io.fdiff.noise.NoiseSource;
import io.fdiff.schedule.TimeGrid;
import io.fdiff.sde.Driftless;
import io.fdiff.sde.Fixtures;
import io.fdiff.sde.SDE;
import io.fdiff.sde.VarianceExploding;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.RegularGrid.Layout;
import io.fdiff.transform.FourierTransform;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** One seed on a grid and on a finer one: the same functions (oracle H1, samplers). */
class CoupledSamplersTest {

  private static final int N = 13;
  private static final int SAMPLES = 3;
  private static final Grid COARSE = RegularGrid.unit(Layout.PERIODIC, N);
  private static final Grid FINE = RegularGrid.unit(Layout.PERIODIC, 2 * N);

  private static final List<Function<CovarianceOperator, SDE>> PROCESSES =
      List.of(
          Fixtures::preserving,
          noise -> VarianceExploding.geometric(noise, 0.01, 5),
          noise -> Driftless.of(noise, 1));

  private static SpectralCovariance limited(Grid grid, Spectrum spectrum) {
    return SpectralCovariance.of(
        FourierTransform.of(grid), (f, l) -> f[0] > 6 ? 0 : spectrum.eigenvalue(f, l));
  }

  private static SpectralCovariance full(Grid grid, Spectrum spectrum) {
    return SpectralCovariance.of(FourierTransform.of(grid), spectrum);
  }

  private static INDArray run(
      Sampler sampler,
      Function<CovarianceOperator, SDE> process,
      CovarianceOperator noise,
      CovarianceOperator signal) {
    SDE sde = process.apply(noise);
    INDArray mean = Fixtures.of(noise.grid(), p -> Math.cos(4 * Math.PI * p));
    GaussianDenoiser denoiser = GaussianDenoiser.of(sde, GaussianMeasure.of(mean, signal));
    NoiseSource source = NoiseSource.of(17);
    double deviation = Math.sqrt(sde.marginal(1).variance().at(0));
    INDArray terminal = noise.sample(source.withStream(0), SAMPLES).mul(deviation);
    return sampler.sample(sde, denoiser, terminal, source);
  }

  /** The root mean square of the difference at shared nodes, relative to that of the functions. */
  private static double difference(INDArray coarse, INDArray fine) {
    double[] a = Fixtures.values(coarse);
    double[] b = Fixtures.values(fine);
    double sum = 0;
    double size = 0;
    for (int i = 0; i < a.length; i++) {
      double d = a[i] - b[i / N * 2 * N + 2 * (i % N)];
      sum += d * d;
      size += a[i] * a[i];
    }
    return Math.sqrt(sum / size);
  }

  private static List<Sampler> samplers() {
    TimeGrid times = TimeGrid.geometric(1, 0.02, 20);
    return List.of(
        EulerMaruyama.of(TimeGrid.of(1, 0.8)),
        EulerMaruyama.of(times),
        PredictorCorrector.of(times, 2, LangevinStep.fixed(0.2)),
        PredictorCorrector.of(times, 1, LangevinStep.signalToNoise(0.16)));
  }

  @Test
  void bandLimitedSamplesAgreeAtSharedNodes() {
    Spectrum lambda = Spectrum.bessel(5, 1, 20);
    Spectrum mu = Spectrum.bessel(10, 2, 500);
    for (Function<CovarianceOperator, SDE> process : PROCESSES) {
      for (Sampler sampler : samplers()) {
        INDArray coarse = run(sampler, process, limited(COARSE, lambda), limited(COARSE, mu));
        INDArray fine = run(sampler, process, limited(FINE, lambda), limited(FINE, mu));
        // Round-off 1e-15 a step, amplified by the steps.
        assertThat(difference(coarse, fine)).isLessThan(1e-12);
      }
    }
  }

  @Test
  void otherSamplesDifferByTheTailOfTheData() {
    // The sample is the denoised state; its modes above the coarse grid have variance at most μ_k.
    // Σ_{k>6} 2μ_k is 6 % of the trace of the data in root mean square; noise tails are as large as
    // 20 %. Three samples, so a factor 2 is allowed.
    Spectrum lambda = Spectrum.bessel(5, 1, 20);
    Spectrum mu = Spectrum.bessel(10, 2, 500);
    SpectralCovariance data = full(FINE, mu);
    double tail = 1 - full(COARSE, mu).trace() / data.trace();
    Sampler sampler = EulerMaruyama.of(TimeGrid.geometric(1, 0.02, 20));
    for (Function<CovarianceOperator, SDE> process : PROCESSES) {
      INDArray coarse = run(sampler, process, full(COARSE, lambda), full(COARSE, mu));
      INDArray fine = run(sampler, process, full(FINE, lambda), full(FINE, mu));
      assertThat(difference(coarse, fine)).isBetween(1e-4, 2 * Math.sqrt(tail));
    }
  }

  @Test
  void whiteNoiseDoesNotCouple() {
    // Negative test: noise addressed by the point has no common modes, samples are unrelated.
    Spectrum mu = Spectrum.bessel(10, 2, 500);
    Sampler sampler = EulerMaruyama.of(TimeGrid.geometric(1, 0.02, 20));
    INDArray coarse =
        run(sampler, Fixtures::preserving, WhiteNoise.functionSpace(COARSE), limited(COARSE, mu));
    INDArray fine =
        run(sampler, Fixtures::preserving, WhiteNoise.functionSpace(FINE), limited(FINE, mu));
    assertThat(difference(coarse, fine)).isGreaterThan(0.3);
  }
}
