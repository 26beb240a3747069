package io.fdiff.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.data.FunctionDataset;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.RegularGrid;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class DataFloorTest {

  /** The 10 ways to choose the first 2 of 5 functions are all there is: the mean is known. */
  @Test
  void meansOverSplitsTendToTheMeanOverAllSplits() {
    FunctionDataset data = Curves.normal(RegularGrid.unit(6), 1, 5, NoiseSource.of(9));
    int splits = 2000;
    DataFloor floor = DataFloor.of(data, splits, 1, NoiseSource.of(10));
    double[][] all = new double[4][10];
    int at = 0;
    for (int i = 0; i < 5; i++) {
      for (int j = 0; j < i; j++, at++) {
        int[] rest = new int[3];
        for (int k = 0, r = 0; k < 5; k++) {
          if (k != i && k != j) {
            rest[r++] = k;
          }
        }
        FunctionDataset first = data.subset(i, j);
        FunctionDataset second = data.subset(rest);
        FunctionalErrors errors = FunctionalErrors.between(first, second);
        all[0][at] = errors.meanMse();
        all[1][at] = errors.varianceRelError();
        all[2][at] = errors.autocorrelationMse();
        all[3][at] = MaximumMeanDiscrepancy.between(first, second).squared();
      }
    }
    assertMean(floor.meanMse(), all[0], splits);
    assertMean(floor.varianceRelError(), all[1], splits);
    assertMean(floor.autocorrelationMse(), all[2], splits);
    assertMean(floor.mmd2(), all[3], splits);
    assertThat(mean(all[3])).isCloseTo(0, within(1e-14));
    // The same for the square of the deviation.
    double[] squares = Arrays.stream(all[3]).map(x -> x * x).toArray();
    assertMean(floor.mmd2Deviation() * floor.mmd2Deviation(), squares, splits);
    assertThat(floor.splits()).isEqualTo(splits);
  }

  /** Known mean and variance, |z| < 4.7534: false alarm 2e-6 each. */
  private static void assertMean(double actual, double[] all, int splits) {
    double error = deviation(all) / Math.sqrt(splits);
    assertThat(Math.abs(actual - mean(all)) / error).isLessThan(4.7534);
  }

  private static double deviation(double[] all) {
    double mean = mean(all);
    return Math.sqrt(mean(Arrays.stream(all).map(x -> (x - mean) * (x - mean)).toArray()));
  }

  private static double mean(double[] all) {
    return Arrays.stream(all).average().orElseThrow();
  }

  @Test
  void halvesOfFiftyDifferByTheVarianceTimesTwoFiftieths() {
    FunctionDataset data = Curves.normal(RegularGrid.unit(64), 1, 100, NoiseSource.of(3));
    DataFloor floor = DataFloor.of(data, NoiseSource.of(4));
    // Over all splits the mean is v (1/50 + 1/50), v the mean variance. One split averages 64
    // independent points: relative deviation √(2/64); 20 splits: 0.04. |z| < 5: 6e-7.
    double variance = FunctionalStatistics.of(data).variance().meanNumber().doubleValue();
    assertThat(floor.meanMse()).isCloseTo(0.04 * variance, within(5 * 0.04 * 0.04 * variance));
    // The median of 20 uniform p-values leaves this range if 10 do: 2 · C(20,10) · 0.05¹⁰ = 4e-8.
    assertThat(floor.mmdP()).isBetween(0.05, 0.95);
    assertThat(floor.splits()).isEqualTo(20);
    assertThat(DataFloor.of(data, NoiseSource.of(4))).isEqualTo(floor);
    assertThat(DataFloor.of(data, NoiseSource.of(5))).isNotEqualTo(floor);
  }

  @Test
  void refusesSmallNumbers() {
    FunctionDataset data = Curves.normal(RegularGrid.unit(4), 1, 4, NoiseSource.of(3));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DataFloor.of(data.subset(0, 1, 2), NoiseSource.of(4)))
        .withMessageContaining("3 functions")
        .withMessageContaining("4 functions, 2 for each half");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DataFloor.of(data, 1, 9, NoiseSource.of(4)))
        .withMessageContaining("1 splits");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DataFloor.of(data, 2, 0, NoiseSource.of(4)))
        .withMessageContaining("0 permutations");
  }
}
