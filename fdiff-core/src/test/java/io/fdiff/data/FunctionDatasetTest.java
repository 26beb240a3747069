package io.fdiff.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class FunctionDatasetTest {

  private static final Grid GRID = RegularGrid.unit(2);

  /** Functions (0, 0.5), (1, 1.5), …. */
  private static FunctionDataset numbered(int n) {
    double[] values = IntStream.range(0, 2 * n).mapToDouble(i -> i / 2.0).toArray();
    return FunctionDataset.of(GRID, FunctionBatch.array(GRID, DataType.DOUBLE, 1, values));
  }

  @Test
  void holdsShapeAndValuesInDoublePrecision() {
    INDArray input =
        FunctionBatch.array(
            GRID, DataType.FLOAT, 3, new double[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
    FunctionDataset data = FunctionDataset.of(GRID, input);
    assertThat(data.size()).isEqualTo(2);
    assertThat(data.channels()).isEqualTo(3);
    assertThat(data.values().shape()).containsExactly(2, 3, 2);
    assertThat(data.values().dataType()).isEqualTo(DataType.DOUBLE);
    assertThat(data.toDoubles()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
  }

  @Test
  void doesNotChangeWithItsInputOrOutput() {
    INDArray input = FunctionBatch.array(GRID, DataType.DOUBLE, 1, new double[] {1, 2});
    FunctionDataset data = FunctionDataset.of(GRID, input);
    input.addi(10);
    data.values().addi(20);
    data.toDoubles()[0] = 30;
    assertThat(data.toDoubles()).containsExactly(1, 2);
  }

  @Test
  void subsetKeepsOrderAndRepetition() {
    assertThat(numbered(4).subset(3, 0, 3).toDoubles()).containsExactly(3, 3.5, 0, 0.5, 3, 3.5);
  }

  @Test
  void splitIsAPartitionNamedByTheNoise() {
    FunctionDataset data = numbered(73);
    FunctionDataset.Split split = data.halves(NoiseSource.of(5));
    assertThat(split.first().size()).isEqualTo(36);
    assertThat(split.second().size()).isEqualTo(37);
    double[] all =
        IntStream.concat(
                Arrays.stream(split.first().toDoubles()).mapToInt(x -> (int) (2 * x)),
                Arrays.stream(split.second().toDoubles()).mapToInt(x -> (int) (2 * x)))
            .sorted()
            .mapToDouble(i -> i / 2.0)
            .toArray();
    assertThat(all).containsExactly(data.toDoubles());
    assertThat(data.halves(NoiseSource.of(5)).first().toDoubles())
        .containsExactly(split.first().toDoubles());
    assertThat(data.halves(NoiseSource.of(5).withStep(1)).first().toDoubles())
        .isNotEqualTo(split.first().toDoubles());
  }

  @Test
  void everyFunctionIsEquallyOftenInTheFirstPart() {
    FunctionDataset data = numbered(5);
    int splits = 10_000;
    double[] count = new double[5];
    for (int r = 0; r < splits; r++) {
      for (double x : data.split(2, NoiseSource.of(11).withStep(r)).first().toDoubles()) {
        count[(int) x] += 0.5;
      }
    }
    // Each count is Binomial(10 000, 0.4). 5 counts, each |z| < 4.8916 (1e-6): false alarm 5e-6.
    for (double c : count) {
      assertThat(Math.abs(c - 0.4 * splits) / Math.sqrt(splits * 0.4 * 0.6)).isLessThan(4.8916);
    }
  }

  @Test
  void refusesValuesThatAreNotFinite() {
    INDArray input =
        FunctionBatch.array(
            GRID, DataType.DOUBLE, 2, new double[] {1, 2, 3, 4, 5, 6, 7, Double.NaN});
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FunctionDataset.of(GRID, input))
        .withMessageContaining("function 1, channel 1, point 1 is NaN")
        .withMessageContaining("finite");
    input.putScalar(7, 8).putScalar(0, Double.NEGATIVE_INFINITY);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FunctionDataset.of(GRID, input))
        .withMessageContaining("function 0, channel 0, point 0 is -Infinity");
  }

  @Test
  void refusesWrongShapesAndSizes() {
    FunctionDataset data = numbered(3);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> data.withValues(data.values().reshape(1, 3, 1, 2)))
        .withMessageContaining("[1, 3, 1, 2]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> data.subset())
        .withMessageContaining("at least one");
    assertThatThrownBy(() -> data.subset(0, 3)).isInstanceOf(IndexOutOfBoundsException.class);
    for (int first : new int[] {-1, 0, 3}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> data.split(first, NoiseSource.of(0)))
          .withMessageContaining(first + " functions out of 3")
          .withMessageContaining("[1, 2]");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> numbered(1).halves(NoiseSource.of(0)))
        .withMessageContaining("out of 1");
  }

  @Test
  void comparesSpacesByGridAndChannels() {
    FunctionDataset data = numbered(3);
    data.requireSameSpace(numbered(1));
    FunctionDataset wide =
        FunctionDataset.of(GRID, FunctionBatch.zeros(GRID, DataType.DOUBLE, 3, 2));
    Grid fine = RegularGrid.unit(4);
    FunctionDataset refined =
        FunctionDataset.of(fine, FunctionBatch.zeros(fine, DataType.DOUBLE, 3, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> data.requireSameSpace(wide))
        .withMessageContaining("2 channels");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> data.requireSameSpace(refined))
        .withMessageContaining("[4]")
        .withMessageContaining("resample");
  }
}
