package io.fdiff.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class PreconditioningTest {

  @Test
  void targetIsTheResidualOverItsFactor() {
    for (double ratio : new double[] {0.25, 1, 3}) {
      Preconditioning factors = new Preconditioning(ratio);
      for (double sigma : new double[] {0.05, 1, 7}) {
        for (double tau : new double[] {0.3, 1}) {
          NoiseLevel level = new NoiseLevel(tau, sigma);
          double y = 0.7;
          double xi = -1.3;
          double centred = tau * y + sigma * xi;
          double residual = (y - factors.skip(level) * centred) / factors.out(level);
          assertThat(factors.target(y, xi, level)).isCloseTo(residual, within(1e-12));
        }
      }
    }
  }

  /** For y ~ N(0, ρ), ξ ~ N(0, 1) input and target have variance 1 and are uncorrelated. */
  @Test
  void inputAndTargetAreWhitened() {
    double rho = 2.5;
    Preconditioning factors = new Preconditioning(rho);
    NoiseLevel level = new NoiseLevel(0.8, 1.7);
    double in = factors.in(level);
    double[] input = {in * level.tau(), in * level.sigma()};
    double[] target = {factors.target(1, 0, level), factors.target(0, 1, level)};
    assertThat(input[0] * input[0] * rho + input[1] * input[1]).isCloseTo(1, within(1e-14));
    assertThat(target[0] * target[0] * rho + target[1] * target[1]).isCloseTo(1, within(1e-14));
    assertThat(input[0] * target[0] * rho + input[1] * target[1]).isCloseTo(0, within(1e-14));
  }

  @Test
  void ratioIsChecked() {
    for (double ratio : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new Preconditioning(ratio))
          .withMessageContaining("ratio " + ratio);
    }
  }

  @Test
  void featuresTellLevelsApart() {
    LevelFeatures features = new LevelFeatures(8);
    double[] last = new double[8];
    features.write(-8, last, 0);
    for (double level = -7.5; level <= 8; level += 0.5) {
      double[] here = new double[10];
      features.write(level, here, 2);
      // The slowest sine is monotone over the whole range.
      assertThat(here[2]).isGreaterThan(last[0]);
      assertThat(here[2] * here[2] + here[6] * here[6]).isCloseTo(1, within(1e-14));
      System.arraycopy(here, 2, last, 0, 8);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LevelFeatures(5))
        .withMessageContaining("5 level features");
  }
}
