package io.fdiff.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.PointSet;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.RegularGrid.Layout;
import io.fdiff.space.TestFunctions;
import io.fdiff.transform.Resampling.Extension;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Multilinear interpolation, its boundary rules and its order. */
class LinearInterpolationTest {

  private static final Interval SIDE = new Interval(-1, 3);

  private static double[] linear(INDArray x, Grid from, Grid to) {
    return TestFunctions.values(Resampling.linear(x, from, to, Extension.LINEAR));
  }

  @Test
  void multilinearFunctionsAreExactOnTheWholeBox() {
    List<Interval> box = List.of(SIDE, Interval.UNIT, new Interval(2, 2.5));
    ToDoubleFunction<double[]> f =
        p -> 1 - p[0] + 2 * p[1] * p[2] - p[0] * p[1] * p[2] + 0.5 * p[0] * p[2];
    double[][] q = {{-1, 0, 2}, {3, 1, 2.5}, {-0.9, 0.97, 2.01}, {1.3, 0.4, 2.33}, {2.99, 0, 2.5}};
    Grid to = PointSet.of(box, q);
    for (Layout layout : List.of(Layout.CELL, Layout.NODE)) {
      RegularGrid from = RegularGrid.of(box, layout, 4, 3, 2);
      assertThat(
              TestFunctions.distance(
                  linear(TestFunctions.at(from, f), from, to),
                  TestFunctions.values(TestFunctions.at(to, f))))
          .as("%s", layout)
          .isLessThan(1e-13);
    }
  }

