package io.fdiff.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.noise.NoiseSource;
import io.fdiff.sde.Fixtures;
import io.fdiff.sde.Multiplier;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Moments of pinned processes (oracle G11). */
class OrnsteinUhlenbeckBridgeTest {

  private static OrnsteinUhlenbeckBridge bridge(double... rates) {
    Multiplier rate =
        rates.length == 1
            ? Multiplier.scalar(rates[0])
            : Multiplier.perMode(FlowFixtures.COSINE, rates);
    return new OrnsteinUhlenbeckBridge(rate, FlowFixtures.reference());
  }

  @Test
  void momentsAreThoseOfGaussianConditioning() {
    // Given x₀: Cov(X_s, X_t) = e^{−b(t−s)} (1 − e^{−2bs})/(2b) for s ≤ t.
    double[] rates = {0.3, 1.7, 4, 9};
    OrnsteinUhlenbeckBridge bridge = bridge(rates);
    for (double t : new double[] {0.1, 0.5, 0.8}) {
      for (int k = 0; k < 4; k++) {
        double b = rates[k];
        double tt = (1 - Math.exp(-2 * b * t)) / (2 * b);
        double t1 = Math.exp(-b * (1 - t)) * tt;
        double end = (1 - Math.exp(-2 * b)) / (2 * b);
        double gain = t1 / end;
        assertThat(bridge.endFactor(t).at(k)).isCloseTo(gain, within(1e-12));
        assertThat(bridge.startFactor(t).at(k))
            .isCloseTo(Math.exp(-b * t) - gain * Math.exp(-b), within(1e-12));
        assertThat(bridge.variance(t).at(k)).isCloseTo(tt - gain * t1, within(1e-12));
      }
    }
  }

  @Test
  void withoutRateItIsTheBrownianBridge() {
    for (double b : new double[] {0, 1e-300, 1e-13}) {
      for (double t : new double[] {0, 0.3, 1}) {
        assertThat(bridge(b).startFactor(t).at(0)).isCloseTo(1 - t, within(1e-12));
        assertThat(bridge(b).endFactor(t).at(0)).isCloseTo(t, within(1e-12));
        assertThat(bridge(b).variance(t).at(0)).isCloseTo(t * (1 - t), within(1e-12));
      }
    }
  }

  @Test
  void endsArePinned() {
    INDArray x0 = Fixtures.of(FlowFixtures.GRID, 1, 2, 0, -1);
    INDArray x1 = Fixtures.of(FlowFixtures.GRID, 0, 1, 3, 1);
    OrnsteinUhlenbeckBridge bridge = bridge(0.3, 1.7, 4, 9);
    assertThat(Fixtures.distance(bridge.sample(x0, x1, 0, NoiseSource.of(1)), x0))
        .isLessThan(1e-13);
    assertThat(Fixtures.distance(bridge.sample(x0, x1, 1, NoiseSource.of(1)), x1))
        .isLessThan(1e-13);
  }

  @Test
  void samplesAreTheMeanPlusScaledNoise() {
    OrnsteinUhlenbeckBridge bridge = bridge(2);
    INDArray x0 = Fixtures.of(FlowFixtures.GRID, 1, 2, 0, -1);
    INDArray x1 = Fixtures.of(FlowFixtures.GRID, 0, 1, 3, 1);
    INDArray noise = FlowFixtures.reference().sample(NoiseSource.of(6), 1);
    INDArray expected =
        bridge.mean(x0, x1, 0.4).addi(noise.mul(Math.sqrt(bridge.variance(0.4).at(0))));
    assertThat(Fixtures.distance(bridge.sample(x0, x1, 0.4, NoiseSource.of(6)), expected))
        .isLessThan(1e-13);
  }

  @Test
  void theDriftMovesTheMean() {
    // d/dt mean = drift(mean), as the drift is affine; central differences h² f‴/6.
    OrnsteinUhlenbeckBridge bridge = bridge(0.3, 1.7, 4, 9);
    INDArray x0 = Fixtures.of(FlowFixtures.GRID, 1, 2, 0, -1);
    INDArray x1 = Fixtures.of(FlowFixtures.GRID, 0, 1, 3, 1);
    double t = 0.6;
    double h = 1e-4;
    INDArray rate = bridge.mean(x0, x1, t + h).subi(bridge.mean(x0, x1, t - h)).divi(2 * h);
    assertThat(Fixtures.distance(bridge.drift(bridge.mean(x0, x1, t), x1, t), rate))
        .isLessThan(1e-5);
  }

  @Test
  void badArgumentsAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> bridge(-1))
        .withMessageContaining("b = -1.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> bridge(1).variance(1.5))
        .withMessageContaining("time 1.5");
    INDArray x = Fixtures.constant(FlowFixtures.GRID, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> bridge(1).drift(x, x, 1))
        .withMessageContaining("[0, 1)");
  }
}
