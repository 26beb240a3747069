package io.fdiff.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.measure.GaussianMeasure;
import io.fdiff.noise.NoiseSource;
import io.fdiff.schedule.TimeDistribution;
import io.fdiff.sde.Fixtures;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Draws and losses of flow matching. */
class FlowMatchingObjectiveTest {

  private static FlowMatchingObjective objective(TimeDistribution times, Coupling coupling) {
    return new FlowMatchingObjective(
        FlowFixtures.path(Interpolant.variancePreserving()), times, coupling);
  }

  @Test
  void lossOfTheExactFieldIsTheConditionalVariance() {
    // Σ_k α'²μ + β'²λ − (αα'μ + ββ'λ)²/V, averaged over t in [0.01, 1].
    int n = 20_000;
    Interpolant p = Interpolant.variancePreserving();
    double expected = 0;
    int cells = 2000;
    for (int i = 0; i < cells; i++) {
      double t = 0.01 + 0.99 * (i + 0.5) / cells;
      for (int k = 0; k < 4; k++) {
        double mu = FlowFixtures.MU[k];
        double lambda = FlowFixtures.LAMBDA[k];
        double cross = p.alpha(t) * p.alphaRate(t) * mu + p.beta(t) * p.betaRate(t) * lambda;
        double v = Math.pow(p.alpha(t), 2) * mu + Math.pow(p.beta(t), 2) * lambda;
        expected +=
            (Math.pow(p.alphaRate(t), 2) * mu
                    + Math.pow(p.betaRate(t), 2) * lambda
                    - cross * cross / v)
                / cells;
      }
    }
    GaussianMeasure data = FlowFixtures.data(1);
    GaussianField field = GaussianField.of(FlowFixtures.path(p), data);
    INDArray x1 = data.sample(NoiseSource.of(1).withStream(9), n);
    for (TimeDistribution times :
        new TimeDistribution[] {
          TimeDistribution.uniform(0.01, 1), TimeDistribution.logUniform(0.01, 1)
        }) {
      FlowMatchingObjective objective = objective(times, Coupling.independent());
      FlowMatchingObjective.Draw draw = objective.draw(x1, NoiseSource.of(1));
      double[] losses =
          Fixtures.values(objective.loss(draw, field.velocity(draw.state(), draw.times())));
      double mean = 0;
      double squared = 0;
      for (double loss : losses) {
        mean += loss / n;
        squared += loss * loss / n;
      }
      // Two comparisons at |z| < 5.2, below 1e-6; the midpoint rule is far below.
      double z = (mean - expected) / Math.sqrt((squared - mean * mean) / n);
      assertThat(Math.abs(z)).isLessThan(5.2);
      // Another field costs more: by the squared distance of the two, here 0.04 in the mean mode.
      double[] worse =
          Fixtures.values(
              objective.loss(draw, field.velocity(draw.state(), draw.times()).addi(0.2)));
      double excess = 0;
      for (int b = 0; b < n; b++) {
        excess += (worse[b] - losses[b]) / n;
      }
      assertThat(excess).isCloseTo(0.04, within(0.025));
    }
  }

  @Test
  void drawsArePointsOfThePath() {
    FlowMatchingObjective objective =
        objective(TimeDistribution.uniform(0.01, 1), Coupling.independent());
    INDArray x1 = Fixtures.random(FlowFixtures.GRID, DataType.FLOAT, 4, 2, 1);
    FlowMatchingObjective.Draw draw = objective.draw(x1, NoiseSource.of(3));
    assertThat(draw.state().dataType()).isEqualTo(DataType.FLOAT);
    INDArray clean = objective.path().clean(draw.state(), draw.target(), draw.times());
    // Round-off of float.
    assertThat(Fixtures.distance(clean, x1)).isLessThan(1e-5);
    assertThat(Fixtures.values(draw.weights()))
        .containsExactly(new double[] {1, 1, 1, 1}, within(1e-12));
    assertThat(draw.times().minNumber().doubleValue()).isGreaterThanOrEqualTo(0.01);
  }

  @Test
  void drawsOfIndependentPairsDoNotDependOnTheirBatch() {
    FlowMatchingObjective objective =
        objective(TimeDistribution.uniform(0.01, 1), Coupling.independent());
    INDArray x1 = Fixtures.random(FlowFixtures.GRID, DataType.DOUBLE, 4, 2, 1);
    FlowMatchingObjective.Draw whole = objective.draw(x1, NoiseSource.of(3));
    FlowMatchingObjective.Draw part =
        objective.draw(Fixtures.samples(x1, 2, 4), NoiseSource.of(3).withFirstSample(2));
    assertThat(Fixtures.values(part.state()))
        .containsExactly(Fixtures.values(Fixtures.samples(whole.state(), 2, 4)));
    assertThat(part.times().getDouble(1)).isEqualTo(whole.times().getDouble(3));
  }

  @Test
  void optimalPairsAreCloserAndKeepTheData() {
    TimeDistribution times = TimeDistribution.uniform(0.01, 1);
    INDArray x1 = FlowFixtures.data(1).sample(NoiseSource.of(5), 32);
    double[] apart = new double[3];
    Coupling[] couplings = {Coupling.independent(), Coupling.optimal(), Coupling.entropic(0.02)};
    for (int i = 0; i < 3; i++) {
      FlowMatchingObjective objective = objective(times, couplings[i]);
      FlowMatchingObjective.Draw draw = objective.draw(x1, NoiseSource.of(3));
      INDArray clean = objective.path().clean(draw.state(), draw.target(), draw.times());
      INDArray noise = objective.path().noise(draw.state(), draw.target(), draw.times());
      double[] squared =
          FlowMatchingObjective.squaredDistances(
              FlowFixtures.GRID.weights(), Fixtures.values(clean), Fixtures.values(noise), 32);
      for (double value : squared) {
        apart[i] += value / 32;
      }
      if (i == 1) {
        double[] sorted = Fixtures.values(clean);
        double[] original = Fixtures.values(x1);
        Arrays.sort(sorted);
        Arrays.sort(original);
        assertThat(sorted).containsExactly(original, within(1e-12));
      }
    }
    assertThat(apart[1]).isLessThan(0.7 * apart[0]);
    assertThat(apart[2]).isLessThan(0.75 * apart[0]);
  }

  @Test
  void badArgumentsAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> objective(TimeDistribution.uniform(0.5, 2), Coupling.independent()))
        .withMessageContaining("0.5 to 2.0");
    FlowMatchingObjective objective =
        objective(TimeDistribution.uniform(0.01, 1), Coupling.independent());
    INDArray x1 = Fixtures.random(FlowFixtures.GRID, DataType.DOUBLE, 4, 2, 1);
    FlowMatchingObjective.Draw draw = objective.draw(x1, NoiseSource.of(3));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> objective.loss(draw, Fixtures.samples(x1, 0, 2)))
        .withMessageContaining("differ");
  }
}
