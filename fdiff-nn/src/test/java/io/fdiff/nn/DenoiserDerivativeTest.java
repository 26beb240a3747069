package io.fdiff.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.denoise.Denoiser;
import io.fdiff.denoise.GaussianDenoiser;
import io.fdiff.flow.FlowPath;
import io.fdiff.flow.GaussianField;
import io.fdiff.flow.Interpolant;
import io.fdiff.measure.GaussianMeasure;
import io.fdiff.nn.arch.FourierNeuralOperatorConfig;
import io.fdiff.noise.NoiseSource;
import io.fdiff.schedule.NoiseSchedule;
import io.fdiff.sde.Driftless;
import io.fdiff.sde.FunctionalDiffusion;
import io.fdiff.sde.SDE;
import io.fdiff.sde.VariancePreserving;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.CosineTransform;
import io.fdiff.transform.FourierTransform;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Operators for numbers, derivatives, and fields of flows. */
class DenoiserDerivativeTest {

  private static final RegularGrid GRID = RegularGrid.unit(12);
  private static final SpectralCovariance NOISE =
      SpectralCovariance.of(CosineTransform.of(GRID), Spectrum.bessel(5, 1, 10));
  private static final SpectralCovariance DATA =
      SpectralCovariance.of(CosineTransform.of(GRID), Spectrum.bessel(8, 2, 2000));
  private static final SDE PRESERVING =
      VariancePreserving.of(NOISE, NoiseSchedule.linear(0.1, 20), 1);
  private static final RegularGrid SQUARE = RegularGrid.unit(RegularGrid.Layout.PERIODIC, 6, 6);
  private static final SDE PER_MODE = FunctionalDiffusion.images32(SQUARE, 5);
  private static final SpectralCovariance IMAGES =
      SpectralCovariance.of(FourierTransform.of(SQUARE), Spectrum.bessel(4, 2, 100));

  private static INDArray mean(Grid grid) {
    double[] m = new double[grid.size()];
    Arrays.setAll(m, i -> Math.sin(5 * grid.coordinate(i, 0)));
    return FunctionBatch.array(grid, DataType.DOUBLE, 1, m);
  }

  private static NeuralDenoiser zero(SDE sde, Parametrization kind) {
    Network network = TinyNetwork.on(sde.noise().grid());
    return NeuralDenoiser.of(
        network,
        ParameterVector.zeros(network, DataType.FLOAT),
        sde,
        DenoiserDerivativeTest::mean,
        kind);
  }

  private static NeuralDenoiser random(SDE sde, Parametrization kind) {
    Network network = TinyNetwork.on(sde.noise().grid());
    return NeuralDenoiser.of(
        network,
        TinyNetwork.parameters(network, DataType.DOUBLE),
        sde,
        DenoiserDerivativeTest::mean,
        kind);
  }

  private static double[] values(INDArray array) {
    double[] values = new double[(int) array.length()];
    FunctionBatch.read(array, values);
    return values;
  }

  private static INDArray normals(int seed, Grid grid, int batch) {
    double[] values = new double[batch * grid.size()];
    NoiseSource.of(seed).normals(0, 0, new int[] {values.length}, values, 0);
    return FunctionBatch.array(grid, DataType.DOUBLE, 1, values);
  }

  /** With the spectrum of the data and F = 0 the denoiser of N(m, Γ) is exact for any noise. */
  @Test
  void spectralPreconditioningIsExactForGaussianData() {
    for (SDE sde : new SDE[] {PRESERVING, PER_MODE}) {
      SpectralCovariance data = sde == PER_MODE ? IMAGES : DATA;
      Grid grid = data.grid();
      GaussianMeasure law = GaussianMeasure.of(mean(grid), data);
      INDArray x = law.sample(NoiseSource.of(1), 5).muli(2);
      // Neighbours with one time and others.
      INDArray t = Nd4j.createFromArray(0.01, 0.01, 0.7, 0.2, 1);
      assertThat(values(zero(sde, SpectralPreconditioning.of(data)).denoise(x, t)))
          .containsExactly(values(GaussianDenoiser.of(sde, law).denoise(x, t)), within(1e-11));
    }
  }

