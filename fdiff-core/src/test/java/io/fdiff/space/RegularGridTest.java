package io.fdiff.space;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.space.RegularGrid.Layout;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class RegularGridTest {

  private static final List<Interval> BOX = List.of(new Interval(-1, 3), new Interval(0, 0.5));

  @Test
  void pointsLieWhereTheLayoutSays() {
    Interval side = new Interval(-1, 3);
    assertThat(positions(RegularGrid.of(List.of(side), Layout.CELL, 4)))
        .containsExactly(-0.5, 0.5, 1.5, 2.5);
    assertThat(positions(RegularGrid.of(List.of(side), Layout.PERIODIC, 4)))
        .containsExactly(-1, 0, 1, 2);
    assertThat(positions(RegularGrid.of(List.of(side), Layout.NODE, 5)))
        .containsExactly(-1, 0, 1, 2, 3);
    assertThat(positions(RegularGrid.of(List.of(side), Layout.INTERIOR, 3)))
        .containsExactly(0, 1, 2);
  }

  private static double[] positions(Grid grid) {
    double[] p = new double[grid.size()];
    Arrays.setAll(p, i -> grid.coordinate(i, 0));
    return p;
  }

  @Test
  void weightsAreThoseOfTheRule() {
    Interval side = new Interval(-1, 3);
    assertThat(RegularGrid.of(List.of(side), Layout.CELL, 4).weights()).containsExactly(1, 1, 1, 1);
    assertThat(RegularGrid.of(List.of(side), Layout.PERIODIC, 8).weights()).containsOnly(0.5);
    assertThat(RegularGrid.of(List.of(side), Layout.NODE, 5).weights())
        .containsExactly(0.5, 1, 1, 1, 0.5);
    assertThat(RegularGrid.of(List.of(side), Layout.INTERIOR, 7).weights()).containsOnly(0.5);
  }

  @Test
  void flatIndexRunsInCOrder() {
    RegularGrid grid = RegularGrid.of(BOX, Layout.NODE, 3, 2);
    double[][] expected = {{-1, 0}, {-1, 0.5}, {1, 0}, {1, 0.5}, {3, 0}, {3, 0.5}};
    for (int i = 0; i < 6; i++) {
      assertThat(new double[] {grid.coordinate(i, 0), grid.coordinate(i, 1)})
          .containsExactly(expected[i]);
    }
    assertThat(grid.weights()).containsExactly(0.25, 0.25, 0.5, 0.5, 0.25, 0.25);
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void weightsSumToTheMeasure(Layout layout) {
    RegularGrid grid = RegularGrid.of(BOX, layout, 7, 10);
    assertThat(grid.measure()).isEqualTo(2);
    double filled = layout == Layout.INTERIOR ? 7.0 / 8 * 10 / 11 : 1;
    assertThat(Arrays.stream(grid.weights()).sum()).isCloseTo(2 * filled, within(1e-14));
    assertThat(Arrays.stream(grid.weights()).min().orElseThrow()).isPositive();
    assertThat(grid.size()).isEqualTo(70);
    assertThat(grid.dimension()).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void quadratureConvergesAtSecondOrderOrBetter(Layout layout) {
    // ∫₀¹ eᵖ = e − 1; midpoint and trapezoid have error h²/24 and h²/12 times e − 1. The rectangle
    // rule of a periodic axis is exact for trigonometric polynomials, not for this function, and
    // the
    // rule of interior points is the trapezoidal one for functions that are 0 at the ends.
    double[] error = new double[2];
    for (int r = 0; r < 2; r++) {
      int n = 20 * (r + 1);
      n += layout == Layout.NODE ? 1 : layout == Layout.INTERIOR ? -1 : 0;
      RegularGrid grid = RegularGrid.unit(layout, n);
      double sum = 0;
      double exact =
          switch (layout) {
            case CELL, NODE -> Math.E - 1;
            case PERIODIC -> 1.0 / 2;
            case INTERIOR -> 1.0 / 6;
          };
      for (int i = 0; i < n; i++) {
        double p = grid.coordinate(i, 0);
        double f =
            switch (layout) {
              case CELL, NODE -> Math.exp(p);
              case PERIODIC -> Math.pow(Math.sin(2 * Math.PI * p), 2);
              case INTERIOR -> p * (1 - p);
            };
        sum += grid.weight(i) * f;
      }
      error[r] = Math.abs(sum - exact);
    }
    if (layout == Layout.PERIODIC) {
      assertThat(error).containsExactly(new double[] {0, 0}, within(1e-15));
    } else {
      assertThat(error[0] / error[1]).isCloseTo(4, within(0.01));
    }
  }

  @Test
  void unitGridsAreCellCentred() {
    assertThat(RegularGrid.unit(4)).isEqualTo(RegularGrid.unit(Layout.CELL, 4));
    assertThat(RegularGrid.unit(4).coordinate(0, 0)).isEqualTo(0.125);
    assertThat(RegularGrid.unit(3, 4, 5).measure()).isEqualTo(1);
  }

  @Test
  void isEqualByDomainShapeAndLayout() {
    RegularGrid grid = RegularGrid.of(BOX, Layout.CELL, 3, 4);
    assertThat(RegularGrid.of(BOX, Layout.CELL, 5, 6).withShape(3, 4))
        .isEqualTo(grid)
        .hasSameHashCodeAs(grid);
    assertThat(grid)
        .isNotEqualTo(RegularGrid.of(BOX, Layout.NODE, 3, 4))
        .isNotEqualTo(RegularGrid.of(BOX, Layout.CELL, 4, 3))
        .isNotEqualTo(RegularGrid.unit(Layout.CELL, 3, 4));
  }

  @Test
  void keepsItsShapeWhenCallersChangeTheirArrays() {
    int[] shape = {3, 4};
    RegularGrid grid = RegularGrid.unit(shape);
    shape[0] = 99;
    grid.shape()[1] = 99;
    assertThat(grid.shape()).containsExactly(3, 4);
  }

  @Test
  void unitCoordinatesAreRelativeToTheDomain() {
    INDArray p = RegularGrid.of(BOX, Layout.CELL, 2, 2).unitCoordinates(DataType.DOUBLE);
    assertThat(p.shape()).containsExactly(4, 2);
    assertThat(TestFunctions.values(p))
        .containsExactly(
            new double[] {0.25, 0.25, 0.25, 0.75, 0.75, 0.25, 0.75, 0.75}, within(1e-15));
    assertThat(RegularGrid.unit(2).unitCoordinates(DataType.FLOAT).dataType())
        .isEqualTo(DataType.FLOAT);
  }

  @Test
  void refusesTooFewPointsWithTheShape() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RegularGrid.unit(8, 1))
        .withMessageContaining("[8, 1]")
        .withMessageContaining("at least 2 points");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RegularGrid.unit(8).withShape(-3))
        .withMessageContaining("[-3]");
  }

  @Test
  void refusesAShapeThatDoesNotFitTheDomain() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RegularGrid.of(BOX, Layout.CELL, 8))
        .withMessageContaining("[8]")
        .withMessageContaining("2 intervals");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RegularGrid.of(List.of(), Layout.CELL))
        .withMessageContaining("at least one");
  }

  @Test
  void refusesMorePointsThanAnIndexHolds() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RegularGrid.unit(1 << 16, 1 << 16))
        .withMessageContaining("[65536, 65536]")
        .withMessageContaining("2^31");
  }

  @Test
  void refusesPointsThatRoundOffCannotTellApart() {
    List<Interval> far = List.of(new Interval(1e16, 1e16 + 16));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RegularGrid.of(far, Layout.CELL, 4))
        .withMessageContaining("4 points on")
        .withMessageContaining("closer than the coordinates can tell");
    assertThat(RegularGrid.of(List.of(new Interval(1e12, 1e12 + 1)), Layout.CELL, 4).size())
        .isEqualTo(4);
  }

  @Test
  void refusesABoxWhoseMeasureIsNoNumber() {
    for (double length : new double[] {1e-200, 1e200}) {
      List<Interval> box = List.of(new Interval(0, length), new Interval(0, length));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> RegularGrid.of(box, Layout.CELL, 4, 4))
          .withMessageContaining("has measure " + length * length)
          .withMessageContaining("other units");
    }
  }

  @Test
  void refusesIndicesOutOfRange() {
    RegularGrid grid = RegularGrid.unit(3, 4);
    assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> grid.weight(12));
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> grid.coordinate(-1, 0));
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> grid.coordinate(0, 2));
  }
}
