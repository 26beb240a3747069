package io.fdiff.space;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class FunctionBatchTest {

  private static final RegularGrid GRID = RegularGrid.unit(2, 3);

  @Test
  void readsValuesInCOrder() {
    INDArray x = FunctionBatch.array(GRID, DataType.DOUBLE, 2, counting(24));
    FunctionBatch batch = FunctionBatch.of(GRID, x);
    assertThat(x.shape()).containsExactly(2, 2, 2, 3);
    assertThat(batch.batch()).isEqualTo(2);
    assertThat(batch.channels()).isEqualTo(2);
    assertThat(batch.rows()).isEqualTo(4);
    assertThat(batch.toDoubles()).containsExactly(counting(24));
    assertThat(x.getDouble(1, 0, 1, 2)).isEqualTo(17);
  }

  @Test
  void readsViewsAndOtherOrdersByTheirMeaning() {
    INDArray wide = Nd4j.createFromArray(counting(48)).reshape('c', 2, 1, 6, 4);
    INDArray view =
        wide.get(
            NDArrayIndex.all(),
            NDArrayIndex.all(),
            NDArrayIndex.interval(2, 4),
            NDArrayIndex.interval(1, 4));
    double[] expected = {9, 10, 11, 13, 14, 15, 33, 34, 35, 37, 38, 39};
    assertThat(FunctionBatch.of(GRID, view).toDoubles()).containsExactly(expected);
    assertThat(FunctionBatch.of(GRID, view.dup('f')).toDoubles()).containsExactly(expected);
    INDArray turned = wide.permute(0, 1, 3, 2);
    assertThat(TestFunctions.values(turned)[1]).isEqualTo(4);
  }

  @Test
  void aSliceOfABatchIsReadAtItsOffset() {
    INDArray x = FunctionBatch.array(GRID, DataType.DOUBLE, 1, counting(18));
    INDArray second =
        x.get(
            NDArrayIndex.interval(1, 2),
            NDArrayIndex.all(),
            NDArrayIndex.all(),
            NDArrayIndex.all());
    assertThat(FunctionBatch.of(GRID, second).toDoubles()).containsExactly(6, 7, 8, 9, 10, 11);
  }

  @Test
  void mapsRowsAndKeepsTheType() {
    INDArray x = FunctionBatch.array(GRID, DataType.FLOAT, 1, counting(12));
    INDArray y =
        FunctionBatch.of(GRID, x)
            .map(
                (in, out, rows) -> {
                  for (int i = 0; i < in.length; i++) {
                    out[i] = rows * in[i];
                  }
                });
    assertThat(y.dataType()).isEqualTo(DataType.FLOAT);
    assertThat(y.shape()).containsExactly(2, 1, 2, 3);
    assertThat(TestFunctions.values(y)[11]).isEqualTo(22);
    assertThat(TestFunctions.values(x)).containsExactly(counting(12));
  }

  @Test
  void writesFloatsRoundedToNearest() {
    INDArray x = FunctionBatch.zeros(GRID, DataType.FLOAT, 1, 1);
    double[] values = {0.1, -0.1, 1e-30, 1e30, Math.PI, 0};
    FunctionBatch.write(values, x);
    double[] back = TestFunctions.values(x);
    for (int i = 0; i < values.length; i++) {
      assertThat(back[i]).isEqualTo((double) (float) values[i]);
    }
  }

  @Test
  void refusesShapesThatDoNotFitTheGrid() {
    long[][] shapes = {{1, 1, 2, 4}, {1, 1, 6}, {2, 3}, {1, 2, 3}, {1, 1, 1, 2, 3}};
    for (long[] shape : shapes) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> FunctionBatch.of(GRID, Nd4j.create(DataType.DOUBLE, shape)))
          .withMessageContaining(Arrays.toString(shape))
          .withMessageContaining("[batch, channels, 2, 3]");
    }
  }

  @Test
  void refusesAnEmptyBatch() {
    INDArray none = Nd4j.empty(DataType.DOUBLE);
    assertThatIllegalArgumentException().isThrownBy(() -> FunctionBatch.of(GRID, none));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FunctionBatch.zeros(GRID, DataType.DOUBLE, 0, 1))
        .withMessageContaining("batch 0")
        .withMessageContaining("at least 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FunctionBatch.zeros(GRID, DataType.DOUBLE, 1, -2))
        .withMessageContaining("channels -2");
  }

  @Test
  void refusesOtherDataTypes() {
    INDArray integers = Nd4j.create(DataType.INT32, 1, 1, 2, 3);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FunctionBatch.of(GRID, integers))
        .withMessageContaining("INT")
        .withMessageContaining("FLOAT or DOUBLE");
    INDArray half = Nd4j.create(DataType.FLOAT16, 1, 1, 2, 3);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FunctionBatch.of(GRID, half))
        .withMessageContaining("HALF");
  }

  @Test
  void refusesValuesThatDoNotMakeWholeFunctions() {
    for (int length : new int[] {0, 5, 9}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> FunctionBatch.array(GRID, DataType.DOUBLE, 1, new double[length]))
          .withMessageContaining(length + " values");
    }
    for (int channels : new int[] {0, -1}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> FunctionBatch.array(GRID, DataType.DOUBLE, channels, new double[6]));
    }
  }

  @Test
  void refusesToWriteIntoAView() {
    INDArray wide = Nd4j.create(DataType.DOUBLE, 1, 1, 2, 6);
    INDArray view =
        wide.get(
            NDArrayIndex.all(),
            NDArrayIndex.all(),
            NDArrayIndex.all(),
            NDArrayIndex.interval(0, 3));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FunctionBatch.write(new double[6], view))
        .withMessageContaining("[1, 1, 2, 3]")
        .withMessageContaining("contiguous");
  }

  @Test
  void refusesTwoBatchesOfDifferentShape() {
    FunctionBatch one = FunctionBatch.of(GRID, FunctionBatch.zeros(GRID, DataType.DOUBLE, 1, 2));
    FunctionBatch two = FunctionBatch.of(GRID, FunctionBatch.zeros(GRID, DataType.DOUBLE, 2, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> one.requireSameShape(two))
        .withMessageContaining("[1, 2, 2, 3]")
        .withMessageContaining("[2, 1, 2, 3]");
  }

  private static double[] counting(int n) {
    double[] out = new double[n];
    Arrays.setAll(out, i -> i);
    return out;
  }

  @Test
  void shapesBeyondAnArrayAreRefusedBeforeTheyAreAllocated() {
    Grid grid = RegularGrid.unit(1 << 10, 1 << 10);
    for (int[] numbers : new int[][] {{1 << 11, 1}, {1 << 6, 1 << 6}, {1 << 30, 1 << 30}}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> FunctionBatch.zeros(grid, DataType.DOUBLE, numbers[0], numbers[1]))
          .withMessageContaining("batch " + numbers[0] + ", channels " + numbers[1])
          .withMessageContaining("smaller batches");
    }
    assertThat(FunctionBatch.shape(grid, (1 << 11) - 1, 1)).containsExactly(2047, 1, 1024, 1024);
  }
}
