package io.fdiff.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.fdiff.denoise.Denoiser;
import io.fdiff.denoise.EmpiricalDenoiser;
import io.fdiff.sde.Fixtures;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Scale;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Round trips of predictions and of flows over random states and times. */
class FlowPropertiesTest {

  @Provide
  Arbitrary<Interpolant> interpolants() {
    return Arbitraries.of(
        Interpolant.optimalTransport(0.1),
        Interpolant.variancePreserving(),
        Interpolant.of(t -> t * (2 - t), t -> 2 - 2 * t, t -> 1 - 0.9 * t * t, t -> -1.8 * t));
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void predictionsMakeRoundTrips(
      @ForAll("interpolants") Interpolant interpolant,
      @ForAll @Scale(4) @DoubleRange(min = 0, max = 0.999) double t,
      @ForAll long seed) {
    FlowPath path = FlowFixtures.path(interpolant);
    INDArray x = Fixtures.random(FlowFixtures.GRID, DataType.DOUBLE, 1, 1, seed);
    INDArray u = Fixtures.random(FlowFixtures.GRID, DataType.DOUBLE, 1, 1, seed + 1);
    INDArray at = Fixtures.times(t);
    INDArray clean = path.clean(x, u, at);
    INDArray noise = path.noise(x, u, at);
    // β is at least 0.1 and the values are of order 10.
    assertThat(Fixtures.distance(path.velocity(x, clean, at), u)).isLessThan(1e-12);
    assertThat(Fixtures.distance(path.state(clean, noise, at), x)).isLessThan(1e-12);
    assertThat(Fixtures.distance(path.target(clean, noise, at), u)).isLessThan(1e-12);
    Denoiser denoiser = path.denoiser((z, s) -> u);
    assertThat(Fixtures.distance(denoiser.denoise(x, Fixtures.times(1 - t)), clean))
        .isLessThan(1e-12);
    assertThat(Fixtures.distance(path.field(denoiser).velocity(x, at), u)).isLessThan(1e-12);
  }

  @Property(tries = 30, edgeCases = EdgeCasesMode.NONE)
  void flowsGoBackToWhereTheyCameFrom(
      @ForAll("interpolants") Interpolant interpolant,
      @ForAll @IntRange(min = 4, max = 9) int digits,
      @ForAll long seed) {
    double tolerance = Math.pow(10, -digits);
    FlowPath path = FlowFixtures.path(interpolant);
    VelocityField field = GaussianField.of(path, FlowFixtures.data(1));
    FlowSampler sampler = FlowSampler.of(OdeIntegrator.dormandPrince(tolerance));
    INDArray x = Fixtures.random(FlowFixtures.GRID, DataType.DOUBLE, 2, 1, seed);
    INDArray there = sampler.carry(FlowFixtures.GRID, field, x, 0, 1);
    INDArray back = sampler.carry(FlowFixtures.GRID, field, there, 1, 0);
    assertThat(Fixtures.distance(back, x)).isLessThan(100 * tolerance);
  }

  @Property(tries = 30, edgeCases = EdgeCasesMode.NONE)
  void samplesAreTheSameInEveryBatch(
      @ForAll("interpolants") Interpolant interpolant,
      @ForAll @IntRange(min = 0, max = 4) int sample,
      @ForAll long seed) {
    FlowPath path = FlowFixtures.path(interpolant);
    VelocityField field =
        path.field(
            EmpiricalDenoiser.of(
                path.process(), Fixtures.random(FlowFixtures.GRID, DataType.DOUBLE, 3, 1, seed)));
    FlowSampler sampler = FlowSampler.of(OdeIntegrator.dormandPrince(1e-4));
    INDArray x = Fixtures.random(FlowFixtures.GRID, DataType.DOUBLE, 5, 1, seed + 1);
    INDArray together = sampler.carry(FlowFixtures.GRID, field, x, 0, 1);
    INDArray alone =
        sampler.carry(FlowFixtures.GRID, field, Fixtures.samples(x, sample, sample + 1), 0, 1);
    assertThat(Fixtures.values(alone))
        .containsExactly(Fixtures.values(Fixtures.samples(together, sample, sample + 1)));
  }
}