  @Test
  void derivativeIsThatOfCentralDifferences() {
    Parametrization[] kinds = {
      Preconditioning.UNIT, Target.NOISE, Target.ROTATED, SpectralPreconditioning.of(DATA),
    };
    for (Parametrization kind : kinds) {
      NeuralDenoiser denoiser = random(PRESERVING, kind);
      requireDerivative(denoiser, 1e-7);
      requireDerivative(denoiser.confinedTo(LeadingModes.above(NOISE, 0.1)), 1e-7);
    }
    requireDerivative(random(PER_MODE, Preconditioning.UNIT), 1e-7);
    requireDerivative(random(PER_MODE, SpectralPreconditioning.of(IMAGES)), 1e-7);
  }

  /**
   * Nodes with both ends have weights that differ, so that a multiplier and its transpose are not
   * the same matrix.
   */
  @Test
  void transposeIsThatOfValuesOnUnevenWeights() {
    RegularGrid nodes = RegularGrid.unit(RegularGrid.Layout.NODE, 9);
    SpectralCovariance noise =
        SpectralCovariance.of(CosineTransform.of(nodes), Spectrum.bessel(5, 1, 10));
    SpectralCovariance data =
        SpectralCovariance.of(CosineTransform.of(nodes), Spectrum.bessel(8, 2, 2000));
    NeuralDenoiser denoiser = random(Driftless.of(noise, 20), SpectralPreconditioning.of(data));
    requireDerivative(denoiser.confinedTo(LeadingModes.above(noise, 0.1)), 1e-7);
  }

  private static void requireDerivative(NeuralDenoiser denoiser, double tolerance) {
    Grid grid = denoiser.sde().noise().grid();
    INDArray x = normals(4, grid, 2);
    INDArray w = normals(5, grid, 2);
    INDArray t = Nd4j.createFromArray(0.05, 0.6);
    double[] cotangent = values(w);
    double[] state = values(x);
    // Twice: the second time on memory that has been used before.
    denoiser.vjp(x, t, w);
    double[] back = values(denoiser.vjp(x, t, w));
    double h = 1e-4;
    for (int i = 0; i < state.length; i += 5) {
      double difference = 0;
      double[] weights = {1, -8, 8, -1};
      int[] offsets = {-2, -1, 1, 2};
      for (int k = 0; k < 4; k++) {
        double[] moved = state.clone();
        moved[i] += offsets[k] * h;
        double[] y =
            values(denoiser.denoise(FunctionBatch.array(grid, DataType.DOUBLE, 1, moved), t));
        for (int j = 0; j < y.length; j++) {
          difference += weights[k] * cotangent[j] * y[j] / (12 * h);
        }
      }
      // Fourth order: h⁴ = 1e-16 times a derivative of order 10; rounding 1e-16 · 30/h.
      assertThat(back[i]).isCloseTo(difference, within(tolerance * (1 + Math.abs(difference))));
    }
    assertThat(values(x)).isEqualTo(state);
    assertThat(values(w)).isEqualTo(cotangent);
  }

  /** With F = 0 the derivative is that of the exact denoiser: self-adjoint, one factor a mode. */
  @Test
  void derivativeOfTheGaussianDenoiserIsItsGain() {
    NeuralDenoiser denoiser = zero(PRESERVING, SpectralPreconditioning.of(DATA));
    GaussianMeasure centred = GaussianMeasure.centred(DATA);
    INDArray w = normals(5, GRID, 2);
    INDArray t = Nd4j.createFromArray(0.05, 0.6);
    // dD/dx is linear and, under equal weights, symmetric: applied to w it is D of centred data.
    assertThat(values(denoiser.vjp(normals(4, GRID, 2), t, w)))
        .containsExactly(
            values(GaussianDenoiser.of(PRESERVING, centred).denoise(w, t)), within(1e-12));
  }

