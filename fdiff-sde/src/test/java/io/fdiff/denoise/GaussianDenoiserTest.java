package io.fdiff.denoise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.covariance.KernelCovariance;
import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.covariance.WhiteNoise;
import io.fdiff.kernel.Matern;
import io.fdiff.kernel.SquaredExponential;
import io.fdiff.measure.GaussianMeasure;
import io.fdiff.sde.Driftless;
import io.fdiff.sde.EvolutionSDE;
import io.fdiff.sde.Fixtures;
import io.fdiff.sde.Marginal;
import io.fdiff.sde.OpaqueCovariance;
import io.fdiff.sde.SDE;
import io.fdiff.sde.VarianceExploding;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.PointSet;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.RegularGrid.Layout;
import io.fdiff.transform.Basis;
import io.fdiff.transform.CosineTransform;
import io.fdiff.transform.FourierTransform;
import io.fdiff.transform.SpectralTransform;
import java.util.List;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The exact denoiser against scalar and matrix formulas (oracle E). */
class GaussianDenoiserTest {

  private static final Grid GRID = RegularGrid.unit(4);
  private static final SpectralTransform COSINE = CosineTransform.of(GRID);
  private static final Grid SCATTERED = PointSet.of(new Interval(0, 2), 0.1, 0.2, 0.7, 1.5, 1.6, 2);

  @Nested
  class InASharedBasis extends DifferentiableDenoiserContract {
    @Override
    SDE sde() {
      return Fixtures.preserving(Fixtures.diagonal(COSINE, 1, 0.5, 0.2, 0));
    }

    @Override
    DifferentiableDenoiser denoiser() {
      return GaussianDenoiser.of(
          sde(),
          GaussianMeasure.of(
              Fixtures.random(GRID, DataType.DOUBLE, 1, 2, 9),
              Fixtures.diagonal(COSINE, 0.3, 0.6, 0, 0.1)));
    }

    @Override
    int channels() {
      return 2;
    }
  }

  @Nested
  class WithOneRateAMode extends DifferentiableDenoiserContract {
    private final SpectralTransform box = FourierTransform.of(RegularGrid.unit(4, 3));

    @Override
    SDE sde() {
      return EvolutionSDE.slow(SpectralCovariance.of(box, Spectrum.bessel(3, 1.5, 1)));
    }

    @Override
    DifferentiableDenoiser denoiser() {
      return GaussianDenoiser.of(
          sde(), GaussianMeasure.centred(SpectralCovariance.of(box, Spectrum.bessel(1, 2, 1))));
    }

    @Override
    int channels() {
      return 3;
    }
  }

  @Nested
  class OfTwoKernels extends DifferentiableDenoiserContract {
    @Override
    SDE sde() {
      return Driftless.of(KernelCovariance.of(SCATTERED, new Matern(0.5, 1, 0.3)), 20);
    }

    @Override
    DifferentiableDenoiser denoiser() {
      return GaussianDenoiser.of(
          sde(),
          GaussianMeasure.of(
              Fixtures.random(SCATTERED, DataType.DOUBLE, 1, 1, 9),
              KernelCovariance.of(SCATTERED, new SquaredExponential(2, 0.5))));
    }

    @Override
    int channels() {
      return 2;
    }
  }

  /** The basis is not orthonormal there, so that coefficients are not inner products. */
  @Nested
  class InABasisOnScatteredPoints extends DifferentiableDenoiserContract {
    private final SpectralTransform few = Basis.COSINE.on(SCATTERED, 4);

    @Override
    SDE sde() {
      return EvolutionSDE.slow(SpectralCovariance.of(few, Spectrum.bessel(3, 1.5, 1)));
    }

    @Override
    DifferentiableDenoiser denoiser() {
      return GaussianDenoiser.of(
          sde(), GaussianMeasure.centred(SpectralCovariance.of(few, Spectrum.bessel(1, 2, 1))));
    }

    @Override
    int channels() {
      return 1;
    }
  }

