package io.fdiff.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import java.util.Arrays;
import java.util.List;
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

  @Test
  void holdsJavaArrays() {
    double[][] rows = {{1, 2}, {3, 4}, {5, 6}};
    FunctionDataset data = FunctionDataset.of(GRID, rows);
    rows[0][0] = 9;
    assertThat(data.values().shape()).containsExactly(3, 1, 2);
    assertThat(data.toDoubles()).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(FunctionDataset.of(GRID, new float[][] {{0.1f, 2}}).toDoubles())
        .containsExactly(0.1f, 2);
    double[] flat = {1, 2, 3, 4, 5, 6, 7, 8};
    FunctionDataset wide = FunctionDataset.of(GRID, 2, flat);
    flat[0] = 9;
    assertThat(wide.values().shape()).containsExactly(2, 2, 2);
    assertThat(wide.toDoubles()).startsWith(1, 2).hasSize(8);
  }

  @Test
  void refusesJavaArraysThatDoNotFit() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FunctionDataset.of(GRID, new double[][] {{1, 2}, {1, 2, 3}}))
        .withMessageContaining("function 1 has 3 values")
        .withMessageContaining("has 2 points");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FunctionDataset.of(GRID, new float[][] {{1}}))
        .withMessageContaining("function 0 has 1 values");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FunctionDataset.of(GRID, new double[0][]))
        .withMessageContaining("0 functions");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FunctionDataset.of(GRID, new double[][] {{1, Double.NaN}}))
        .withMessageContaining("function 0, channel 0, point 1 is NaN");
    for (int channels : new int[] {0, -1, 3}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> FunctionDataset.of(GRID, channels, new double[8]))
          .withMessageContaining("8 values do not make whole functions of " + channels);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FunctionDataset.of(GRID, 1, new double[0]))
        .withMessageContaining("0 values");
  }

  @Test
  void splitsByFraction() {
    FunctionDataset.Split split = numbered(10).splitFraction(0.75, NoiseSource.of(3));
    assertThat(split.first().size()).isEqualTo(8);
    assertThat(split.first().toDoubles())
        .isEqualTo(numbered(10).split(8, NoiseSource.of(3)).first().toDoubles());
    for (double bad : new double[] {0, 1, -0.5, Double.NaN}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> numbered(10).splitFraction(bad, NoiseSource.of(3)))
          .withMessageContaining("fraction " + bad);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> numbered(10).splitFraction(0.01, NoiseSource.of(3)))
        .withMessageContaining("first part of 0 functions out of 10");
  }

  @Test
  void stratifiedSplitsKeepTheSharesOfLabels() {
    FunctionDataset data = numbered(100);
    int[] labels = IntStream.range(0, 100).map(i -> i < 60 ? 7 : i < 90 ? -1 : 3).toArray();
    FunctionDataset.LabelledSplit split = data.splitStratified(labels, 0.7, NoiseSource.of(11));
    int[] first = split.firstLabels().stream().mapToInt(i -> i).toArray();
    assertThat(Arrays.stream(first).filter(l -> l == 7).count()).isEqualTo(42);
    assertThat(Arrays.stream(first).filter(l -> l == -1).count()).isEqualTo(21);
    assertThat(Arrays.stream(first).filter(l -> l == 3).count()).isEqualTo(7);
    assertThat(split.secondLabels()).hasSize(30);
    // Functions are numbered: both parts keep order and labels, and are a partition.
    boolean[] seen = new boolean[100];
    check(split.first(), split.firstLabels(), labels, seen);
    check(split.second(), split.secondLabels(), labels, seen);
    for (boolean one : seen) {
      assertThat(one).isTrue();
    }
    assertThat(data.splitStratified(labels, 0.7, NoiseSource.of(11)).firstLabels())
        .isEqualTo(split.firstLabels());
    assertThat(data.splitStratified(labels, 0.7, NoiseSource.of(12)).first().toDoubles())
        .isNotEqualTo(split.first().toDoubles());
  }

  private static void check(
      FunctionDataset part, List<Integer> partLabels, int[] labels, boolean[] seen) {
    double[] values = part.toDoubles();
    int previous = -1;
    for (int i = 0; i < part.size(); i++) {
      int number = (int) values[2 * i];
      assertThat(number).isGreaterThan(previous);
      assertThat(partLabels.get(i)).isEqualTo(labels[number]);
      seen[number] = true;
      previous = number;
    }
  }

  /** Counts of 2000 splits are binomial: |z| < 4.8916 for each of 8 functions, 8e-6 in all. */
  @Test
  void everyFunctionIsAsLikelyInAStratifiedSplit() {
    int[] labels = {0, 1, 0, 1, 0, 1, 0, 1};
    int[] count = new int[8];
    for (int s = 0; s < 2000; s++) {
      FunctionDataset.LabelledSplit split =
          numbered(8).splitStratified(labels, 0.25, NoiseSource.of(s));
      double[] values = split.first().toDoubles();
      for (int i = 0; i < values.length; i += 2) {
        count[(int) values[i]]++;
      }
    }
    for (int c : count) {
      assertThat(Math.abs(c - 500) / Math.sqrt(2000 * 0.25 * 0.75)).isLessThan(4.8916);
    }
  }

  @Test
  void refusesLabelsThatCannotBeSplit() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> numbered(3).splitStratified(new int[2], 0.5, NoiseSource.of(1)))
        .withMessageContaining("2 labels for 3 functions");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> numbered(5).splitStratified(new int[] {1, 1, 2, 1, 1}, 0.5, NoiseSource.of(1)))
        .withMessageContaining("label 2 has 1 functions, of which 1 would go to the first part");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> numbered(3).splitStratified(new int[3], 1, NoiseSource.of(1)))
        .withMessageContaining("fraction 1.0");
  }
}
