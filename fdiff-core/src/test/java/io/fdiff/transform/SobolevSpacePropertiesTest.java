package io.fdiff.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.space.Grid;
import io.fdiff.space.HilbertSpaceLaws;
import io.fdiff.space.Interval;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.RegularGrid.Layout;
import io.fdiff.space.TestFunctions;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Scale;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Laws of the Sobolev scale over bases, orders, boxes and functions. */
class SobolevSpacePropertiesTest {

  private static Grid grid(double length, int n1, int n2) {
    return RegularGrid.of(
        List.of(new Interval(-length, length), Interval.UNIT), Layout.CELL, n1, n2);
  }

  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void dualOrdersBoundTheProductOfL2(
      @ForAll Basis basis,
      @ForAll @IntRange(min = 2, max = 8) int n1,
      @ForAll @IntRange(min = 2, max = 8) int n2,
      @ForAll @Scale(4) @DoubleRange(min = 0.1, max = 10) double length,
      @ForAll @Scale(4) @DoubleRange(min = 0, max = 2.5) double s,
      @ForAll long seed) {
    SpectralTransform t = basis.on(grid(length, n1, n2));
    SobolevSpace positive = SobolevSpace.of(t, s);
    SobolevSpace negative = SobolevSpace.of(t, -s);
    SobolevSpace plain = SobolevSpace.of(t, 0);
    INDArray x = TestFunctions.random(t.grid(), seed);
    INDArray y = TestFunctions.random(t.grid(), seed + 1);
    double bound = positive.norm(x).getDouble(0) * negative.norm(y).getDouble(0);
    assertThat(Math.abs(plain.inner(x, y).getDouble(0))).isLessThan(bound * (1 + 1e-12));
    // Norms grow with the order.
    assertThat(plain.norm(x).getDouble(0))
        .isBetween(
            negative.norm(x).getDouble(0) * (1 - 1e-12),
            positive.norm(x).getDouble(0) * (1 + 1e-12));
  }

  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void everyOrderIsAHilbertSpace(
      @ForAll Basis basis,
      @ForAll @IntRange(min = 2, max = 8) int n1,
      @ForAll @IntRange(min = 2, max = 8) int n2,
      @ForAll @Scale(4) @DoubleRange(min = 0.1, max = 10) double length,
      @ForAll @Scale(4) @DoubleRange(min = -2, max = 2) double s,
      @ForAll long seed) {
    SpectralTransform t = basis.on(grid(length, n1, n2));
    double largest =
        IntStream.range(0, t.modes())
            .mapToDouble(k -> Math.pow(1 + t.laplacian(k), s))
            .max()
            .orElseThrow();
    HilbertSpaceLaws.check(SobolevSpace.of(t, s), seed, 1e-14, largest);
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void normsOfFunctionsThatBothGridsResolveAgree(
      @ForAll Basis basis,
      @ForAll @IntRange(min = 2, max = 7) int n,
      @ForAll @IntRange(min = 1, max = 7) int more,
      @ForAll @Scale(4) @DoubleRange(min = -2, max = 2) double s,
      @ForAll long seed) {
    // One point more than modes: no alternating mode on either grid.
    SpectralTransform own = basis.on(RegularGrid.unit(2 * n + 1), 2 * n - 1);
    SobolevSpace here = SobolevSpace.of(basis.on(own.grid()), s);
    SobolevSpace there = here.on(RegularGrid.unit(2 * n + 1 + more));
    double[] values = new double[2 * n + 1];
    own.inverse(TestFunctions.rough(2 * n - 1, seed), values, 1);
    INDArray x = TestFunctions.of(own.grid(), values);
    INDArray y = Resampling.evaluate(x, own, there.grid());
    double norm = here.norm(x).getDouble(0);
    assertThat(there.norm(y).getDouble(0)).isCloseTo(norm, within(1e-11 * norm));
  }
}
