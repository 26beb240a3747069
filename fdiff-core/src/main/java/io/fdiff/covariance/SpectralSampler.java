package io.fdiff.covariance;

import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.transform.SpectralTransform;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.concurrency.AffinityManager;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Draws {@code X = Σ_k √λ_k z_k e_k} for whole batches: blocks of functions in parallel, each block
 * normals, factors and one inverse transform in buffers of its thread, then one copy into the
 * array. FLOAT arrays are computed in single precision throughout; they agree with DOUBLE ones to
 * the rounding of single precision. No function depends on its block or thread.
 */
final class SpectralSampler {

  private static final ThreadLocal<Buffers> BUFFERS = ThreadLocal.withInitial(Buffers::new);

  private final SpectralTransform transform;
  private final int[] modeShape;
  private final double[] roots;

  /**
   * A sampler.
   *
   * @param roots {@code √λ_k} of the modes of the transform. Kept, not modified.
   */
  SpectralSampler(SpectralTransform transform, double[] roots) {
    this.transform = transform;
    this.modeShape = transform.modeShape();
    this.roots = roots;
  }

  /**
   * Fills an array.
   *
   * @throws IllegalArgumentException if {@code out} does not fit the grid or is a view
   */
  void sample(NoiseSource noise, INDArray out) {
    FunctionBatch batch = FunctionBatch.of(transform.grid(), out);
    if (out.ordering() != 'c'
        || out.isView()
        || out.offset() != 0
        || out.data().length() != out.length()) {
      throw new IllegalArgumentException(
          "array of shape "
              + Arrays.toString(out.shape())
              + " is a view: give a contiguous C-order array, for example array.dup('c')");
    }
    int rows = batch.rows();
    int channels = batch.channels();
    int each = transform.blockRows(rows);
    IntStream blocks = IntStream.range(0, (rows + each - 1) / each);
    if (out.dataType() == DataType.FLOAT) {
      FloatBuffer target = out.data().asNioFloat();
      blocks
          .parallel()
          .forEach(
              block -> {
                int from = block * each;
                floats(noise, channels, from, Math.min(each, rows - from), target);
              });
    } else {
      DoubleBuffer target = out.data().asNioDouble();
      blocks
          .parallel()
          .forEach(
              block -> {
                int from = block * each;
                doubles(noise, channels, from, Math.min(each, rows - from), target);
              });
    }
    // A device backend must see that the host copy is the newer one; a no-op on the CPU.
    Nd4j.getAffinityManager().tagLocation(out, AffinityManager.Location.HOST);
  }

  private void floats(NoiseSource noise, int channels, int from, int rows, FloatBuffer target) {
    int modes = roots.length;
    int points = transform.grid().size();
    Buffers buffers = BUFFERS.get();
    double[] z = buffers.normals(modes);
    float[] c = buffers.floats(0, rows * modes);
    float[] values = buffers.floats(1, rows * points);
    for (int row = 0; row < rows; row++) {
      normals(noise, channels, from + row, z, 0);
      int at = row * modes;
      for (int k = 0; k < modes; k++) {
        c[at + k] = (float) (z[k] * roots[k]);
      }
    }
    transform.inverseBlock(c, values, rows);
    target.duplicate().position(from * points).put(values, 0, rows * points);
  }

  private void doubles(NoiseSource noise, int channels, int from, int rows, DoubleBuffer target) {
    int modes = roots.length;
    int points = transform.grid().size();
    Buffers buffers = BUFFERS.get();
    double[] c = buffers.normals(rows * modes);
    double[] values = buffers.values(rows * points);
    for (int row = 0; row < rows; row++) {
      int at = row * modes;
      normals(noise, channels, from + row, c, at);
      for (int k = 0; k < modes; k++) {
        c[at + k] *= roots[k];
      }
    }
    transform.inverseBlock(c, values, rows);
    target.duplicate().position(from * points).put(values, 0, rows * points);
  }

  private void normals(NoiseSource noise, int channels, int row, double[] out, int at) {
    noise.normals(row / channels, row % channels, modeShape, out, at);
  }

  /** Buffers of one thread, grown when a block needs more. */
  private static final class Buffers {
    private double[] normals = {};
    private double[] values = {};
    private final float[][] floats = {{}, {}};

    double[] normals(int length) {
      if (normals.length < length) {
        normals = new double[length];
      }
      return normals;
    }

    double[] values(int length) {
      if (values.length < length) {
        values = new double[length];
      }
      return values;
    }

    float[] floats(int index, int length) {
      if (floats[index].length < length) {
        floats[index] = new float[length];
      }
      return floats[index];
    }
  }
}
