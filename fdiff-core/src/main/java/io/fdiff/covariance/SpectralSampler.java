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
  private final double[] roots;
  private final float[] singleRoots;

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
    this.roots = roots;
    this.singleRoots = new float[roots.length];
    for (int k = 0; k < roots.length; k++) {
      singleRoots[k] = (float) roots[k];
    }
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
    int samples = batch.batch();
    int channels = batch.channels();
    int each = Math.max(1, transform.blockRows(batch.rows()) / channels);
    IntStream blocks = IntStream.range(0, (samples + each - 1) / each).parallel();
    if (out.dataType() == DataType.FLOAT) {
      FloatBuffer target = out.data().asNioFloat();
      blocks.forEach(
          block -> {
            int from = block * each;
            Buffers buffers = borrow();
            try {
              floats(buffers, noise, from, Math.min(each, samples - from), channels, target);
            } finally {
              IDLE.offer(buffers);
            }
          });
    } else {
      DoubleBuffer target = out.data().asNioDouble();
      blocks.forEach(
          block -> {
            int from = block * each;
            Buffers buffers = borrow();
            try {
              doubles(buffers, noise, from, Math.min(each, samples - from), channels, target);
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
      Buffers buffers, NoiseSource noise, int from, int samples, int channels, FloatBuffer target) {
    int modes = singleRoots.length;
    int points = transform.grid().size();
    int rows = samples * channels;
    float[] c = buffers.floats(0, rows * modes);
    float[] values = buffers.floats(1, rows * points);
    noise.normals(from, samples, channels, modeShape, c, 0);
    for (int at = 0; at < rows * modes; at += modes) {
      scale(c, at, singleRoots);
    }
    transform.inverseBlock(c, values, rows);
    if (!window.whole()) {
      window.cut(values, rows, c, 0);
      values = c;
    }
    int size = window.size();
    target.duplicate().position(from * channels * size).put(values, 0, rows * size);
  }

  private static void scale(float[] c, int at, float[] factors) {
    for (int k = 0; k < factors.length; k++) {
      c[at + k] *= factors[k];
    }
  }

  private void doubles(
      Buffers buffers,
      NoiseSource noise,
      int from,
      int samples,
      int channels,
      DoubleBuffer target) {
    int modes = roots.length;
    int points = transform.grid().size();
    int rows = samples * channels;
    double[] c = buffers.doubles(0, rows * modes);
    double[] values = buffers.doubles(1, rows * points);
    noise.normals(from, samples, channels, modeShape, c, 0);
    for (int at = 0; at < rows * modes; at += modes) {
      scale(c, at, roots);
    }
    transform.inverseBlock(c, values, rows);
    if (!window.whole()) {
      window.cut(values, rows, c, 0);
      values = c;
    }
    int size = window.size();
    target.duplicate().position(from * channels * size).put(values, 0, rows * size);
  }

  private static void scale(double[] c, int at, double[] factors) {
    for (int k = 0; k < factors.length; k++) {
      c[at + k] *= factors[k];
    }
  }

  /** Buffers of one block, grown when a block needs more. */
  private static final class Buffers {
    private final double[][] doubles = {{}, {}};
    private final float[][] floats = {{}, {}};

    double[] doubles(int index, int length) {
      if (doubles[index].length < length) {
        doubles[index] = new double[length];
      }
      return doubles[index];
    }

    float[] floats(int index, int length) {
      if (floats[index].length < length) {
        floats[index] = new float[length];
      }
      return floats[index];
    }
  }
}
