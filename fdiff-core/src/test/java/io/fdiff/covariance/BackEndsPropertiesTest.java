package io.fdiff.covariance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.kernel.CovarianceKernel;
import io.fdiff.kernel.Matern;
import io.fdiff.kernel.RationalQuadratic;
import io.fdiff.kernel.SeparableKernel;
import io.fdiff.kernel.SquaredExponential;
import io.fdiff.space.L2Space;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.RegularGrid.Layout;
import io.fdiff.space.TestFunctions;
import io.fdiff.transform.Basis;
import java.util.Arrays;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Scale;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One kernel in all forms, over random kernels, parameters and grids (B5, H10). What the jitters of
 * dense factors do is counted exactly; beyond that the forms agree to 1e-10 and better.
 */
class BackEndsPropertiesTest {

  private static CovarianceKernel kernel(int family, double shape, double length) {
    return switch (family) {
      case 0 -> new Matern(shape, 1.3, length);
      case 1 -> new RationalQuadratic(shape, 1.3, length);
      case 2 -> Matern.exponential(0.8, length).times(new SquaredExponential(1, 2 * length));
      default -> Matern.exponential(0.8, length).plus(new Matern(shape, 0.5, length / 2));
    };
  }

  private static RealMatrix withoutJitter(KernelCovariance dense) {
    RealMatrix k = Matrices.kernel(dense);
    for (int i = 0; i < k.getRowDimension(); i++) {
      k.addToEntry(i, i, -dense.jitter());
    }
    return k;
  }

  private static double inner(CovarianceOperator c, INDArray x, INDArray y) {
    return new L2Space(c.grid()).inner(x, y).getDouble(0);
  }

  @Property(tries = 60, edgeCases = EdgeCasesMode.NONE)
  void denseAndCirculantFormsAgree(
      @ForAll @IntRange(max = 3) int family,
      @ForAll @Scale(3) @DoubleRange(min = 0.2, max = 1.5) double shape,
      @ForAll @Scale(3) @DoubleRange(min = 0.05, max = 0.3) double length,
      @ForAll Layout layout,
      @ForAll @IntRange(min = 2, max = 6) int n,
      @ForAll @IntRange(min = 2, max = 5) int m) {
    RegularGrid grid = RegularGrid.unit(layout, n, m);
    CovarianceKernel kernel = kernel(family, shape, length);
    KernelCovariance dense = KernelCovariance.of(grid, kernel);
    // Twice the padding suffices or the kernel is clipped by what is reported: K is off by no more.
    CirculantCovariance circulant = CirculantCovariance.clipped(grid, kernel, 2);
    assertThat(Matrices.distance(Matrices.kernel(circulant), withoutJitter(dense)))
        .isLessThan(circulant.clippedVariance() + 1e-12);
    // The weights of INTERIOR grids sum to less than 1.
    double jitter = dense.jitter() * Arrays.stream(grid.weights()).sum();
    assertThat(circulant.trace())
        .isCloseTo(dense.trace() - jitter, within(circulant.clippedVariance() + 1e-12));
  }

  @Property(tries = 60, edgeCases = EdgeCasesMode.NONE)
  void denseKroneckerAndNystromFormsAgree(
      @ForAll @IntRange(max = 3) int first,
      @ForAll @IntRange(max = 3) int second,
      @ForAll @Scale(3) @DoubleRange(min = 0.2, max = 1.5) double shape,
      @ForAll @Scale(3) @DoubleRange(min = 0.1, max = 0.6) double length,
      @ForAll Layout layout,
      @ForAll @IntRange(min = 2, max = 5) int n,
      @ForAll @IntRange(min = 2, max = 4) int m) {
    RegularGrid grid = RegularGrid.unit(layout, n, m);
    SeparableKernel kernel =
        SeparableKernel.of(kernel(first, shape, length), kernel(second, shape, 2 * length));
    KernelCovariance dense = KernelCovariance.of(grid, kernel);
    RealMatrix exact = Matrices.exact(grid, kernel);
    assertThat(Matrices.distance(withoutJitter(dense), exact)).isLessThan(1e-14);
    RealMatrix axes = Matrices.jitteredAxes(grid, kernel);
    assertThat(Matrices.distance(Matrices.kernel(KroneckerCovariance.of(grid, kernel)), axes))
        .isLessThan(1e-13);
    // All eigenpairs of K + δI make K(K + δI)⁻¹K = K − δI + δ²(K + δI)⁻¹.
    RealMatrix inverse =
        new LUDecomposition(Matrices.jittered(grid, kernel)).getSolver().getInverse();
    double jitter = dense.jitter();
    RealMatrix expected =
        exact
            .subtract(MatrixUtils.createRealIdentityMatrix(grid.size()).scalarMultiply(jitter))
            .add(inverse.scalarMultiply(jitter * jitter));
    NystromCovariance all = NystromCovariance.of(grid, kernel, grid, grid.size());
    // Pairs below 1e-11·max λ are left out, should there be any: φ² ≤ 1/w of each.
    double smallest = Arrays.stream(grid.weights()).min().orElseThrow();
    int left = grid.size() - all.rank();
    double lost = left * 1e-11 * all.eigenpairs(1).eigenvalues()[0] / smallest;
    assertThat(Matrices.distance(Matrices.kernel(all), expected)).isLessThan(1e-11 + lost);
  }

