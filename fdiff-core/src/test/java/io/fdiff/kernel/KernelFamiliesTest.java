package io.fdiff.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.apache.commons.math3.special.Gamma;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Values, spectral densities and combinations of the kernels. */
class KernelFamiliesTest {

  @ParameterizedTest
  @ValueSource(doubles = {0.05, 0.3, 0.9, 1, 1.2, 2, 3.3, 9.7, 40.1})
  void maternOfAnyOrderIsItsBesselForm(double nu) {
    for (double r : new double[] {1e-3, 0.05, 0.4, 1, 3}) {
      double z = Math.sqrt(2 * nu) * r;
      double logarithm =
          (1 - nu) * Math.log(2)
              - Gamma.logGamma(nu)
              + nu * Math.log(z)
              - z
              + Math.log(BesselKTest.integral(nu, z));
      assertThat(new Matern(nu, 1, 1).at(r))
          .as("order %s at %s", nu, r)
          .isCloseTo(Math.exp(logarithm), within(1e-12));
    }
    assertThat(new Matern(nu, 2.5, 0.3).at(0)).isEqualTo(2.5);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5, 1.5, 2.5, 3.5})
  void halfIntegersJoinTheirNeighbours(double nu) {
    // The closed forms and the Bessel route are continuous in the order.
    for (double r : new double[] {0.01, 0.3, 2}) {
      assertThat(new Matern(nu + 1e-9, 1, 0.4).at(r))
          .isCloseTo(new Matern(nu, 1, 0.4).at(r), within(1e-8));
    }
    double z = Math.sqrt(7) * 0.6;
    assertThat(new Matern(3.5, 1, 0.5).at(0.3))
        .isCloseTo(Math.exp(-z) * (1 + z + 0.4 * z * z + z * z * z / 15), within(1e-15));
  }

  @Test
  void largeOrdersTendToTheSquaredExponential() {
    // Difference O(1/ν); no overflow on the way.
    assertThat(new Matern(5000.3, 1, 1).at(1.2))
        .isCloseTo(new SquaredExponential(1, 1).at(1.2), within(1e-4));
    assertThat(new RationalQuadratic(1e8, 1, 1).at(1.2))
        .isCloseTo(new SquaredExponential(1, 1).at(1.2), within(1e-7));
    assertThat(new Matern(0.3, 1, 1).at(1e-200)).isCloseTo(1, within(1e-12));
    assertThat(new Matern(0.3, 1, 1).at(1e6)).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    // Table B: f(2πk), k = 0, 1, 2, ℓ = 0.1.
    "0.5, 0.2, 0.14339136006497957, 0.07754532734783028",
    "1.5, 0.2309401076758503, 0.18035057658403955, 0.09912304968659494"
  })
  void maternDensitiesOfTableB(double nu, double f0, double f1, double f2) {
    double[] expected = {f0, f1, f2};
    for (int k = 0; k < 3; k++) {
      assertThat(new Matern(nu, 1, 0.1).spectralDensity(2 * Math.PI * k, 1))
          .isCloseTo(expected[k], within(1e-15));
    }
  }

  @Test
  void squaredExponentialDensitiesOfTableB() {
    double[] expected = {0.25066282746310004, 0.20576127368338773, 0.1138111353528059};
    for (int k = 0; k < 3; k++) {
      assertThat(new SquaredExponential(1, 0.1).spectralDensity(2 * Math.PI * k, 1))
          .isCloseTo(expected[k], within(1e-15));
    }
  }

  /** {@code k(r) = (2π)^{−d} ∫ f(ω)e^{iω·h}dω} at 0: radial integrals of the density. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void densitiesIntegrateToTheVariance(int d) {
    double sphere = 2 * Math.pow(Math.PI, d / 2.0) / Gamma.gamma(d / 2.0);
    IsotropicKernel[] kernels = {
      new Matern(2.2, 1.7, 0.3),
      new SquaredExponential(1.7, 0.3),
      new RationalQuadratic(2, 1.7, 0.3)
    };
    for (IsotropicKernel kernel : kernels) {
      // Trapezoid in s, ω = e^s: doubly smooth at both ends; Matérn tails ω^{−4.4} end at e^9.
      double h = 0.01;
      double sum = 0;
      for (int i = -2500; i <= 900; i++) {
        double omega = Math.exp(i * h);
        sum += h * Math.pow(omega, d) * kernel.spectralDensity(omega, d);
      }
      assertThat(sphere * sum / Math.pow(2 * Math.PI, d))
          .as("%s in dimension %d", kernel, d)
          .isCloseTo(1.7, within(1e-9));
    }
  }

  @Test
  void rationalQuadraticDensityIsItsTransform() {
    // ∫ k(r) cos ωr dr by the trapezoid: spectrally accurate, cut at r = 400 where k ~ 1e-15.
    RationalQuadratic kernel = new RationalQuadratic(3, 1, 0.5);
    for (double omega : new double[] {0, 1, 4}) {
      double h = 0.02;
      double sum = 1;
      for (int i = 1; i < 20_000; i++) {
        sum += 2 * kernel.at(i * h) * Math.cos(omega * i * h);
      }
      assertThat(kernel.spectralDensity(omega, 1)).isCloseTo(sum * h, within(1e-11));
    }
    assertThat(new RationalQuadratic(0.5, 1, 1).spectralDensity(0, 1)).isInfinite();
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "0.3, 2", "0.02, 1", "5, 0.5"})
  void periodicEigenvaluesAreTheFourierCoefficients(double length, double period) {
    Periodic kernel = new Periodic(1.3, length, period);
    // The trapezoid on the circle is exact up to aliasing of λ_{4096−k}.
    for (int k = 0; k < 12; k++) {
      double sum = 0;
      for (int i = 0; i < 4096; i++) {
        double h = period * i / 4096;
        sum += kernel.at(new double[] {h}) * Math.cos(2 * Math.PI * k * i / 4096.0);
      }
      assertThat(kernel.eigenvalue(k)).isCloseTo(sum * period / 4096, within(1e-13));
    }
    double trace = kernel.eigenvalue(0);
    trace += 2 * IntStream.range(1, 600).mapToDouble(kernel::eigenvalue).sum();
    assertThat(trace).isCloseTo(1.3 * period, within(1e-11));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> kernel.eigenvalue(-1))
        .withMessageContaining("-1");
  }

  @Test
  void brownianKernels() {
    double[] p = {0.3};
    double[] q = {0.8};
    assertThat(BrownianMotion.standard().covariance(p, q)).isEqualTo(0.3);
    assertThat(new BrownianMotion(2, -1).covariance(q, p)).isCloseTo(2.6, within(1e-15));
    assertThat(BrownianBridge.standard().covariance(p, q)).isCloseTo(0.06, within(1e-15));
    assertThat(new BrownianBridge(3, 0.1, 0.9).covariance(p, q))
        .isCloseTo(3 * 0.2 * 0.1 / 0.8, within(1e-15));
    assertThat(BrownianMotion.standard().covariance(new double[] {0.5, 0.2}, new double[] {1, 1}))
        .isCloseTo(0.1, within(1e-15));
    assertThat(BrownianMotion.standard().stationary()).isEmpty();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BrownianBridge(1, 1, 1))
        .withMessageContaining("lower < upper");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BrownianMotion(1, Double.NaN))
        .withMessageContaining("origin NaN");
  }

  @Test
  void combinationsKnowWhatTheirPartsKnow() {
    double[] p = {0.1, 0.2};
    double[] q = {0.4, 0.6};
    CovarianceKernel a = new SquaredExponential(2, 0.5);
    CovarianceKernel b = Matern.exponential(3, 0.7);
    double ka = 2 * Math.exp(-0.5);
    double kb = 3 * Math.exp(-0.5 / 0.7);
    assertThat(a.plus(b).covariance(p, q)).isCloseTo(ka + kb, within(1e-14));
    assertThat(a.times(b).covariance(p, q)).isCloseTo(ka * kb, within(1e-14));
    assertThat(a.times(0.25).covariance(p, q)).isCloseTo(ka / 4, within(1e-15));
    StationaryKernel whole = a.plus(b).times(b).times(2).stationary().orElseThrow();
    assertThat(whole.at(new double[] {-0.3, -0.4})).isCloseTo(2 * (ka + kb) * kb, within(1e-13));
    assertThat(a.plus(BrownianMotion.standard()).stationary()).isEmpty();
    assertThat(a.plus(b).times(2).continuous()).isTrue();
    assertThat(a.plus(new Nugget(0.1)).times(2).continuous()).isFalse();
    assertThat(new Nugget(0.1).covariance(p, p)).isEqualTo(0.1);
    assertThat(new Nugget(0.1).covariance(p, q)).isZero();
  }

  @Test
  void everyAxisHasItsLength() {
    Ard kernel = Ard.of(new SquaredExponential(1.5, 1), 0.2, 3);
    assertThat(kernel.covariance(new double[] {0.1, 1}, new double[] {0.3, 4}))
        .isCloseTo(1.5 * Math.exp(-1), within(1e-15));
    // The density of a product of Gaussians is the product.
    double expected =
        new SquaredExponential(1.5, 0.2).spectralDensity(4, 1)
            * new SquaredExponential(1, 3).spectralDensity(0.7, 1);
    assertThat(kernel.spectralDensity(new double[] {4, 0.7})).isCloseTo(expected, within(1e-14));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> kernel.at(new double[] {1}))
        .withMessageContaining("2 axes")
        .withMessageContaining("have 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Ard.of(new SquaredExponential(1, 1)))
        .withMessageContaining("0 lengths");
  }

  @Test
  void separableKernelsMultiplyOverTheAxes() {
    SeparableKernel kernel =
        SeparableKernel.of(new SquaredExponential(1, 0.5), BrownianMotion.standard());
    assertThat(kernel.covariance(new double[] {0.1, 0.4}, new double[] {0.6, 0.9}))
        .isCloseTo(0.4 * Math.exp(-0.5), within(1e-15));
    assertThat(kernel.stationary()).isEmpty();
    StationaryKernel both =
        SeparableKernel.of(Matern.exponential(1, 1), Matern.exponential(2, 1))
            .stationary()
            .orElseThrow();
    assertThat(both.at(new double[] {-1, 2})).isCloseTo(2 * Math.exp(-3), within(1e-15));
    assertThat(SeparableKernel.of(new Nugget(1)).continuous()).isFalse();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> kernel.covariance(new double[3], new double[3]))
        .withMessageContaining("2 axes");
  }
}
