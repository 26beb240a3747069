package io.fdiff.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.covariance.KernelCovariance;
import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.denoise.GaussianDenoiser;
import io.fdiff.kernel.Matern;
import io.fdiff.kernel.SquaredExponential;
import io.fdiff.measure.GaussianMeasure;
import io.fdiff.sampler.Scalar.Law;
import io.fdiff.sampler.Scalar.Laws;
import io.fdiff.schedule.NoiseSchedule;
import io.fdiff.schedule.TimeGrid;
import io.fdiff.sde.Driftless;
import io.fdiff.sde.EvolutionSDE;
import io.fdiff.sde.Fixtures;
import io.fdiff.sde.GaussianChain;
import io.fdiff.sde.Multiplier;
import io.fdiff.sde.SDE;
import io.fdiff.sde.VarianceExploding;
import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.PointSet;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.CosineTransform;
import io.fdiff.transform.FourierTransform;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Mean and covariance of what samplers return for Gaussian data, found by affine probing and
 * compared with closed forms and recursions: no Monte Carlo (oracles F, F2 to F5, F7, H2).
 */
class SamplerOraclesTest {

  private static Scalar reference() {
    return new Scalar(0.5, 2, 1.5, Fixtures::preserving);
  }

  private static Scalar driftless() {
    return new Scalar(0.5, 2, 1.5, noise -> Driftless.of(noise, 20));
  }

  @Test
  void oneEulerMaruyamaStepFromTheReferencePoint() {
    Laws laws = reference().run(EulerMaruyama.of(TimeGrid.of(0.3, 0.2)), 1, new Law(0.7, 0));
    assertThat(laws.state().mean()).isCloseTo(0.9802002520841521, within(1e-14));
    assertThat(laws.state().variance()).isCloseTo(0.3035, within(1e-14));
  }

  private static void assertStep(SteppedSampler sampler, int draws, double mean, double variance) {
    Law law = reference().run(sampler, draws, new Law(0.7, 0)).state();
    assertThat(law.mean()).isCloseTo(mean, within(1e-14));
    assertThat(law.variance()).isCloseTo(variance, within(1e-14));
  }

  @Test
  void oneStepOfEachOtherSamplerFromTheReferencePoint() {
    TimeGrid times = TimeGrid.of(0.3, 0.2);
    assertStep(ExponentialIntegrator.of(times, 0), 0, 0.9383472279264928, 0);
    assertStep(ExponentialIntegrator.of(times, 0.5), 1, 0.9447304190712656, 0.040313955172561505);
    assertStep(ExponentialIntegrator.of(times, 1), 1, 0.9594490962023344, 0.11262196238436087);
    assertStep(Ancestral.of(times), 1, 0.9594490962023344, 0.11262196238436087);
    assertStep(Ddim.of(times, 0), 0, 0.9383472279264928, 0);
    assertStep(Ddim.of(times, 0.5), 1, 0.9427125543031232, 0.028155490596090217);
    assertStep(Ddim.of(times, 1), 1, 0.9594490962023344, 0.11262196238436087);
    assertStep(
        ExponentialIntegrator.frozenScore(times, 1), 1, 0.9666745211621551, 0.3305665833297595);
    assertStep(ProbabilityFlowSampler.euler(times), 0, 0.9463251260420761, 0);
    assertStep(ProbabilityFlowSampler.heun(times), 0, 0.9289709203246883, 0);
    assertStep(MultistepExponential.of(times), 0, 0.9383472279264928, 0);
  }

  // The discrete chain of 1000 steps, started from N(0, λ).

  private static Law chain(double mu, double m, boolean optimal) {
    Scalar problem =
        new Scalar(0.5, mu, m, noise -> GaussianChain.linear(noise, 1e-4, 0.02, 1000).continuous());
    TimeGrid times = Ancestral.times(GaussianChain.linear(problem.sde().noise(), 1e-4, 0.02, 1000));
    assertThat(times.size()).isEqualTo(1000);
    Ancestral sampler =
        optimal
            ? Ancestral.of(times, ReverseVariance.optimal(problem.data()))
            : Ancestral.of(times);
    return problem.run(sampler, optimal ? 1000 : 999, new Law(0, 0.5)).output();
  }

