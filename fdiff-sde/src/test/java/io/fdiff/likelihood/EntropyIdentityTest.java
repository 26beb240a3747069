package io.fdiff.likelihood;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.denoise.GaussianDenoiser;
import io.fdiff.measure.GaussianMeasure;
import io.fdiff.noise.NoiseSource;
import io.fdiff.sde.Driftless;
import io.fdiff.sde.Fixtures;
import io.fdiff.sde.SDE;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.CosineTransform;
import io.fdiff.transform.SpectralTransform;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Entropy lost against Fisher information (oracle G8). */
class EntropyIdentityTest {

  private static final Grid GRID = RegularGrid.unit(4);
  private static final SpectralTransform COSINE = CosineTransform.of(GRID);
  private static final SpectralCovariance NOISE = Fixtures.diagonal(COSINE, 1, 0.5, 0.25, 0.1);

  private static GaussianMeasure data() {
    return GaussianMeasure.of(
        Fixtures.random(GRID, DataType.DOUBLE, 1, 1, 5),
        Fixtures.diagonal(COSINE, 2, 0.3, 0.4, 0.02));
  }

  @Test
  void referenceParameters() {
    // μ = 2, λ = ½, m = 1.5 in the constant mode, the rest without noise.
    SDE sde = Fixtures.preserving(Fixtures.diagonal(COSINE, 0.5));
    GaussianMeasure data =
        GaussianMeasure.of(Fixtures.constant(GRID, 1.5), Fixtures.diagonal(COSINE, 2));
    assertThat(EntropyIdentity.entropy(sde, data, 8)).isCloseTo(3.0568528194400546, within(3e-12));
    // Oracle E: KL at 0.3 and 1.
    assertThat(EntropyIdentity.drop(sde, data, 0.3))
        .isCloseTo(1.0945271910557546 - 9.71721312934393e-05, within(1e-12));
  }

  @Test
  void manyModesAgreeWithTheDivergenceOfTheMeasures() {
    SDE sde = Fixtures.preserving(NOISE);
    double kl = data().kl(GaussianMeasure.centred(NOISE));
    assertThat(EntropyIdentity.entropy(sde, data(), 8)).isCloseTo(kl, within(1e-11 * kl));
  }

  @Test
  void productionOfTheExactScoreIsTheDrop() {
    SDE sde = Fixtures.preserving(NOISE);
    INDArray x = data().sample(NoiseSource.of(1), 1000);
    double drop = EntropyIdentity.drop(sde, data(), 0.02);
    Estimate exact =
        EntropyIdentity.production(
            sde, GaussianDenoiser.of(sde, data()), x, NoiseSource.of(2), 0.02, 2);
    // One comparison at |z| < 5: below 1e-6; the rule in time is far below.
    assertThat(Math.abs(exact.value() - drop)).isLessThan(5 * exact.standardError());
    assertThat(exact.standardError()).isLessThan(0.05 * drop);
    // The denoiser of other data fails the check.
    GaussianMeasure other =
        GaussianMeasure.of(data().mean(), Fixtures.diagonal(COSINE, 1, 0.6, 0.2, 0.06));
    Estimate wrong =
        EntropyIdentity.production(
            sde, GaussianDenoiser.of(sde, other), x, NoiseSource.of(2), 0.02, 2);
    assertThat(Math.abs(wrong.value() - drop)).isGreaterThan(6 * wrong.standardError());
  }

  @Test
  void badArgumentsAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EntropyIdentity.entropy(Driftless.of(NOISE, 1), data(), 4))
        .withMessageContaining("F = −½G²");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EntropyIdentity.entropy(Fixtures.preserving(NOISE), data(), 0))
        .withMessageContaining("0 panels");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EntropyIdentity.drop(Fixtures.preserving(NOISE), data(), 0))
        .withMessageContaining("0.0 to 0.0");
  }
}
