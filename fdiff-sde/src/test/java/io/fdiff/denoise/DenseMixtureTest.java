package io.fdiff.denoise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.covariance.KernelCovariance;
import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.kernel.Matern;
import io.fdiff.kernel.SquaredExponential;
import io.fdiff.measure.GaussianMeasure;
import io.fdiff.sde.EvolutionSDE;
import io.fdiff.sde.Fixtures;
import io.fdiff.sde.FunctionalDiffusion;
import io.fdiff.sde.Multiplier;
import io.fdiff.sde.OpaqueCovariance;
import io.fdiff.sde.SDE;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.CosineTransform;
import java.util.List;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Mixtures that are not diagonal in the basis of a process with rates by mode. */
class DenseMixtureTest {

  private static final RegularGrid GRID = RegularGrid.unit(5);
  private static final INDArray TIMES = Fixtures.times(0.05, 0.3, 0.3, 1);

  private static SDE process() {
    return EvolutionSDE.slow(
        SpectralCovariance.of(CosineTransform.of(GRID), Spectrum.bessel(3, 1.5, 1)));
  }

  private static MixtureDenoiser mixture(
      SDE sde, int channels, CovarianceOperator first, CovarianceOperator second) {
    return MixtureDenoiser.of(
        sde,
        new double[] {2, 1, 3},
        List.of(
            part(channels, 0.5, first), part(channels, -0.5, second), part(channels, 1, first)));
  }

  /** Means so close and smooth that no part is sure. */
  private static GaussianMeasure part(int channels, double mean, CovarianceOperator covariance) {
    double[] values = new double[channels * GRID.size()];
    for (int i = 0; i < values.length; i++) {
      int channel = i / GRID.size();
      values[i] = mean + 0.3 * channel + 0.1 * GRID.coordinate(i % GRID.size(), 0);
    }
    return GaussianMeasure.of(
        FunctionBatch.array(GRID, DataType.DOUBLE, channels, values), covariance);
  }

  private static MixtureDenoiser ofKernels(SDE sde, int channels) {
    return mixture(
        sde,
        channels,
        KernelCovariance.of(GRID, new SquaredExponential(2, 0.3)),
        KernelCovariance.of(GRID, new Matern(1.5, 2, 0.3)));
  }

  @Nested
  class OfKernelsUnderRatesByMode extends DifferentiableDenoiserContract {
    @Override
    SDE sde() {
      return process();
    }

    @Override
    DifferentiableDenoiser denoiser() {
      return ofKernels(sde(), 2);
    }

    @Override
    int channels() {
      return 2;
    }
  }

  /** One operator in two forms: as a matrix, and as what the matrix is diagonal in. */
  @Test
  void matricesAgreeWithDiagonals() {
    SDE sde = process();
    SpectralCovariance first = Fixtures.diagonal(CosineTransform.of(GRID), 0.3, 0.6, 0, 0.1);
    SpectralCovariance second = Fixtures.diagonal(CosineTransform.of(GRID), 1, 0.2, 0.1, 0.1, 1);
    MixtureDenoiser diagonal = mixture(sde, 2, first, second);
    MixtureDenoiser dense =
        mixture(sde, 2, new OpaqueCovariance(first), new OpaqueCovariance(second));
    INDArray x = Fixtures.random(GRID, DataType.DOUBLE, 4, 2, 1).mul(0.2);
    INDArray w = Fixtures.random(GRID, DataType.DOUBLE, 4, 2, 2);
    assertThat(Fixtures.distance(dense.denoise(x, TIMES), diagonal.denoise(x, TIMES)))
        .isLessThan(1e-11);
    assertThat(
            Fixtures.distance(
                dense.responsibilities(x, TIMES), diagonal.responsibilities(x, TIMES)))
        .isLessThan(1e-11);
    assertThat(Fixtures.distance(dense.vjp(x, TIMES, w), diagonal.vjp(x, TIMES, w)))
        .isLessThan(1e-10 * (1 + Fixtures.max(Fixtures.values(diagonal.vjp(x, TIMES, w)))));
    assertThat(
            Fixtures.distance(
                dense.posteriorVariances(x, TIMES), diagonal.posteriorVariances(x, TIMES)))
        .isLessThan(1e-11);
  }

