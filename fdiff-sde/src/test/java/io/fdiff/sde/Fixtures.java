package io.fdiff.sde;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.schedule.NoiseSchedule;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.transform.SpectralTransform;
import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Functions, operators and processes that the tests of this module share. */
public final class Fixtures {

  private Fixtures() {}

  /** The schedule of the reference numbers (oracle D1). */
  public static NoiseSchedule schedule() {
    return NoiseSchedule.linear(0.1, 20);
  }

  /** VP with the reference schedule on [0, 1]. */
  public static VariancePreserving preserving(CovarianceOperator noise) {
    return VariancePreserving.of(noise, schedule(), 1);
  }

  /** An operator with given eigenvalues by frequency, 0 beyond; of one dimension. */
  public static SpectralCovariance diagonal(SpectralTransform transform, double... eigenvalues) {
    return SpectralCovariance.of(
        transform, Spectrum.table(new int[] {eigenvalues.length}, eigenvalues));
  }

  /** An operator with one eigenvalue. */
  public static SpectralCovariance flat(SpectralTransform transform, double eigenvalue) {
    return SpectralCovariance.of(transform, (frequency, laplacian) -> eigenvalue);
  }

  /** Independent numbers of mean 0 and unit order from a seed. */
  public static double[] rough(int n, long seed) {
    return new Random(seed).doubles(n, 1e-9, 1).map(u -> Math.log(u / (1 - u)) / 1.7).toArray();
  }

  /** A batch of rough functions. */
  public static INDArray random(Grid grid, DataType type, int batch, int channels, long seed) {
    return FunctionBatch.array(grid, type, channels, rough(batch * channels * grid.size(), seed));
  }

  /** Functions of one channel, DOUBLE. */
  public static INDArray of(Grid grid, double... values) {
    return FunctionBatch.array(grid, DataType.DOUBLE, 1, values);
  }

  /** A constant function. */
  public static INDArray constant(Grid grid, double value) {
    double[] values = new double[grid.size()];
    Arrays.fill(values, value);
    return of(grid, values);
  }

  /** A function of the first coordinate. */
  public static INDArray of(Grid grid, DoubleUnaryOperator f) {
    double[] values = new double[grid.size()];
    Arrays.setAll(values, i -> f.applyAsDouble(grid.coordinate(i, 0)));
    return of(grid, values);
  }

  /** All values in C order. */
  public static double[] values(INDArray array) {
    double[] out = new double[Math.toIntExact(array.length())];
    FunctionBatch.read(array, out);
    return out;
  }

  /** Samples {@code from ≤ b < to} of a batch. */
  public static INDArray samples(INDArray batch, int from, int to) {
    long[] shape = batch.shape().clone();
    int block = Math.toIntExact(batch.length() / shape[0]);
    shape[0] = (long) to - from;
    INDArray out = Nd4j.create(batch.dataType(), shape);
    FunctionBatch.write(Arrays.copyOfRange(values(batch), from * block, to * block), out);
    return out;
  }

  /** Times of one batch. */
  public static INDArray times(double... t) {
    return Nd4j.createFromArray(t);
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

  /** The largest difference of two arrays. */
  public static double distance(INDArray actual, INDArray expected) {
    return distance(values(actual), values(expected));
  }

  /** The largest modulus. */
  public static double max(double[] values) {
    return distance(values, new double[values.length]);
  }

  /** {@code K = C W⁻¹}, the covariance of the point values. */
  public static RealMatrix kernel(CovarianceOperator operator) {
    Grid grid = operator.grid();
    int n = grid.size();
    double[] impulses = new double[n * n];
    for (int i = 0; i < n; i++) {
      impulses[i * n + i] = 1 / grid.weight(i);
    }
    return matrix(values(operator.apply(of(grid, impulses))), n).transpose();
  }

  /** Values as rows of a given length. */
  public static RealMatrix matrix(double[] values, int length) {
    RealMatrix m = new Array2DRowRealMatrix(values.length / length, length);
    for (int i = 0; i < values.length; i++) {
      m.setEntry(i / length, i % length, values[i]);
    }
    return m;
  }

  /** The largest difference of two entries. */
  public static double distance(RealMatrix a, RealMatrix b) {
    double largest = 0;
    for (double[] row : a.subtract(b).getData()) {
      largest = Math.max(largest, max(row));
    }
    return largest;
  }
}
