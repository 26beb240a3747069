package io.fdiff.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.TestFunctions;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class AsinhNormalizerTest {

  private static final Grid GRID = RegularGrid.unit(2);

  /** Closed forms: {@code arsinh(¾) = ln 2}, {@code arsinh x = ln(2x)} for large x, x for small. */
  @Test
  void isLinearBelowTheScaleAndLogarithmicAboveIt() {
    AsinhNormalizer normalizer = AsinhNormalizer.of(4);
    INDArray x = TestFunctions.of(GRID, 3, -3, 0, 4e-12, 4e12, -4e12);
    double[] y = TestFunctions.values(normalizer.normalize(x));
    assertThat(y[0]).isCloseTo(Math.log(2), within(2e-16));
    assertThat(y[1]).isCloseTo(-Math.log(2), within(2e-16));
    assertThat(y[2]).isZero();
    assertThat(y[3]).isCloseTo(1e-12, within(1e-27));
    assertThat(y[4]).isCloseTo(Math.log(2e12), within(1e-14));
    assertThat(y[5]).isEqualTo(-y[4]);
  }

  @Test
  void channelsHaveTheirOwnScale() {
    AsinhNormalizer normalizer = AsinhNormalizer.of(1, 100);
    INDArray x = TestFunctions.random(GRID, DataType.FLOAT, 3, 2, 1);
    double[] in = TestFunctions.values(x);
    INDArray y = normalizer.normalize(x);
    assertThat(y.dataType()).isEqualTo(DataType.FLOAT);
    double[] out = TestFunctions.values(y);
    for (int i = 0; i < in.length; i++) {
      double u = in[i] / (i / 2 % 2 == 0 ? 1 : 100);
      double expected = Math.signum(u) * Math.log(Math.abs(u) + Math.sqrt(u * u + 1));
      assertThat(out[i]).isCloseTo(expected, within(1e-6));
    }
    assertThat(TestFunctions.values(x)).isEqualTo(in);
  }

  @Test
  void medianScalesLeaveZerosOut() {
    FunctionDataset data =
        FunctionDataset.of(GRID, 2, new double[] {0, 0, 7, -9, 1, 0, 8, 8, -4, 90, 8, 7});
    AsinhNormalizer normalizer = AsinhNormalizer.median(data);
    assertThat(normalizer.scale()).containsExactly(4, 8);
    assertThat(normalizer).isEqualTo(AsinhNormalizer.of(4, 8)).isNotEqualTo(AsinhNormalizer.of(4));
    assertThat(normalizer).hasSameHashCodeAs(AsinhNormalizer.of(4, 8));
  }

  @Test
  void followedByAnAffineMapItFillsARange() {
    FunctionDataset data = FunctionDataset.of(GRID, new double[][] {{0, 0.1}, {3, 500}});
    Normalizer asinh = AsinhNormalizer.median(data);
    Normalizer both = asinh.then(AffineNormalizer.minMax(asinh.normalize(data), -3, 3));
    FunctionDataset y = both.normalize(data);
    assertThat(y.toDoubles()[0]).isCloseTo(-3, within(1e-15));
    assertThat(y.toDoubles()[3]).isCloseTo(3, within(1e-14));
    double[] back = both.denormalize(y).toDoubles();
    for (int i = 0; i < 4; i++) {
      assertThat(back[i]).isCloseTo(data.toDoubles()[i], within(1e-12 * (1 + back[i])));
    }
  }

  /** Rain at Canadian stations: 27 zeros and a maximum of 16.4 mm, by the description. */
  @Test
  void rainComesBack() throws IOException {
    FunctionDataset rain =
        CurvesCsv.read(DataSets.require("canadian_weather/precipitation.csv")).dataset();
    AsinhNormalizer normalizer = AsinhNormalizer.median(rain);
    FunctionDataset y = normalizer.normalize(rain);
    double[] x = rain.toDoubles();
    double[] back = normalizer.denormalize(y).toDoubles();
    int zeros = 0;
    double largest = 0;
    for (int i = 0; i < x.length; i++) {
      // |y| stays below 5.
      assertThat(back[i]).isCloseTo(x[i], within(12 * 0x1p-53 * 6 * x[i]));
      zeros += x[i] == 0 && back[i] == 0 ? 1 : 0;
      largest = Math.max(largest, x[i]);
    }
    assertThat(zeros).isEqualTo(27);
    assertThat(largest).isEqualTo(16.4);
  }

  @Test
  void refusesConstantDataAndScalesOutOfRange() {
    FunctionDataset constant = FunctionDataset.of(GRID, 2, new double[] {1, 2, 5, 5, 3, 4, 5, 5});
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AsinhNormalizer.median(constant))
        .withMessageContaining("channel 1 is 5.0 everywhere")
        .withMessageContaining("AsinhNormalizer.of");
    for (double bad : new double[] {0, -1, 1e-310, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> AsinhNormalizer.of(1, bad))
          .withMessageContaining("channel 1: scale " + bad);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(AsinhNormalizer::of)
        .withMessageContaining("no scale");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AsinhNormalizer.of(1, 2).normalize(TestFunctions.random(GRID, 1)))
        .withMessageContaining("[1, 1, 2]")
        .withMessageContaining("[batch, 2, points…]");
  }
}