  // The reference point of oracle E: VP, μ = 2, λ = 0.5, m = 1.5, t = 0.3, x = 0.7.

  private static final double T = 0.3;

  private static SDE reference() {
    return Fixtures.preserving(Fixtures.flat(COSINE, 0.5));
  }

  private static GaussianDenoiser referenceDenoiser(INDArray mean) {
    return GaussianDenoiser.of(reference(), GaussianMeasure.of(mean, Fixtures.flat(COSINE, 2)));
  }

  @Test
  void referencePointInEveryMode() {
    for (int k = 0; k < 4; k++) {
      double[] unit = new double[4];
      unit[k] = 1;
      double[] e = new double[4];
      COSINE.inverse(unit, e, 1);
      INDArray mode = Fixtures.of(GRID, e);
      INDArray x = mode.mul(0.7);
      GaussianDenoiser denoiser = referenceDenoiser(mode.mul(1.5));
      INDArray d = denoiser.denoise(x, Fixtures.times(T));
      assertThat(Fixtures.distance(d, mode.mul(1.218931326376458))).isLessThan(1e-14);

      Marginal marginal = reference().marginal(T);
      INDArray score = marginal.score(x, d);
      assertThat(Fixtures.distance(score, mode.mul(0.1116149128239738))).isLessThan(1e-14);
      // Coloured ε̂ = −ςS, white ε = ε̂/√λ, v = τε̂ − ςD.
      INDArray epsilon = marginal.deviation().apply(score).neg();
      assertThat(Fixtures.distance(epsilon, mode.mul(-0.08672031946967339))).isLessThan(1e-14);
      INDArray white = reference().noise().applyInverseSqrt(epsilon);
      assertThat(Fixtures.distance(white, mode.mul(-0.1226410519273397))).isLessThan(1e-14);
      INDArray v = marginal.mean().apply(epsilon).sub(marginal.deviation().apply(d));
      assertThat(Fixtures.distance(v, mode.mul(-1.001655625567387))).isLessThan(1e-14);
    }
  }

  @Test
  void referenceVariances() {
    double tau = reference().marginal(T).mean().at(0);
    double v = 0.5 * reference().marginal(T).variance().at(0);
    double total = tau * tau * 2 + v;
    assertThat(total).isCloseTo(1.094499804385434, within(1e-14));
    // The slope of D is τμ/V; the posterior variance is v/τ times it.
    GaussianDenoiser denoiser = referenceDenoiser(Fixtures.constant(GRID, 1.5));
    double low = denoised(denoiser, 0.7);
    double slope = denoised(denoiser, 1.7) - low;
    assertThat(slope).isCloseTo(tau * 2 / total, within(1e-14));
    assertThat(v / tau * slope).isCloseTo(0.5515458245470757, within(1e-14));
  }

  @Test
  void posteriorCovarianceIsThatOfConditioning() {
    double[] variances = referenceDenoiser(Fixtures.constant(GRID, 1.5)).posteriorVariances(T);
    for (double value : variances) {
      assertThat(value).isCloseTo(0.5515458245470757, within(1e-15));
    }
    // Σ = Γ − τ²ΓV⁻¹Γ as an operator, dense and spectral: as matrices of point values
    // K_Σ W with K_Σ = K_Γ − τ²K_Γ(τ²K_Γ + ς²K_R)⁻¹K_Γ.
    CovarianceOperator noise = KernelCovariance.of(SCATTERED, new Matern(0.5, 1, 0.3));
    CovarianceOperator signal = KernelCovariance.of(SCATTERED, new SquaredExponential(2, 0.5));
    SpectralCovariance spectralNoise = SpectralCovariance.of(COSINE, Spectrum.bessel(3, 1.5, 1));
    SpectralCovariance spectralSignal = Fixtures.diagonal(COSINE, 0.3, 0.6, 0, 0.1);
    List<List<CovarianceOperator>> pairs =
        List.of(List.of(noise, signal), List.of(spectralNoise, spectralSignal));
    for (List<CovarianceOperator> pair : pairs) {
      SDE sde = Fixtures.preserving(pair.get(0));
      GaussianDenoiser denoiser = GaussianDenoiser.of(sde, GaussianMeasure.centred(pair.get(1)));
      double tau = sde.marginal(T).mean().at(0);
      double v = sde.marginal(T).variance().at(0);
      RealMatrix kg = Fixtures.kernel(pair.get(1));
      RealMatrix total =
          kg.scalarMultiply(tau * tau).add(Fixtures.kernel(pair.get(0)).scalarMultiply(v));
      RealMatrix expected =
          kg.subtract(
              kg.multiply(new LUDecomposition(total).getSolver().getInverse())
                  .multiply(kg)
                  .scalarMultiply(tau * tau));
      Grid grid = pair.get(0).grid();
      INDArray x = Fixtures.random(grid, DataType.DOUBLE, 1, 1, 5);
      double[] weighted = Fixtures.values(x);
      for (int i = 0; i < weighted.length; i++) {
        weighted[i] *= grid.weight(i);
      }
      double[] actual = Fixtures.values(denoiser.applyPosteriorCovariance(x, T));
      assertThat(Fixtures.distance(actual, expected.operate(weighted))).isLessThan(1e-9);
    }
  }

