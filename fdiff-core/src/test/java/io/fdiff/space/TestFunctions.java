package io.fdiff.space;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Functions and matrices that tests feed to spaces, transforms and operators. */
public final class TestFunctions {

  private TestFunctions() {}

  /** Independent numbers of mean 0 and unit order from a seed (logistic, nearly normal). */
  public static double[] rough(int n, long seed) {
    return new Random(seed).doubles(n, 1e-9, 1).map(u -> Math.log(u / (1 - u)) / 1.7).toArray();
  }

  /** Points {@code g_1, g_1 + g_2, …} of given gaps. */
  public static double[] points(List<Double> gaps) {
    double[] p = new double[gaps.size()];
    double at = 0;
    for (int i = 0; i < p.length; i++) {
      at += gaps.get(i);
      p[i] = at;
    }
    return p;
  }

  /** A batch of rough functions without structure. */
  public static INDArray random(Grid grid, DataType type, int batch, int channels, long seed) {
    return FunctionBatch.array(grid, type, channels, rough(batch * channels * grid.size(), seed));
  }

  /** One function, DOUBLE, one channel. */
  public static INDArray random(Grid grid, long seed) {
    return random(grid, DataType.DOUBLE, 1, 1, seed);
  }

  /** A function of the first coordinate. */
  public static INDArray of(Grid grid, DoubleUnaryOperator f) {
    double[] values = new double[grid.size()];
    Arrays.setAll(values, i -> f.applyAsDouble(grid.coordinate(i, 0)));
    return FunctionBatch.array(grid, DataType.DOUBLE, 1, values);
  }

  /** A function of two coordinates. */
  public static INDArray of(Grid grid, DoubleBinaryOperator f) {
    double[] values = new double[grid.size()];
    Arrays.setAll(values, i -> f.applyAsDouble(grid.coordinate(i, 0), grid.coordinate(i, 1)));
    return FunctionBatch.array(grid, DataType.DOUBLE, 1, values);
  }

  /** A function of all coordinates. */
  public static INDArray at(Grid grid, ToDoubleFunction<double[]> f) {
    double[] values = new double[grid.size()];
    for (int i = 0; i < values.length; i++) {
      double[] p = new double[grid.dimension()];
      for (int a = 0; a < p.length; a++) {
        p[a] = grid.coordinate(i, a);
      }
      values[i] = f.applyAsDouble(p);
    }
    return FunctionBatch.array(grid, DataType.DOUBLE, 1, values);
  }

  /** Functions of one channel with given values. */
  public static INDArray of(Grid grid, double... values) {
    return FunctionBatch.array(grid, DataType.DOUBLE, 1, values);
  }

  /** The largest difference of two arrays of one length; NaN where there is one. */
  public static double distance(double[] actual, double[] expected) {
    if (actual.length != expected.length) {
      throw new AssertionError(actual.length + " values, expected " + expected.length);
    }
    double largest = 0;
    for (int i = 0; i < actual.length; i++) {
      // Infinities of one sign agree.
      double d = actual[i] == expected[i] ? 0 : Math.abs(actual[i] - expected[i]);
      largest = Math.max(largest, d);
    }
    return largest;
  }

  /** The largest modulus. */
  public static double max(double[] values) {
    return distance(values, new double[values.length]);
  }

  /** All values in C order. */
  public static double[] values(INDArray array) {
    double[] out = new double[Math.toIntExact(array.length())];
    FunctionBatch.read(array, out);
    return out;
  }

  /** One function of a batch, {@code [1, channels, …]}. */
  public static INDArray sample(INDArray batch, int index) {
    long[] shape = batch.shape().clone();
    shape[0] = 1;
    double[] all = values(batch);
    int block = all.length / (int) batch.size(0);
    INDArray one = Nd4j.create(batch.dataType(), shape);
    FunctionBatch.write(Arrays.copyOfRange(all, index * block, (index + 1) * block), one);
    return one;
  }
}