  @Test
  void ancestralChainHasItsKnownBias() {
    Law law = chain(2, 1.5, false);
    assertThat(law.mean()).isCloseTo(1.4997578795287876, within(1e-11));
    assertThat(law.variance()).isCloseTo(1.9873882853391829, within(1e-11));
    assertThat(chain(0.1, 0, false).variance()).isCloseTo(0.09828734559928189, within(1e-11));
    assertThat(chain(0.5, 0, false).variance()).isCloseTo(0.4955336881764109, within(1e-11));
  }

  @Test
  void optimalVarianceRemovesTheBias() {
    Scalar problem =
        new Scalar(
            0.5, 2, 1.5, noise -> GaussianChain.linear(noise, 1e-4, 0.02, 1000).continuous());
    Multiplier variance = ReverseVariance.optimal(problem.data()).of(problem.sde(), 499, 500);
    assertThat(0.5 * variance.at(0)).isCloseTo(0.005029733208824717, within(1e-14));
    assertThat(0.5 * ReverseVariance.posterior().of(problem.sde(), 499, 500).at(0))
        .isCloseTo(0.005015677707306844, within(1e-14));
    assertThat(chain(2, 1.5, true).variance()).isCloseTo(1.9999999609184516, within(1e-11));
  }

  @Test
  void algorithmThreeWithTheVarianceOfTheBridge() {
    Laws laws =
        driftless().run(DriftlessSampler.bridge(TimeGrid.uniform(20, 100)), 99, new Law(0, 10));
    assertThat(laws.state().mean()).isCloseTo(1.2375, within(1e-12));
    assertThat(laws.state().variance()).isCloseTo(1.8855959377160063, within(1e-12));
    assertThat(laws.output().mean()).isCloseTo(1.25, within(1e-12));
    assertThat(laws.output().variance()).isCloseTo(1.7102910999691667, within(1e-12));
  }

  @Test
  void algorithmThreeIsExactWithTheOptimalVariance() {
    Scalar problem = driftless();
    Ancestral sampler =
        Ancestral.of(TimeGrid.uniform(20, 100), ReverseVariance.optimal(problem.data()));
    Laws laws = problem.run(sampler, 100, new Law(1.5, 12));
    assertThat(laws.state().mean()).isCloseTo(1.5, within(1e-12));
    assertThat(laws.state().variance()).isCloseTo(2.1, within(1e-12));
    // The last draw belongs to it and makes the data; without it 1.9047619047619047.
    assertThat(laws.output().mean()).isCloseTo(1.5, within(1e-12));
    assertThat(laws.output().variance()).isCloseTo(2, within(1e-12));
    assertThat(laws.output().variance() - 0.1 / 1.05).isCloseTo(1.9047619047619047, within(1e-12));
  }

  // Algorithm 3: T = 20, N = 100 uniform.

  @Test
  void algorithmThreeFromTheNoisePrior() {
    Laws laws =
        driftless()
            .run(DriftlessSampler.eulerMaruyama(TimeGrid.uniform(20, 100)), 99, new Law(0, 10));
    assertThat(laws.state().mean()).isCloseTo(1.2375, within(1e-12));
    assertThat(laws.state().variance()).isCloseTo(2.088007788029308, within(1e-12));
    assertThat(laws.output().mean()).isCloseTo(1.25, within(1e-12));
    assertThat(laws.output().variance()).isCloseTo(1.89388461499257, within(1e-12));
  }

  @Test
  void algorithmThreeFromTheCorrectedPrior() {
    Laws laws = driftless().run(EulerMaruyama.of(TimeGrid.uniform(20, 100)), 99, new Law(1.5, 12));
    assertThat(laws.state().mean()).isCloseTo(1.5, within(1e-12));
    assertThat(laws.state().variance()).isCloseTo(2.1492577880293084, within(1e-12));
    assertThat(laws.output().mean()).isCloseTo(1.5, within(1e-12));
    assertThat(laws.output().variance()).isCloseTo(1.9494401705481257, within(1e-12));
  }

