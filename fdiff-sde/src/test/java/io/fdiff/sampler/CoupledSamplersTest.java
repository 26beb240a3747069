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
import io.fdiff.sde.StochasticEvolution;
import io.fdiff.sde.VarianceExploding;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.RegularGrid.Layout;
import io.fdiff.transform.Basis;
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
    return run(sampler, process, noise, signal, SAMPLES);
  }

  private static INDArray run(
      Sampler sampler,
      Function<CovarianceOperator, SDE> process,
      CovarianceOperator noise,
      CovarianceOperator signal,
      int samples) {
    SDE sde = process.apply(noise);
    INDArray mean = Fixtures.of(noise.grid(), p -> Math.cos(4 * Math.PI * p));
    GaussianDenoiser denoiser = GaussianDenoiser.of(sde, GaussianMeasure.of(mean, signal));
    NoiseSource source = NoiseSource.of(17);
    double deviation = Math.sqrt(sde.marginal(1).variance().at(0));
    INDArray terminal = noise.sample(source.withStream(0), samples).mul(deviation);
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

  private static final TimeGrid TIMES = TimeGrid.geometric(1, 0.02, 20);

  private static List<Sampler> samplers() {
    return List.of(
        EulerMaruyama.of(TimeGrid.of(1, 0.8)),
        EulerMaruyama.of(TIMES),
        StochasticHeun.of(TIMES, 0.5),
        ExponentialIntegrator.of(TIMES, 0.5),
        Ddim.of(TIMES, 0.5),
        Ancestral.of(TIMES),
        ProbabilityFlowSampler.heun(TIMES).withChurn(0.1, 0.05, 0.9, 1),
        MultistepExponential.of(TIMES),
        Restart.of(MultistepExponential.of(TIMES), TIMES.time(12), TIMES.time(6), 2),
        DormandPrince.of(0.02));
  }

  /**
   * Their length depends on the smallest variance of all modes, so only scalar processes couple.
   */
  private static List<Sampler> langevin() {
    return List.of(
        AnnealedLangevin.of(TIMES, 2, LangevinStep.fixed(0.2)),
        PredictorCorrector.of(TIMES, 2, LangevinStep.fixed(0.2)),
        PredictorCorrector.of(TIMES, 1, LangevinStep.signalToNoise(0.16)));
  }

  private static void assertCoupled(
      List<Sampler> samplers, Function<CovarianceOperator, SDE> process) {
    Spectrum lambda = Spectrum.bessel(5, 1, 20);
    Spectrum mu = Spectrum.bessel(10, 2, 500);
    for (Sampler sampler : samplers) {
      INDArray coarse = run(sampler, process, limited(COARSE, lambda), limited(COARSE, mu));
      INDArray fine = run(sampler, process, limited(FINE, lambda), limited(FINE, mu));
      // Round-off 1e-15 a step, amplified by the steps.
      assertThat(difference(coarse, fine)).as("%s", sampler).isLessThan(1e-12);
    }
  }

  @Test
  void bandLimitedSamplesAgreeAtSharedNodes() {
    for (Function<CovarianceOperator, SDE> process : PROCESSES) {
      assertCoupled(samplers(), process);
      assertCoupled(langevin(), process);
    }
  }

  @Test
  void theyAgreeWhereRatesDifferFromModeToMode() {
    assertCoupled(
        samplers(),
        noise ->
            StochasticEvolution.of(
                noise.spectral().orElseThrow(), 1, Fixtures.schedule().times(0.02), 1));
  }

  @Test
  void otherSamplesDifferByTheirTailInMeanSquare() {
    // The difference at the shared nodes is the part in the modes that the coarse grid lacks. Its
    // covariance follows from the variance of each mode by affine probing; the mean of its squares
    // over 13 nodes and 400 samples has mean Σ_tail var_k (odd coarse grid) and variance
    // 2‖K_d/13‖²/400. False-alarm rate 1e-6 for each process.
    Spectrum lambda = Spectrum.bessel(5, 1, 20);
    Spectrum mu = Spectrum.bessel(10, 2, 500);
    TimeGrid times = TimeGrid.geometric(1, 0.02, 20);
    Sampler sampler = EulerMaruyama.of(times);
    SpectralCovariance noise = full(FINE, lambda);
    SpectralCovariance signal = full(FINE, mu);
    for (Function<CovarianceOperator, SDE> process : PROCESSES) {
      int samples = 400;
      double[] a =
          Fixtures.values(run(sampler, process, full(COARSE, lambda), full(COARSE, mu), samples));
      double[] b = Fixtures.values(run(sampler, process, noise, signal, samples));
      double mean = 0;
      for (int i = 0; i < a.length; i++) {
        double d = a[i] - b[i / N * 2 * N + 2 * (i % N)];
        mean += d * d / a.length;
      }
      double[][] k = new double[N][N];
      double tail = 0;
      double start = process.apply(noise).marginal(1).variance().at(0);
      for (int mode = N; mode < 2 * N; mode++) {
        double variance =
            new Scalar(noise.eigenvalues()[mode], signal.eigenvalues()[mode], 0, process)
                .run(sampler, 19, new Scalar.Law(0, start * noise.eigenvalues()[mode]))
                .output()
                .variance();
        tail += variance;
        for (int i = 0; i < N; i++) {
          for (int j = 0; j < N; j++) {
            k[i][j] += variance * atSharedNode(mode, i) * atSharedNode(mode, j) / N;
          }
        }
      }
      double square = 0;
      for (double[] row : k) {
        for (double entry : row) {
          square += 2 * entry * entry / samples;
        }
      }
      // 4.8916 is the normal quantile of oracle K.
      assertThat((mean - tail) / Math.sqrt(square)).isBetween(-4.8916385, 4.8916385);
    }
  }

  /** A mode of the fine grid at a node of the coarse one; its top mode alternates: 1 there. */
  private static double atSharedNode(int mode, int node) {
    return mode == 2 * N - 1 ? 1 : Basis.FOURIER.value(mode, (double) node / N);
  }

  @Test
  void whiteNoiseDoesNotCouple() {
    // Negative test: noise addressed by the point has no common modes, samples are unrelated. Their
    // common part is the mean, cos 4πp with mean square ½ against Σμ = 0.12: unrelated deviations
    // give √(2·0.12/0.62) = 0.6.
    Spectrum mu = Spectrum.bessel(10, 2, 500);
    Sampler sampler = EulerMaruyama.of(TimeGrid.geometric(1, 0.02, 20));
    INDArray coarse =
        run(sampler, Fixtures::preserving, WhiteNoise.functionSpace(COARSE), limited(COARSE, mu));
    INDArray fine =
        run(sampler, Fixtures::preserving, WhiteNoise.functionSpace(FINE), limited(FINE, mu));
    assertThat(difference(coarse, fine)).isGreaterThan(0.3);
  }
}
