package io.fdiff.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.noise.NoiseSource;
import io.fdiff.schedule.TimeGrid;
import io.fdiff.sde.Fixtures;
import io.fdiff.sde.ReverseSDE;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.stat.regression.SimpleRegression;
import org.junit.jupiter.api.Test;

/** The methods of (3.36) to (3.38) of Foresti (2024) (oracle F8). */
class ItoIntegratorTest {

  private static final double MU = 0.5;
  private static final double SIGMA = 0.5;

  /**
   * The slope of the logarithm of the root mean square error at time 1 of geometric Brownian motion
   * over that of the step, for steps of 2⁻⁴ to 2⁻⁸ on the same 4000 paths.
   */
  private static double strongOrder(ItoIntegrator method) {
    int paths = 4000;
    int finest = 256;
    double[][] dw = new double[finest][paths];
    for (int i = 0; i < finest; i++) {
      NoiseSource.of(11).withStep(i).normals(0, 0, new int[] {paths}, dw[i], 0);
      for (int p = 0; p < paths; p++) {
        dw[i][p] /= Math.sqrt(finest);
      }
    }
    SimpleRegression regression = new SimpleRegression();
    for (int steps = 16; steps <= finest; steps *= 2) {
      double[] x = new double[paths];
      Arrays.fill(x, 1);
      double[] w = new double[paths];
      for (int i = 0; i < steps; i++) {
        double[] increment = new double[paths];
        for (int j = i * finest / steps; j < (i + 1) * finest / steps; j++) {
          for (int p = 0; p < paths; p++) {
            increment[p] += dw[j][p];
          }
        }
        for (int p = 0; p < paths; p++) {
          w[p] += increment[p];
        }
        method.step(x, (double) i / steps, 1.0 / steps, increment);
      }
      double square = 0;
      for (int p = 0; p < paths; p++) {
        double exact = Math.exp(MU - SIGMA * SIGMA / 2 + SIGMA * w[p]);
        square += (x[p] - exact) * (x[p] - exact) / paths;
      }
      regression.addData(Math.log(1.0 / steps), 0.5 * Math.log(square));
    }
    return regression.getSlope();
  }

  @Test
  void strongOrdersOnGeometricBrownianMotion() {
    ItoIntegrator euler = ItoIntegrator.eulerMaruyama((x, t) -> MU * x, (x, t) -> SIGMA * x);
    ItoIntegrator milstein =
        ItoIntegrator.milstein((x, t) -> MU * x, (x, t) -> SIGMA * x, (x, t) -> SIGMA);
    ItoIntegrator rungeKutta =
        ItoIntegrator.stochasticRungeKutta((x, t) -> MU * x, (x, t) -> SIGMA * x);
    // All steps share the paths, so the slope varies far less than the errors: over 50 other seeds
    // by less than 0.065 from the order of each method.
    for (ItoIntegrator method : List.of(euler, milstein, rungeKutta)) {
      assertThat(strongOrder(method)).isCloseTo(method.strongOrder(), within(0.1));
    }
    assertThat(euler.strongOrder()).isEqualTo(0.5);
    assertThat(milstein.strongOrder()).isEqualTo(1);
    assertThat(rungeKutta.strongOrder()).isEqualTo(1);
    assertThat(List.of(euler.weakOrder(), milstein.weakOrder(), rungeKutta.weakOrder()))
        .containsOnly(1.0);
  }

  @Test
  void oneStepByHand() {
    // x = 2, f = x, g = x², g' = 2x, h = 0.25, ΔW = 1: γ = 2 + 0.5 + 2 = 4.5.
    double[] x = {2};
    ItoIntegrator.eulerMaruyama((y, t) -> y, (y, t) -> y * y).step(x, 0, 0.25, new double[] {1});
    assertThat(x[0]).isEqualTo(6.5);
    x[0] = 2;
    ItoIntegrator.milstein((y, t) -> y, (y, t) -> y * y, (y, t) -> 2 * y)
        .step(x, 0, 0.25, new double[] {1});
    assertThat(x[0]).isEqualTo(6.5 + 0.5 * 4 * 4 * 0.75);
    x[0] = 2;
    ItoIntegrator.stochasticRungeKutta((y, t) -> y, (y, t) -> y * y)
        .step(x, 0, 0.25, new double[] {1});
    assertThat(x[0]).isEqualTo(6.5 + (4.5 * 4.5 - 4) * 0.75);
  }

  @Test
  void allEqualEulerMaruyamaBitForBitUnderAdditiveNoise() {
    // The reversal of the reference process with its exact score; the coefficient of the noise
    // depends on time.
    Scalar problem = new Scalar(0.5, 2, 1.5, Fixtures::preserving);
    ReverseSDE reverse = new ReverseSDE(problem.sde());
    ItoIntegrator.Coefficient drift =
        (y, s) ->
            reverse.stateRate(1 - s).at(0) * y
                + reverse.denoisedRate(1 - s).at(0) * problem.denoise(y, 1 - s);
    ItoIntegrator.Coefficient noise = (y, s) -> Math.sqrt(0.5) * reverse.noiseRate(1 - s).at(0);
    double[] start = {0.7, -1.1, 3};
    double[][] ends = new double[3][];
    List<ItoIntegrator> methods =
        List.of(
            ItoIntegrator.eulerMaruyama(drift, noise),
            ItoIntegrator.milstein(drift, noise, (y, s) -> 0),
            ItoIntegrator.stochasticRungeKutta(drift, noise));
    TimeGrid times = TimeGrid.uniform(1, 20);
    for (int j = 0; j < 3; j++) {
      ends[j] = start.clone();
      for (int i = 0; i < times.steps(); i++) {
        double h = times.time(i) - times.time(i + 1);
        double[] dw = new double[3];
        NoiseSource.of(3).withStep(i).normals(0, 0, new int[] {3}, dw, 0);
        methods.get(j).step(ends[j], 1 - times.time(i), h, dw);
      }
    }
    assertThat(ends[1]).isEqualTo(ends[0]);
    assertThat(ends[2]).isEqualTo(ends[0]);
    assertThat(ends[0]).isNotEqualTo(start);
  }

  @Test
  void argumentsOutOfRangeAreRefused() {
    ItoIntegrator method = ItoIntegrator.eulerMaruyama((x, t) -> x, (x, t) -> x);
    for (double bad : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      double[] x = {1};
      assertThatIllegalArgumentException()
          .isThrownBy(() -> method.step(x, 0, bad, new double[1]))
          .withMessageContaining("step " + bad);
      assertThat(x).containsExactly(1);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> method.step(new double[2], 0, 1, new double[3]))
        .withMessageContaining("3 increments for 2 states");
  }
}
