package io.fdiff.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.L2Space;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.RegularGrid.Layout;
import io.fdiff.space.TestFunctions;
import java.util.List;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Scale;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Invariants of the fast transforms over lengths, boxes and functions. */
class SpectralTransformPropertiesTest {

  @Property(edgeCases = EdgeCasesMode.NONE)
  void inverseUndoesForwardForEveryLength(
      @ForAll Basis basis, @ForAll @IntRange(min = 2, max = 600) int length, @ForAll long seed) {
    // Matrices cost n³.
    int n = Transforms.fast(basis, Layout.CELL) ? length : 2 + length / 12;
    SpectralTransform t = basis.on(RegularGrid.unit(n));
    double[] x = TestFunctions.rough(n, seed);
    double[] c = new double[n];
    double[] back = new double[n];
    t.forward(x, c, 1);
    t.inverse(c, back, 1);
    // JTransforms takes factors up to 199 by recurrences that lose three digits: 8e-13 at worst.
    assertThat(TestFunctions.distance(back, x)).isLessThan(5e-12 * (1 + TestFunctions.max(x)));
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void parsevalHoldsOnBoxes(
      @ForAll Basis basis,
      @ForAll @IntRange(min = 2, max = 16) int n1,
      @ForAll @IntRange(min = 2, max = 16) int n2,
      @ForAll @Scale(6) @DoubleRange(min = 0.01, max = 50) double length,
      @ForAll long seed) {
    Grid grid =
        RegularGrid.of(List.of(new Interval(0, length), Interval.UNIT), Layout.CELL, n1, n2);
    INDArray x = TestFunctions.random(grid, seed);
    double sum = 0;
    for (double c : TestFunctions.values(basis.on(grid).forward(x))) {
      sum += c * c;
    }
    double norm = new L2Space(grid).inner(x, x).getDouble(0);
    assertThat(sum).isCloseTo(norm, within(1e-13 * norm));
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void forwardIsLinear(
      @ForAll Basis basis,
      @ForAll @IntRange(min = 2, max = 64) int n,
      @ForAll @Scale(6) @DoubleRange(min = -5, max = 5) double a,
      @ForAll long seed) {
    SpectralTransform t = basis.on(RegularGrid.unit(n));
    INDArray x = TestFunctions.random(t.grid(), seed);
    INDArray y = TestFunctions.random(t.grid(), seed + 1);
    INDArray left = t.forward(x.mul(a).add(y));
    INDArray right = t.forward(x).mul(a).add(t.forward(y));
    assertThat(TestFunctions.distance(TestFunctions.values(left), TestFunctions.values(right)))
        .isLessThan(1e-12);
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void refiningTheGridKeepsTheCoefficients(
      @ForAll Basis basis,
      @ForAll @IntRange(min = 2, max = 40) int n,
      @ForAll @IntRange(min = 0, max = 60) int more,
      @ForAll long seed) {
    // Odd grids have no alternating mode, nor have sines between the ends.
    Layout layout = basis == Basis.SINE ? Layout.INTERIOR : Layout.CELL;
    SpectralTransform coarse = basis.on(RegularGrid.unit(layout, 2 * n + 1));
    SpectralTransform fine = basis.on(RegularGrid.unit(layout, 2 * (n + more) + 1));
    INDArray x = TestFunctions.random(coarse.grid(), seed);
    INDArray there = Resampling.spectral(x, coarse, fine);
    INDArray back = Resampling.spectral(there, fine, coarse);
    assertThat(TestFunctions.distance(TestFunctions.values(back), TestFunctions.values(x)))
        .isLessThan(1e-10);
    L2Space here = new L2Space(coarse.grid());
    L2Space refined = new L2Space(fine.grid());
    double norm = here.norm(x).getDouble(0);
    assertThat(refined.norm(there).getDouble(0)).isCloseTo(norm, within(1e-12 * norm));
  }
}