  @Test
  void algorithmThreeAsPrinted() {
    // The printed loop steps from t = ΔT to 0, with noise of level ΔT, and denoises at ΔT. A time
    // grid cannot end at 0: it ends at 1e-15, which changes the step by 5e-15 of itself.
    double[] times = new double[101];
    Arrays.setAll(times, i -> i == 100 ? 1e-15 : (100 - i) * 0.2);
    Scalar problem = driftless();
    Laws laws = problem.run(EulerMaruyama.of(TimeGrid.of(times)), 100, new Law(0, 10));
    assertThat(laws.state().mean()).isCloseTo(1.25, within(1e-12));
    assertThat(laws.state().variance()).isCloseTo(1.99388461499257, within(1e-12));
    double offset = problem.denoise(0, 0.2);
    double slope = problem.denoise(1, 0.2) - offset;
    assertThat(slope * laws.state().mean() + offset).isCloseTo(1.2619047619047619, within(1e-12));
    assertThat(slope * slope * laws.state().variance())
        .isCloseTo(1.8085121224422405, within(1e-12));
  }

  // Recursions for one mode.

  @Test
  void eulerMaruyamaFollowsItsRecursion() {
    // Multiplier 1 + hβ(½ − λ/V), offset hβλam/V, added variance hβλ.
    NoiseSchedule schedule = Fixtures.schedule();
    TimeGrid times = TimeGrid.geometric(1, 0.01, 30);
    for (double[] p : new double[][] {{2, 0.5, 1.5}, {0.1, 0.5, 0}, {0.5, 0.5, -1}}) {
      double mean = 0.3;
      double variance = p[1];
      for (int i = 0; i < times.steps(); i++) {
        double t = times.time(i);
        double h = t - times.time(i + 1);
        double a = Math.exp(-schedule.integral(t) / 2);
        double v = a * a * p[0] + (1 - a * a) * p[1];
        double factor = 1 + h * schedule.rate(t) * (0.5 - p[1] / v);
        mean = factor * mean + h * schedule.rate(t) * p[1] * a * p[2] / v;
        variance = factor * factor * variance + h * schedule.rate(t) * p[1];
      }
      Laws laws =
          new Scalar(p[1], p[0], p[2], Fixtures::preserving)
              .run(EulerMaruyama.of(times), 29, new Law(0.3, p[1]));
      assertThat(laws.state().mean()).isCloseTo(mean, within(1e-11));
      assertThat(laws.state().variance()).isCloseTo(variance, within(1e-11));
    }
  }

  @Test
  void langevinStepsReachTheirStationaryVariance() {
    // N(0, W), W = 1.3, step h = 0.2, λ = 0.5: W/(1 − hλ/(2W)) = 1.352. Driftless at t = 1 has
    // multiplier 1, so W = μ + λ; 300 steps forget the start as 0.852³⁰⁰.
    Scalar problem = new Scalar(0.5, 0.8, 0, noise -> Driftless.of(noise, 2));
    Sampler sampler = PredictorCorrector.of(TimeGrid.of(1.5, 1), 300, LangevinStep.fixed(0.2));
    Laws laws = problem.run(sampler, 301, new Law(7, 3));
    assertThat(laws.state().variance()).isCloseTo(1.352, within(1e-12));
    assertThat(laws.state().mean()).isCloseTo(0, within(1e-9));
  }

  // Whole covariances, where data and noise commute or not.

  private record Problem(
      CovarianceOperator noise,
      Function<CovarianceOperator, SDE> process,
      CovarianceOperator signal) {}

