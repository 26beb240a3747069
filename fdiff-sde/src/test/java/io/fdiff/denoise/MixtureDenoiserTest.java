package io.fdiff.denoise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.covariance.KernelCovariance;
import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.data.GaussianProcessMixture;
import io.fdiff.kernel.Matern;
import io.fdiff.kernel.SquaredExponential;
import io.fdiff.measure.GaussianMeasure;
import io.fdiff.sde.Driftless;
import io.fdiff.sde.EvolutionSDE;
import io.fdiff.sde.Fixtures;
import io.fdiff.sde.OpaqueCovariance;
import io.fdiff.sde.SDE;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.CosineTransform;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The exact denoiser of mixtures (oracle E3). */
class MixtureDenoiserTest {

  private static final Grid PAIR = RegularGrid.unit(2);
  private static final Grid GRID = RegularGrid.unit(4);

  private static MixtureDenoiser three(SDE sde, int channels) {
    List<GaussianMeasure> parts = new ArrayList<>();
    CovarianceOperator shared = Fixtures.diagonal(CosineTransform.of(GRID), 0.3, 0.6, 0, 0.1);
    CovarianceOperator other = Fixtures.diagonal(CosineTransform.of(GRID), 1, 0.2, 0.1, 0.1);
    for (int i = 0; i < 3; i++) {
      parts.add(
          GaussianMeasure.of(
              Fixtures.random(GRID, DataType.DOUBLE, 1, channels, 20 + i),
              i == 1 ? other : shared));
    }
    return MixtureDenoiser.of(sde, new double[] {2, 1, 3}, parts);
  }

  @Nested
  class OfTwoCovariances extends DifferentiableDenoiserContract {
    @Override
    SDE sde() {
      return EvolutionSDE.slow(
          SpectralCovariance.of(CosineTransform.of(GRID), Spectrum.bessel(3, 1.5, 1)));
    }

    @Override
    DifferentiableDenoiser denoiser() {
      return three(sde(), 2);
    }

    @Override
    int channels() {
      return 2;
    }
  }

  @Nested
  class OfKernels extends DifferentiableDenoiserContract {
    @Override
    SDE sde() {
      return Driftless.of(KernelCovariance.of(RegularGrid.unit(8), new Matern(0.5, 1, 0.3)), 20);
    }

    @Override
    DifferentiableDenoiser denoiser() {
      GaussianProcessMixture mixture = GaussianProcessMixture.kerrigan(RegularGrid.unit(8));
      return MixtureDenoiser.of(sde(), new double[] {1, 1}, mixture.mixture().components());
    }

    @Override
    int channels() {
      return 1;
    }
  }

  /** Functions of two coefficients. */
  static INDArray pair(double... coefficients) {
    double[] values = new double[coefficients.length];
    CosineTransform.of(PAIR).inverse(coefficients, values, coefficients.length / 2);
    return Fixtures.of(PAIR, values);
  }

  static SDE pairProcess() {
    return Fixtures.preserving(Fixtures.diagonal(CosineTransform.of(PAIR), 1, 0.25));
  }

  private static MixtureDenoiser reference(CovarianceOperator first, CovarianceOperator second) {
    return MixtureDenoiser.of(
        pairProcess(),
        new double[] {0.3, 0.7},
        List.of(
            GaussianMeasure.of(pair(1, 0.5), first), GaussianMeasure.of(pair(-0.5, 1), second)));
  }

  @Test
  void referencePoint() {
    SpectralCovariance gamma = Fixtures.diagonal(CosineTransform.of(PAIR), 0.4, 0.1);
    SpectralCovariance equal = Fixtures.diagonal(CosineTransform.of(PAIR), 0.4, 0.1);
    // One object, two equal objects, and two forms of one operator: three paths to one value.
    List<MixtureDenoiser> paths =
        List.of(
            reference(gamma, gamma),
            reference(gamma, equal),
            reference(gamma, new OpaqueCovariance(gamma)));
    for (MixtureDenoiser denoiser : paths) {
      INDArray x = pair(0.2, 0.3);
      INDArray r = denoiser.responsibilities(x, Fixtures.times(0.3));
      assertThat(r.getDouble(0)).isCloseTo(0.3751693507791349, within(1e-13));
      assertThat(r.getDouble(1)).isCloseTo(0.6248306492208652, within(1e-13));
      double[] d =
          Fixtures.values(
              CosineTransform.of(PAIR).forward(denoiser.denoise(x, Fixtures.times(0.3))));
      assertThat(d[0]).isCloseTo(0.115778684005018, within(1e-13));
      assertThat(d[1]).isCloseTo(0.7425532653398388, within(1e-13));
    }
  }