  /** One part: {@code D = m + K_Γ Mᵀ(M K_Γ Mᵀ + V K_R)⁻¹(x − M m)} in matrices of values. */
  @Test
  void onePartFollowsTheMatrixFormula() {
    SDE sde = FunctionalDiffusion.of(GRID, 5, 1, GRID.size());
    KernelCovariance gamma = KernelCovariance.of(GRID, new SquaredExponential(2, 0.3));
    INDArray m = Fixtures.random(GRID, DataType.DOUBLE, 1, 1, 5);
    MixtureDenoiser denoiser =
        MixtureDenoiser.of(sde, new double[] {7}, List.of(GaussianMeasure.of(m, gamma)));
    INDArray x = Fixtures.random(GRID, DataType.DOUBLE, 1, 1, 6);
    double t = 0.4;
    RealMatrix tau = matrix(sde.marginal(t).mean());
    RealMatrix data = Fixtures.kernel(gamma);
    RealMatrix total =
        tau.multiply(data)
            .multiply(tau.transpose())
            .add(matrix(sde.marginal(t).variance()).multiply(Fixtures.kernel(sde.noise())));
    RealMatrix mean = Fixtures.matrix(Fixtures.values(m), GRID.size()).transpose();
    RealMatrix state = Fixtures.matrix(Fixtures.values(x), GRID.size()).transpose();
    RealMatrix gain =
        data.multiply(tau.transpose())
            .multiply(new LUDecomposition(total).getSolver().getInverse());
    RealMatrix expected = mean.add(gain.multiply(state.subtract(tau.multiply(mean))));
    assertThat(
            Fixtures.distance(
                Fixtures.values(denoiser.denoise(x, Fixtures.times(t))), expected.getColumn(0)))
        .isLessThan(1e-11);
    RealMatrix posterior = data.subtract(gain.multiply(tau).multiply(data));
    double[] variances = Fixtures.values(denoiser.posteriorVariances(x, Fixtures.times(t)));
    for (int i = 0; i < variances.length; i++) {
      assertThat(variances[i] - posterior.getEntry(i, i)).isBetween(-1e-11, 1e-11);
    }
  }

  /** The matrix of an operator on values. */
  private static RealMatrix matrix(Multiplier multiplier) {
    int n = GRID.size();
    double[] unit = new double[n * n];
    for (int i = 0; i < n; i++) {
      unit[i * n + i] = 1;
    }
    return Fixtures.matrix(Fixtures.values(multiplier.apply(Fixtures.of(GRID, unit))), n)
        .transpose();
  }

  /** {@code Cov(X_0 | X_t) = dD/dx ς²M⁻¹R} by central differences of D, the error is O(ε²). */
  @Test
  void posteriorVariancesAreThoseOfTheDerivative() {
    SpectralCovariance first = Fixtures.diagonal(CosineTransform.of(GRID), 0.3, 0.6, 0.1, 0.1, 1);
    SpectralCovariance second = Fixtures.diagonal(CosineTransform.of(GRID), 1, 0.2, 0.1, 0.1, 1);
    SDE sde = process();
    double t = 1;
    for (MixtureDenoiser denoiser : List.of(ofKernels(sde, 1), mixture(sde, 1, first, second))) {
      INDArray x = Fixtures.constant(GRID, 0.4);
      double[] found = Fixtures.values(denoiser.posteriorVariances(x, Fixtures.times(t)));
      double[] r = Fixtures.values(denoiser.responsibilities(x, Fixtures.times(t)));
      assertThat(Fixtures.max(r)).isLessThan(0.99);
      for (int i = 0; i < GRID.size(); i++) {
        double[] impulse = new double[GRID.size()];
        impulse[i] = 1 / GRID.weight(i);
        INDArray h =
            sde.marginal(t)
                .variance()
                .combine(sde.marginal(t).mean(), (v, tau) -> v / tau)
                .apply(sde.noise().apply(Fixtures.of(GRID, impulse)));
        double size = 2e-5 / Fixtures.max(Fixtures.values(h));
        INDArray ahead = denoiser.denoise(x.add(h.mul(size)), Fixtures.times(t));
        INDArray behind = denoiser.denoise(x.sub(h.mul(size)), Fixtures.times(t));
        double difference = (Fixtures.values(ahead)[i] - Fixtures.values(behind)[i]) / (2 * size);
        assertThat(found[i] - difference).isBetween(-1e-6 * found[i], 1e-6 * found[i]);
      }
    }
  }

  @Test
  void noiseWithoutAModeIsRefused() {
    SDE poor = EvolutionSDE.slow(Fixtures.diagonal(CosineTransform.of(GRID), 1, 1, 1, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ofKernels(poor, 1))
        .withMessageContaining("mode 4");
  }
}
