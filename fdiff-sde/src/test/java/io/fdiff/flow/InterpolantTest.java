package io.fdiff.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The functions of a path. */
class InterpolantTest {

  private static final List<Interpolant> ALL =
      List.of(
          Interpolant.optimalTransport(1e-4),
          Interpolant.optimalTransport(0),
          Interpolant.variancePreserving(),
          Interpolant.of(t -> t * t, t -> 2 * t, t -> 1 - t, t -> -1));

  @Test
  void pathsGoFromNoiseToData() {
    for (Interpolant path : ALL) {
      assertThat(path.alpha(0)).isZero();
      assertThat(path.beta(0)).isEqualTo(1);
      assertThat(path.alpha(1)).isCloseTo(1, within(0.01));
      assertThat(path.beta(1)).isBetween(0.0, 0.12);
    }
  }

  @Test
  void ratesAreDerivatives() {
    // Central differences of smooth functions of unit order: h² + 1e-16/h, below 1e-9.
    double h = 1e-5;
    for (Interpolant path : ALL) {
      for (double t = 0.05; t < 1; t += 0.1) {
        assertThat(path.alphaRate(t))
            .isCloseTo((path.alpha(t + h) - path.alpha(t - h)) / (2 * h), within(1e-9));
        assertThat(path.betaRate(t))
            .isCloseTo((path.beta(t + h) - path.beta(t - h)) / (2 * h), within(1e-9));
      }
    }
  }

  @Test
  void optimalTransportLeavesItsResidual() {
    Interpolant path = Interpolant.optimalTransport(1e-4);
    assertThat(path.beta(1)).isEqualTo(1e-4);
    assertThat(path.beta(0.25)).isCloseTo(1 - 0.9999 * 0.25, within(1e-15));
    assertThat(path.betaRate(0.7)).isEqualTo(-0.9999);
  }

  @Test
  void variancePreservingIsTheCosineOfTheReversedTime() {
    Interpolant path = Interpolant.variancePreserving();
    for (double t : new double[] {0.1, 0.5, 0.9}) {
      double a = Math.cos(0.5 * Math.PI * (1 - t + 0.08) / 1.08);
      assertThat(path.alpha(t)).isCloseTo(a, within(1e-15));
      assertThat(path.alpha(t) * path.alpha(t) + path.beta(t) * path.beta(t))
          .isCloseTo(1, within(1e-15));
    }
  }

  @Test
  void badPathsAreRefused() {
    for (double residual : new double[] {-0.1, 1, Double.NaN}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Interpolant.optimalTransport(residual))
          .withMessageContaining("σ_m = " + residual)
          .withMessageContaining("[0, 1)");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Interpolant.of(t -> 0.5 + t / 2, t -> 0.5, t -> 1 - t, t -> -1))
        .withMessageContaining("α(0) = 0.5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Interpolant.of(t -> t, t -> 1, t -> 1 - t / 2, t -> -0.5))
        .withMessageContaining("β(1) = 0.5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Interpolant.of(t -> t, t -> 2, t -> 1 - t, t -> -1))
        .withMessageContaining("α' = 2.0");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                Interpolant.of(
                    t -> t + 0.4 * Math.sin(2 * Math.PI * t),
                    t -> 1 + 0.8 * Math.PI * Math.cos(2 * Math.PI * t),
                    t -> 1 - t,
                    t -> -1))
        .withMessageContaining("α'β − αβ'");
    Interpolant path = Interpolant.variancePreserving();
    for (double t : new double[] {-1e-9, 1.1, Double.NaN}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> path.alpha(t))
          .withMessageContaining("time " + t + " is not in [0, 1]");
    }
  }
}
