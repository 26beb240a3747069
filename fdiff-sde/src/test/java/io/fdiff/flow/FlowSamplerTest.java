package io.fdiff.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.denoise.EmpiricalDenoiser;
import io.fdiff.measure.GaussianMeasure;
import io.fdiff.noise.NoiseSource;
import io.fdiff.sde.Fixtures;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.RegularGrid.Layout;
import io.fdiff.transform.FourierTransform;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Sampling along fields: reversal, batches, grids and laws. */
class FlowSamplerTest {

  private static final List<OdeIntegrator> INTEGRATORS =
      List.of(
          OdeIntegrator.heun(20), OdeIntegrator.rungeKutta4(20), OdeIntegrator.dormandPrince(1e-6));

  private static VelocityField empirical(FlowPath path) {
    return path.field(
        EmpiricalDenoiser.of(
            path.process(), Fixtures.random(FlowFixtures.GRID, DataType.DOUBLE, 5, 2, 3)));
  }

  @Test
  void samplesDoNotDependOnTheirBatch() {
    FlowPath path = FlowFixtures.straight();
    VelocityField field = empirical(path);
    INDArray start = Fixtures.random(FlowFixtures.GRID, DataType.DOUBLE, 7, 2, 9);
    for (OdeIntegrator integrator : INTEGRATORS) {
      FlowSampler sampler = FlowSampler.of(integrator);
      INDArray together = sampler.carry(FlowFixtures.GRID, field, start, 0, 1);
      for (int b = 0; b < 7; b++) {
        INDArray alone =
            sampler.carry(FlowFixtures.GRID, field, Fixtures.samples(start, b, b + 1), 0, 1);
        assertThat(Fixtures.values(alone))
            .containsExactly(Fixtures.values(Fixtures.samples(together, b, b + 1)));
      }
    }
  }

  @Test
  void samplesOfAFiniteSetAreItsMembers() {
    // The residual noise is 1e-4 of the reference, whose pointwise deviation is about 1.4.
    FlowPath path = FlowFixtures.straight();
    double[] data = Fixtures.values(Fixtures.random(FlowFixtures.GRID, DataType.DOUBLE, 5, 2, 3));
    double[] drawn =
        Fixtures.values(
            FlowSampler.of(OdeIntegrator.dormandPrince(1e-6))
                .sample(path, empirical(path), NoiseSource.of(4), 8, 2));
    for (int b = 0; b < 8; b++) {
      double nearest = Double.POSITIVE_INFINITY;
      for (int i = 0; i < 5; i++) {
        double worst = 0;
        for (int j = 0; j < 8; j++) {
          worst = Math.max(worst, Math.abs(drawn[b * 8 + j] - data[i * 8 + j]));
        }
        nearest = Math.min(nearest, worst);
      }
      assertThat(nearest).isLessThan(2e-3);
    }
  }

  @Test
  void typesAndArgumentsAreKept() {
    FlowPath path = FlowFixtures.straight();
    INDArray start = Fixtures.random(FlowFixtures.GRID, DataType.FLOAT, 2, 2, 9);
    double[] before = Fixtures.values(start);
    VelocityField field = GaussianField.of(path, FlowFixtures.data(2));
    INDArray end =
        FlowSampler.of(OdeIntegrator.rungeKutta4(40)).carry(FlowFixtures.GRID, field, start, 0, 1);
    assertThat(end.dataType()).isEqualTo(DataType.FLOAT);
    assertThat(Fixtures.values(start)).containsExactly(before);
    // Velocities of unit order are rounded to float.
    INDArray exact = GaussianField.of(path, FlowFixtures.data(2)).flow(start, 0, 1);
    assertThat(Fixtures.distance(end, exact)).isLessThan(1e-4);
  }

