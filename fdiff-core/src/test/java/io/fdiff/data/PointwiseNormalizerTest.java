package io.fdiff.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.noise.NoiseSource;
import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.PointSet;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.TestFunctions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class PointwiseNormalizerTest {

  private static final Grid GRID = RegularGrid.unit(2);

  @Test
  void standardGivesMeanZeroAndDeviationOneAtEveryPoint() {
    FunctionDataset data =
        FunctionDataset.of(GRID, 2, new double[] {1, 10, 5, 1e6, 3, 30, 9, 1e6 + 2});
    PointwiseNormalizer normalizer = PointwiseNormalizer.standard(data);
    assertThat(TestFunctions.values(normalizer.shift())).containsExactly(2, 20, 7, 1e6 + 1);
    assertThat(TestFunctions.values(normalizer.scale())).containsExactly(1, 10, 2, 1);
    FunctionDataset y = normalizer.normalize(data);
    assertThat(y.toDoubles()).containsExactly(-1, -1, -1, -1, 1, 1, 1, 1);
    assertThat(normalizer.denormalize(y).toDoubles()).containsExactly(data.toDoubles());
    assertThat(normalizer.grid()).isEqualTo(GRID);
  }

  /** Constants of the training part, applied to the rest. */
  @Test
  void isFittedOnTheTrainingPartOnly() {
    FunctionDataset all = BrownianSheet.of(RegularGrid.unit(5)).generate(NoiseSource.of(9), 50);
    FunctionDataset.Split split = all.split(40, NoiseSource.of(1));
    PointwiseNormalizer normalizer = PointwiseNormalizer.standard(split.first());
    double[] y = normalizer.normalize(split.second()).toDoubles();
    double[] x = split.second().toDoubles();
    double[] train = split.first().toDoubles();
    double mean = 0;
    double square = 0;
    for (int b = 0; b < 40; b++) {
      mean += train[5 * b] / 40;
      square += train[5 * b] * train[5 * b] / 40;
    }
    assertThat(y[0]).isCloseTo((x[0] - mean) / Math.sqrt(square - mean * mean), within(1e-12));
  }

  private static PointwiseNormalizer linear(Grid grid) {
    INDArray shift = TestFunctions.of(grid, p -> 3 * p - 1);
    return PointwiseNormalizer.of(grid, shift, TestFunctions.of(grid, p -> 1 + p));
  }

  @Test
  void linearConstantsAreInterpolatedExactly() {
    Grid[] from = {
      RegularGrid.unit(RegularGrid.Layout.NODE, 5),
      RegularGrid.unit(8),
      PointSet.of(Interval.UNIT, 0.01, 0.2, 0.7, 0.99)
    };
    Grid inner = PointSet.of(Interval.UNIT, 0.07, 0.2, 0.5, 0.9);
    for (Grid grid : from) {
      PointwiseNormalizer there = linear(grid).on(inner);
      assertThat(there.grid()).isEqualTo(inner);
      for (int i = 0; i < 4; i++) {
        double p = inner.coordinate(i, 0);
        assertThat(there.shift().getDouble(0, 0, i)).isCloseTo(3 * p - 1, within(1e-14));
        assertThat(there.scale().getDouble(0, 0, i)).isCloseTo(1 + p, within(1e-14));
      }
    }
    assertThat(linear(GRID).on(RegularGrid.unit(2))).isEqualTo(linear(GRID));
  }

  @Test
  void constantsContinueBeyondTheOuterPointsAndAroundPeriods() {
    PointwiseNormalizer cells = linear(RegularGrid.unit(2));
    // At 0 and 1, beyond the centres ¼ and ¾.
    PointwiseNormalizer ends = cells.on(RegularGrid.unit(RegularGrid.Layout.NODE, 3));
    assertThat(TestFunctions.values(ends.shift())).containsExactly(-0.25, 0.5, 1.25);
    // Points 0, ¼, ½, ¾ with shifts −1, −¼, ½, 1¼; at ⅞ half-way back to the first.
    PointwiseNormalizer ring = linear(RegularGrid.unit(RegularGrid.Layout.PERIODIC, 4));
    PointwiseNormalizer fine = ring.on(RegularGrid.unit(RegularGrid.Layout.PERIODIC, 8));
    assertThat(fine.shift().getDouble(0, 0, 7)).isCloseTo(0.125, within(1e-15));
    assertThat(fine.shift().getDouble(0, 0, 6)).isCloseTo(1.25, within(1e-15));
    assertThat(ring.on(RegularGrid.unit(RegularGrid.Layout.NODE, 2)).shift().getDouble(0, 0, 1))
        .isEqualTo(-1);
  }

  @Test
  void interpolatesBilinearlyInTwoDimensions() {
    Grid coarse = RegularGrid.unit(RegularGrid.Layout.NODE, 3, 2);
    INDArray product = TestFunctions.of(coarse, (p, q) -> 2 + p * q + q);
    PointwiseNormalizer there =
        PointwiseNormalizer.of(coarse, product, product).on(RegularGrid.unit(5, 7));
    double[] expected =
        TestFunctions.values(TestFunctions.of(there.grid(), (p, q) -> 2 + p * q + q));
    assertThat(TestFunctions.distance(TestFunctions.values(there.scale()), expected))
        .isLessThan(1e-14);
  }

  @Test
  void constantPointsNeedASmallestScale() {
    FunctionDataset data = FunctionDataset.of(GRID, new double[][] {{1, 0.1}, {2, 0.1}, {4, 0.1}});
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PointwiseNormalizer.standard(data))
        .withMessageContaining("channel 0, point 1 has spread 0.0 around 0.1")
        .withMessageContaining("smallest scale");
    PointwiseNormalizer normalizer = PointwiseNormalizer.standard(data, 0.5);
    assertThat(normalizer.scale().getDouble(0, 0, 1)).isEqualTo(0.5);
    assertThat(normalizer.scale().getDouble(0, 0, 0)).isCloseTo(Math.sqrt(14 / 9.0), within(1e-15));
    for (double bad : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> PointwiseNormalizer.standard(data, bad))
          .withMessageContaining("smallest scale " + bad);
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    PointwiseNormalizer normalizer = linear(GRID);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> normalizer.normalize(TestFunctions.random(RegularGrid.unit(3), 1)))
        .withMessageContaining("[1, 1, 3]");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> normalizer.denormalize(TestFunctions.random(GRID, DataType.FLOAT, 1, 2, 1)))
        .withMessageContaining("constants for 1 channels");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                normalizer.on(
                    RegularGrid.of(List.of(new Interval(0, 2)), RegularGrid.Layout.CELL, 2)))
        .withMessageContaining("domains must agree");
    INDArray one = TestFunctions.of(GRID, 1, 1);
    for (double bad : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> PointwiseNormalizer.of(GRID, one, TestFunctions.of(GRID, 1, bad)))
          .withMessageContaining("channel 0, point 1: shift 1.0, scale " + bad);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PointwiseNormalizer.of(GRID, TestFunctions.of(GRID, Double.NaN, 1), one))
        .withMessageContaining("point 0: shift NaN");
    INDArray two = TestFunctions.of(GRID, 1, 1, 2, 2);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PointwiseNormalizer.of(GRID, two, two))
        .withMessageContaining("more than one function");
    Grid scattered =
        PointSet.of(
            List.of(Interval.UNIT, Interval.UNIT),
            new double[][] {{0, 0}, {1, 1}},
            new double[] {0.5, 0.5});
    PointwiseNormalizer plane = linear(scattered);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> plane.on(RegularGrid.unit(2, 2)))
        .withMessageContaining("neighbours on an interval only");
  }
}