  private static List<Problem> problems() {
    Grid grid = RegularGrid.unit(4);
    SpectralCovariance cosine =
        SpectralCovariance.of(CosineTransform.of(grid), Spectrum.bessel(3, 1.5, 1));
    SpectralCovariance fourier =
        SpectralCovariance.of(FourierTransform.of(grid), Spectrum.bessel(1, 1, 0.5));
    Grid points = PointSet.of(new Interval(0, 2), 0.2, 0.7, 1.5, 1.9);
    return List.of(
        new Problem(cosine, Fixtures::preserving, cosine.times(2)),
        new Problem(cosine, Fixtures::preserving, fourier),
        new Problem(fourier, noise -> VarianceExploding.geometric(noise, 0.05, 5), cosine),
        new Problem(
            KernelCovariance.of(points, new Matern(0.5, 1, 0.3)),
            noise -> Driftless.of(noise, 1),
            KernelCovariance.of(points, new SquaredExponential(2, 0.5))));
  }

  /** Mean and covariance of a state. */
  private record Moments(RealMatrix mean, RealMatrix covariance) {
    /** {@code x ← M x + c + s ξ}. */
    Moments then(RealMatrix m, RealMatrix c, double variance, RealMatrix k) {
      return new Moments(
          m.multiply(mean).add(c),
          m.multiply(covariance).multiply(m.transpose()).add(k.scalarMultiply(variance)));
    }
  }

  private static void check(int corrections) {
    TimeGrid times = TimeGrid.geometric(1, 0.05, 7);
    double fraction = 0.3;
    Sampler sampler =
        corrections == 0
            ? EulerMaruyama.of(times)
            : PredictorCorrector.of(times, corrections, LangevinStep.fixed(fraction));
    for (Problem problem : problems()) {
      SDE sde = problem.process().apply(problem.noise());
      Grid grid = sde.noise().grid();
      INDArray m = Fixtures.random(grid, DataType.DOUBLE, 1, 1, 4);
      GaussianDenoiser denoiser = GaussianDenoiser.of(sde, GaussianMeasure.of(m, problem.signal()));
      AffineProbe.Result result =
          AffineProbe.run(
              sampler, problem.noise(), problem.process(), denoiser, 6 * (1 + corrections));

      int n = grid.size();
      RealMatrix one = MatrixUtils.createRealIdentityMatrix(n);
      RealMatrix kr = Fixtures.kernel(problem.noise());
      RealMatrix kg = Fixtures.kernel(problem.signal());
      RealMatrix mean = new Array2DRowRealMatrix(Fixtures.values(m));
      Moments start =
          new Moments(
              new Array2DRowRealMatrix(Fixtures.rough(n, 8)),
              kr.scalarMultiply(sde.marginal(1).variance().at(0)));
      Moments x = start;
      for (int i = 0; i < times.steps(); i++) {
        double t = times.time(i);
        double h = t - times.time(i + 1);
        double tau = sde.marginal(t).mean().at(0);
        double v = sde.marginal(t).variance().at(0);
        double g2 = Math.pow(sde.diffusion(t).at(0), 2);
        // x + h(−F x + g²S) + √h g ξ with S = −(x − τD)/v and D = m + G(x − τm).
        RealMatrix gain = gain(kg, kr, tau, v);
        RealMatrix score = one.subtract(gain.scalarMultiply(tau)).scalarMultiply(-1 / v);
        RealMatrix shift = score.multiply(mean).scalarMultiply(-tau);
        x =
            x.then(
                one.scalarMultiply(1 - h * sde.driftRate(t).at(0))
                    .add(score.scalarMultiply(h * g2)),
                shift.scalarMultiply(h * g2),
                h * g2,
                kr);
        double s = times.time(i + 1);
        tau = sde.marginal(s).mean().at(0);
        v = sde.marginal(s).variance().at(0);
        gain = gain(kg, kr, tau, v);
        score = one.subtract(gain.scalarMultiply(tau)).scalarMultiply(-1 / v);
        shift = score.multiply(mean).scalarMultiply(-tau);
        double length = fraction * v;
        for (int c = 0; c < corrections; c++) {
          x =
              x.then(
                  one.add(score.scalarMultiply(length)),
                  shift.scalarMultiply(length),
                  2 * length,
                  kr);
        }
      }
      assertClose(result.state(), start, x, kr);
      double tau = sde.marginal(0.05).mean().at(0);
      RealMatrix gain = gain(kg, kr, tau, sde.marginal(0.05).variance().at(0));
      Moments output = x.then(gain, mean.subtract(gain.multiply(mean).scalarMultiply(tau)), 0, kr);
      assertClose(result.output(), start, output, kr);
    }
  }

