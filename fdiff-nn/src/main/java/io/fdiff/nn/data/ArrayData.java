package io.fdiff.nn.data;

import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.nio.Buffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Functions in one heap array of their own type. */
final class ArrayData implements TrainingData {

  private final Grid grid;
  private final int channels;
  private final int size;
  private final Buffer values;

  private ArrayData(Grid grid, int channels, int size, Buffer values) {
    this.grid = grid;
    this.channels = channels;
    this.size = size;
    this.values = values;
  }

  static ArrayData of(Grid grid, INDArray functions) {
    FunctionBatch batch = FunctionBatch.of(grid, functions);
    int length = Math.toIntExact(functions.length());
    boolean plain =
        functions.ordering() == 'c'
            && functions.offset() == 0
            && !functions.isView()
            && functions.data().length() == length;
    INDArray dense = plain ? functions : functions.dup('c');
    Buffer values;
    if (functions.dataType() == DataType.FLOAT) {
      float[] floats = new float[length];
      dense.data().asNioFloat().get(floats);
      values = FloatBuffer.wrap(floats);
    } else {
      double[] doubles = new double[length];
      dense.data().asNioDouble().get(doubles);
      values = DoubleBuffer.wrap(doubles);
    }
    if (!plain) {
      dense.close();
    }
    ArrayData data = new ArrayData(grid, batch.channels(), batch.batch(), values);
    data.requireFinite();
    return data;
  }

  private void requireFinite() {
    double[] function = new double[channels * grid.size()];
    for (int i = 0; i < size; i++) {
      read(i, function, 0);
      for (double value : function) {
        if (!Double.isFinite(value)) {
          throw new IllegalArgumentException(
              "function "
                  + i
                  + " of the data contains "
                  + value
                  + ": fill or drop missing values before training");
        }
      }
    }
  }

  @Override
  public Grid grid() {
    return grid;
  }

  @Override
  public int channels() {
    return channels;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public void read(int index, double[] out, int offset) {
    int length = channels * grid.size();
    int from = index * length;
    if (values instanceof DoubleBuffer doubles) {
      doubles.get(from, out, offset, length);
    } else {
      FloatBuffer floats = (FloatBuffer) values;
      for (int i = 0; i < length; i++) {
        out[offset + i] = floats.get(from + i);
      }
    }
  }
}
