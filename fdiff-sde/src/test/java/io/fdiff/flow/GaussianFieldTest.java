package io.fdiff.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.covariance.KernelCovariance;
import io.fdiff.denoise.GaussianDenoiser;
import io.fdiff.kernel.Matern;
import io.fdiff.kernel.SquaredExponential;
import io.fdiff.measure.GaussianMeasure;
import io.fdiff.sde.Fixtures;
import java.util.List;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The exact field of Gaussian data (oracle G10). */
class GaussianFieldTest {

  private static final List<Interpolant> PATHS =
      List.of(
          Interpolant.optimalTransport(1e-4),
          Interpolant.optimalTransport(0),
          Interpolant.variancePreserving());

  private static INDArray states() {
    return Fixtures.random(FlowFixtures.GRID, DataType.DOUBLE, 3, 2, 8);
  }

  private static final double[] TIMES = {0, 0.3, 0.9};

  @Test
  void conditionalMeansOfEveryMode() {
    GaussianMeasure data = FlowFixtures.data(2);
    double[] m = FlowFixtures.modes(data.mean());
    INDArray x = states();
    double[] c = FlowFixtures.modes(x);
    for (Interpolant p : PATHS) {
      GaussianField field = GaussianField.of(FlowFixtures.path(p), data);
      double[] clean = FlowFixtures.modes(field.clean(x, Fixtures.times(TIMES)));
      double[] noise = FlowFixtures.modes(field.noise(x, Fixtures.times(TIMES)));
      double[] velocity = FlowFixtures.modes(field.velocity(x, Fixtures.times(TIMES)));
      for (int i = 0; i < c.length; i++) {
        int k = i % 4;
        double t = TIMES[i / 8];
        double mean = m[i % 8];
        double a = p.alpha(t);
        double b = p.beta(t);
        double v = a * a * FlowFixtures.MU[k] + b * b * FlowFixtures.LAMBDA[k];
        double expectedClean = mean + a * FlowFixtures.MU[k] / v * (c[i] - a * mean);
        double expectedNoise = b * FlowFixtures.LAMBDA[k] / v * (c[i] - a * mean);
        assertThat(clean[i]).isCloseTo(expectedClean, within(1e-12));
        assertThat(noise[i]).isCloseTo(expectedNoise, within(1e-12));
        assertThat(velocity[i])
            .isCloseTo(
                p.alphaRate(t) * expectedClean + p.betaRate(t) * expectedNoise, within(1e-12));
      }
    }
  }

  @Test
  void covariancesThatDoNotCommute() {
    GaussianMeasure data =
        GaussianMeasure.of(
            Fixtures.random(FlowFixtures.GRID, DataType.DOUBLE, 1, 1, 5),
            KernelCovariance.of(FlowFixtures.GRID, new SquaredExponential(1, 0.4)));
    FlowPath path =
        new FlowPath(
            Interpolant.variancePreserving(),
            KernelCovariance.of(FlowFixtures.GRID, Matern.exponential(1, 0.3)));
    GaussianField field = GaussianField.of(path, data);
    double t = 0.4;
    double a = path.interpolant().alpha(t);
    double b = path.interpolant().beta(t);
    RealMatrix gamma = Fixtures.kernel(data.covariance());
    RealMatrix c = Fixtures.kernel(path.reference());
    RealMatrix v = gamma.scalarMultiply(a * a).add(c.scalarMultiply(b * b));
    INDArray x = Fixtures.random(FlowFixtures.GRID, DataType.DOUBLE, 1, 1, 8);
    double[] m = Fixtures.values(data.mean());
    double[] centred = Fixtures.values(x);
    for (int i = 0; i < 4; i++) {
      centred[i] -= a * m[i];
    }
    double[] solved = new LUDecomposition(v).getSolver().getInverse().operate(centred);
    double[] clean = gamma.operate(solved);
    double[] noise = c.operate(solved);
    for (int i = 0; i < 4; i++) {
      clean[i] = m[i] + a * clean[i];
      noise[i] *= b;
    }
    // The condition of V is below 1e3.
    assertThat(Fixtures.values(field.clean(x, Fixtures.times(t))))
        .containsExactly(clean, within(1e-11));
    assertThat(Fixtures.values(field.noise(x, Fixtures.times(t))))
        .containsExactly(noise, within(1e-11));
  }

