package io.fdiff.space;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.space.RegularGrid.Layout;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Scale;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Laws of weighted L² over layouts, boxes and densities. */
class WeightedL2SpacePropertiesTest {

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void isAHilbertSpace(
      @ForAll Layout layout,
      @ForAll @IntRange(min = 2, max = 9) int n1,
      @ForAll @IntRange(min = 2, max = 9) int n2,
      @ForAll @Scale(4) @DoubleRange(min = 0.01, max = 100) double length,
      @ForAll long seed) {
    Grid grid = RegularGrid.of(List.of(new Interval(0, length), Interval.UNIT), layout, n1, n2);
    double[] density =
        Arrays.stream(TestFunctions.rough(grid.size(), seed + 2)).map(Math::exp).toArray();
    HilbertSpaceLaws.check(WeightedL2Space.of(grid, density), seed, 1e-13);
  }

  /**
   * {@code ∫ cos(jπp) cos(lπp) (1 + a cos 2πp) dp} in closed form, exact by the midpoint rule while
   * {@code j + l + 2 < 2n}: the same number on every such grid.
   */
  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void innerProductsDoNotDependOnTheGrid(
      @ForAll @IntRange(min = 0, max = 4) int j,
      @ForAll @IntRange(min = 0, max = 4) int l,
      @ForAll @Scale(4) @DoubleRange(min = -0.9, max = 0.9) double a,
      @ForAll @IntRange(min = 6, max = 40) int n) {
    double expected = 0.5 * (one(j - l) + one(j + l));
    expected += 0.25 * a * (one(j - l - 2) + one(j - l + 2) + one(j + l - 2));
    Grid grid = RegularGrid.unit(n);
    WeightedL2Space space = WeightedL2Space.of(grid, p -> 1 + a * Math.cos(2 * Math.PI * p[0]));
    INDArray x = TestFunctions.of(grid, p -> Math.cos(j * Math.PI * p));
    INDArray y = TestFunctions.of(grid, p -> Math.cos(l * Math.PI * p));
    assertThat(space.inner(x, y).getDouble(0)).isCloseTo(expected, within(1e-14));
  }

  /** {@code ∫ cos mπp dp}. */
  private static double one(int m) {
    return m == 0 ? 1 : 0;
  }
}