  @Property(tries = 60, edgeCases = EdgeCasesMode.NONE)
  void spectralAndDenseFormsOfPeriodisedKernelsAgree(
      @ForAll @Scale(3) @DoubleRange(min = 0.1, max = 0.3) double length,
      @ForAll @IntRange(min = 24, max = 40) int n) {
    // The squared exponential: modes beyond the grid and the halved highest one carry at most
    // √(2π)·0.1·e^{−(24π·0.1)²/2} = 1e-13 each, images beyond |n| = 3 carry e^{−9/0.18}.
    RegularGrid grid = RegularGrid.unit(Layout.PERIODIC, n);
    SquaredExponential kernel = new SquaredExponential(1, length);
    CovarianceKernel periodised =
        (p, q) -> {
          double sum = 0;
          for (int image = -3; image <= 3; image++) {
            sum += kernel.at(Math.abs(p[0] - q[0] + image));
          }
          return sum;
        };
    RealMatrix spectral =
        Matrices.kernel(SpectralCovariance.of(Basis.FOURIER.on(grid), Spectrum.of(kernel)));
    RealMatrix dense = withoutJitter(KernelCovariance.of(grid, periodised));
    assertThat(Matrices.distance(spectral, dense)).isLessThan(1e-12);
  }

  @Property(tries = 60, edgeCases = EdgeCasesMode.NONE)
  void lawsHoldForAnyKernelAndGrid(
      @ForAll @IntRange(max = 3) int family,
      @ForAll @Scale(3) @DoubleRange(min = 0.2, max = 1.5) double shape,
      @ForAll @Scale(3) @DoubleRange(min = 0.05, max = 0.5) double length,
      @ForAll Layout layout,
      @ForAll @IntRange(min = 3, max = 14) int n,
      @ForAll long seed) {
    KernelCovariance c =
        KernelCovariance.of(RegularGrid.unit(layout, n), kernel(family, shape, length));
    INDArray x = TestFunctions.random(c.grid(), seed);
    INDArray y = TestFunctions.random(c.grid(), seed + 1);
    assertThat(inner(c, c.apply(x), y)).isCloseTo(inner(c, x, c.apply(y)), within(1e-11));
    assertThat(inner(c, c.apply(x), x)).isGreaterThan(-1e-13);
    double[] image = TestFunctions.values(c.apply(x));
    double[] twice = TestFunctions.values(c.applySqrt(c.applySqrt(x)));
    assertThat(TestFunctions.distance(twice, image)).isLessThan(1e-11);
    // The condition number is at most 1e10·n for the jitter, mostly far below.
    double[] root = TestFunctions.values(c.applyInverseSqrt(c.applySqrt(x)));
    assertThat(TestFunctions.distance(root, TestFunctions.values(x))).isLessThan(1e-6);
    double sum = Arrays.stream(c.eigenpairs(n).eigenvalues()).sum();
    assertThat(c.trace()).isCloseTo(sum, within(1e-12));
    assertThat(c.plus(c).trace()).isCloseTo(2 * sum, within(1e-12));
  }
}