  @Test
  void theFieldOfTheExactDenoiserIsTheSame() {
    GaussianMeasure data = FlowFixtures.data(2);
    INDArray t = Fixtures.times(0, 0.3, 1);
    for (Interpolant p : List.of(PATHS.get(0), PATHS.get(2))) {
      FlowPath path = FlowFixtures.path(p);
      VelocityField ofDenoiser = path.field(GaussianDenoiser.of(path.process(), data));
      // (x − αD)/β loses the digits of β = 1e-4.
      assertThat(
              Fixtures.distance(
                  ofDenoiser.velocity(states(), t),
                  GaussianField.of(path, data).velocity(states(), t)))
          .isLessThan(1e-10);
    }
  }

  @Test
  void theFlowSolvesItsEquation() {
    GaussianMeasure data = FlowFixtures.data(2);
    for (Interpolant p : PATHS) {
      FlowPath path = FlowFixtures.path(p);
      GaussianField field = GaussianField.of(path, data);
      INDArray carried =
          FlowSampler.of(OdeIntegrator.dormandPrince(1e-12))
              .carry(FlowFixtures.GRID, field, states(), 0, 1);
      assertThat(Fixtures.distance(carried, field.flow(states(), 0, 1))).isLessThan(1e-10);
    }
  }

  @Test
  void theFlowCarriesTheReferenceToTheLawOfTheEnd() {
    GaussianMeasure data = FlowFixtures.data(1);
    FlowPath path = FlowFixtures.straight();
    GaussianField field = GaussianField.of(path, data);
    double[] zero = FlowFixtures.modes(field.flow(Fixtures.constant(FlowFixtures.GRID, 0), 0, 1));
    double[] m = FlowFixtures.modes(field.law(1).mean());
    assertThat(zero).containsExactly(m, within(1e-13));
    assertThat(m).containsExactly(FlowFixtures.modes(data.mean()), within(1e-13));
    double[] variances = field.law(1).covariance().spectral().orElseThrow().eigenvalues();
    for (int k = 0; k < 4; k++) {
      double[] unit = new double[4];
      unit[k] = Math.sqrt(FlowFixtures.LAMBDA[k]);
      double[] values = new double[4];
      FlowFixtures.COSINE.inverse(unit, values, 1);
      double[] image = FlowFixtures.modes(field.flow(Fixtures.of(FlowFixtures.GRID, values), 0, 1));
      double spread = image[k] - m[k];
      assertThat(spread * spread)
          .isCloseTo(FlowFixtures.MU[k] + 1e-8 * FlowFixtures.LAMBDA[k], within(1e-13));
      assertThat(variances[k]).isCloseTo(spread * spread, within(1e-13));
    }
    assertThat(field.law(0).covariance().spectral().orElseThrow().eigenvalues())
        .containsExactly(FlowFixtures.LAMBDA, within(1e-15));
  }

  @Test
  void meanVelocitiesSatisfyTheirIdentity() {
    // d/dt [(r − t) ū] = −u along a trajectory: ū = (r − t)(∂_t ū + Dū[u]) + u.
    GaussianField field =
        GaussianField.of(FlowFixtures.path(Interpolant.variancePreserving()), FlowFixtures.data(2));
    double t = 0.4;
    double r = 0.9;
    double h = 1e-4;
    INDArray x = states();
    INDArray u = field.velocity(x, FlowPath.constant(t, 3));
    INDArray along =
        field
            .meanVelocity(x.add(u.mul(h)), t + h, r)
            .subi(field.meanVelocity(x.sub(u.mul(h)), t - h, r))
            .divi(2 * h);
    INDArray identity = along.muli(r - t).addi(u);
    // Central differences: third derivatives times h²/6.
    assertThat(Fixtures.distance(field.meanVelocity(x, t, r), identity)).isLessThan(1e-6);
    // As r → t the mean velocity is the velocity.
    assertThat(Fixtures.distance(field.meanVelocity(x, t, t + 1e-7), u)).isLessThan(1e-5);
  }

  @Test
  void badArgumentsAreRefused() {
    GaussianField field = GaussianField.of(FlowFixtures.straight(), FlowFixtures.data(2));
    INDArray x = states();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> field.velocity(x, Fixtures.times(0, 0.5, 1.5)))
        .withMessageContaining("time 1.5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> field.velocity(x, Fixtures.times(0, 0.5)))
        .withMessageContaining("3 functions");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                field.clean(
                    Fixtures.random(FlowFixtures.GRID, DataType.DOUBLE, 3, 3, 1),
                    Fixtures.times(TIMES)))
        .withMessageContaining("3 channels, data with 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> field.meanVelocity(x, 0.5, 0.5))
        .withMessageContaining("0.5 to 0.5");
  }
}
