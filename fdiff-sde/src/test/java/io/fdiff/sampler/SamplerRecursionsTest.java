package io.fdiff.sampler;

import static io.fdiff.sampler.Mode.plus;
import static io.fdiff.sampler.Mode.times;
import static org.assertj.core.api.Assertions.assertThat;

import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.denoise.GaussianDenoiser;
import io.fdiff.measure.GaussianMeasure;
import io.fdiff.schedule.LevelSchedule;
import io.fdiff.schedule.TimeGrid;
import io.fdiff.sde.Blurring;
import io.fdiff.sde.Driftless;
import io.fdiff.sde.Fixtures;
import io.fdiff.sde.SDE;
import io.fdiff.sde.SpectralSDE;
import io.fdiff.sde.StochasticEvolution;
import io.fdiff.sde.SubVariancePreserving;
import io.fdiff.sde.VarianceExploding;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.CosineTransform;
import io.fdiff.transform.SpectralTransform;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every sampler on every process with the exact denoiser of Gaussian data: offset and response to
 * the terminal state and to each noise, found by affine probing, equal the recursion of the
 * literature mode by mode, and with them mean and covariance for any start (oracle H2). No Monte
 * Carlo.
 */
class SamplerRecursionsTest {

  private static final Grid GRID = RegularGrid.unit(4);
  private static final SpectralTransform TRANSFORM = CosineTransform.of(GRID);
  private static final SpectralCovariance NOISE = Fixtures.diagonal(TRANSFORM, 1, 0.5, 0.2, 0.7);
  private static final SpectralCovariance DATA = Fixtures.diagonal(TRANSFORM, 2, 0.1, 0.3, 0.7);
  private static final TimeGrid TIMES = TimeGrid.of(1, 0.7, 0.45, 0.2, 0.08);

  /** A sampler in scalars: the state at the last time of the grid. */
  private interface Recursion {
    double[] state(Mode mode, TimeGrid times);
  }

  /** One step of a sampler without memory. */
  private interface Step {
    double[] apply(Mode mode, double[] x, double t, double s);
  }

  private static Recursion of(Step step) {
    return (mode, times) -> walk(mode, times, mode.terminal(), 0, times.steps(), step);
  }

  private static double[] walk(
      Mode mode, TimeGrid times, double[] start, int from, int to, Step step) {
    double[] x = start;
    for (int i = from; i < to; i++) {
      x = step.apply(mode, x, times.time(i), times.time(i + 1));
    }
    return x;
  }

  private static Step euler(double eta) {
    return (p, x, t, s) -> {
      double[] ahead = plus(x, times(t - s, p.drift(x, t, eta)));
      return eta == 0 ? ahead : plus(ahead, times(eta * p.g(t) * Math.sqrt(t - s), p.draw()));
    };
  }

  private static Step heun(double eta) {
    return (p, x, t, s) -> {
      double h = t - s;
      double[] dw = eta == 0 ? times(0, x) : times(Math.sqrt(h), p.draw());
      double[] f1 = p.drift(x, t, eta);
      double[] ahead = plus(x, times(h, f1), times(eta * p.g(t), dw));
      double[] f2 = p.drift(ahead, s, eta);
      return plus(x, times(h / 2, f1), times(h / 2, f2), times(eta * (p.g(t) + p.g(s)) / 2, dw));
    };
  }

  private static Step exponential(double eta) {
    return (p, x, t, s) -> {
      double theta = -Math.log(p.tau(s, t) * p.tau(s, t) * p.v(s) / p.v(t));
      double[] d = p.denoise(x, t);
      double[] noise = plus(x, times(-p.tau(t), d));
      double[] mean =
          plus(
              times(p.tau(s), d),
              times(Math.sqrt(p.v(s) / p.v(t)) * Math.exp(-eta * eta * theta / 2), noise));
      return eta == 0
          ? mean
          : plus(mean, times(Math.sqrt(p.v(s) * (1 - Math.exp(-eta * eta * theta))), p.draw()));
    };
  }

  private static Step frozenScore(double eta) {
    return (p, x, t, s) -> {
      double m = p.tau(s, t);
      double v = p.v(s, t);
      double[] mean =
          plus(times(1 / m, x), times((1 + eta * eta) * v / (m * (1 + m)), p.score(x, t)));
      return eta == 0 ? mean : plus(mean, times(eta * Math.sqrt(v) / m, p.draw()));
    };
  }

