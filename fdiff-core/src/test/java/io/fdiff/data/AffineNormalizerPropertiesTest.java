package io.fdiff.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class AffineNormalizerPropertiesTest {

  private static FunctionDataset random(long seed, int channels, double shift, double scale) {
    Grid grid = RegularGrid.unit(7);
    double[] values = new double[3 * channels * 7];
    NoiseSource.of(seed).normals(0, 0, new int[] {values.length}, values, 0);
    for (int i = 0; i < values.length; i++) {
      values[i] = shift + scale * values[i];
    }
    return FunctionDataset.of(grid, FunctionBatch.array(grid, DataType.DOUBLE, channels, values));
  }

  // The combinations of edge cases outnumber the tries.
  @Property(edgeCases = EdgeCasesMode.NONE)
  void denormalizeInvertsNormalize(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 3) int channels,
      @ForAll @DoubleRange(min = -100, max = 100) double shift,
      @ForAll @DoubleRange(min = 0.01, max = 100) double scale,
      @ForAll boolean standard) {
    FunctionDataset data = random(seed, channels, shift, scale);
    AffineNormalizer normalizer =
        standard ? AffineNormalizer.standard(data) : AffineNormalizer.minMax(data, -3, 3);
    INDArray x = data.values();
    INDArray back = normalizer.denormalize(normalizer.normalize(x));
    // Rounding of x − shift and shift + …, relative to the largest intermediate.
    double tolerance = 1e-15 * (Math.abs(shift) + 10 * scale);
    double[] expected = data.toDoubles();
    double[] actual = back.reshape(expected.length).toDoubleVector();
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i]).isCloseTo(expected[i], within(tolerance));
    }
    assertThat(data.values()).isEqualTo(x);
  }

  @Property
  void minMaxReachesBothEnds(@ForAll long seed, @ForAll @IntRange(min = 1, max = 3) int channels) {
    FunctionDataset data = random(seed, channels, 3, 2);
    FunctionDataset scaled = AffineNormalizer.minMax(data).normalize(data);
    double[] y = scaled.toDoubles();
    for (int c = 0; c < channels; c++) {
      double min = Double.POSITIVE_INFINITY;
      double max = Double.NEGATIVE_INFINITY;
      for (int at = 0; at < y.length; at++) {
        if (at / 7 % channels == c) {
          min = Math.min(min, y[at]);
          max = Math.max(max, y[at]);
        }
      }
      assertThat(min).isCloseTo(-1, within(1e-14));
      assertThat(max).isCloseTo(1, within(1e-14));
    }
  }
}
