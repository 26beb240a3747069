package io.fdiff.space;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PointSetTest {

  private static final Interval SIDE = new Interval(0, 2);

  @Test
  void weightsOfPointsOfAnIntervalAreTheirCells() {
    // Cells [0, 0.75], [0.75, 1.25], [1.25, 2].
    PointSet points = PointSet.of(SIDE, 0.5, 1, 1.5);
    assertThat(points.weights()).containsExactly(0.75, 0.5, 0.75);
    assertThat(points.coordinate(2, 0)).isEqualTo(1.5);
  }

  @Test
  void cellsOfPointsWithBothEndsAreTheTrapezoidalRule() {
    assertThat(PointSet.of(SIDE, 0, 0.5, 2).weights())
        .containsExactly(new double[] {0.25, 1, 0.75}, within(1e-15));
  }

  @Test
  void cellsSumToTheLength() {
    double[] p = {0.01, 0.02, 0.5, 0.51, 1.9, 1.95};
    assertThat(Arrays.stream(PointSet.of(SIDE, p).weights()).sum()).isCloseTo(2, within(1e-15));
  }

  @Test
  void scatteredPointsKeepCoordinatesAndWeights() {
    List<Interval> box = List.of(Interval.UNIT, SIDE);
    double[][] p = {{0.1, 0.2}, {0.9, 1.7}, {0.5, 2}};
    double[] w = {0.5, 0.25, 1.25};
    PointSet points = PointSet.of(box, p, w);
    p[0][0] = 99;
    w[0] = 99;
    points.weights()[1] = 99;
    assertThat(points.weights()).containsExactly(0.5, 0.25, 1.25);
    assertThat(points.coordinate(0, 0)).isEqualTo(0.1);
    assertThat(points.coordinate(1, 1)).isEqualTo(1.7);
    assertThat(points.shape()).containsExactly(3);
    assertThat(points.dimension()).isEqualTo(2);
    assertThat(points.measure()).isEqualTo(2);
  }

  @Test
  void isEqualByValue() {
    PointSet points = PointSet.of(SIDE, 0.5, 1);
    assertThat(PointSet.of(List.of(SIDE), new double[][] {{0.5}, {1}}, points.weights()))
        .isEqualTo(points)
        .hasSameHashCodeAs(points);
    assertThat(points)
        .isNotEqualTo(PointSet.of(SIDE, 0.5, 1.25))
        .isNotEqualTo(PointSet.of(List.of(SIDE), new double[][] {{0.5}, {1}}, new double[] {1, 2}))
        .isNotEqualTo(PointSet.of(new Interval(0, 3), 0.5, 1))
        .isNotEqualTo(PointSet.of(List.of(SIDE), new double[][] {{0.5}, {1.1}}, points.weights()))
        .isNotEqualTo(RegularGrid.unit(2));
  }

  @Test
  void refusesPointsOutsideTheDomain() {
    double[][] p = {{0.5}, {2.5}};
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PointSet.of(List.of(SIDE), p, new double[] {1, 1}))
        .withMessageContaining("point 1 = [2.5]")
        .withMessageContaining("domain");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PointSet.of(SIDE, -0.5, 1))
        .withMessageContaining("-0.5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PointSet.of(SIDE, 1, 2.5))
        .withMessageContaining("2.5");
  }

  @Test
  void refusesPointsThatAreNotNumbers() {
    double[][] p = {{0.5}, {Double.NaN}};
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PointSet.of(List.of(SIDE), p, new double[] {1, 1}))
        .withMessageContaining("point 1 = [NaN]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PointSet.of(SIDE, Double.NaN, 1))
        .withMessageContaining("NaN");
  }

  @Test
  void refusesPointsOfAnotherDimension() {
    double[][] p = {{0.5}, {0.5, 0.5}};
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PointSet.of(List.of(SIDE), p, new double[] {1, 1}))
        .withMessageContaining("point 1 = [0.5, 0.5]");
  }

  @Test
  void refusesWeightsThatAreNotPositiveAndFinite() {
    double[][] p = {{0.5}, {1}};
    for (double bad : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> PointSet.of(List.of(SIDE), p, new double[] {1, bad}))
          .withMessageContaining("weight " + bad + " of point 1")
          .withMessageContaining("not positive and finite");
    }
  }

  @Test
  void refusesTooFewPointsOrWeights() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PointSet.of(List.of(SIDE), new double[][] {{0.5}}, new double[] {1}))
        .withMessageContaining("1 points")
        .withMessageContaining("at least 2 points");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PointSet.of(List.of(SIDE), new double[][] {{0.5}, {1}}, new double[] {1}))
        .withMessageContaining("2 points with 1 weights");
    assertThatIllegalArgumentException().isThrownBy(() -> PointSet.of(SIDE, 0.5));
    assertThatIllegalArgumentException().isThrownBy(() -> PointSet.of(SIDE));
  }

  @Test
  void refusesPositionsThatDoNotIncrease() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PointSet.of(SIDE, 0.5, 0.5, 1))
        .withMessageContaining("point 1 = 0.5")
        .withMessageContaining("predecessor 0.5");
  }

  @Test
  void refusesIndicesOutOfRange() {
    PointSet points = PointSet.of(SIDE, 0.5, 1);
    assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> points.weight(2));
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> points.coordinate(0, 1));
  }
}
