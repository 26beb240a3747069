package io.fdiff.covariance;

import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.transform.SpectralTransform;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.concurrency.AffinityManager;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Draws {@code X = Σ_k √λ_k z_k e_k} for whole batches: blocks of functions in parallel, each block
 * normals, factors and one inverse transform in pooled buffers, then one copy into the array. FLOAT
 * arrays are computed in single precision throughout; they agree with DOUBLE ones to the rounding
 * of single precision. No function depends on its block or thread.
 */
final class SpectralSampler {

  /** Not thread-local: the workers of the common pool forget such variables between tasks. */
  private static final Queue<Buffers> IDLE = new ConcurrentLinkedQueue<>();

  private final SpectralTransform transform;
  private final GridWindow window;
  private final int[] modeShape;
  private final int[] corner;
  private final int largest;

  // Factors of a block of the largest number of functions, laid out as its normals are.
  private final Lazy<double[][]> wide;
  private final Lazy<float[][]> narrow;

  /**
   * A sampler.
   *
   * @param roots {@code √λ_k} of the modes of the transform. Kept, not modified.
   * @param window the part of the grid of the transform that is kept
   */
  SpectralSampler(SpectralTransform transform, double[] roots, GridWindow window) {
    this.transform = transform;
    this.window = window;
    this.modeShape = transform.modeShape();
    this.corner = window.grid().shape();
    this.largest = transform.blockRows(Integer.MAX_VALUE);
    this.wide = new Lazy<>(() -> factors(roots, largest, modeShape[modeShape.length - 1]));
    this.narrow =
        new Lazy<>(() -> single(factors(roots, largest, modeShape[modeShape.length - 1])));
  }

  /** Row {@code k} holds the roots of mode {@code k} of the last axis once for each function. */
  private static double[][] factors(double[] roots, int functions, int last) {
    int leading = roots.length / last;
    double[][] factors = new double[last][functions * leading];
    for (int k = 0; k < last; k++) {
      for (int l = 0; l < functions * leading; l++) {
        factors[k][l] = roots[l % leading * last + k];
      }
    }
    return factors;
  }

  private static float[][] single(double[][] rows) {
    float[][] single = new float[rows.length][rows[0].length];
    for (int k = 0; k < rows.length; k++) {
      for (int l = 0; l < rows[k].length; l++) {
        single[k][l] = (float) rows[k][l];
      }
    }
    return single;
  }

  /**
   * Fills an array.
   *
   * @throws IllegalArgumentException if {@code out} does not fit the grid or is a view
   */
  void sample(NoiseSource noise, INDArray out) {
    FunctionBatch batch = FunctionBatch.of(window.grid(), out);
    if (out.ordering() != 'c'
        || out.isView()
        || out.offset() != 0
        || out.data().length() != out.length()) {
      throw new IllegalArgumentException(
          "array of shape "
              + Arrays.toString(out.shape())
              + " is a view: give a contiguous C-order array, for example array.dup('c')");
    }
    int channels = batch.channels();
    int functions = batch.rows();
    int each = transform.blockRows(functions);
    IntStream blocks = IntStream.range(0, (functions + each - 1) / each).parallel();
    if (out.dataType() == DataType.FLOAT) {
      FloatBuffer target = out.data().asNioFloat();
      blocks.forEach(
          block -> {
            int first = block * each;
            Buffers buffers = borrow();
            try {
              floats(buffers, noise, first, Math.min(each, functions - first), channels, target);
            } finally {
              IDLE.offer(buffers);
            }
          });
    } else {
      DoubleBuffer target = out.data().asNioDouble();
      blocks.forEach(
          block -> {
            int first = block * each;
            Buffers buffers = borrow();
            try {
              doubles(buffers, noise, first, Math.min(each, functions - first), channels, target);
            } finally {
              IDLE.offer(buffers);
            }
          });
    }
    // A device backend must see that the host copy is the newer one; a no-op on the CPU.
    Nd4j.getAffinityManager().tagLocation(out, AffinityManager.Location.HOST);
  }

  private static Buffers borrow() {
    Buffers idle = IDLE.poll();
    return idle == null ? new Buffers() : idle;
  }

  private void floats(
      Buffers buffers, NoiseSource noise, int first, int count, int channels, FloatBuffer target) {
    float[][] factors = narrow.get();
    int size = window.size();
    int lanes = count * (factors[0].length / largest);
    float[][] c = buffers.floatRows(factors.length, lanes);
    float[] values = buffers.floats(count * size);
    noise.normals(first, count, channels, modeShape, c);
    for (int k = 0; k < factors.length; k++) {
      multiply(c[k], factors[k], lanes);
    }
    transform.inverseBlock(c, values, count, corner);
    target.duplicate().position(first * size).put(values, 0, count * size);
  }

  private static void multiply(float[] c, float[] factors, int n) {
    for (int l = 0; l < n; l++) {
      c[l] *= factors[l];
    }
  }

  private void doubles(
      Buffers buffers, NoiseSource noise, int first, int count, int channels, DoubleBuffer target) {
    double[][] factors = wide.get();
    int size = window.size();
    int lanes = count * (factors[0].length / largest);
    double[][] c = buffers.doubleRows(factors.length, lanes);
    double[] values = buffers.doubles(count * size);
    noise.normals(first, count, channels, modeShape, c);
    for (int k = 0; k < factors.length; k++) {
      multiply(c[k], factors[k], lanes);
    }
    transform.inverseBlock(c, values, count, corner);
    target.duplicate().position(first * size).put(values, 0, count * size);
  }

  private static void multiply(double[] c, double[] factors, int n) {
    for (int l = 0; l < n; l++) {
      c[l] *= factors[l];
    }
  }

  /** Buffers of one block, grown when a block needs more. */
  private static final class Buffers {
    private double[][] doubleRows = {};
    private double[] doubles = {};
    private float[][] floatRows = {};
    private float[] floats = {};

    double[][] doubleRows(int rows, int length) {
      if (doubleRows.length < rows) {
        doubleRows = new double[rows][0];
      }
      for (int k = 0; k < rows; k++) {
        if (doubleRows[k].length < length) {
          doubleRows[k] = new double[length];
        }
      }
      return doubleRows;
    }

    double[] doubles(int length) {
      if (doubles.length < length) {
        doubles = new double[length];
      }
      return doubles;
    }

    float[][] floatRows(int rows, int length) {
      if (floatRows.length < rows) {
        floatRows = new float[rows][0];
      }
      for (int k = 0; k < rows; k++) {
        if (floatRows[k].length < length) {
          floatRows[k] = new float[length];
        }
      }
      return floatRows;
    }

    float[] floats(int length) {
      if (floats.length < length) {
        floats = new float[length];
      }
      return floats;
    }
  }
}
