package io.fdiff.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.covariance.WhiteNoise;
import io.fdiff.denoise.GaussianDenoiser;
import io.fdiff.measure.GaussianMeasure;
import io.fdiff.nn.arch.FourierNeuralOperatorConfig;
import io.fdiff.noise.NoiseSource;
import io.fdiff.sde.Driftless;
import io.fdiff.sde.SDE;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.CosineTransform;
import io.fdiff.transform.SpectralTransform;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class LeadingModesTest {

  /** {@code λ_k = (1 + κ²)^{−1}}, κ = πk: 1, 0.092, 0.0247, 0.0111, 0.0063, … */
  private static final Spectrum SPECTRUM = Spectrum.bessel(1, 1, 1);

  private static SpectralCovariance covariance(RegularGrid grid) {
    return SpectralCovariance.of(CosineTransform.of(grid), SPECTRUM);
  }

  @Test
  void keepsTheModesAboveTheThresholdOnEveryGrid() {
    LeadingModes modes = LeadingModes.above(covariance(RegularGrid.unit(16)), 0.01);
    for (RegularGrid grid : new RegularGrid[] {RegularGrid.unit(16), RegularGrid.unit(40)}) {
      for (int k = 0; k < grid.size(); k++) {
        assertThat(modes.on(grid).at(k)).isEqualTo(k <= 3 ? 1 : 0);
      }
    }
    assertThat(modes.threshold()).isEqualTo(0.01);
  }

  @Test
  void refusesFractionsOutOfRangeAndOperatorsWithoutModes() {
    RegularGrid grid = RegularGrid.unit(16);
    for (double fraction : new double[] {-0.1, 1.1, Double.NaN}) {
      assertThatThrownBy(() -> LeadingModes.above(covariance(grid), fraction))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("fraction " + fraction);
    }
    assertThatThrownBy(() -> LeadingModes.above(WhiteNoise.functionSpace(grid), 0.5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not diagonal");
  }

  /**
   * Whatever the weights are, the modes outside of Π are denoised as Gaussian ones, and what the
   * network does inside does not depend on them.
   */
  @Test
  void confinedNetworkNeitherSeesNorTouchesOtherModes() {
    RegularGrid grid = RegularGrid.unit(24);
    SDE sde = Driftless.of(covariance(grid), 10);
    Network network = FourierNeuralOperatorConfig.defaults().withWidth(8).withModes(4).network();
    ParameterVector weights = ParameterVector.initial(network, DataType.FLOAT, NoiseSource.of(3));
    float[] values = weights.toFloats();
    double[] noise = new double[values.length];
    NoiseSource.of(4).normals(0, 0, new int[] {noise.length}, noise, 0);
    for (int i = 0; i < values.length; i++) {
      values[i] += (float) (0.1 * noise[i]);
    }
    weights.assign(values);
    NeuralDenoiser free =
        NeuralDenoiser.of(
            network,
            weights,
            sde,
            g -> FunctionBatch.zeros(g, DataType.DOUBLE, 1, 1),
            Preconditioning.UNIT);
    NeuralDenoiser confined = free.confinedTo(LeadingModes.above(sde.noise(), 0.01));
    INDArray x = sde.noise().sample(NoiseSource.of(5), 3).muli(2);
    INDArray t = Nd4j.createFromArray(0.5, 1.0, 2.0);
    SpectralTransform transform = CosineTransform.of(grid);

    INDArray got = transform.forward(confined.denoise(x, t));
    INDArray exact =
        transform.forward(
            GaussianDenoiser.of(sde, GaussianMeasure.centred(sde.noise())).denoise(x, t));
    INDArray unconfined = transform.forward(free.denoise(x, t));
    double inside = 0;
    double outside = 0;
    for (int b = 0; b < 3; b++) {
      for (int k = 0; k < 24; k++) {
        double error = got.getDouble(b, 0, k) - exact.getDouble(b, 0, k);
        if (k > 3) {
          assertThat(error).isCloseTo(0, within(1e-12));
          outside =
              Math.max(outside, Math.abs(unconfined.getDouble(b, 0, k) - exact.getDouble(b, 0, k)));
        } else {
          inside = Math.max(inside, Math.abs(error));
        }
      }
    }
    // The weights do something, inside and, if the network is free, outside.
    assertThat(inside).isGreaterThan(1e-3);
    assertThat(outside).isGreaterThan(1e-4);

    // Change the other modes of the state only.
    INDArray c = transform.forward(x);
    for (int b = 0; b < 3; b++) {
      for (int k = 4; k < 24; k++) {
        c.putScalar(new int[] {b, 0, k}, 1.0 / k);
      }
    }
    INDArray changed = transform.forward(confined.denoise(transform.inverse(c), t));
    for (int b = 0; b < 3; b++) {
      for (int k = 0; k <= 3; k++) {
        // The projected input differs by round-off, which the network sees in single precision.
        assertThat(changed.getDouble(b, 0, k)).isCloseTo(got.getDouble(b, 0, k), within(1e-5));
      }
    }
  }
}
