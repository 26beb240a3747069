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
import net.jqwik.api.constraints.Size;
import org.nd4j.linalg.api.ndarray.INDArray;

class L2SpacePropertiesTest {

  @Property(edgeCases = EdgeCasesMode.NONE)
  void weightsSumToTheMeasure(
      @ForAll Layout layout,
      @ForAll @IntRange(min = 2, max = 40) int n1,
      @ForAll @IntRange(min = 2, max = 40) int n2,
      @ForAll @Scale(9) @DoubleRange(min = -100, max = 100) double lower,
      @ForAll @Scale(9) @DoubleRange(min = 0.001, max = 100) double length) {
    Interval side = new Interval(lower, lower + length);
    Grid grid = RegularGrid.of(List.of(side, Interval.UNIT), layout, n1, n2);
    double filled = 1;
    for (int n : layout == Layout.INTERIOR ? new int[] {n1, n2} : new int[0]) {
      filled *= n / (n + 1.0);
    }
    assertThat(Arrays.stream(grid.weights()).sum())
        .isCloseTo(filled * side.length(), within(1e-13 * side.length()));
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void pointsLieInTheDomainInIncreasingOrder(
      @ForAll Layout layout,
      @ForAll @IntRange(min = 2, max = 200) int n,
      @ForAll @Scale(9) @DoubleRange(min = -100, max = 100) double lower,
      @ForAll @Scale(9) @DoubleRange(min = 0.001, max = 100) double length) {
    // Round-off of lower + u·length may step over the upper end by one unit in the last place.
    Interval side = new Interval(lower, lower + length);
    Grid grid = RegularGrid.of(List.of(side), layout, n);
    double last = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      double p = grid.coordinate(i, 0);
      assertThat(p)
          .isGreaterThan(last)
          .isBetween(side.lower(), side.upper() + Math.ulp(side.upper()));
      last = p;
    }
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void cellsOfScatteredPointsSumToTheLength(
      @ForAll @Size(min = 2, max = 30)
          List<@Scale(9) @DoubleRange(min = 0.001, max = 1) Double> gaps) {
    double[] p = TestFunctions.points(gaps);
    Interval side = new Interval(0, p[p.length - 1] + 0.25);
    assertThat(Arrays.stream(PointSet.of(side, p).weights()).sum())
        .isCloseTo(side.length(), within(1e-14 * side.length() * p.length));
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void innerIsBilinear(
      @ForAll @Size(12) List<@Scale(9) @DoubleRange(min = -10, max = 10) Double> values,
      @ForAll @Scale(9) @DoubleRange(min = -3, max = 3) double a,
      @ForAll @Scale(9) @DoubleRange(min = -3, max = 3) double b) {
    Grid grid = PointSet.of(new Interval(0, 2), 0.1, 0.4, 1.3, 1.7);
    INDArray x = part(grid, values, 0);
    INDArray y = part(grid, values, 4);
    INDArray z = part(grid, values, 8);
    L2Space space = new L2Space(grid);
    double left = space.inner(x.mul(a).add(y.mul(b)), z).getDouble(0);
    double right = a * space.inner(x, z).getDouble(0) + b * space.inner(y, z).getDouble(0);
    // Terms are at most 3·10·10 times the measure 2, two of them.
    assertThat(left).isCloseTo(right, within(1e-12));
  }

  private static INDArray part(Grid grid, List<Double> values, int from) {
    return TestFunctions.of(
        grid, values.subList(from, from + 4).stream().mapToDouble(v -> v).toArray());
  }
}