  private static Step ddim(double eta) {
    return (p, x, t, s) -> {
      double square = eta * eta * p.v(s) * p.v(s, t) / p.v(t);
      double[] d = p.denoise(x, t);
      double[] mean =
          plus(
              times(p.tau(s), d),
              times(Math.sqrt(p.v(s) - square) / Math.sqrt(p.v(t)), plus(x, times(-p.tau(t), d))));
      return eta == 0 ? mean : plus(mean, times(Math.sqrt(square), p.draw()));
    };
  }

  private interface Variance {
    double of(Mode mode, double t, double s);
  }

  private static Step ancestral(Variance variance) {
    return (p, x, t, s) ->
        plus(
            times(p.tau(s, t) * p.v(s) / p.v(t), x),
            times(p.tau(s) * p.v(s, t) / p.v(t), p.denoise(x, t)),
            times(Math.sqrt(variance.of(p, t, s)), p.draw()));
  }

  private static double[] multistep(Mode p, TimeGrid times) {
    double[] x = p.terminal();
    double[] before = x;
    double hBefore = Double.NaN;
    for (int i = 0; i < times.steps(); i++) {
      double t = times.time(i);
      double s = times.time(i + 1);
      double h = Math.log(p.tau(s) / Math.sqrt(p.v(s))) - Math.log(p.tau(t) / Math.sqrt(p.v(t)));
      double[] d = p.denoise(x, t);
      double w = i == 0 ? 0 : h / (2 * hBefore);
      double[] mean = plus(times(1 + w, d), times(-w, before));
      x = plus(times(Math.sqrt(p.v(s) / p.v(t)), x), times(-p.tau(s) * Math.expm1(-h), mean));
      before = d;
      hBefore = h;
    }
    return x;
  }

  private static double[] langevin(Mode p, double[] x, double t, double fraction) {
    double h = fraction * p.leastV(t, 4);
    return plus(x, times(h, p.score(x, t)), times(Math.sqrt(2 * h), p.draw()));
  }

  private static Step corrected(Step predictor) {
    return (p, x, t, s) -> {
      double[] y = predictor.apply(p, x, t, s);
      y = langevin(p, y, s, 0.3);
      return langevin(p, y, s, 0.3);
    };
  }

  private static double[] annealed(Mode p, TimeGrid times) {
    double[] x = p.terminal();
    for (int i = 0; i < times.size(); i++) {
      x = langevin(p, x, times.time(i), 0.4);
      x = langevin(p, x, times.time(i), 0.4);
    }
    return x;
  }

  private static double[] churned(Mode p, TimeGrid times) {
    return of((mode, x, t, s) -> {
          boolean churn = t >= 0.2 && t <= 0.6;
          double u = churn ? 1.3 * t : t;
          double[] y =
              churn
                  ? plus(
                      times(mode.tau(t, u), x), times(1.1 * Math.sqrt(mode.v(t, u)), mode.draw()))
                  : x;
          return heun(0).apply(mode, y, u, s);
        })
        .state(p, times);
  }

  private static double[] restarted(Mode p, TimeGrid times) {
    double[] x = walk(p, times, p.terminal(), 0, 3, euler(0.5));
    for (int round = 0; round < 2; round++) {
      double low = times.time(3);
      double high = times.time(1);
      x = plus(times(p.tau(low, high), x), times(Math.sqrt(p.v(low, high)), p.draw()));
      x = walk(p, times, x, 1, 3, euler(0.5));
    }
    return walk(p, times, x, 3, times.steps(), euler(0.5));
  }

  private record Case(Sampler sampler, Recursion recursion) {}

