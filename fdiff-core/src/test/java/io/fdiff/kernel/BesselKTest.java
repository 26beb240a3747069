package io.fdiff.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BesselKTest {

  /**
   * {@code e^z K_ν(z) = ∫₀^∞ exp(−z(cosh t − 1)) cosh νt dt} by the trapezoidal rule, which
   * converges geometrically here; steps that resolve the peak of width {@code z^{-1/2}}.
   */
  static double integral(double order, double z) {
    double h = 0.03 / Math.max(1, Math.sqrt(z));
    double sum = 0.5;
    for (int i = 1; i < 100_000; i++) {
      double t = i * h;
      double exponent = -2 * z * Math.pow(Math.sinh(t / 2), 2);
      double term = Math.exp(exponent + order * t) / 2 + Math.exp(exponent - order * t) / 2;
      sum += term;
      if (term < 1e-20 * sum) {
        break;
      }
    }
    return sum * h;
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.01, 0.25, 0.4999, 0.5, 0.7, 1, 1.3, 2, 3.75, 7.1, 15.6})
  void agreesWithItsIntegralOnBothSidesOfTheSwitch(double order) {
    for (double z : new double[] {1e-3, 0.1, 0.5, 1, 1.9, 2, 2.0001, 2.5, 5, 20, 100, 600}) {
      double expected = integral(order, z);
      assertThat(BesselK.scaled(order, z))
          .as("order %s at %s", order, z)
          .isCloseTo(expected, within(1e-13 * expected));
      assertThat(BesselK.scaled(-order, z)).isEqualTo(BesselK.scaled(order, z));
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-8, 0.3, 2, 2.7, 40})
  void halfIntegerOrdersAreElementary(double z) {
    double half = Math.sqrt(Math.PI / (2 * z));
    double[] expected = {half, half * (1 + 1 / z), half * (1 + 3 / z + 3 / (z * z))};
    for (int k = 0; k < 3; k++) {
      assertThat(BesselK.scaled(k + 0.5, z)).isCloseTo(expected[k], within(1e-14 * expected[k]));
    }
  }

  @ParameterizedTest
  @CsvSource({
    // Standard tables (Abramowitz and Stegun, table 9.8).
    "0, 1, 0.42102443824070834",
    "1, 1, 0.6019072301972346",
    "0, 2, 0.11389387274953344",
    "1, 2, 0.13986588181652243"
  })
  void valuesOfTables(double order, double z, double expected) {
    assertThat(Math.exp(-z) * BesselK.scaled(order, z)).isCloseTo(expected, within(3e-16));
  }

  @Test
  void smallArgumentsHaveTheirLimits() {
    // K_0 ≈ −ln(z/2) − γ, K_1 ≈ 1/z.
    assertThat(BesselK.scaled(0, 1e-100))
        .isCloseTo(100 * Math.log(10) + Math.log(2) - 0.5772156649015329, within(1e-12));
    assertThat(BesselK.scaled(1, 1e-100)).isCloseTo(1e100, within(1e87));
  }
}