  @Test
  void moreModesMakeTheSameFunctionsOnFinerGrids() {
    // Band-limited data and reference: the samples agree at shared nodes to round-off and
    // tolerance.
    INDArray[] drawn = new INDArray[2];
    for (int level = 0; level < 2; level++) {
      Grid grid = RegularGrid.unit(Layout.PERIODIC, 16 << level);
      SpectralCovariance reference =
          SpectralCovariance.of(
              FourierTransform.of(grid), Spectrum.bessel(5, 1, 1).times(Spectrum.bandLimit(5)));
      GaussianMeasure data =
          GaussianMeasure.of(
              Fixtures.of(grid, p -> Math.sin(2 * Math.PI * p)),
              SpectralCovariance.of(
                  FourierTransform.of(grid),
                  Spectrum.bessel(3, 1.5, 1).times(Spectrum.bandLimit(5))));
      FlowPath path = new FlowPath(Interpolant.optimalTransport(1e-4), reference);
      drawn[level] =
          FlowSampler.of(OdeIntegrator.rungeKutta4(30))
              .sample(path, GaussianField.of(path, data), NoiseSource.of(7), 2, 1);
    }
    double[] coarse = Fixtures.values(drawn[0]);
    double[] fine = Fixtures.values(drawn[1]);
    for (int b = 0; b < 2; b++) {
      for (int i = 0; i < 16; i++) {
        assertThat(coarse[b * 16 + i]).isCloseTo(fine[b * 32 + 2 * i], within(1e-12));
      }
    }
  }

  @Test
  void drawnFunctionsHaveTheLawOfTheEnd() {
    // 4 means and 4 variances of 2000 functions: 8 statistics at |z| < 5.4, below 1e-6 in all.
    GaussianMeasure data = FlowFixtures.data(1);
    FlowPath path = FlowFixtures.path(Interpolant.variancePreserving());
    GaussianField field = GaussianField.of(path, data);
    int n = 2000;
    double[] c =
        FlowFixtures.modes(
            FlowSampler.of(OdeIntegrator.rungeKutta4(30))
                .sample(path, field, NoiseSource.of(11), n, 1));
    double[] m = FlowFixtures.modes(field.law(1).mean());
    double[] variances = field.law(1).covariance().spectral().orElseThrow().eigenvalues();
    for (int k = 0; k < 4; k++) {
      double mean = 0;
      double squared = 0;
      for (int b = 0; b < n; b++) {
        double z = (c[b * 4 + k] - m[k]) / Math.sqrt(variances[k]);
        mean += z / n;
        squared += z * z / n;
      }
      assertThat(Math.abs(mean) * Math.sqrt(n)).isLessThan(5.4);
      assertThat(Math.abs(squared - 1) * Math.sqrt(n / 2.0)).isLessThan(5.4);
    }
  }

  @Test
  void listenersHearOfSteps() {
    int[] calls = new int[1];
    FlowSampler.of(OdeIntegrator.heun(6))
        .withListener((step, time, active) -> calls[0] = step)
        .carry(
            FlowFixtures.GRID,
            empirical(FlowFixtures.straight()),
            Fixtures.random(FlowFixtures.GRID, DataType.DOUBLE, 1, 2, 9),
            0,
            1);
    assertThat(calls[0]).isEqualTo(6);
  }

  @Test
  void badFieldsAndTimesAreRefused() {
    FlowSampler sampler = FlowSampler.of(OdeIntegrator.dormandPrince(1e-3));
    INDArray x = Fixtures.random(FlowFixtures.GRID, DataType.DOUBLE, 3, 1, 9);
    assertThatExceptionOfType(ArithmeticException.class)
        .isThrownBy(
            () ->
                sampler.carry(
                    FlowFixtures.GRID,
                    (z, t) -> z.dup().putScalar(new int[] {1, 0, 2}, Double.NaN),
                    x,
                    0.25,
                    1))
        .withMessageContaining("step 1, t = 0.25, sample 1")
        .withMessageContaining("NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> sampler.carry(FlowFixtures.GRID, (z, t) -> Fixtures.samples(z, 0, 1), x, 0, 1))
        .withMessageContaining("differ");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> sampler.carry(FlowFixtures.GRID, (z, t) -> z, x, -0.5, 1))
        .withMessageContaining("time -0.5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> sampler.carry(RegularGrid.unit(6), (z, t) -> z, x, 0, 1))
        .withMessageContaining("expected [batch, channels, 6]");
  }
}