  /** A network of zeros that predicts the residual of Gaussian data is the exact field. */
  @Test
  void fieldIsTheGaussianOne() {
    for (Interpolant interpolant :
        new Interpolant[] {Interpolant.optimalTransport(1e-4), Interpolant.variancePreserving()}) {
      FlowPath path = new FlowPath(interpolant, NOISE);
      GaussianMeasure law = GaussianMeasure.of(mean(GRID), DATA);
      NeuralDenoiser denoiser = zero(path.process(), SpectralPreconditioning.of(DATA));
      INDArray x = normals(4, GRID, 4);
      INDArray t = Nd4j.createFromArray(0.05, 0.3, 0.9, 0.999);
      double[] exact = values(GaussianField.of(path, law).velocity(x, t));
      double[] field = values(NeuralField.of(denoiser, path).velocity(x, t));
      for (int i = 0; i < exact.length; i++) {
        // The velocity of rough states at 0.999 is about 1000.
        assertThat(field[i]).isCloseTo(exact[i], within(1e-9 * (1 + Math.abs(exact[i]))));
      }
    }
  }

  /** A network that predicts the velocity gives field and denoiser that agree, at both ends. */
  @Test
  void velocityNetworkGivesFieldAndDenoiser() {
    FlowPath path = new FlowPath(Interpolant.optimalTransport(1e-4), NOISE);
    NeuralDenoiser denoiser = random(path.process(), FlowTarget.velocity(path));
    NeuralField field = NeuralField.of(denoiser, path);
    INDArray x = normals(4, GRID, 4);
    INDArray t = Nd4j.createFromArray(0, 0.3, 0.9, 1);
    INDArray velocity = field.velocity(x, t);
    double[] clean = values(path.clean(x, velocity, t));
    Denoiser same = path.denoiser(field);
    // Time 1 is time 0 of the process, which a denoiser is not asked for.
    INDArray inside = Nd4j.createFromArray(0.3, 0.9, 0.99);
    INDArray states = normals(4, GRID, 3);
    assertThat(values(denoiser.denoise(states, inside)))
        .containsExactly(values(same.denoise(states, inside)), within(1e-12));
    assertThat(Arrays.stream(clean).allMatch(Double::isFinite)).isTrue();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> field.velocity(x, Nd4j.createFromArray(0, 0.3, 0.9, 1.5)))
        .withMessageContaining("time 1.5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NeuralField.of(zero(PRESERVING, Target.CLEAN), path))
        .withMessageContaining("FlowPath.process()");
    FlowPath noiseless = new FlowPath(Interpolant.optimalTransport(0), NOISE);
    NeuralField ofClean =
        NeuralField.of(random(noiseless.process(), FlowTarget.clean(noiseless)), noiseless);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ofClean.velocity(x, Nd4j.createFromArray(0, 0.3, 0.9, 1.0)))
        .withMessageContaining("time 1.0: what the network predicts does not determine");
  }

  @Test
  void floatStatesAreReadAndWrittenAsFloats() {
    Network network =
        new FourierNeuralOperatorConfig(1, 6, 2, 5, 4, 6, 8, Conditioning.NONE).network();
    NeuralDenoiser denoiser =
        NeuralDenoiser.of(
            network,
            ParameterVector.initial(network, DataType.FLOAT, NoiseSource.of(4)),
            PRESERVING,
            DenoiserDerivativeTest::mean,
            Preconditioning.UNIT);
    INDArray x = normals(4, GRID, 2);
    INDArray t = Nd4j.createFromArray(0.05, 0.6);
    INDArray narrow = denoiser.denoise(x.castTo(DataType.FLOAT), t);
    assertThat(narrow.dataType()).isEqualTo(DataType.FLOAT);
    assertThat(values(narrow)).containsExactly(values(denoiser.denoise(x, t)), within(1e-6));
    INDArray back = denoiser.vjp(x.castTo(DataType.FLOAT), t, x);
    assertThat(back.dataType()).isEqualTo(DataType.FLOAT);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> denoiser.vjp(x, t, normals(5, GRID, 3)))
        .withMessageContaining("[3, 1, 12]");
  }
}
