package io.fdiff.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.data.FunctionDataset;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.L2Space;
import io.fdiff.space.RegularGrid;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.nd4j.linalg.api.ndarray.INDArray;

class MaximumMeanDiscrepancyPropertiesTest {

  // The combinations of edge cases outnumber the tries.
  @Property(edgeCases = EdgeCasesMode.NONE)
  void estimateIsTheDoubleSumOfItsDefinition(
      @ForAll long seed,
      @ForAll @IntRange(min = 2, max = 9) int n,
      @ForAll @IntRange(min = 2, max = 9) int m,
      @ForAll @IntRange(min = 2, max = 6) int points,
      @ForAll @IntRange(min = 1, max = 2) int channels,
      @ForAll @DoubleRange(min = 0.1, max = 10) double bandwidth) {
    FunctionDataset x =
        Curves.normal(RegularGrid.unit(points), channels, n, NoiseSource.of(seed).withStream(1));
    FunctionDataset y =
        Curves.normal(RegularGrid.unit(points), channels, m, NoiseSource.of(seed).withStream(2));
    double expected =
        kernelSum(x, x, bandwidth) / (n * (n - 1))
            + kernelSum(y, y, bandwidth) / (m * (m - 1))
            - 2 * kernelSum(x, y, bandwidth) / (n * m);
    assertThat(MaximumMeanDiscrepancy.between(x, y).squared(bandwidth))
        .isCloseTo(expected, within(1e-13));
    assertThat(MaximumMeanDiscrepancy.between(y, x).squared(bandwidth))
        .isCloseTo(expected, within(1e-13));
  }

  private static double kernelSum(FunctionDataset a, FunctionDataset b, double bandwidth) {
    L2Space space = new L2Space(a.grid());
    double sum = 0;
    for (int i = 0; i < a.size(); i++) {
      for (int j = 0; j < b.size(); j++) {
        INDArray difference = a.subset(i).values().subi(b.subset(j).values());
        double distance = space.norm(difference).getDouble(0) / bandwidth;
        sum += a == b && i == j ? 0 : Math.exp(-distance * distance / 2);
      }
    }
    return sum;
  }
}