  private static double denoised(Denoiser denoiser, double x) {
    return denoiser.denoise(Fixtures.constant(GRID, x), Fixtures.times(T)).getDouble(0);
  }

  @Test
  void dataWithTheCovarianceOfTheNoiseAreShrunkByTheMeanFactor() {
    // Oracle E4: Γ = C, m = 0: D = a x, and the probability flow −½β(x + S) stands still.
    SpectralCovariance c = SpectralCovariance.of(COSINE, Spectrum.bessel(3, 1.5, 1));
    SDE sde = Fixtures.preserving(c);
    GaussianDenoiser denoiser = GaussianDenoiser.of(sde, GaussianMeasure.centred(c));
    INDArray x = Fixtures.random(GRID, DataType.DOUBLE, 1, 1, 3);
    for (double t : new double[] {0.01, 0.3, 1}) {
      INDArray d = denoiser.denoise(x, Fixtures.times(t));
      Marginal m = sde.marginal(t);
      assertThat(Fixtures.distance(d, m.mean().apply(x))).isLessThan(1e-14);
      assertThat(Fixtures.distance(m.score(x, d).add(x), x.mul(0))).isLessThan(1e-12);
      double tau = m.mean().at(0);
      assertThat(tau * tau + m.variance().at(0)).isCloseTo(1, within(1e-15));
    }
  }

  @Test
  void driftlessNoiseLikeTheDataHasSignalToNoiseOneOverTime() {
    // Oracle D8: D = x/(1 + t) in every mode.
    SpectralCovariance c = SpectralCovariance.of(COSINE, Spectrum.bessel(3, 1.5, 1));
    GaussianDenoiser denoiser =
        GaussianDenoiser.of(Driftless.of(c, 100), GaussianMeasure.centred(c));
    INDArray x = Fixtures.random(GRID, DataType.DOUBLE, 1, 1, 3);
    for (double t : new double[] {0.1, 10, 100}) {
      assertThat(Fixtures.distance(denoiser.denoise(x, Fixtures.times(t)), x.mul(1 / (1 + t))))
          .isLessThan(1e-14);
    }
  }

