package io.fdiff.covariance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.kernel.CovarianceKernel;
import io.fdiff.kernel.Matern;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.Grid;
import io.fdiff.space.HilbertSpace;
import io.fdiff.space.HilbertSpaceContract;
import io.fdiff.space.Interval;
import io.fdiff.space.L2Space;
import io.fdiff.space.PointSet;
import io.fdiff.space.RefinementContract;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.RegularGrid.Layout;
import io.fdiff.space.TestFunctions;
import io.fdiff.transform.CosineTransform;
import io.fdiff.transform.FourierTransform;
import io.fdiff.transform.QuarterSineTransform;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class CameronMartinSpaceTest {

  private static final List<Interval> BOX = List.of(new Interval(-1, 2), new Interval(0, 0.5));

  private static double squared(CovarianceOperator covariance, DoubleUnaryOperator h) {
    INDArray x = TestFunctions.of(covariance.grid(), h);
    return CameronMartinSpace.of(covariance).inner(x, x).getDouble(0);
  }

  @Nested
  class OfAWhittleMaternOperatorOnABox extends RefinementContract {
    private HilbertSpace on(int n1, int n2) {
      return CameronMartinSpace.of(
          SpectralCovariance.of(
              CosineTransform.of(RegularGrid.of(BOX, Layout.CELL, n1, n2)),
              Spectrum.bessel(3, 1.5, 2)));
    }

    @Override
    protected HilbertSpace space() {
      return on(5, 4);
    }

    @Override
    protected List<HilbertSpace> others() {
      return List.of(on(10, 8), on(7, 9));
    }

    @Override
    protected double function(double... p) {
      return 1 - Math.cos(Math.PI * (p[0] + 1)) * Math.cos(2 * Math.PI * p[1]);
    }

    // λ spans two decades: ⟨x, C⁺y⟩ and ⟨C⁺x, y⟩ differ by its condition number.
    @Override
    protected double roundOff() {
      return 1e-13;
    }
  }

  @Nested
  class OfAnExponentialKernelOnScatteredPoints extends HilbertSpaceContract {
    @Override
    protected HilbertSpace space() {
      return CameronMartinSpace.of(
          KernelCovariance.of(
              PointSet.of(new Interval(0, 2), 0.1, 0.3, 0.7, 1.4, 1.6, 2),
              new Matern(0.5, 1.5, 0.4)));
    }

    // The kernel matrix has condition number about 20.
    @Override
    protected double roundOff() {
      return 1e-13;
    }
  }

  @Nested
  class OfWhiteNoise extends HilbertSpaceContract {
    @Override
    protected HilbertSpace space() {
      return CameronMartinSpace.of(WhiteNoise.perPoint(RegularGrid.unit(8)));
    }
  }

  @Test
  void constantUnderTheExponentialKernelHasItsClosedForm() {
    // Oracle B3: 1 + (n − 1)(1 − ρ)/(1 + ρ). The jitter δ = 1e-10 takes off δ|K⁻¹h|² < 1e-10.
    double[][] values = {{11, 3.4491866240370914}, {101, 3.4994792968420687}};
    for (double[] row : values) {
      int n = (int) row[0];
      Grid grid = RegularGrid.unit(Layout.NODE, n);
      double rho = Math.exp(-5.0 / (n - 1));
      assertThat(1 + (n - 1) * (1 - rho) / (1 + rho)).isCloseTo(row[1], within(1e-13));
      assertThat(squared(KernelCovariance.of(grid, new Matern(0.5, 1, 0.2)), p -> 1))
          .isCloseTo(row[1], within(1e-9));
    }
  }

  @Test
  void normOfBrownianMotionIsTheEnergyOfTheDerivative() {
    // Oracle B3: ∫ h′² = π²/8 for h = sin(πp/2), from below at second order. On points that start
    // above 0 the norm is the sum of squared divided differences, h(0) = 0 included.
    CovarianceKernel brownian = (p, q) -> Math.min(p[0], q[0]);
    double limit = Math.PI * Math.PI / 8;
    double[] error = new double[3];
    for (int r = 0; r < error.length; r++) {
      int n = 16 << r;
      double[] p = new double[n];
      for (int i = 0; i < n; i++) {
        p[i] = (i + 1.0) / n;
      }
      Grid grid = PointSet.of(Interval.UNIT, p);
      double exact = 0;
      for (int i = 0; i < n; i++) {
        double d = Math.sin(Math.PI * p[i] / 2) - Math.sin(Math.PI * (p[i] - 1.0 / n) / 2);
        exact += d * d * n;
      }
      double norm = squared(KernelCovariance.of(grid, brownian), q -> Math.sin(Math.PI * q / 2));
      assertThat(norm).isCloseTo(exact, within(1e-8)).isLessThan(limit);
      error[r] = limit - norm;
    }
    assertThat(error[0] / error[1]).isCloseTo(4, within(0.02));
    assertThat(error[1] / error[2]).isCloseTo(4, within(0.02));
    // The spectral form, λ_k = (π(k + ½))⁻², has h as its first eigenfunction over √2.
    SpectralCovariance spectral =
        SpectralCovariance.of(
            QuarterSineTransform.of(RegularGrid.unit(16)), (frequency, laplacian) -> 1 / laplacian);
    assertThat(squared(spectral, q -> Math.sin(Math.PI * q / 2)))
        .isCloseTo(1.2337005501361697, within(1e-12));
  }

  @Test
  void normOfTheBrownianBridgeIsTheEnergyOfTheDerivative() {
    // Oracle B3: h = p(1 − p) has ∫ h′² = 1/3; on n + 1 spacings the differences give
    // 1/3 − 1/(3(n + 1)²).
    CovarianceKernel bridge = (p, q) -> Math.min(p[0], q[0]) - p[0] * q[0];
    for (int n : new int[] {9, 39}) {
      double m = n + 1;
      Grid grid = RegularGrid.unit(Layout.INTERIOR, n);
      assertThat(squared(KernelCovariance.of(grid, bridge), p -> p * (1 - p)))
          .isCloseTo((1 - 1 / (m * m)) / 3, within(1e-8));
    }
  }

  @Test
  void rootOfTheCovarianceIsAnIsometryFromL2() {
    Grid grid = RegularGrid.of(BOX, Layout.CELL, 6, 5);
    List<CovarianceOperator> operators =
        List.of(
            SpectralCovariance.of(FourierTransform.of(grid), Spectrum.bessel(2, 1, 1)),
            KernelCovariance.of(grid, new Matern(0.5, 1, 0.7)),
            WhiteNoise.perPoint(grid));
    INDArray z = TestFunctions.random(grid, DataType.DOUBLE, 2, 3, 1);
    INDArray y = TestFunctions.random(grid, DataType.DOUBLE, 2, 3, 2);
    for (CovarianceOperator c : operators) {
      CameronMartinSpace space = CameronMartinSpace.of(c);
      double[] norm = TestFunctions.values(space.norm(c.applySqrt(z)));
      double[] inner = TestFunctions.values(space.inner(c.applySqrt(z), c.applySqrt(y)));
      assertThat(norm)
          .containsExactly(TestFunctions.values(new L2Space(grid).norm(z)), within(1e-9));
      assertThat(inner)
          .containsExactly(TestFunctions.values(new L2Space(grid).inner(z, y)), within(1e-9));
    }
  }

  @Test
  void rieszIsTheKernelWithoutWeights() {
    // K g: the representative of evaluation at a point is the kernel there.
    Grid grid = PointSet.of(new Interval(0, 2), 0.1, 0.3, 0.7, 1.4, 1.6, 2);
    Matern kernel = new Matern(1.5, 1.5, 0.4);
    double[] g = {0, 0, 1, 0, 0, 0};
    double[] r =
        TestFunctions.values(
            CameronMartinSpace.of(KernelCovariance.of(grid, kernel))
                .riesz(TestFunctions.of(grid, g)));
    for (int i = 0; i < r.length; i++) {
      double expected = kernel.covariance(new double[] {grid.coordinate(i, 0)}, new double[] {0.7});
      assertThat(r[i]).isCloseTo(expected, within(1e-9));
    }
  }

  @Test
  void normsOfSamplesGrowWithTheNumberOfModes() {
    // ‖X‖²_C is χ² with N degrees of freedom: |mean − N| < 5 √(2N/200), false alarm 6e-7 each.
    for (int n : new int[] {16, 64}) {
      SpectralCovariance c =
          SpectralCovariance.of(CosineTransform.of(RegularGrid.unit(n)), Spectrum.bessel(5, 1, 1));
      INDArray x = c.sample(NoiseSource.of(7), 200);
      double mean = 0;
      for (double v : TestFunctions.values(CameronMartinSpace.of(c).inner(x, x))) {
        mean += v / 200;
      }
      assertThat(mean).isCloseTo(n, within(5 * Math.sqrt(2.0 * n / 200)));
    }
  }

  @Test
  void refusesArgumentsThatDoNotFit() {
    assertThatNullPointerException().isThrownBy(() -> CameronMartinSpace.of(null));
    CameronMartinSpace space = CameronMartinSpace.of(WhiteNoise.perPoint(RegularGrid.unit(8)));
    INDArray x = TestFunctions.random(RegularGrid.unit(9), 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> space.inner(x, x))
        .withMessageContaining("[1, 1, 9]");
  }
}
