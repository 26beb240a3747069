package io.fdiff.covariance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.kernel.Matern;
import io.fdiff.space.Grid;
import io.fdiff.space.HilbertSpaceLaws;
import io.fdiff.space.Interval;
import io.fdiff.space.PointSet;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.TestFunctions;
import io.fdiff.transform.Basis;
import io.fdiff.transform.Resampling;
import io.fdiff.transform.SpectralTransform;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Scale;
import net.jqwik.api.constraints.Size;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Laws of Cameron–Martin spaces over bases, orders, scattered points and functions. */
class CameronMartinSpacePropertiesTest {

  // Up to 9 · 7 modes with κ² below 3000 and order 1.5: a condition number of about 1e5.
  @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
  void isAHilbertSpaceOfSpectralOperators(
      @ForAll Basis basis,
      @ForAll @IntRange(min = 2, max = 9) int n1,
      @ForAll @IntRange(min = 2, max = 7) int n2,
      @ForAll @Scale(4) @DoubleRange(min = 0.1, max = 1.5) double order,
      @ForAll long seed) {
    Grid grid =
        RegularGrid.of(
            List.of(new Interval(-1, 2), Interval.UNIT), RegularGrid.Layout.CELL, n1, n2);
    CovarianceOperator c = SpectralCovariance.of(basis.on(grid), Spectrum.bessel(2, order, 1));
    HilbertSpaceLaws.check(CameronMartinSpace.of(c), seed, 1e-9);
  }

  // An exponential kernel at distances of at least 0.05 length scales: condition number below 1e4.
  @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
  void isAHilbertSpaceOfKernels(
      @ForAll @Size(min = 2, max = 12)
          List<@Scale(6) @DoubleRange(min = 0.02, max = 1) Double> gaps,
      @ForAll long seed) {
    HilbertSpaceLaws.check(exponential(TestFunctions.points(gaps)), seed, 1e-10);
  }

  private static CameronMartinSpace exponential(double... points) {
    Grid grid = PointSet.of(new Interval(0, points[points.length - 1] + 1), points);
    return CameronMartinSpace.of(KernelCovariance.of(grid, new Matern(0.5, 1, 0.4)));
  }

  /**
   * On the points of a finer set the norm is at least that on the coarser one, with equality for
   * the function of least norm through the coarse values, {@code K(·, P) K(P, P)⁻¹ x}.
   */
  @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
  void normsGrowAsPointsAreAdded(
      @ForAll @Size(min = 3, max = 10)
          List<@Scale(6) @DoubleRange(min = 0.02, max = 1) Double> gaps,
      @ForAll long seed) {
    double[] fine = TestFunctions.points(gaps);
    double[] coarse = Arrays.copyOf(fine, fine.length - 1);
    CameronMartinSpace above = exponential(fine);
    CameronMartinSpace below = exponential(coarse);
    double[] x = TestFunctions.rough(fine.length, seed);
    double norm =
        below.norm(TestFunctions.of(below.grid(), Arrays.copyOf(x, coarse.length))).getDouble(0);
    assertThat(above.norm(TestFunctions.of(above.grid(), x)).getDouble(0))
        .isGreaterThan(norm * (1 - 1e-8));
    // The process is Markov: the least norm continues the last value by the kernel.
    int last = coarse.length;
    x[last] = x[last - 1] * Math.exp(-(fine[last] - fine[last - 1]) / 0.4);
    assertThat(above.norm(TestFunctions.of(above.grid(), x)).getDouble(0))
        .isCloseTo(norm, within(1e-7 * norm));
  }

  @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
  void normsOfFunctionsThatBothGridsResolveAgree(
      @ForAll Basis basis,
      @ForAll @IntRange(min = 2, max = 7) int n,
      @ForAll @IntRange(min = 1, max = 7) int more,
      @ForAll @Scale(4) @DoubleRange(min = 0.1, max = 1.5) double order,
      @ForAll long seed) {
    // Two points more than modes: no alternating mode on either grid.
    SpectralTransform own = basis.on(RegularGrid.unit(2 * n + 1), 2 * n - 1);
    CovarianceOperator here =
        SpectralCovariance.of(basis.on(own.grid()), Spectrum.bessel(2, order, 1));
    CovarianceOperator there = here.on(RegularGrid.unit(2 * n + 1 + more));
    double[] values = new double[2 * n + 1];
    own.inverse(TestFunctions.rough(2 * n - 1, seed), values, 1);
    INDArray x = TestFunctions.of(own.grid(), values);
    INDArray y = Resampling.evaluate(x, own, there.grid());
    double norm = CameronMartinSpace.of(here).norm(x).getDouble(0);
    assertThat(CameronMartinSpace.of(there).norm(y).getDouble(0))
        .isCloseTo(norm, within(1e-10 * norm));
  }
}