  @Test
  void oneComponentIsTheGaussianDenoiser() {
    SDE sde = Fixtures.preserving(Fixtures.flat(CosineTransform.of(GRID), 0.5));
    GaussianMeasure data =
        GaussianMeasure.of(
            Fixtures.random(GRID, DataType.DOUBLE, 1, 1, 4),
            Fixtures.diagonal(CosineTransform.of(GRID), 1, 0.3, 0, 0.1));
    INDArray x = Fixtures.random(GRID, DataType.DOUBLE, 3, 1, 5);
    INDArray t = Fixtures.times(0.01, 0.3, 1);
    INDArray expected = GaussianDenoiser.of(sde, data).denoise(x, t);
    assertThat(
            Fixtures.distance(
                MixtureDenoiser.of(sde, new double[] {7}, List.of(data)).denoise(x, t), expected))
        .isLessThan(1e-13);
    assertThat(
            Fixtures.distance(
                MixtureDenoiser.of(sde, new double[] {7, 1}, List.of(data, data)).denoise(x, t),
                expected))
        .isLessThan(1e-13);
  }

  @Test
  void differentKernelsFollowTheMatrixFormula() {
    RegularGrid grid = RegularGrid.unit(5);
    CovarianceOperator noise = KernelCovariance.of(grid, new Matern(0.5, 1, 0.3));
    List<CovarianceOperator> signals =
        List.of(
            KernelCovariance.of(grid, new SquaredExponential(2, 0.3)),
            KernelCovariance.of(grid, new Matern(1.5, 0.5, 0.2)),
            SpectralCovariance.of(CosineTransform.of(grid), Spectrum.bessel(1, 1, 2)));
    double[] weights = {0.5, 0.2, 0.3};
    List<GaussianMeasure> parts = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      parts.add(
          GaussianMeasure.of(Fixtures.random(grid, DataType.DOUBLE, 1, 1, 30 + i), signals.get(i)));
    }
    SDE sde = Fixtures.preserving(noise);
    MixtureDenoiser denoiser = MixtureDenoiser.of(sde, weights, parts);
    INDArray x = Fixtures.random(grid, DataType.DOUBLE, 1, 1, 5).mul(0.4);
    for (double t : new double[] {0.1, 0.3, 1}) {
      double tau = sde.marginal(t).mean().at(0);
      double v = sde.marginal(t).variance().at(0);
      double[] densities = new double[3];
      double[][] means = new double[3][];
      for (int i = 0; i < 3; i++) {
        RealMatrix kg = Fixtures.kernel(signals.get(i));
        LUDecomposition total =
            new LUDecomposition(
                kg.scalarMultiply(tau * tau).add(Fixtures.kernel(noise).scalarMultiply(v)));
        double[] m = Fixtures.values(parts.get(i).mean());
        double[] residual = Fixtures.values(x);
        for (int p = 0; p < 5; p++) {
          residual[p] -= tau * m[p];
        }
        double[] solved = total.getSolver().getInverse().operate(residual);
        double quadratic = 0;
        for (int p = 0; p < 5; p++) {
          quadratic += residual[p] * solved[p];
        }
        densities[i] = weights[i] * Math.exp(-0.5 * quadratic) / Math.sqrt(total.getDeterminant());
        means[i] = kg.scalarMultiply(tau).operate(solved);
        for (int p = 0; p < 5; p++) {
          means[i][p] += m[p];
        }
      }
      double sum = Arrays.stream(densities).sum();
      double[] expected = new double[5];
      for (int i = 0; i < 3; i++) {
        for (int p = 0; p < 5; p++) {
          expected[p] += densities[i] / sum * means[i][p];
        }
      }
      double[] d = Fixtures.values(denoiser.denoise(x, Fixtures.times(t)));
      assertThat(Fixtures.distance(d, expected)).as("at %s", t).isLessThan(1e-9);
      double[] r = Fixtures.values(denoiser.responsibilities(x, Fixtures.times(t)));
      for (int i = 0; i < 3; i++) {
        assertThat(r[i]).isCloseTo(densities[i] / sum, within(1e-9));
      }
    }
  }

  @Test
  void channelsOfOneFunctionDecideTogether() {
    SDE sde = Fixtures.preserving(Fixtures.flat(CosineTransform.of(GRID), 0.5));
    MixtureDenoiser denoiser = three(sde, 2);
    INDArray x = Fixtures.random(GRID, DataType.DOUBLE, 2, 2, 8);
    double[] r = Fixtures.values(denoiser.responsibilities(x, Fixtures.times(0.3, 0.3)));
    assertThat(r[0] + r[1] + r[2]).isCloseTo(1, within(1e-15));
    assertThat(r[3] + r[4] + r[5]).isCloseTo(1, within(1e-15));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                denoiser.denoise(
                    Fixtures.random(GRID, DataType.DOUBLE, 2, 1, 8), Fixtures.times(0.3, 0.3)))
        .withMessageContaining("1 channels")
        .withMessageContaining("data with 2");
  }

  @Test
  void farStatesAndSmallTimesDoNotOverflow() {
    MixtureDenoiser denoiser =
        reference(
            Fixtures.diagonal(CosineTransform.of(PAIR), 0.4, 0.1),
            Fixtures.diagonal(CosineTransform.of(PAIR), 0, 0));
    for (double t : new double[] {1e-9, 1e-3, 1}) {
      INDArray x = pair(1e4, -1e4);
      for (double value : Fixtures.values(denoiser.denoise(x, Fixtures.times(t)))) {
        assertThat(value).isFinite();
      }
      double[] r = Fixtures.values(denoiser.responsibilities(x, Fixtures.times(t)));
      assertThat(r[0] + r[1]).isCloseTo(1, within(1e-15));
    }
  }

  @Test
  void refiningTheGridDoesNotChangeTheParts() {
    // Means in two modes, data smoother than the noise: responsibilities agree on 8 and 64 points.
    double[] r = new double[2];
    for (int i = 0; i < 2; i++) {
      Grid grid = RegularGrid.unit(i == 0 ? 8 : 64);
      SpectralCovariance gamma =
          SpectralCovariance.of(CosineTransform.of(grid), Spectrum.bessel(1, 2, 1));
      SDE sde =
          Fixtures.preserving(
              SpectralCovariance.of(CosineTransform.of(grid), Spectrum.bessel(3, 1, 1)));
      INDArray mean = Fixtures.of(grid, p -> Math.cos(Math.PI * p));
      MixtureDenoiser denoiser =
          MixtureDenoiser.of(
              sde,
              new double[] {1, 2},
              List.of(GaussianMeasure.of(mean, gamma), GaussianMeasure.of(mean.neg(), gamma)));
      INDArray low = Fixtures.of(grid, p -> 0.2 + 0.1 * Math.cos(Math.PI * p));
      r[i] = denoiser.responsibilities(low, Fixtures.times(0.3)).getDouble(0);
    }
    assertThat(r[0]).isCloseTo(r[1], within(1e-13)).isBetween(0.05, 0.95);
  }

  @Test
  void argumentsThatDoNotFitAreRefused() {
    SDE sde = pairProcess();
    GaussianMeasure part =
        GaussianMeasure.centred(Fixtures.diagonal(CosineTransform.of(PAIR), 1, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MixtureDenoiser.of(sde, new double[] {1}, List.of(part, part)))
        .withMessageContaining("1 weights for 2 parts");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MixtureDenoiser.of(sde, new double[0], List.of()));
    for (double bad : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> MixtureDenoiser.of(sde, new double[] {1, bad}, List.of(part, part)))
          .withMessageContaining("weight " + bad + " of part 1");
    }
    SDE poor = Fixtures.preserving(Fixtures.diagonal(CosineTransform.of(PAIR), 1, 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MixtureDenoiser.of(poor, new double[] {1}, List.of(part)))
        .withMessageContaining("mode 1")
        .withMessageContaining("full rank");
    GaussianMeasure two =
        GaussianMeasure.of(Fixtures.random(PAIR, DataType.DOUBLE, 1, 2, 1), part.covariance());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MixtureDenoiser.of(sde, new double[] {1, 1}, List.of(part, two)))
        .withMessageContaining("part 1 has 2 channels");
  }
}
