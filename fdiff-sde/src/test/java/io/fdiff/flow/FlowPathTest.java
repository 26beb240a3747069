package io.fdiff.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.denoise.EmpiricalDenoiser;
import io.fdiff.denoise.MixtureDenoiser;
import io.fdiff.measure.GaussianMeasure;
import io.fdiff.sde.Fixtures;
import io.fdiff.sde.Marginal;
import io.fdiff.sde.ProbabilityFlow;
import io.fdiff.sde.SDE;
import io.fdiff.space.RegularGrid;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Paths, conditional fields and the process of a path run backwards. */
class FlowPathTest {

  private static INDArray functions(long seed) {
    return Fixtures.random(FlowFixtures.GRID, DataType.DOUBLE, 3, 2, seed);
  }

  @Test
  void targetsAreTheConditionalVelocity() {
    INDArray t = Fixtures.times(0, 0.4, 0.9);
    INDArray x1 = functions(1);
    INDArray x0 = functions(2);
    for (Interpolant p :
        List.of(Interpolant.optimalTransport(1e-4), Interpolant.variancePreserving())) {
      FlowPath path = FlowFixtures.path(p);
      INDArray x = path.state(x1, x0, t);
      assertThat(Fixtures.distance(path.velocity(x, x1, t), path.target(x1, x0, t)))
          .isLessThan(1e-13);
    }
    INDArray straight = FlowFixtures.straight().target(x1, x0, t);
    assertThat(Fixtures.distance(straight, x1.sub(x0.mul(1 - 1e-4)))).isLessThan(1e-15);
  }

  @Test
  void conditionalVelocityOfTheCosinePathIsThatOfThePaper() {
    // u = A'(1−t)/(1−A²)·(A x − x₁), A(u) = cos(½π(u + 0.08)/1.08).
    FlowPath path = FlowFixtures.path(Interpolant.variancePreserving());
    double t = 0.35;
    double phase = 0.5 * Math.PI * (1 - t + 0.08) / 1.08;
    double a = Math.cos(phase);
    double rate = -0.5 * Math.PI / 1.08 * Math.sin(phase);
    INDArray x = functions(1);
    INDArray x1 = functions(2);
    INDArray expected = x.mul(a).subi(x1).muli(rate / (1 - a * a));
    assertThat(Fixtures.distance(path.velocity(x, x1, Fixtures.times(t, t, t)), expected))
        .isLessThan(1e-13);
  }

  @Test
  void theProcessHasTheMarginalsOfThePathAndTheirDifferentialEquations() {
    SDE process = FlowFixtures.path(Interpolant.variancePreserving()).process(0.99);
    Interpolant p = Interpolant.variancePreserving();
    double h = 1e-6;
    for (double s : new double[] {0.1, 0.5, 0.9}) {
      Marginal at = process.marginal(s);
      assertThat(at.mean().at(0)).isEqualTo(p.alpha(1 - s));
      assertThat(at.variance().at(0)).isCloseTo(Math.pow(p.beta(1 - s), 2), within(1e-16));
      double m = at.mean().at(0);
      double f = process.driftRate(s).at(0);
      double g = process.diffusion(s).at(0);
      double meanRate =
          (process.marginal(s + h).mean().at(0) - process.marginal(s - h).mean().at(0)) / (2 * h);
      double varianceRate =
          (process.marginal(s + h).variance().at(0) - process.marginal(s - h).variance().at(0))
              / (2 * h);
      assertThat(f * m).isCloseTo(meanRate, within(1e-8));
      assertThat(g * g + 2 * f * at.variance().at(0)).isCloseTo(varianceRate, within(1e-8));
      Marginal composed = process.marginal(s / 2).then(process.transition(s / 2, s));
      assertThat(composed.mean().at(0)).isCloseTo(m, within(1e-15));
      assertThat(composed.variance().at(0)).isCloseTo(at.variance().at(0), within(1e-15));
    }
    assertThat(process.on(RegularGrid.unit(7)).noise().grid()).isEqualTo(RegularGrid.unit(7));
  }

  @Test
  void theProbabilityFlowOfTheProcessIsTheFieldBackwards() {
    FlowPath path = FlowFixtures.straight();
    INDArray x = functions(1);
    INDArray clean = functions(2);
    double t = 0.6;
    INDArray u = path.velocity(x, clean, Fixtures.times(t, t, t));
    INDArray backwards = new ProbabilityFlow(path.process()).velocity(x, clean, 1 - t);
    assertThat(Fixtures.distance(backwards.neg(), u)).isLessThan(1e-12);
  }