  private static Map<String, Case> cases(GaussianMeasure data) {
    Map<String, Case> cases = new LinkedHashMap<>();
    cases.put("EM", new Case(EulerMaruyama.of(TIMES), of(euler(1))));
    cases.put("EM ½", new Case(EulerMaruyama.of(TIMES, 0.5), of(euler(0.5))));
    cases.put("Heun 1", new Case(StochasticHeun.of(TIMES), of(heun(1))));
    cases.put("Heun 1.2", new Case(StochasticHeun.of(TIMES, 1.2), of(heun(1.2))));
    for (double eta : new double[] {0, 0.5, 1, 1.3}) {
      cases.put(
          "exponential " + eta,
          new Case(ExponentialIntegrator.of(TIMES, eta), of(exponential(eta))));
      cases.put(
          "score " + eta,
          new Case(ExponentialIntegrator.frozenScore(TIMES, eta), of(frozenScore(eta))));
    }
    for (double eta : new double[] {0, 0.5, 1}) {
      cases.put("DDIM " + eta, new Case(Ddim.of(TIMES, eta), of(ddim(eta))));
    }
    cases.put(
        "ancestral",
        new Case(Ancestral.of(TIMES), of(ancestral((p, t, s) -> p.v(s) * p.v(s, t) / p.v(t)))));
    cases.put(
        "ancestral β",
        new Case(
            Ancestral.of(TIMES, ReverseVariance.forward()), of(ancestral((p, t, s) -> p.v(s, t)))));
    cases.put(
        "ancestral optimal",
        new Case(
            Ancestral.of(TIMES, ReverseVariance.optimal(data)),
            of(
                ancestral(
                    (p, t, s) ->
                        p.v(s) * p.v(s, t) / p.v(t)
                            + Math.pow(p.tau(s) * p.v(s, t) / p.v(t), 2) * p.posterior(t)))));
    cases.put("flow Euler", new Case(ProbabilityFlowSampler.euler(TIMES), of(euler(0))));
    cases.put("flow Heun", new Case(ProbabilityFlowSampler.heun(TIMES), of(heun(0))));
    cases.put(
        "churn",
        new Case(
            ProbabilityFlowSampler.heun(TIMES).withChurn(0.3, 0.2, 0.6, 1.1),
            SamplerRecursionsTest::churned));
    cases.put(
        "multistep", new Case(MultistepExponential.of(TIMES), SamplerRecursionsTest::multistep));
    cases.put(
        "corrected",
        new Case(
            PredictorCorrector.of(TIMES, 2, LangevinStep.fixed(0.3)), of(corrected(euler(1)))));
    cases.put(
        "corrected DDIM",
        new Case(
            PredictorCorrector.of(Ddim.of(TIMES, 0), 2, LangevinStep.fixed(0.3)),
            of(corrected(ddim(0)))));
    cases.put(
        "annealed",
        new Case(
            AnnealedLangevin.of(TIMES, 2, LangevinStep.fixed(0.4)),
            SamplerRecursionsTest::annealed));
    cases.put(
        "restart",
        new Case(
            Restart.of(EulerMaruyama.of(TIMES, 0.5), 0.2, 0.7, 2),
            SamplerRecursionsTest::restarted));
    return cases;
  }

  private record Dynamics(String name, Function<SpectralCovariance, SDE> of) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static final Dynamics SPECTRAL =
      new Dynamics(
          "spectral",
          c ->
              SpectralSDE.of(
                  c, (f, l) -> 1 / (f[0] + 0.3) + 0.2 * f[0], Fixtures.schedule().times(0.3), 1));
  private static final Dynamics BLURRING =
      new Dynamics(
          "blurring", c -> Blurring.of(c, Fixtures.schedule(), LevelSchedule.sineSquared(0.2), 1));

  static List<Dynamics> processes() {
    return List.of(
        new Dynamics("variance preserving", Fixtures::preserving),
        new Dynamics(
            "sub-variance preserving", c -> SubVariancePreserving.of(c, Fixtures.schedule(), 1)),
        new Dynamics("variance exploding", c -> VarianceExploding.geometric(c, 0.05, 5)),
        new Dynamics("driftless", c -> Driftless.of(c, 1)),
        SPECTRAL,
        new Dynamics(
            "evolution", c -> StochasticEvolution.of(c, 1, Fixtures.schedule().times(0.02), 1)),
        BLURRING);
  }

  static List<Dynamics> perMode() {
    return List.of(SPECTRAL, BLURRING);
  }

  @ParameterizedTest
  @MethodSource("processes")
  void everySamplerFollowsItsRecursion(Dynamics process) {
    check(process.of().apply(NOISE), false, cases(data()));
  }