  @Test
  void boundariesFollowTheLayout() {
    Grid to = PointSet.of(Interval.UNIT, 0, 0.05, 0.1, 0.95, 1);
    RegularGrid cells = RegularGrid.unit(5);
    // Cell centres 0.1, 0.3, …: the outer lines go on with slopes 10 and −10.
    assertThat(linear(TestFunctions.of(cells, 1, 3, 0, 4, 2), cells, to))
        .containsExactly(new double[] {0, 0.5, 1, 1.5, 1}, within(1e-13));
    RegularGrid periodic = RegularGrid.unit(Layout.PERIODIC, 5);
    assertThat(linear(TestFunctions.of(periodic, 1, 3, 0, 4, 2), periodic, to))
        .containsExactly(new double[] {1, 1.5, 2, 1.25, 1}, within(1e-13));
    RegularGrid interior = RegularGrid.unit(Layout.INTERIOR, 4);
    assertThat(linear(TestFunctions.of(interior, 1, 3, 0, 4), interior, to))
        .containsExactly(new double[] {0, 0.25, 0.5, 1, 0}, within(1e-13));
    RegularGrid nodes = RegularGrid.unit(Layout.NODE, 6);
    assertThat(linear(TestFunctions.of(nodes, 1, 3, 0, 4, 2, 6), nodes, to))
        .containsExactly(new double[] {1, 1.5, 2, 5, 6}, within(1e-13));
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void onItsOwnPointsItIsTheIdentity(Layout layout) {
    RegularGrid grid = RegularGrid.of(List.of(SIDE, Interval.UNIT), layout, 5, 6);
    INDArray x = TestFunctions.random(grid, DataType.DOUBLE, 2, 3, 1);
    for (Extension extension : Extension.values()) {
      INDArray y = Resampling.linear(x, grid, grid, extension);
      assertThat(y.shape()).containsExactly(2, 3, 5, 6);
      assertThat(TestFunctions.distance(TestFunctions.values(y), TestFunctions.values(x)))
          .isLessThan(1e-13);
    }
  }

  @Test
  void constantExtensionKeepsTheOutermostValue() {
    Grid to = PointSet.of(Interval.UNIT, 0, 0.05, 0.1, 0.95, 1);
    assertThat(constant(RegularGrid.unit(5), to, 1, 3, 0, 4, 2))
        .containsExactly(new double[] {1, 1, 1, 2, 2}, within(1e-13));
    assertThat(constant(RegularGrid.unit(Layout.PERIODIC, 5), to, 1, 3, 0, 4, 2))
        .containsExactly(new double[] {1, 1.5, 2, 1.25, 1}, within(1e-13));
    assertThat(constant(RegularGrid.unit(Layout.INTERIOR, 4), to, 1, 3, 0, 4))
        .containsExactly(new double[] {1, 1, 1, 4, 4}, within(1e-13));
    assertThat(constant(RegularGrid.unit(Layout.NODE, 6), to, 1, 3, 0, 4, 2, 6))
        .containsExactly(new double[] {1, 1.5, 2, 5, 6}, within(1e-13));
  }

  private static double[] constant(Grid from, Grid to, double... values) {
    return TestFunctions.values(
        Resampling.linear(TestFunctions.of(from, values), from, to, Extension.CONSTANT));
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void constantExtensionStaysWithinTheRange(Layout layout) {
    RegularGrid from = RegularGrid.of(List.of(SIDE, Interval.UNIT), layout, 4, 3);
    INDArray x = TestFunctions.random(from, 5);
    double[] given = TestFunctions.values(x);
    double largest = Arrays.stream(given).max().orElseThrow();
    double smallest = Arrays.stream(given).min().orElseThrow();
    Grid to = RegularGrid.of(from.domain(), Layout.NODE, 23, 19);
    double[] found = TestFunctions.values(Resampling.linear(x, from, to, Extension.CONSTANT));
    for (double value : found) {
      assertThat(value).isBetween(smallest - 1e-14, largest + 1e-14);
    }
  }

  @Test
  void pointsOfAnIntervalMayStandInAnyOrder() {
    Grid from = PointSet.of(List.of(Interval.UNIT), new double[][] {{0.7}, {0.2}, {0.8}, {0.3}});
    double[] values = {3, 1, 5, 0};
    Grid to = PointSet.of(Interval.UNIT, 0, 0.2, 0.25, 0.3, 0.4, 0.75, 0.8, 1);
    assertThat(constant(from, to, values))
        .containsExactly(new double[] {1, 1, 0.5, 0, 0.75, 4, 5, 5}, within(1e-13));
    assertThat(linear(TestFunctions.of(from, values), from, to))
        .containsExactly(new double[] {3, 1, 0.5, 0, 0.75, 4, 5, 9}, within(1e-13));
    // Rows of a batch are carried one by one.
    INDArray x = TestFunctions.random(from, DataType.DOUBLE, 2, 3, 1);
    INDArray y = Resampling.linear(x, from, RegularGrid.unit(9), Extension.LINEAR);
    assertThat(y.shape()).containsExactly(2, 3, 9);
    assertThat(linear(TestFunctions.sample(x, 1), from, RegularGrid.unit(9)))
        .containsExactly(TestFunctions.values(TestFunctions.sample(y, 1)));
  }

  @Test
  void affineFunctionsAreExactFromScatteredPoints() {
    Grid from = PointSet.of(SIDE, -0.9, 0.2, 0.7, 2.5);
    Grid to = RegularGrid.of(List.of(SIDE), Layout.NODE, 12);
    assertThat(
            TestFunctions.distance(
                linear(TestFunctions.of(from, p -> 3 * p - 1), from, to),
                TestFunctions.values(TestFunctions.of(to, p -> 3 * p - 1))))
        .isLessThan(1e-13);
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void convergesAtSecondOrder(Layout layout) {
    // Periodic and 0 at the ends, so that every layout may carry it.
    DoubleUnaryOperator f = p -> Math.sin(2 * Math.PI * p) + 0.5 * Math.sin(4 * Math.PI * p);
    double[] p = new double[997];
    for (int i = 0; i < p.length; i++) {
      p[i] = (double) i / (p.length - 1);
    }
    Grid to = PointSet.of(Interval.UNIT, p);
    double[] exact = TestFunctions.values(TestFunctions.of(to, f));
    double[] error = new double[3];
    for (int r = 0; r < error.length; r++) {
      int cells = 40 << r;
      int n = cells + (layout == Layout.NODE ? 1 : layout == Layout.INTERIOR ? -1 : 0);
      RegularGrid from = RegularGrid.unit(layout, n);
      error[r] = TestFunctions.distance(linear(TestFunctions.of(from, f), from, to), exact);
    }
    assertThat(error[0] / error[1]).isCloseTo(4, within(0.3));
    assertThat(error[1] / error[2]).isCloseTo(4, within(0.3));
  }

  @Test
  void keepsBatchChannelsAndType() {
    RegularGrid from = RegularGrid.unit(6);
    Grid to = PointSet.of(Interval.UNIT, 0.2, 0.55, 0.7);
    INDArray x = TestFunctions.random(from, DataType.FLOAT, 3, 2, 4);
    INDArray y = Resampling.linear(x, from, to, Extension.LINEAR);
    assertThat(y.shape()).containsExactly(3, 2, 3);
    assertThat(y.dataType()).isEqualTo(DataType.FLOAT);
    for (int b = 0; b < 3; b++) {
      assertThat(linear(TestFunctions.sample(x, b), from, to))
          .containsExactly(TestFunctions.values(TestFunctions.sample(y, b)));
    }
  }

  @Test
  void refusesAnotherDomainOrShape() {
    RegularGrid from = RegularGrid.unit(6);
    Grid other = RegularGrid.of(List.of(SIDE), Layout.CELL, 6);
    INDArray x = TestFunctions.random(from, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Resampling.linear(x, from, other, Extension.CONSTANT))
        .withMessageContaining("domains must agree");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Resampling.evaluate(x, CosineTransform.of(from), other))
        .withMessageContaining("domains must agree");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Resampling.linear(x, RegularGrid.unit(7), from, Extension.LINEAR))
        .withMessageContaining("[1, 1, 6]");
    Grid scattered =
        PointSet.of(
            List.of(Interval.UNIT, Interval.UNIT),
            new double[][] {{0, 0}, {1, 1}},
            new double[] {0.5, 0.5});
    INDArray plane = TestFunctions.random(scattered, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> Resampling.linear(plane, scattered, RegularGrid.unit(2, 2), Extension.CONSTANT))
        .withMessageContaining("neighbours on an interval only");
  }
}
