package io.fdiff.sampler;

import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Looks for numbers that are not finite. */
final class Finite {

  private Finite() {}

  /** The index of the first value of a plain array that is not finite, −1 if there is none. */
  static int firstBad(INDArray array) {
    if (array.dataType() == DataType.FLOAT) {
      FloatBuffer values = array.data().asNioFloat();
      float[] chunk = new float[Kernels.FLOATS];
      for (int at = 0; at < values.limit(); at += chunk.length) {
        int n = Math.min(chunk.length, values.limit() - at);
        values.get(at, chunk, 0, n);
        for (int i = 0; i < n; i++) {
          if (!Float.isFinite(chunk[i])) {
            return at + i;
          }
        }
      }
      return -1;
    }
    DoubleBuffer values = array.data().asNioDouble();
    double[] chunk = new double[Kernels.DOUBLES];
    for (int at = 0; at < values.limit(); at += chunk.length) {
      int n = Math.min(chunk.length, values.limit() - at);
      values.get(at, chunk, 0, n);
      for (int i = 0; i < n; i++) {
        if (!Double.isFinite(chunk[i])) {
          return at + i;
        }
      }
    }
    return -1;
  }

  /** The index of the first value that is not finite, −1 if there is none. */
  static int firstBad(double[] values) {
    for (int i = 0; i < values.length; i++) {
      if (!Double.isFinite(values[i])) {
        return i;
      }
    }
    return -1;
  }

  /** Whether sums of {@code 0·x} show that all {@code x} were finite. */
  static boolean allZero(double[] sums) {
    for (double sum : sums) {
      if (sum != 0) {
        return false;
      }
    }
    return true;
  }

  /** Whether sums of {@code 0·x} show that all {@code x} were finite. */
  static boolean allZero(float[] sums) {
    for (float sum : sums) {
      if (sum != 0) {
        return false;
      }
    }
    return true;
  }
}