  @ParameterizedTest
  @MethodSource("perMode")
  void soItDoesWhereTheBasisOfTheNoiseIsHidden(Dynamics process) {
    Map<String, Case> cases = cases(data());
    // The best variance is no multiplier without a basis.
    cases.remove("ancestral optimal");
    check(process.of().apply(NOISE), true, cases);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void algorithmThreeFollowsItsRecursion(boolean bridge) {
    Step step =
        (p, x, t, s) -> {
          double h = t - s;
          double[] d = p.denoise(x, t);
          return plus(
              x,
              times(-h / t, plus(x, times(-1, d))),
              times(Math.sqrt(bridge ? h * s / t : h), p.draw()));
        };
    SteppedSampler sampler =
        bridge ? DriftlessSampler.bridge(TIMES) : DriftlessSampler.eulerMaruyama(TIMES);
    check(
        Driftless.of(NOISE, 1),
        false,
        Map.of(
            "alone", new Case(sampler, of(step)),
            "corrected",
                new Case(
                    PredictorCorrector.of(sampler, 2, LangevinStep.fixed(0.3)),
                    of(corrected(step)))));
  }

  private static GaussianMeasure data() {
    return GaussianMeasure.of(Fixtures.of(GRID, 0.3, -1, 2, 0.7), DATA);
  }

  private static void check(SDE sde, boolean hidden, Map<String, Case> cases) {
    GaussianMeasure data = data();
    GaussianDenoiser denoiser = GaussianDenoiser.of(sde, data);
    double[] meanModes = new double[4];
    TRANSFORM.forward(Fixtures.values(data.mean()), meanModes, 1);
    double[][] modes = new double[4][4];
    for (int k = 0; k < 4; k++) {
      double[] unit = new double[4];
      unit[k] = 1;
      TRANSFORM.inverse(unit, modes[k], 1);
    }
    cases.forEach(
        (name, test) -> {
          double[][] states = new double[4][];
          double[][] outputs = new double[4][];
          boolean optimal = name.equals("ancestral optimal");
          int draws = 0;
          for (int k = 0; k < 4; k++) {
            Mode mode =
                new Mode(sde, k, NOISE.eigenvalues()[k], DATA.eigenvalues()[k], meanModes[k], 20);
            states[k] = test.recursion().state(mode, TIMES);
            outputs[k] = mode.denoise(states[k], TIMES.time(TIMES.steps()));
            if (optimal) {
              double last = mode.posterior(TIMES.time(TIMES.steps()));
              outputs[k] = plus(outputs[k], times(Math.sqrt(last), mode.draw()));
            }
            draws = mode.drawn();
          }
          AffineProbe.Result result =
              AffineProbe.run(
                  test.sampler(),
                  NOISE,
                  c -> new Prescribed.Carried(c, sde),
                  denoiser,
                  draws,
                  modes,
                  hidden);
          compare(name + ", state", result.state(), states, modes);
          compare(name + ", output", result.output(), outputs, modes);
        });
  }

  /** Coefficients against responses along the modes, to 1e-11 of the largest. */
  private static void compare(
      String name, AffineProbe.Affine map, double[][] expected, double[][] modes) {
    double largest = 1;
    double worst = Fixtures.distance(map.offset().getColumn(0), sum(expected, modes, 0));
    for (int k = 0; k < 4; k++) {
      largest = Math.max(largest, Fixtures.max(expected[k]));
      double[] image = times(expected[k][1], modes[k]);
      worst = Math.max(worst, Fixtures.distance(map.terminal().getColumn(k), image));
      for (int j = 0; j < map.noises().size(); j++) {
        image = times(expected[k][2 + j], modes[k]);
        worst = Math.max(worst, Fixtures.distance(map.noises().get(j).getColumn(k), image));
      }
    }
    assertThat(worst).as(name).isLessThan(1e-11 * largest);
  }

  private static double[] sum(double[][] coefficients, double[][] modes, int at) {
    double[] out = new double[4];
    for (int k = 0; k < 4; k++) {
      for (int i = 0; i < 4; i++) {
        out[i] += coefficients[k][at] * modes[k][i];
      }
    }
    return out;
  }
}
