package io.fdiff.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.noise.NoiseSource;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class NormalizerPropertiesTest {

  private static final Grid GRID = RegularGrid.unit(3, 2);

  /** Log-normal values with a spread of many decades, of both signs. */
  private static FunctionDataset heavyTailed(long seed, int channels, double decades) {
    double[] values = new double[5 * channels * 6];
    NoiseSource.of(seed).normals(0, 0, new int[] {values.length}, values, 0);
    for (int i = 0; i < values.length; i++) {
      values[i] = (i % 3 == 0 ? -1 : 1) * Math.pow(10, decades * values[i]);
    }
    return FunctionDataset.of(GRID, channels, values);
  }

  // The combinations of edge cases outnumber the tries.
  @Property(edgeCases = EdgeCasesMode.NONE)
  void sinhInvertsArsinh(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 3) int channels,
      @ForAll @DoubleRange(min = 0.1, max = 8) double decades,
      @ForAll boolean single) {
    FunctionDataset data = heavyTailed(seed, channels, decades);
    AsinhNormalizer normalizer = AsinhNormalizer.median(data);
    INDArray x = data.values().castTo(single ? DataType.FLOAT : DataType.DOUBLE);
    double[] expected = x.castTo(DataType.DOUBLE).reshape(x.length()).toDoubleVector();
    INDArray y = normalizer.normalize(x);
    double[] there = y.castTo(DataType.DOUBLE).reshape(y.length()).toDoubleVector();
    double[] back =
        normalizer.denormalize(y).castTo(DataType.DOUBLE).reshape(y.length()).toDoubleVector();
    // As stated. Math.sinh alone may be off by 5·2⁻⁵³; FLOAT rounds y and x once each.
    double unit = single ? 2 * 0x1p-24 : 12 * 0x1p-53;
    for (int i = 0; i < back.length; i++) {
      double tolerance = unit * (1 + Math.abs(there[i])) * Math.abs(expected[i]);
      assertThat(back[i]).isCloseTo(expected[i], within(tolerance));
    }
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void pointwiseMapsAreInverted(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 3) int channels,
      @ForAll @DoubleRange(min = 0.1, max = 8) double decades) {
    FunctionDataset data = heavyTailed(seed, channels, decades);
    PointwiseNormalizer normalizer = PointwiseNormalizer.standard(data);
    double[] shift = normalizer.shift().reshape(channels * 6L).toDoubleVector();
    double[] x = data.toDoubles();
    FunctionDataset y = normalizer.normalize(data);
    double[] back = normalizer.denormalize(y).toDoubles();
    for (int i = 0; i < x.length; i++) {
      double size = Math.abs(x[i]) + Math.abs(shift[i % shift.length]);
      assertThat(back[i]).isCloseTo(x[i], within(4 * 0x1p-53 * size));
    }
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void chainsAreInverted(
      @ForAll long seed, @ForAll @DoubleRange(min = 0.1, max = 4) double decades) {
    FunctionDataset data = heavyTailed(seed, 2, decades);
    AsinhNormalizer first = AsinhNormalizer.median(data);
    FunctionDataset curved = first.normalize(data);
    AffineNormalizer second = AffineNormalizer.standard(curved);
    Normalizer chain = first.then(second);
    double[] x = data.toDoubles();
    double[] back = chain.denormalize(chain.normalize(data)).toDoubles();
    for (int i = 0; i < x.length; i++) {
      // An absolute error e of y is one of e·(|x| + s) of x; y is of the order of 10.
      double size = Math.abs(x[i]) + first.scale()[i / 6 % 2];
      assertThat(back[i]).isCloseTo(x[i], within(1e-13 * size));
    }
  }
}