  @Test
  void modesWithoutDataGoToTheMeanAndModesWithoutNoiseAreKept() {
    SDE sde = Fixtures.preserving(Fixtures.diagonal(COSINE, 0.5, 0.5, 0, 0));
    INDArray m = Fixtures.random(GRID, DataType.DOUBLE, 1, 1, 4);
    GaussianDenoiser denoiser =
        GaussianDenoiser.of(sde, GaussianMeasure.of(m, Fixtures.diagonal(COSINE, 2, 0, 2, 0)));
    INDArray x = Fixtures.random(GRID, DataType.DOUBLE, 1, 1, 5);
    double[] d = Fixtures.values(COSINE.forward(denoiser.denoise(x, Fixtures.times(T))));
    double[] mk = Fixtures.values(COSINE.forward(m));
    double[] xk = Fixtures.values(COSINE.forward(x));
    double a = 0.6295500003364488;
    assertThat(d[0])
        .isCloseTo(mk[0] + a * 2 / 1.094499804385434 * (xk[0] - a * mk[0]), within(1e-14));
    assertThat(d[1]).isCloseTo(mk[1], within(1e-14));
    assertThat(d[2]).isCloseTo(xk[2] / a, within(1e-14));
    assertThat(d[3]).isCloseTo(mk[3], within(1e-14));
  }

  @Test
  void spectralAndDensePathAgree() {
    SpectralCovariance noise = SpectralCovariance.of(COSINE, Spectrum.bessel(3, 1.5, 1));
    SpectralCovariance signal = Fixtures.diagonal(COSINE, 0.4, 1.5, 0, 0.02);
    INDArray m = Fixtures.random(GRID, DataType.DOUBLE, 1, 2, 4);
    INDArray x = Fixtures.random(GRID, DataType.DOUBLE, 3, 2, 5);
    for (SDE sde :
        List.of(
            Fixtures.preserving(noise),
            VarianceExploding.geometric(noise, 0.01, 50),
            Driftless.of(noise, 1))) {
      GaussianDenoiser spectral = GaussianDenoiser.of(sde, GaussianMeasure.of(m, signal));
      GaussianDenoiser dense =
          GaussianDenoiser.of(sde, GaussianMeasure.of(m, new OpaqueCovariance(signal)));
      INDArray t = Fixtures.times(0.01, 0.3, 1);
      assertThat(Fixtures.distance(dense.denoise(x, t), spectral.denoise(x, t))).isLessThan(1e-9);
    }
  }

  @Test
  void covariancesThatDoNotCommuteFollowTheMatrixFormula() {
    // D = m + τΓV⁻¹(x − τm), V = τ²Γ + ς²R; as matrices of point values, C = K W and W cancels in
    // K_Γ(τ²K_Γ + ς²K_R)⁻¹.
    Grid nodes = RegularGrid.unit(Layout.NODE, 3, 4);
    List<CovarianceOperator> noises =
        List.of(
            SpectralCovariance.of(CosineTransform.of(GRID), Spectrum.bessel(3, 1.5, 1)),
            KernelCovariance.of(SCATTERED, new Matern(0.5, 1, 0.3)),
            WhiteNoise.functionSpace(nodes));
    List<CovarianceOperator> signals =
        List.of(
            SpectralCovariance.of(FourierTransform.of(GRID), Spectrum.bessel(1, 1, 2)),
            KernelCovariance.of(SCATTERED, new SquaredExponential(2, 0.5)),
            KernelCovariance.of(nodes, new Matern(1.5, 1, 0.5)));
    for (int i = 0; i < noises.size(); i++) {
      SDE sde = Fixtures.preserving(noises.get(i));
      Grid grid = noises.get(i).grid();
      INDArray m = Fixtures.random(grid, DataType.DOUBLE, 1, 1, 4);
      INDArray x = Fixtures.random(grid, DataType.DOUBLE, 1, 1, 5);
      GaussianDenoiser denoiser = GaussianDenoiser.of(sde, GaussianMeasure.of(m, signals.get(i)));
      RealMatrix kr = Fixtures.kernel(noises.get(i));
      RealMatrix kg = Fixtures.kernel(signals.get(i));
      for (double t : new double[] {0.01, 0.3, 1}) {
        double tau = sde.marginal(t).mean().at(0);
        double v = sde.marginal(t).variance().at(0);
        RealMatrix total = kg.scalarMultiply(tau * tau).add(kr.scalarMultiply(v));
        RealMatrix gain =
            kg.multiply(new LUDecomposition(total).getSolver().getInverse()).scalarMultiply(tau);
        double[] residual = Fixtures.values(x.sub(m.mul(tau)));
        double[] expected = gain.operate(residual);
        double[] mean = Fixtures.values(m);
        for (int p = 0; p < expected.length; p++) {
          expected[p] += mean[p];
        }
        double[] d = Fixtures.values(denoiser.denoise(x, Fixtures.times(t)));
        assertThat(Fixtures.distance(d, expected))
            .as("pair %d at %s", i, t)
            .isLessThan(1e-9 * (1 + Fixtures.max(expected)));
      }
    }
  }

