package io.fdiff.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.schedule.TimeGrid;
import io.fdiff.sde.Driftless;
import io.fdiff.sde.Fixtures;
import io.fdiff.sde.Marginal;
import io.fdiff.sde.SDE;
import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Orders of convergence by affine propagation (oracle F9; no Monte Carlo): equal steps from time 1
 * to 0.05, started from the exact law, data {@code N(1.5, 2)}, noise ½. The weak error is the
 * larger of the errors of mean and variance; the strong one the root mean square distance of runs
 * on {@code N} and {@code 2N} steps that share terminal state and Wiener path, exact from their
 * responses. The table of {@code docs/samplers.md} has the orders between the two finest pairs.
 */
class SamplerOrdersTest {

  private static final int COARSEST = 50;

  private interface Family {
    SteppedSampler on(TimeGrid times);
  }

  private record Case(
      String name, Function<CovarianceOperator, SDE> process, Family family, int draws) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Case preserving(String name, Family family, int draws) {
    return new Case(name, Fixtures::preserving, family, draws);
  }

  static Stream<Case> cases() {
    return Stream.of(
        preserving("EulerMaruyama, η = 1", EulerMaruyama::of, 1),
        preserving("EulerMaruyama, η = 0.5", times -> EulerMaruyama.of(times, 0.5), 1),
        preserving("StochasticHeun, η = 1", StochasticHeun::of, 1),
        preserving("ExponentialIntegrator, η = 0", times -> ExponentialIntegrator.of(times, 0), 0),
        preserving(
            "ExponentialIntegrator, η = 0.5", times -> ExponentialIntegrator.of(times, 0.5), 1),
        preserving("ExponentialIntegrator, η = 1", times -> ExponentialIntegrator.of(times, 1), 1),
        preserving(
            "ExponentialIntegrator.frozenScore, η = 1",
            times -> ExponentialIntegrator.frozenScore(times, 1),
            1),
        preserving("Ddim, η = 0.5", times -> Ddim.of(times, 0.5), 1),
        preserving("Ancestral, posterior variance", Ancestral::of, 1),
        preserving(
            "Ancestral, forward variance",
            times -> Ancestral.of(times, ReverseVariance.forward()),
            1),
        preserving("ProbabilityFlowSampler.euler", ProbabilityFlowSampler::euler, 0),
        preserving("ProbabilityFlowSampler.heun", ProbabilityFlowSampler::heun, 0),
        preserving("MultistepExponential", MultistepExponential::of, 0),
        new Case(
            "DriftlessSampler.eulerMaruyama",
            noise -> Driftless.of(noise, 1),
            DriftlessSampler::eulerMaruyama,
            1),
        new Case(
            "DriftlessSampler.bridge",
            noise -> Driftless.of(noise, 1),
            DriftlessSampler::bridge,
            1));
  }

  private static Scalar.Response response(Scalar problem, Case test, int steps) {
    double[] times = new double[steps + 1];
    Arrays.setAll(times, i -> 1 - 0.95 * i / steps);
    return problem.response(test.family().on(TimeGrid.of(times)), test.draws() * steps);
  }

  private static double log2(double x) {
    return Math.log(x) / Math.log(2);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void measuredOrdersAreTheDeclaredOnes(Case test) {
    double lambda = 0.5;
    double mu = 2;
    double m = 1.5;
    Scalar problem = new Scalar(lambda, mu, m, test.process());
    Marginal start = problem.sde().marginal(1);
    Marginal end = problem.sde().marginal(0.05);
    double a = start.mean().at(0);
    double b = end.mean().at(0);
    double startVariance = mu * a * a + lambda * start.variance().at(0);
    double endVariance = mu * b * b + lambda * end.variance().at(0);
    int levels = 4;
    Scalar.Response[] runs = new Scalar.Response[levels];
    double[] weak = new double[levels];
    for (int r = 0; r < levels; r++) {
      runs[r] = response(problem, test, COARSEST << r);
      double mean = runs[r].offset() + runs[r].terminal() * m * a;
      double variance = Math.pow(runs[r].terminal(), 2) * startVariance;
      for (double c : runs[r].noises()) {
        variance += c * c * lambda;
      }
      weak[r] = Math.max(Math.abs(mean - m * b), Math.abs(variance - endVariance));
    }
    double[] strong = new double[levels - 1];
    for (int r = 0; r < levels - 1; r++) {
      double shift = runs[r].terminal() - runs[r + 1].terminal();
      double mean = runs[r].offset() - runs[r + 1].offset() + shift * m * a;
      double square = mean * mean + shift * shift * startVariance;
      double[] fine = runs[r + 1].noises();
      for (int j = 0; j < fine.length; j++) {
        double d = runs[r].noises()[j / 2] / Math.sqrt(2) - fine[j];
        square += d * d * lambda;
      }
      strong[r] = Math.sqrt(square);
    }
    SteppedSampler sampler = test.family().on(TimeGrid.of(1, 0.5));
    double weakOrder = log2(weak[levels - 2] / weak[levels - 1]);
    double strongOrder = log2(strong[levels - 3] / strong[levels - 2]);
    // The next term of the error is a few hundredths at these steps.
    assertThat(weakOrder).as("weak").isCloseTo(sampler.weakOrder(), within(0.05));
    assertThat(strongOrder).as("strong").isCloseTo(sampler.strongOrder(), within(0.05));
  }
}
