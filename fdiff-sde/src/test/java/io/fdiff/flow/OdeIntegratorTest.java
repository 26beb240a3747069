package io.fdiff.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/** Orders, error control and faults of the integrators. */
class OdeIntegratorTest {

  /** {@code x' = −3 x cos 3t}: {@code x(0) e^{−sin 3t}}, each component for itself. */
  private static final OdeIntegrator.Field SWING =
      (samples, times, states, rates) -> {
        int n = states.length / times.length;
        for (int i = 0; i < states.length; i++) {
          rates[i] = -3 * states[i] * Math.cos(3 * times[i / n]);
        }
      };

  private static final OdeIntegrator.Listener NONE = OdeIntegrator.Listener.NONE;

  private static double error(OdeIntegrator integrator) {
    double[] end = integrator.integrate(SWING, new double[] {1, 2}, 1, 0, 1, NONE).states();
    double exact = Math.exp(-Math.sin(3));
    return Math.max(Math.abs(end[0] - exact), Math.abs(end[1] - 2 * exact) / 2);
  }

  private static double order(IntFunction<OdeIntegrator> method, int steps) {
    return Math.log(error(method.apply(steps)) / error(method.apply(2 * steps))) / Math.log(2);
  }

  @Test
  void fixedStepsHaveTheirOrders() {
    assertThat(order(OdeIntegrator::heun, 100)).isCloseTo(2, within(0.1));
    assertThat(order(OdeIntegrator::rungeKutta4, 40)).isCloseTo(4, within(0.2));
  }

  @Test
  void adaptiveErrorFollowsTheTolerance() {
    for (double tolerance : new double[] {1e-4, 1e-6, 1e-8, 1e-10, 1e-12}) {
      assertThat(error(OdeIntegrator.dormandPrince(tolerance))).isLessThan(20 * tolerance);
    }
  }

  @Test
  void adaptiveMethodHasOrderFive() {
    // Evaluations grow like tolerance^(-1/5): by 6.3 for a factor 1e4; order 4 would make it 10.
    int coarse = evaluations(1e-9);
    int fine = evaluations(1e-13);
    assertThat((double) fine / coarse).isBetween(5.0, 7.5);
    assertThat(coarse).isLessThan(400);
  }

  private static int evaluations(double tolerance) {
    return OdeIntegrator.dormandPrince(tolerance)
        .integrate(SWING, new double[] {1}, 1, 0, 1, NONE)
        .evaluations(0);
  }

  @Test
  void localErrorsAreReported() {
    OdeIntegrator.Solution solution =
        OdeIntegrator.dormandPrince(1e-6)
            .integrate(SWING, new double[] {1, 0, 0, 2}, 2, 0, 1, NONE);
    assertThat(solution.error(0, 0)).isBetween(1e-9, 1e-4);
    assertThat(solution.error(0, 1)).isZero();
    assertThat(solution.error(1, 1)).isBetween(1e-9, 1e-4);
  }

  @Test
  void samplesHaveStepsOfTheirOwn() {
    // Rates of very different speed: the slow sample must take fewer steps than the fast one.
    OdeIntegrator.Field field =
        (samples, times, states, rates) -> {
          for (int a = 0; a < samples.length; a++) {
            rates[a] = -(samples[a] == 0 ? 0.1 : 100) * states[a];
          }
        };
    OdeIntegrator.Solution solution =
        OdeIntegrator.dormandPrince(1e-8).integrate(field, new double[] {1, 1}, 2, 0, 1, NONE);
    assertThat(solution.states()[0]).isCloseTo(Math.exp(-0.1), within(1e-7));
    assertThat(solution.states()[1]).isCloseTo(0, within(1e-7));
    assertThat(solution.evaluations(0)).isLessThan(solution.evaluations(1) / 4);
  }

  @Test
  void listenersHearOfEveryStep() {
    List<Double> times = new ArrayList<>();
    OdeIntegrator.heun(4)
        .integrate(SWING, new double[] {1}, 1, 1, 0, (step, time, active) -> times.add(time));
    assertThat(times).containsExactly(0.75, 0.5, 0.25, 0.0);
    List<Integer> active = new ArrayList<>();
    OdeIntegrator.dormandPrince(1e-6)
        .integrate(SWING, new double[] {1}, 1, 0, 1, (step, time, left) -> active.add(left));
    assertThat(active).endsWith(1, 0).hasSizeGreaterThan(5);
  }

  @Test
  void fieldsThatAreNotFiniteStopTheRun() {
    OdeIntegrator.Field field =
        (samples, times, states, rates) -> {
          for (int a = 0; a < samples.length; a++) {
            rates[a] = samples[a] == 2 && times[a] > 0.4 ? Double.NaN : 1;
          }
        };
    for (OdeIntegrator integrator :
        List.of(OdeIntegrator.rungeKutta4(10), OdeIntegrator.dormandPrince(1e-6))) {
      assertThatExceptionOfType(ArithmeticException.class)
          .isThrownBy(() -> integrator.integrate(field, new double[3], 3, 0, 1, NONE))
          .withMessageContaining("step ")
          .withMessageContaining("t = 0.")
          .withMessageContaining("sample 2")
          .withMessageContaining("NaN");
    }
  }

  @Test
  void jumpsAreRefusedRatherThanCrossedForever() {
    OdeIntegrator.Field blowUp =
        (samples, times, states, rates) -> rates[0] = 1 + states[0] * states[0] * states[0];
    assertThatExceptionOfType(ArithmeticException.class)
        .isThrownBy(
            () ->
                OdeIntegrator.dormandPrince(1e-6)
                    .integrate(blowUp, new double[] {1}, 1, 0, 1, NONE))
        .withMessageContaining("sample 0");
  }

  @Test
  void badArgumentsAreRefused() {
    for (double tolerance : new double[] {0, -1, 1, Double.NaN}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> OdeIntegrator.dormandPrince(tolerance))
          .withMessageContaining("tolerance " + tolerance);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OdeIntegrator.heun(0))
        .withMessageContaining("0 steps");
    OdeIntegrator integrator = OdeIntegrator.heun(1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> integrator.integrate(SWING, new double[3], 2, 0, 1, NONE))
        .withMessageContaining("3 values");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> integrator.integrate(SWING, new double[2], 2, 0, Double.NaN, NONE))
        .withMessageContaining("NaN");
  }
}
