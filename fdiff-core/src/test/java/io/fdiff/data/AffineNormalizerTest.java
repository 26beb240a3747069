package io.fdiff.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.PointSet;
import io.fdiff.space.RegularGrid;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class AffineNormalizerTest {

  private static final Grid GRID = RegularGrid.unit(2);

  private static FunctionDataset data(Grid grid, int channels, double... values) {
    return FunctionDataset.of(grid, FunctionBatch.array(grid, DataType.DOUBLE, channels, values));
  }

  @Test
  void minMaxMapsTheRangeOfEachChannel() {
    FunctionDataset data = data(GRID, 2, 1, 3, 10, 30, 2, 5, 20, 50);
    AffineNormalizer normalizer = AffineNormalizer.minMax(data);
    assertThat(normalizer.normalize(data).toDoubles())
        .containsExactly(-1, 0, -1, 0, -0.5, 1, -0.5, 1);
    AffineNormalizer unit = AffineNormalizer.minMax(data, 0, 1);
    assertThat(unit.shift()).containsExactly(1, 10);
    assertThat(unit.scale()).containsExactly(4, 40);
  }

  @Test
  void standardUsesQuadratureWeights() {
    // Weights ¼ and ¾: mean 3, variance (¼·9 + ¾·1) = 3.
    Grid grid =
        PointSet.of(List.of(Interval.UNIT), new double[][] {{0}, {1}}, new double[] {0.25, 0.75});
    AffineNormalizer normalizer = AffineNormalizer.standard(data(grid, 1, 0, 4));
    assertThat(normalizer.shift()[0]).isCloseTo(3, within(1e-15));
    assertThat(normalizer.scale()[0]).isCloseTo(Math.sqrt(3), within(1e-15));
  }

  @Test
  void standardGivesMeanZeroAndDeviationOne() {
    FunctionDataset data = data(GRID, 1, 1e6 + 1, 1e6 + 2, 1e6 + 3, 1e6 + 6);
    AffineNormalizer normalizer = AffineNormalizer.standard(data);
    assertThat(normalizer.shift()[0]).isCloseTo(1e6 + 3, within(1e-9));
    assertThat(normalizer.scale()[0]).isCloseTo(Math.sqrt(3.5), within(1e-12));
  }

  @Test
  void constantsMeanTheSameOnEveryGrid() {
    AffineNormalizer normalizer = AffineNormalizer.of(new double[] {1}, new double[] {2});
    Grid fine = RegularGrid.unit(2, 3);
    INDArray x = FunctionBatch.array(fine, DataType.FLOAT, 1, new double[] {1, 3, 5, 7, 9, 11});
    INDArray y = normalizer.normalize(x);
    assertThat(y.dataType()).isEqualTo(DataType.FLOAT);
    assertThat(y.shape()).containsExactly(1, 1, 2, 3);
    assertThat(y.reshape(6).toDoubleVector()).containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(x.reshape(6).toDoubleVector()).containsExactly(1, 3, 5, 7, 9, 11);
    assertThat(normalizer.denormalize(y)).isEqualTo(x);
  }

  @Test
  void equalConstantsMakeEqualNormalizers() {
    AffineNormalizer a = AffineNormalizer.minMax(data(GRID, 1, 0, 1, 2, 3));
    AffineNormalizer b = AffineNormalizer.of(a.shift(), a.scale());
    assertThat(b).isEqualTo(a).hasSameHashCodeAs(a);
    assertThat(b).isNotEqualTo(AffineNormalizer.of(a.shift(), new double[] {7}));
    a.scale()[0] = 9;
    assertThat(b).isEqualTo(a);
  }

  @Test
  void refusesConstantData() {
    // Three times 0.1 has a mean other than 0.1 in floating point: the spread must still be 0.
    FunctionDataset constant = data(GRID, 2, 1, 2, 0.1, 0.1, 3, 4, 0.1, 0.1, 5, 6, 0.1, 0.1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AffineNormalizer.minMax(constant))
        .withMessageContaining("channel 1 has spread 0.0 around 0.1")
        .withMessageContaining("must be positive");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AffineNormalizer.standard(constant))
        .withMessageContaining("channel 1 has spread 0.0 around 0.1");
  }

  @Test
  void refusesConstantsOutOfRange() {
    double[] one = {1};
    for (double bad : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> AffineNormalizer.of(one, new double[] {bad}))
          .withMessageContaining("scale " + bad)
          .withMessageContaining("positive and finite");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AffineNormalizer.of(new double[] {Double.NaN}, one))
        .withMessageContaining("shift NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AffineNormalizer.of(one, new double[] {1, 2}))
        .withMessageContaining("1 shifts and 2 scales");
    FunctionDataset data = data(GRID, 1, 0, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AffineNormalizer.minMax(data, 1, 1))
        .withMessageContaining("[1.0, 1.0]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AffineNormalizer.minMax(data, Double.NaN, 1))
        .withMessageContaining("NaN");
  }

  @Test
  void refusesOtherShapesAndTypes() {
    AffineNormalizer normalizer = AffineNormalizer.of(new double[] {1}, new double[] {2});
    INDArray wide = FunctionBatch.zeros(GRID, DataType.DOUBLE, 3, 2);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> normalizer.normalize(wide))
        .withMessageContaining("[3, 2, 2]")
        .withMessageContaining("[batch, 1, points…]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> normalizer.denormalize(wide.reshape(6, 2)))
        .withMessageContaining("[6, 2]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> normalizer.normalize(wide.reshape(6, 1, 2).castTo(DataType.INT64)))
        .withMessageContaining("LONG")
        .withMessageContaining("FLOAT or DOUBLE");
  }
}