  /** {@code τΓV⁻¹}. */
  private static RealMatrix gain(RealMatrix kg, RealMatrix kr, double tau, double v) {
    RealMatrix total = kg.scalarMultiply(tau * tau).add(kr.scalarMultiply(v));
    return kg.multiply(new LUDecomposition(total).getSolver().getInverse()).scalarMultiply(tau);
  }

  private static void assertClose(
      AffineProbe.Affine actual, Moments start, Moments expected, RealMatrix noise) {
    double size = 1 + expected.covariance().getNorm();
    assertThat(Fixtures.distance(actual.mean(start.mean()), expected.mean()))
        .isLessThan(1e-11 * size);
    assertThat(
            Fixtures.distance(actual.covariance(start.covariance(), noise), expected.covariance()))
        .isLessThan(1e-11 * size);
  }

  @Test
  void eulerMaruyamaHasTheCovarianceOfItsRecursion() {
    check(0);
  }

  @Test
  void predictorCorrectorHasTheCovarianceOfItsRecursion() {
    check(2);
  }

  @Test
  void eachModeOfAProcessWithItsOwnRatesFollowsItsRecursion() {
    Grid grid = RegularGrid.unit(3);
    double[] lambda = {1, 0.5, 0.2};
    double[] mu = {2, 0.1, 0.3};
    SpectralCovariance noise = Fixtures.diagonal(CosineTransform.of(grid), lambda);
    EvolutionSDE sde = EvolutionSDE.of(noise);
    GaussianDenoiser denoiser =
        GaussianDenoiser.of(
            sde, GaussianMeasure.centred(Fixtures.diagonal(CosineTransform.of(grid), mu)));
    TimeGrid times = TimeGrid.geometric(0.3, 0.05, 5);
    AffineProbe.Result result =
        AffineProbe.run(
            PredictorCorrector.of(times, 1, LangevinStep.fixed(0.3)),
            noise,
            c -> new Prescribed.Carried(c, sde),
            denoiser,
            8);
    for (int k = 0; k < 3; k++) {
      double a = 1;
      double variance = 0;
      for (int i = 0; i < 4; i++) {
        double t = times.time(i);
        double h = t - times.time(i + 1);
        double beta = Fixtures.schedule().rate(t);
        double factor =
            1 + h * (-sde.driftRate(t).at(k) - beta * lambda[k] / total(sde, t, k, mu, lambda));
        a *= factor;
        variance = factor * factor * variance + h * beta * lambda[k];
        double s = times.time(i + 1);
        double length = Double.POSITIVE_INFINITY;
        for (int j = 0; j < 3; j++) {
          length = Math.min(length, 0.3 * sde.marginal(s).variance().at(j));
        }
        factor = 1 - length * lambda[k] / total(sde, s, k, mu, lambda);
        a *= factor;
        variance = factor * factor * variance + 2 * length * lambda[k];
      }
      double[] unit = new double[3];
      unit[k] = 1;
      double[] e = new double[3];
      CosineTransform.of(grid).inverse(unit, e, 1);
      RealMatrix mode = new Array2DRowRealMatrix(e);
      RealMatrix map = result.state().terminal();
      assertThat(Fixtures.distance(map.multiply(mode), mode.scalarMultiply(a))).isLessThan(1e-11);
      // ⟨e_k, Cov e_k⟩ with weights 1/3.
      RealMatrix covariance =
          result.state().covariance(new Array2DRowRealMatrix(3, 3), Fixtures.kernel(noise));
      double actual = mode.transpose().multiply(covariance).multiply(mode).getEntry(0, 0) / 9;
      assertThat(actual).isCloseTo(variance, within(1e-11));
    }
  }

  private static double total(SDE sde, double t, int k, double[] mu, double[] lambda) {
    double tau = sde.marginal(t).mean().at(k);
    return tau * tau * mu[k] + sde.marginal(t).variance().at(k) * lambda[k];
  }
}