  @Test
  void everySampleHasItsOwnTime() {
    GaussianDenoiser denoiser = referenceDenoiser(Fixtures.constant(GRID, 1.5));
    double[] t = {1, 0.3, 0.01};
    INDArray x = Fixtures.of(GRID, .7, .7, .7, .7, .7, .7, .7, .7, .7, .7, .7, .7);
    double[] d = Fixtures.values(denoiser.denoise(x, Fixtures.times(t)));
    for (int b = 0; b < 3; b++) {
      Marginal m = reference().marginal(t[b]);
      double a = m.mean().at(0);
      double total = 2 * a * a + 0.5 * m.variance().at(0);
      assertThat(d[4 * b]).isCloseTo(1.5 + 2 * a / total * (0.7 - 1.5 * a), within(1e-14));
    }
  }

  @Test
  void channelsHaveTheirOwnMeanOrShareOne() {
    INDArray two =
        FunctionBatch.array(GRID, DataType.DOUBLE, 2, new double[] {1, 1, 1, 1, 5, 5, 5, 5});
    INDArray zero = FunctionBatch.zeros(GRID, DataType.DOUBLE, 2, 2);
    INDArray t = Fixtures.times(T, T);
    double[] own = Fixtures.values(referenceDenoiser(two).denoise(zero, t));
    double[] shared =
        Fixtures.values(referenceDenoiser(Fixtures.constant(GRID, 1)).denoise(zero, t));
    // D(0) = (v/V) m.
    double keep = 1 - 2 * Math.pow(0.6295500003364488, 2) / 1.094499804385434;
    for (int i = 0; i < 16; i++) {
      assertThat(own[i]).isCloseTo((i / 4 % 2 == 0 ? 1 : 5) * keep, within(1e-14));
      assertThat(shared[i]).isCloseTo(keep, within(1e-14));
    }
    INDArray three = FunctionBatch.zeros(GRID, DataType.DOUBLE, 1, 3);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> referenceDenoiser(two).denoise(three, Fixtures.times(T)))
        .withMessageContaining("3 channels")
        .withMessageContaining("data with 2");
  }

  @Test
  void dataOnAnotherGridAreRefused() {
    GaussianMeasure data =
        GaussianMeasure.centred(Fixtures.flat(CosineTransform.of(RegularGrid.unit(5)), 2));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GaussianDenoiser.of(reference(), data))
        .withMessageContaining("[5]")
        .withMessageContaining("[4]")
        .withMessageContaining("one grid");
  }

  @Test
  void singularNoiseOutsideASharedBasisIsRefused() {
    SDE sde = Fixtures.preserving(Fixtures.diagonal(COSINE, 1, 0.5, 0, 0));
    GaussianMeasure data =
        GaussianMeasure.centred(KernelCovariance.of(GRID, new Matern(0.5, 1, 0.3)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GaussianDenoiser.of(sde, data))
        .withMessageContaining("singular")
        .withMessageContaining("full rank");
  }

  @Test
  void processesWithOneRateAModeNeedASharedBasis() {
    SDE sde = EvolutionSDE.of(SpectralCovariance.of(COSINE, Spectrum.bessel(3, 1.5, 1)));
    GaussianMeasure data =
        GaussianMeasure.centred(KernelCovariance.of(GRID, new Matern(0.5, 1, 0.3)));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                GaussianDenoiser.of(sde, data)
                    .denoise(Fixtures.constant(GRID, 1), Fixtures.times(T)))
        .withMessageContaining("scalar");
  }
}