  @Test
  void fieldOfAFiniteSetIsTheMeanOfConditionalFields() {
    FlowPath path = FlowFixtures.straight();
    INDArray data = functions(3);
    VelocityField field = path.field(EmpiricalDenoiser.of(path.process(), data));
    double t = 0.3;
    INDArray x = Fixtures.samples(functions(4), 0, 1);
    double[] c = FlowFixtures.modes(x);
    double[] points = FlowFixtures.modes(data);
    double beta = path.interpolant().beta(t);
    double[] logs = new double[3];
    for (int i = 0; i < 24; i++) {
      double d = c[i % 8] - t * points[i];
      logs[i / 8] -= 0.5 * d * d / (beta * beta * FlowFixtures.LAMBDA[i % 4]);
    }
    INDArray expected = x.mul(0);
    double total = 0;
    for (int j = 0; j < 3; j++) {
      total += Math.exp(logs[j]);
    }
    for (int j = 0; j < 3; j++) {
      INDArray u = path.velocity(x, Fixtures.samples(data, j, j + 1), Fixtures.times(t));
      expected.addi(u.mul(Math.exp(logs[j]) / total));
    }
    assertThat(Fixtures.distance(field.velocity(x, Fixtures.times(t)), expected)).isLessThan(1e-12);
  }

  @Test
  void fieldOfAMixtureIsTheMeanOfTheFieldsOfItsParts() {
    FlowPath path = FlowFixtures.path(Interpolant.variancePreserving());
    GaussianMeasure first = FlowFixtures.data(1);
    GaussianMeasure second = first.shift(Fixtures.of(FlowFixtures.GRID, 0.5, -1, 0.25, 1));
    MixtureDenoiser denoiser =
        MixtureDenoiser.of(path.process(), new double[] {0.3, 0.7}, List.of(first, second));
    INDArray x = Fixtures.of(FlowFixtures.GRID, 0.2, 0.1, -0.4, 0.9);
    double t = 0.55;
    double a = path.interpolant().alpha(t);
    double b = path.interpolant().beta(t);
    double[] c = FlowFixtures.modes(x);
    double[] weights = {0.3, 0.7};
    List<GaussianMeasure> parts = List.of(first, second);
    double total = 0;
    INDArray expected = x.mul(0);
    for (int j = 0; j < 2; j++) {
      double[] m = FlowFixtures.modes(parts.get(j).mean());
      double log = Math.log(weights[j]);
      for (int k = 0; k < 4; k++) {
        double v = a * a * FlowFixtures.MU[k] + b * b * FlowFixtures.LAMBDA[k];
        log -= 0.5 * Math.pow(c[k] - a * m[k], 2) / v;
      }
      total += Math.exp(log);
      expected.addi(
          GaussianField.of(path, parts.get(j)).velocity(x, Fixtures.times(t)).mul(Math.exp(log)));
    }
    expected.divi(total);
    assertThat(Fixtures.distance(path.field(denoiser).velocity(x, Fixtures.times(t)), expected))
        .isLessThan(1e-12);
  }

  @Test
  void badArgumentsAreRefused() {
    FlowPath path = FlowFixtures.path(Interpolant.optimalTransport(0));
    INDArray x = functions(1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> path.velocity(x, x, Fixtures.times(0, 0.5, 1)))
        .withMessageContaining("time 1.0")
        .withMessageContaining("no noise");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> path.state(x, Fixtures.samples(x, 0, 2), Fixtures.times(0, 0.5, 1)))
        .withMessageContaining("differ");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> path.on(RegularGrid.unit(5)).state(x, x, Fixtures.times(0, 0.5, 1)))
        .withMessageContaining("expected [batch, channels, 5]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> path.state(x, x, Fixtures.times(0, Double.NaN, 1)))
        .withMessageContaining("time NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> path.process(1.5))
        .withMessageContaining("horizon 1.5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> path.process().driftRate(1))
        .withMessageContaining("infinite");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> path.process(0.9).transition(0.5, 0.95))
        .withMessageContaining("0.5 to 0.95");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> path.process(0.9).diffusion(0))
        .withMessageContaining("time 0.0");
  }
}
