package io.fdiff.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KernelTest {

  private static double at(CovarianceKernel kernel, double r) {
    return kernel.covariance(new double[] {0.5}, new double[] {0.5 + r});
  }

  @Test
  void maternKernelsAreTheirFormulas() {
    double r = 0.3;
    double l = 0.2;
    assertThat(at(new Matern(0.5, 2, l), r)).isCloseTo(2 * Math.exp(-1.5), within(1e-15));
    double z = Math.sqrt(3) * 1.5;
    assertThat(at(new Matern(1.5, 2, l), r)).isCloseTo(2 * (1 + z) * Math.exp(-z), within(1e-15));
    z = Math.sqrt(5) * 1.5;
    // 5r²/3ℓ² = z²/3.
    assertThat(at(new Matern(2.5, 2, l), r))
        .isCloseTo(2 * (1 + z + z * z / 3) * Math.exp(-z), within(1e-15));
  }

  @Test
  void squaredExponentialHasTheFactorTwo() {
    assertThat(at(new SquaredExponential(3, 0.2), 0.2))
        .isCloseTo(3 * Math.exp(-0.5), within(1e-15));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5, 1.5, 2.5})
  void maternKernelsHaveTheirSmoothnessAtZero(double nu) {
    // k(0) − k(r) = c r^{min(2ν, 2)} + …: exponent 1 for ν = ½ and 2 above.
    CovarianceKernel k = new Matern(nu, 1, 1);
    double slope = Math.log((1 - at(k, 2e-3)) / (1 - at(k, 1e-3))) / Math.log(2);
    assertThat(slope).isCloseTo(nu == 0.5 ? 1 : 2, within(5e-3));
  }

  @ParameterizedTest
  @CsvSource({
    // ν, f(0) of the table B for ℓ = 0.1
    "0.5, 0.2",
    "1.5, 0.2309401076758503",
    "2.5, 0.2385139175999776"
  })
  void maternKernelsIntegrateToTheirSpectralDensityAtZero(double nu, double density) {
    // f(0) = ∫k(r)dr; (16/3)ℓ/√5 for ν = 5/2. Trapezoid on [0, 6], step 1e-4: error h²|k'(0)|/6
    // at most 2e-8 for the kinked kernel.
    double sum = 0;
    double h = 1e-4;
    CovarianceKernel k = new Matern(nu, 1, 0.1);
    for (int i = 0; i < 60_000; i++) {
      sum += 2 * h * 0.5 * (at(k, i * h) + at(k, (i + 1) * h));
    }
    assertThat(sum).isCloseTo(density, within(5e-8));
  }

  @Test
  void squaredExponentialIntegratesToItsSpectralDensity() {
    // f(2π) of table B for ℓ = 0.1: ∫k(r) cos 2πr dr. The trapezoid is spectrally accurate here.
    double sum = 0;
    double h = 1e-3;
    CovarianceKernel k = new SquaredExponential(1, 0.1);
    for (int i = -2000; i <= 2000; i++) {
      sum += h * at(k, i * h) * Math.cos(2 * Math.PI * i * h);
    }
    assertThat(sum).isCloseTo(0.20576127368338773, within(1e-14));
  }

  @Test
  void distanceIsEuclidean() {
    double[] p = {0, 1, 2};
    double[] q = {2, -1, 3};
    assertThat(new Matern(0.5, 1, 1).covariance(p, q)).isCloseTo(Math.exp(-3), within(1e-16));
    assertThat(new SquaredExponential(1, 1).covariance(q, p))
        .isCloseTo(Math.exp(-4.5), within(1e-16));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
  void parametersThatAreNotPositiveAndFiniteAreRefused(double bad) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Matern(bad, 1, 1))
        .withMessageContaining("smoothness " + bad);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RationalQuadratic(bad, 1, 1))
        .withMessageContaining("shape " + bad);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Periodic(1, 1, bad))
        .withMessageContaining("period " + bad);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BrownianMotion(bad, 0))
        .withMessageContaining("variance " + bad);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BrownianBridge(bad, 0, 1))
        .withMessageContaining("variance " + bad);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Nugget(bad))
        .withMessageContaining("variance " + bad);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Ard.of(new SquaredExponential(1, 1), 1, bad))
        .withMessageContaining("length of axis 1 " + bad);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Nugget(1).times(bad))
        .withMessageContaining("factor " + bad);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Matern(0.5, bad, 1))
        .withMessageContaining("variance " + bad);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Matern(0.5, 1, bad))
        .withMessageContaining("length scale " + bad);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SquaredExponential(bad, 1))
        .withMessageContaining("variance " + bad);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SquaredExponential(1, bad))
        .withMessageContaining("length scale " + bad)
        .withMessageContaining("positive and finite");
  }
}
