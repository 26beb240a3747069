package io.fdiff.covariance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.kernel.CovarianceKernel;
import io.fdiff.kernel.Matern;
import io.fdiff.kernel.SquaredExponential;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.L2Space;
import io.fdiff.space.PointSet;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.RegularGrid.Layout;
import io.fdiff.space.TestFunctions;
import io.fdiff.transform.Basis;
import io.fdiff.transform.SpectralTransform;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class KernelCovarianceTest {

  /** The jitter 1e-10·k(0) is the same number on both grids: nothing else separates the laws. */
  @Nested
  class ExponentialOnScatteredPoints extends TraceClassContract {
    @Override
    CovarianceOperator create() {
      return KernelCovariance.of(
          PointSet.of(new Interval(0, 2), 0.1, 0.2, 0.7, 1.5, 1.6, 2), new Matern(0.5, 1.5, 0.4));
    }

    @Override
    Grid other() {
      return PointSet.of(new Interval(0, 2), 0, 0.2, 0.5, 0.7, 0.9, 1.5, 1.6);
    }
  }

  @Nested
  class MaternOnNonSquareBox extends TraceClassContract {
    private final List<Interval> box = List.of(new Interval(-1, 2), new Interval(0, 0.5));

    @Override
    CovarianceOperator create() {
      return KernelCovariance.of(RegularGrid.of(box, Layout.NODE, 5, 3), new Matern(1.5, 1, 0.3));
    }

    @Override
    Grid other() {
      return RegularGrid.of(box, Layout.NODE, 9, 5);
    }
  }

  @Nested
  class ScaledMatern extends TraceClassContract {
    @Override
    CovarianceOperator create() {
      return KernelCovariance.of(RegularGrid.unit(9), new Matern(2.5, 1, 0.1)).times(0.25);
    }

    @Override
    Grid other() {
      return RegularGrid.unit(27);
    }
  }

  /** Smooth: the condition number is that of the jitter, 10¹⁰, so the inverse loses ten digits. */
  @Nested
  class SquaredExponentialOnCells extends TraceClassContract {
    @Override
    CovarianceOperator create() {
      return KernelCovariance.of(RegularGrid.unit(12), new SquaredExponential(1, 0.4));
    }

    @Override
    Grid other() {
      return RegularGrid.unit(36);
    }

    @Override
    double accuracy() {
      return 1e-11;
    }

    @Override
    double inverseAccuracy() {
      return 1e-3;
    }
  }

  private static RealMatrix symmetric(CovarianceOperator c) {
    RealMatrix k = Matrices.kernel(c);
    double[] w = c.grid().weights();
    for (int i = 0; i < w.length; i++) {
      for (int j = 0; j < w.length; j++) {
        k.multiplyEntry(i, j, Math.sqrt(w[i] * w[j]));
      }
    }
    return k.add(k.transpose()).scalarMultiply(0.5);
  }

  private static double[] eigenvalues(int n, CovarianceKernel kernel) {
    return new EigenDecomposition(symmetric(KernelCovariance.of(RegularGrid.unit(n), kernel)))
        .getRealEigenvalues();
  }

  /** Nyström eigenvalues converge as N⁻²: the ratio of errors, and Richardson's value. */
  private static void assertConverges(CovarianceKernel kernel, double... expected) {
    double[] coarse = eigenvalues(60, kernel);
    double[] fine = eigenvalues(120, kernel);
    for (int k = 0; k < expected.length; k++) {
      double ratio = (coarse[k] - expected[k]) / (fine[k] - expected[k]);
      assertThat(ratio).as("order of eigenvalue %d", k + 1).isCloseTo(4, within(0.15));
      // The remainder is O(N⁻⁴): below 1e-6 here.
      assertThat(fine[k] + (fine[k] - coarse[k]) / 3)
          .as("eigenvalue %d", k + 1)
          .isCloseTo(expected[k], within(1e-6));
    }
  }

  @Test
  void exponentialKernelHasItsKarhunenLoeveSpectrum() {
    assertConverges(
        new Matern(0.5, 1, 0.2),
        0.33092060497817766,
        0.209776100588743,
        0.12390581561964001,
        0.0759653900698539,
        0.04962182874284499);
  }

  @Test
  void brownianMotionHasItsKarhunenLoeveSpectrum() {
    CovarianceKernel motion = (p, q) -> Math.min(p[0], q[0]);
    assertConverges(motion, 0.4052847345693511, 0.04503163717437234, 0.01621138938277404);
    KernelCovariance c = KernelCovariance.of(RegularGrid.unit(100), motion);
    assertThat(c.trace()).isCloseTo(0.5, within(1e-9));
    RealMatrix s = symmetric(c);
    // Σλ² = 1/6 up to the midpoint rule, 1/(12N²)·∂²-terms.
    assertThat(s.multiply(s).getTrace()).isCloseTo(1.0 / 6, within(1e-4));
  }

  @Test
  void brownianBridgeHasItsKarhunenLoeveSpectrum() {
    CovarianceKernel bridge = (p, q) -> Math.min(p[0], q[0]) - p[0] * q[0];
    assertConverges(bridge, 0.10132118364233778, 0.025330295910584444, 0.011257909293593086);
    KernelCovariance c = KernelCovariance.of(RegularGrid.unit(100), bridge);
    // Midpoint rule of p − p²: 1/6 + 1/(12N²).
    assertThat(c.trace()).isCloseTo(1.0 / 6 + 1 / 120_000.0, within(1e-9));
  }

  // Cameron–Martin norms ⟨h, C⁻¹h⟩ = hᵀK⁻¹h.

  private static double cameronMartin(CovarianceOperator c, INDArray h) {
    return new L2Space(c.grid()).inner(h, c.applyInverse(h)).getDouble(0);
  }

  @Test
  void cameronMartinNormOfTheConstantUnderTheExponentialKernel() {
    double[] expected = {3.4491866240370914, 3.4994792968420687};
    int[] points = {11, 101};
    for (int r = 0; r < 2; r++) {
      KernelCovariance c =
          KernelCovariance.of(RegularGrid.unit(Layout.NODE, points[r]), new Matern(0.5, 1, 0.2));
      double norm = cameronMartin(c, TestFunctions.of(c.grid(), p -> 1));
      // The jitter 1e-10 changes it by δ‖K⁻¹h‖², about 1e-10·n·(0.3)².
      assertThat(norm).isCloseTo(expected[r], within(1e-8));
    }
  }

  @Test
  void cameronMartinNormsOfBrownianPaths() {
    // ∫h'² from below, with error O(N⁻²).
    double[] motion = new double[2];
    double[] bridge = new double[2];
    for (int r = 0; r < 2; r++) {
      Grid grid = RegularGrid.unit(40 << r);
      motion[r] =
          cameronMartin(
              KernelCovariance.of(grid, (p, q) -> Math.min(p[0], q[0])),
              TestFunctions.of(grid, p -> Math.sin(Math.PI * p / 2)));
      bridge[r] =
          cameronMartin(
              KernelCovariance.of(grid, (p, q) -> Math.min(p[0], q[0]) - p[0] * q[0]),
              TestFunctions.of(grid, p -> p * (1 - p)));
    }
    double exact = Math.PI * Math.PI / 8;
    assertThat(motion[1]).isLessThan(exact);
    assertThat((exact - motion[0]) / (exact - motion[1])).isCloseTo(4, within(0.05));
    assertThat(bridge[1]).isLessThan(1.0 / 3);
    assertThat((1.0 / 3 - bridge[0]) / (1.0 / 3 - bridge[1])).isCloseTo(4, within(0.05));
  }

  @Test
  void backEndsOfOneOperatorAgree() {
    // Oracle B5: a band-limited operator as spectrum and as kernel Σ λ_k e_k(p) e_k(q). Nothing but
    // the jitter, 1e-10·k(0), is between them.
    Spectrum spectrum = (f, laplacian) -> f[0] > 3 || f[f.length - 1] > 2 ? 0 : 1 / (1 + laplacian);
    for (Grid grid :
        List.of(
            RegularGrid.unit(9),
            RegularGrid.unit(18),
            RegularGrid.unit(Layout.NODE, 9),
            RegularGrid.unit(9, 6))) {
      SpectralTransform t = Basis.COSINE.on(grid);
      SpectralCovariance spectral = SpectralCovariance.of(t, spectrum);
      double[] lambda = spectral.eigenvalues();
      CovarianceKernel kernel =
          (p, q) -> {
            double sum = 0;
            for (int k = 0; k < lambda.length; k++) {
              sum += product(lambda[k], t.index(k), p, q);
            }
            return sum;
          };
      KernelCovariance dense = KernelCovariance.of(grid, kernel);
      RealMatrix k = Matrices.kernel(dense);
      for (int i = 0; i < grid.size(); i++) {
        k.addToEntry(i, i, -dense.jitter());
      }
      assertThat(Matrices.distance(k, Matrices.kernel(spectral))).as("%s", grid).isLessThan(1e-13);
      assertThat(dense.trace() - dense.jitter()).isCloseTo(spectral.trace(), within(1e-13));
      SampleLaw.assertCovariance(dense, Matrices.kernel(spectral));
    }
  }

  private static double product(double lambda, int[] index, double[] p, double[] q) {
    double product = lambda;
    for (int a = 0; a < index.length; a++) {
      product *= Basis.COSINE.value(index[a], p[a]) * Basis.COSINE.value(index[a], q[a]);
    }
    return product;
  }

  @Test
  void jitterIsReportedAndUsedEverywhere() {
    // k ≡ 1 has rank one: K + δI has eigenvalue δ on the complement of the constants.
    Grid grid = RegularGrid.unit(8);
    KernelCovariance c = KernelCovariance.of(grid, (p, q) -> 1);
    assertThat(c.jitter()).isCloseTo(1e-10, within(1e-20));
    RealMatrix k = Matrices.kernel(c);
    assertThat(k.getEntry(0, 0) - k.getEntry(0, 1)).isCloseTo(c.jitter(), within(1e-15));
    INDArray wave = TestFunctions.of(grid, p -> Math.cos(Math.PI * p));
    double[] inverse = TestFunctions.values(c.applyInverse(wave));
    double[] expected = TestFunctions.values(wave.mul(8 / c.jitter()));
    // Round-off of the eigenpairs 1e-15 against δ/8.
    assertThat(TestFunctions.distance(inverse, expected))
        .isLessThan(1e-3 * TestFunctions.max(expected));
    assertThat(c.trace()).isCloseTo(1 + c.jitter(), within(1e-15));
    // Samples differ between points by √(2δ) and no more: P(|z| > 8) < 1e-14 a value.
    double[] x = TestFunctions.values(c.sample(NoiseSource.of(1), 50));
    for (int i = 0; i < x.length; i++) {
      assertThat(Math.abs(x[i] - x[i / 8 * 8])).isLessThan(8 * Math.sqrt(2 * c.jitter()));
    }
  }

  @Test
  void jitterGrowsUntilTheFactorisationSucceeds() {
    // The smallest eigenvalue is 1 − (1 + 4e-9) = −4e-9: only a larger δ helps.
    Grid grid = RegularGrid.unit(8);
    KernelCovariance c = KernelCovariance.of(grid, (p, q) -> Arrays.equals(p, q) ? 1 : 1 + 4e-9);
    assertThat(c.jitter()).isBetween(4e-9, 8e-9);
    double doublings = Math.log(c.jitter() / 1e-10) / Math.log(2);
    assertThat(doublings).isCloseTo(Math.rint(doublings), within(1e-9));
  }

  @Test
  void eigenvaluesBelowRoundOffAreRefusedWithTheirValue() {
    // 1 − (1 + 1e-8): no jitter of the size of round-off makes this a covariance.
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                KernelCovariance.of(
                    RegularGrid.unit(8), (p, q) -> Arrays.equals(p, q) ? 1 : 1 + 1e-8))
        .withMessageContaining("eigenvalue -9.99")
        .withMessageContaining("-6.4E-9")
        .withMessageContaining("Nugget");
    // cos is positive semi-definite, the indicator of |h| < 0.3 is not (its transform is a sinc).
    KernelCovariance.of(RegularGrid.unit(30), (p, q) -> Math.cos(7 * (p[0] - q[0])));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                KernelCovariance.of(
                    RegularGrid.unit(30), (p, q) -> Math.abs(p[0] - q[0]) < 0.3 ? 1 : 0))
        .withMessageContaining("not positive semi-definite");
  }

  @Test
  void largeMatricesGoThroughTheOtherEigensolverWithTheSameResult() {
    // 300 points are above the limit of the small solver: laws of the powers to round-off.
    KernelCovariance c =
        KernelCovariance.of(RegularGrid.unit(Layout.NODE, 300), Matern.exponential(1, 0.2));
    INDArray x = TestFunctions.random(c.grid(), 3);
    double[] expected = TestFunctions.values(c.apply(x));
    double[] twice = TestFunctions.values(c.applySqrt(c.applySqrt(x)));
    assertThat(TestFunctions.distance(twice, expected))
        .isLessThan(1e-12 * TestFunctions.max(expected));
    double[] back = TestFunctions.values(c.applyInverse(c.apply(x)));
    assertThat(TestFunctions.distance(back, TestFunctions.values(x))).isLessThan(1e-8);
    // B: λ_1 of the exponential kernel up to O(N⁻²).
    Eigenpairs pairs = c.eigenpairs(2);
    assertThat(pairs.eigenvalues()[0]).isCloseTo(0.33092060497817766, within(1e-5));
    double[] image = TestFunctions.values(c.apply(pairs.functions()));
    double[] phi = TestFunctions.values(pairs.functions());
    for (int i = 0; i < 600; i++) {
      assertThat(image[i]).isCloseTo(pairs.eigenvalues()[i / 300] * phi[i], within(1e-13));
    }
  }

  @Test
  void kernelsThatAreNotPositiveAreRefused() {
    Grid grid = RegularGrid.unit(4);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> KernelCovariance.of(grid, (p, q) -> -1))
        .withMessageContaining("not positive semi-definite");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> KernelCovariance.of(grid, (p, q) -> Arrays.equals(p, q) ? 1 : 2))
        .withMessageContaining("not positive semi-definite");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> KernelCovariance.of(grid, (p, q) -> 0))
        .withMessageContaining("not positive");
  }

  @Test
  void kernelsThatAreNotFiniteAreRefused() {
    Grid grid = RegularGrid.unit(4);
    for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> KernelCovariance.of(grid, (p, q) -> p[0] > 0.7 ? bad : 1))
          .withMessageContaining("is " + bad)
          .withMessageContaining("points 3 and 0")
          .withMessageContaining("must be finite");
    }
  }

  @Test
  void hasNoSpectralForm() {
    assertThat(KernelCovariance.of(RegularGrid.unit(4), new Matern(0.5, 1, 1)).spectral())
        .isEmpty();
  }
}
