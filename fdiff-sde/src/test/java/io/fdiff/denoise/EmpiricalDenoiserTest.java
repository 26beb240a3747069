package io.fdiff.denoise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.covariance.KernelCovariance;
import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.kernel.Matern;
import io.fdiff.measure.GaussianMeasure;
import io.fdiff.sde.Driftless;
import io.fdiff.sde.EvolutionSDE;
import io.fdiff.sde.Fixtures;
import io.fdiff.sde.OpaqueCovariance;
import io.fdiff.sde.SDE;
import io.fdiff.sde.VariancePreserving;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.CosineTransform;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The exact denoiser of finite data (oracle E2). */
class EmpiricalDenoiserTest {

  private static final Grid GRID = RegularGrid.unit(4);

  private static SpectralCovariance noise() {
    return SpectralCovariance.of(CosineTransform.of(GRID), Spectrum.bessel(3, 1.5, 1));
  }

  @Nested
  class WithOneRateAMode extends DifferentiableDenoiserContract {
    @Override
    SDE sde() {
      // So strong that some data share the weight of a state.
      return EvolutionSDE.slow(Fixtures.flat(CosineTransform.of(GRID), 100));
    }

    @Override
    DifferentiableDenoiser denoiser() {
      return EmpiricalDenoiser.of(sde(), Fixtures.random(GRID, DataType.DOUBLE, 9, 2, 3));
    }

    @Override
    int channels() {
      return 2;
    }
  }

  @Nested
  class WithKernelNoise extends DifferentiableDenoiserContract {
    @Override
    SDE sde() {
      return Driftless.of(KernelCovariance.of(GRID, new Matern(0.5, 1, 0.3)), 20);
    }

    @Override
    DifferentiableDenoiser denoiser() {
      return EmpiricalDenoiser.of(sde(), Fixtures.random(GRID, DataType.DOUBLE, 9, 1, 3));
    }

    @Override
    int channels() {
      return 1;
    }
  }

  @Test
  void referencePoint() {
    SDE sde = MixtureDenoiserTest.pairProcess();
    INDArray data = MixtureDenoiserTest.pair(1, 0.5, -0.5, 1);
    INDArray x = MixtureDenoiserTest.pair(0.2, 0.3);
    SDE dense =
        Fixtures.preserving(
            new OpaqueCovariance(
                Fixtures.diagonal(CosineTransform.of(RegularGrid.unit(2)), 1, 0.25)));
    for (SDE each : List.of(sde, dense)) {
      double[] d =
          Fixtures.values(
              CosineTransform.of(RegularGrid.unit(2))
                  .forward(EmpiricalDenoiser.of(each, data).denoise(x, Fixtures.times(0.3))));
      assertThat(d[0]).isCloseTo(0.4072867649872623, within(1e-14));
      assertThat(d[1]).isCloseTo(0.6975710783375793, within(1e-14));
      // D = wx₁ + (1 − w)x₂.
      assertThat((d[0] + 0.5) / 1.5).isCloseTo(0.6048578433248415, within(1e-14));
    }
  }

  @Test
  void isAMixtureWithoutSpread() {
    // Enough data for several chunks; the mixture sums differently.
    SDE sde = EvolutionSDE.of(noise());
    int n = 5000;
    INDArray data = Fixtures.random(GRID, DataType.DOUBLE, n, 1, 3);
    List<GaussianMeasure> parts = new ArrayList<>();
    SpectralCovariance none = Fixtures.diagonal(CosineTransform.of(GRID), 0);
    for (int i = 0; i < n; i++) {
      parts.add(GaussianMeasure.of(Fixtures.samples(data, i, i + 1), none));
    }
    double[] weights = new double[n];
    Arrays.fill(weights, 1);
    INDArray x = Fixtures.random(GRID, DataType.DOUBLE, 3, 1, 5).mul(0.3);
    INDArray t = Fixtures.times(0.05, 0.3, 1);
    assertThat(
            Fixtures.distance(
                EmpiricalDenoiser.of(sde, data).denoise(x, t),
                MixtureDenoiser.of(sde, weights, parts).denoise(x, t)))
        .isLessThan(1e-11);
    assertThat(EmpiricalDenoiser.of(sde, data).size()).isEqualTo(n);
  }

  @Test
  void smallTimesGiveTheNearestDatumAndNoSignalTheMean() {
    // Nearest in Σ d_k²/v_k, which high modes decide: the far one in L² wins.
    SDE sde = MixtureDenoiserTest.pairProcess();
    INDArray data = MixtureDenoiserTest.pair(1, 0, 0, 0.7);
    EmpiricalDenoiser denoiser = EmpiricalDenoiser.of(sde, data);
    INDArray x = MixtureDenoiserTest.pair(0, 0);
    // ‖x − x₁‖² = 1 and 0.49 in L², 1 and 1.96 relative to the noise.
    assertThat(
            Fixtures.distance(
                denoiser.denoise(x, Fixtures.times(1e-6)), Fixtures.samples(data, 0, 1)))
        .isLessThan(1e-12);
    SDE forgetful =
        VariancePreserving.of(
            Fixtures.diagonal(CosineTransform.of(RegularGrid.unit(2)), 1, 0.25),
            Fixtures.schedule(),
            3);
    INDArray mean = MixtureDenoiserTest.pair(0.5, 0.35);
    assertThat(
            Fixtures.distance(
                EmpiricalDenoiser.of(forgetful, data).denoise(x, Fixtures.times(3)), mean))
        .isLessThan(1e-9);
  }

  @Test
  void farStatesDoNotOverflow() {
    SDE sde = Driftless.of(noise(), 20);
    INDArray data = Fixtures.random(GRID, DataType.DOUBLE, 9, 1, 3);
    EmpiricalDenoiser denoiser = EmpiricalDenoiser.of(sde, data);
    INDArray x = Fixtures.random(GRID, DataType.DOUBLE, 2, 1, 3).mul(1e6);
    for (double value : Fixtures.values(denoiser.denoise(x, Fixtures.times(1e-9, 20)))) {
      assertThat(value).isFinite();
    }
  }

  @Test
  void dataThatCannotBeDenoisedAreRefused() {
    SDE sde = Fixtures.preserving(noise());
    INDArray bad = Fixtures.random(GRID, DataType.DOUBLE, 3, 1, 3);
    bad.putScalar(5, Double.NaN);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EmpiricalDenoiser.of(sde, bad))
        .withMessageContaining("function 1")
        .withMessageContaining("NaN");
    SDE poor = Fixtures.preserving(Fixtures.diagonal(CosineTransform.of(GRID), 1, 1, 1, 0));
    INDArray data = Fixtures.random(GRID, DataType.DOUBLE, 3, 1, 3);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EmpiricalDenoiser.of(poor, data))
        .withMessageContaining("mode 3")
        .withMessageContaining("full rank");
    // Data that agree there are fine.
    INDArray smooth = Fixtures.of(GRID, p -> Math.cos(Math.PI * p));
    assertThat(
            Fixtures.distance(
                EmpiricalDenoiser.of(poor, smooth).denoise(data, Fixtures.times(1, 0.5, 0.1)),
                Fixtures.of(GRID, Fixtures.values(Nd4j.concat(0, smooth, smooth, smooth)))))
        .isLessThan(1e-14);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                EmpiricalDenoiser.of(sde, data)
                    .denoise(Fixtures.random(GRID, DataType.DOUBLE, 1, 2, 3), Fixtures.times(1)))
        .withMessageContaining("2 channels");
  }
}
