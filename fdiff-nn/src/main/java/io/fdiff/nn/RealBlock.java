package io.fdiff.nn;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.concurrency.AffinityManager;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The values of an array on the heap in its own type, so that FLOAT is not widened to be copied.
 */
abstract sealed class RealBlock {

  /** A block of zeros. */
  static RealBlock zeros(DataType type, int length) {
    return type == DataType.FLOAT ? new Floats(new float[length]) : new Doubles(new double[length]);
  }

  /** A copy of a FLOAT or DOUBLE array. */
  static RealBlock of(INDArray array) {
    RealBlock block = zeros(array.dataType(), Math.toIntExact(array.length()));
    block.read(array);
    return block;
  }

  abstract double get(int index);

  abstract void set(int index, double value);

  /** The blocks of {@code length} values with these indices, one after the other. */
  abstract RealBlock rows(int[] indices, int length);

  /** Takes the values of an array of the same type and length, C order. */
  abstract void read(INDArray array);

  /** Puts the values into a contiguous C-order array of the same type and length. */
  abstract void write(INDArray array);

  private static INDArray dense(INDArray array) {
    boolean plain =
        array.ordering() == 'c'
            && array.offset() == 0
            && !array.isView()
            && array.data().length() == array.length();
    return plain ? array : array.dup('c');
  }

  private static void written(INDArray array) {
    // A device backend must see that the host copy is the newer one; a no-op on the CPU.
    Nd4j.getAffinityManager().tagLocation(array, AffinityManager.Location.HOST);
  }

  private static final class Floats extends RealBlock {
    private final float[] values;

    Floats(float[] values) {
      this.values = values;
    }

    @Override
    double get(int index) {
      return values[index];
    }

    @Override
    void set(int index, double value) {
      values[index] = (float) value;
    }

    @Override
    RealBlock rows(int[] indices, int length) {
      float[] out = new float[Math.multiplyExact(indices.length, length)];
      for (int i = 0; i < indices.length; i++) {
        System.arraycopy(values, indices[i] * length, out, i * length, length);
      }
      return new Floats(out);
    }

    @Override
    void read(INDArray array) {
      dense(array).data().asNioFloat().get(values);
    }

    @Override
    void write(INDArray array) {
      array.data().asNioFloat().put(values);
      written(array);
    }
  }

  private static final class Doubles extends RealBlock {
    private final double[] values;

    Doubles(double[] values) {
      this.values = values;
    }

    @Override
    double get(int index) {
      return values[index];
    }

    @Override
    void set(int index, double value) {
      values[index] = value;
    }

    @Override
    RealBlock rows(int[] indices, int length) {
      double[] out = new double[Math.multiplyExact(indices.length, length)];
      for (int i = 0; i < indices.length; i++) {
        System.arraycopy(values, indices[i] * length, out, i * length, length);
      }
      return new Doubles(out);
    }

    @Override
    void read(INDArray array) {
      dense(array).data().asNioDouble().get(values);
    }

    @Override
    void write(INDArray array) {
      array.data().asNioDouble().put(values);
      written(array);
    }
  }
}
