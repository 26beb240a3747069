package io.fdiff.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.noise.NoiseSource;
import io.fdiff.sde.Fixtures;
import io.fdiff.space.FunctionBatch;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Straightness against its closed form for Gaussian data, and reflow. */
class RectifiedFlowTest {

  private static final FlowSampler SAMPLER = FlowSampler.of(OdeIntegrator.dormandPrince(1e-9));

  @Test
  void straightnessOfOneTrajectoryIsThatOfItsSpreads() {
    // z_t = t m + r_t z_0/√λ with r² = V: ∫|z_1 − z_0 − z'|² = Σ (z_0²/λ)[∫r'² − (r_1 − r_0)²].
    FlowPath path = FlowFixtures.straight();
    GaussianField field = GaussianField.of(path, FlowFixtures.data(1));
    INDArray start = Fixtures.of(FlowFixtures.GRID, 0.4, -1, 0.7, 0.2);
    double[] c = FlowFixtures.modes(start);
    double expected = 0;
    int cells = 20_000;
    for (int k = 0; k < 4; k++) {
      double energy = 0;
      for (int i = 0; i < cells; i++) {
        double t = (i + 0.5) / cells;
        double b = 1 - (1 - 1e-4) * t;
        double mu = FlowFixtures.MU[k];
        double lambda = FlowFixtures.LAMBDA[k];
        double half = t * mu - (1 - 1e-4) * b * lambda;
        energy += half * half / (t * t * mu + b * b * lambda) / cells;
      }
      double last = Math.sqrt(FlowFixtures.MU[k] + 1e-8 * FlowFixtures.LAMBDA[k]);
      double chord = last - Math.sqrt(FlowFixtures.LAMBDA[k]);
      expected += c[k] * c[k] / FlowFixtures.LAMBDA[k] * (energy - chord * chord);
    }
    RectifiedFlow.Straightness measured =
        new RectifiedFlow(FlowFixtures.GRID, field, SAMPLER).straightness(start, 40);
    assertThat(measured.value()).isCloseTo(expected, within(1e-6 * expected));
    assertThat(measured.standardError()).isNaN();
  }

  @Test
  void straightFieldsMeasureZero() {
    // A shift at constant speed.
    VelocityField shift = (x, t) -> x.mul(0).addi(0.7);
    INDArray start = FlowFixtures.data(1).sample(NoiseSource.of(1), 3);
    RectifiedFlow flow = new RectifiedFlow(FlowFixtures.GRID, shift, SAMPLER);
    assertThat(flow.straightness(start, 5).value()).isLessThan(1e-20);
  }

  @Test
  void reflowPairsAreEndsOfTrajectories() {
    FlowPath path = FlowFixtures.straight();
    GaussianField field = GaussianField.of(path, FlowFixtures.data(2));
    RectifiedFlow.Pairs pairs =
        new RectifiedFlow(FlowFixtures.GRID, field, SAMPLER).reflow(path, NoiseSource.of(2), 3, 2);
    assertThat(Fixtures.distance(pairs.data(), field.flow(pairs.noise(), 0, 1))).isLessThan(1e-7);
    double[] expected =
        Fixtures.values(
            path.reference()
                .sample(
                    NoiseSource.of(2),
                    FunctionBatch.zeros(FlowFixtures.GRID, DataType.DOUBLE, 3, 2)));
    assertThat(Fixtures.values(pairs.noise())).containsExactly(expected);
  }

  @Test
  void noNodesAreRefused() {
    RectifiedFlow flow = new RectifiedFlow(FlowFixtures.GRID, (x, t) -> x, SAMPLER);
    INDArray start = Fixtures.constant(FlowFixtures.GRID, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> flow.straightness(start, 0))
        .withMessageContaining("0 nodes");
  }
}
