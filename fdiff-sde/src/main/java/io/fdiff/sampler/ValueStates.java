package io.fdiff.sampler;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.noise.NoiseSource;
import io.fdiff.sde.Multiplier;
import io.fdiff.space.FunctionBatch;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ForkJoinPool;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.concurrency.AffinityManager;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * States as the arrays of ND4J that denoisers are given: a step reads state and denoised state and
 * writes the state, chunk by chunk, and moves nothing else. Multipliers that differ from mode to
 * mode are taken too, at the price of transforms.
 */
final class ValueStates extends States {

  /** A combination is little more than a copy: threads are worth it from here on. */
  private static final int PARALLEL_COMBINED = 1 << 17;

  /** Shares of the work for each thread, so that one that is held up does not hold up the step. */
  private static final int SHARES = 2;

  private final boolean single;
  private final int length;
  private final int block;
  private final int chunk;
  private final double[] weights;
  private final Map<Slot, INDArray> arrays = new EnumMap<>(Slot.class);
  private final Chunk[] chunks;
  private final Multiplier.Scratch memory = new Multiplier.Scratch();
  private final double[][] work = {{}, {}, {}, {}, {}, {}};

  ValueStates(CovarianceOperator covariance, INDArray terminal) {
    super(covariance, terminal);
    this.single = shown.dataType() == DataType.FLOAT;
    this.length = Math.toIntExact(shown.length());
    this.block = length / batch;
    this.weights = covariance.grid().weights();
    this.chunk = single ? Kernels.FLOATS : Kernels.DOUBLES;
    int shares =
        length < PARALLEL_COMBINED ? 1 : SHARES * (ForkJoinPool.getCommonPoolParallelism() + 1);
    this.chunks = new Chunk[shares];
    Arrays.setAll(chunks, i -> new Chunk(single));
    arrays.put(Slot.STATE, shown);
  }

  /** The working arrays of one task. */
  private static final class Chunk {
    final double[] u;
    final double[] y;
    final double[] sums;
    final float[] singleU;
    final float[] singleY;
    final float[] singleSums;

    Chunk(boolean single) {
      int doubles = single ? 0 : Kernels.DOUBLES;
      int floats = single ? Kernels.FLOATS : 0;
      u = new double[doubles];
      y = new double[doubles];
      sums = new double[single ? 0 : Kernels.DOUBLE_SUMS];
      singleU = new float[floats];
      singleY = new float[floats];
      singleSums = new float[single ? Kernels.FLOAT_SUMS : 0];
    }
  }

  private INDArray array(Slot slot) {
    INDArray array = arrays.get(slot);
    if (array == null) {
      array = Nd4j.createUninitialized(shown.dataType(), shown.shape(), 'c');
      arrays.put(slot, array);
    }
    return array;
  }

  @Override
  INDArray values(Slot slot) {
    return array(slot);
  }

  @Override
  void denoised(INDArray result) {
    INDArray old = arrays.put(Slot.DENOISED, plain(result));
    if (old != arrays.get(Slot.KEPT) && old != result) {
      release(old);
    }
  }

  @Override
  INDArray denoisedValues() {
    return array(Slot.DENOISED);
  }

  @Override
  void keep() {
    INDArray old = arrays.put(Slot.KEPT, array(Slot.DENOISED));
    if (old == null) {
      arrays.remove(Slot.DENOISED);
    } else {
      arrays.put(Slot.DENOISED, old);
    }
  }

  @Override
  void draw(NoiseSource source) {
    covariance.sample(source, array(Slot.NOISE));
  }

  @Override
  void combine(Slot out, boolean show, Multiplier[] m, Slot[] v) {
    if (!Arrays.stream(m).allMatch(States::scalar)) {
      transformed(out, m, v);
      return;
    }
    double[] factors = new double[m.length];
    Arrays.setAll(factors, j -> m[j].at(0));
    INDArray target = array(out);
    boolean[] good = new boolean[chunks.length];
    Object[] terms = buffers(v);
    Object to = buffer(target);
    tasks(chunks.length, length)
        .forEach(
            task -> {
              good[task] = combine(chunks[task], factors, terms, to, start(task), start(task + 1));
            });
    Nd4j.getAffinityManager().tagLocation(target, AffinityManager.Location.HOST);
    finite = all(good);
  }

  /** Where a share of the values begins, at a whole chunk. */
  private int start(int task) {
    int count = (length + chunk - 1) / chunk;
    return (int) Math.min(length, (long) count * task / chunks.length * chunk);
  }

  private static boolean all(boolean[] good) {
    for (boolean each : good) {
      if (!each) {
        return false;
      }
    }
    return true;
  }

  private Object[] buffers(Slot[] slots) {
    Object[] buffers = new Object[slots.length];
    for (int j = 0; j < buffers.length; j++) {
      buffers[j] = buffer(array(slots[j]));
    }
    return buffers;
  }

  private Object buffer(INDArray array) {
    return single ? array.data().asNioFloat() : array.data().asNioDouble();
  }

  /** One share of a combination; whether all of it is finite. */
  private boolean combine(
      Chunk own, double[] factors, Object[] terms, Object out, int from, int to) {
    if (single) {
      Arrays.fill(own.singleSums, 0);
      for (int at = from; at < to; at += chunk) {
        floats(own, factors, terms, (FloatBuffer) out, at, Math.min(chunk, to - at));
      }
      return Finite.allZero(own.singleSums);
    }
    Arrays.fill(own.sums, 0);
    for (int at = from; at < to; at += chunk) {
      doubles(own, factors, terms, (DoubleBuffer) out, at, Math.min(chunk, to - at));
    }
    return Finite.allZero(own.sums);
  }

  private static void doubles(
      Chunk chunk, double[] factors, Object[] terms, DoubleBuffer out, int at, int n) {
    double[] y = chunk.y;
    double[] u = chunk.u;
    ((DoubleBuffer) terms[0]).get(at, y, 0, n);
    ((DoubleBuffer) terms[1]).get(at, u, 0, n);
    Kernels.mix(y, factors[0], u, factors[1], n);
    for (int j = 2; j < factors.length; j++) {
      ((DoubleBuffer) terms[j]).get(at, u, 0, n);
      Kernels.add(y, u, factors[j], n);
    }
    Kernels.check(chunk.sums, y, n);
    out.put(at, y, 0, n);
  }

  private static void floats(
      Chunk chunk, double[] factors, Object[] terms, FloatBuffer out, int at, int n) {
    float[] y = chunk.singleY;
    float[] u = chunk.singleU;
    // The first term last: it is the large one, and its factor the one that errors add up in.
    float high = (float) factors[0];
    float low = (float) (factors[0] - high);
    float second = (float) factors[1];
    ((FloatBuffer) terms[1]).get(at, y, 0, n);
    if (factors.length == 2) {
      ((FloatBuffer) terms[0]).get(at, u, 0, n);
      Kernels.mix(y, second, u, high, low, n);
    } else {
      ((FloatBuffer) terms[2]).get(at, u, 0, n);
      Kernels.mix(y, second, u, (float) factors[2], n);
      for (int j = 3; j < factors.length; j++) {
        ((FloatBuffer) terms[j]).get(at, u, 0, n);
        Kernels.add(y, u, (float) factors[j], n);
      }
      ((FloatBuffer) terms[0]).get(at, u, 0, n);
      Kernels.add(y, u, high, low, n);
    }
    Kernels.check(chunk.singleSums, y, n);
    out.put(at, y, 0, n);
  }

  /** A combination with multipliers per mode. */
  private void transformed(Slot out, Multiplier[] m, Slot[] v) {
    double[][] terms = new double[v.length][];
    for (int j = 0; j < v.length; j++) {
      terms[j] = work(1 + j);
      FunctionBatch.read(array(v[j]), terms[j]);
    }
    double[] sum = work(0);
    Arrays.fill(sum, 0);
    int rows = batch * channels;
    Multiplier.accumulate(m[0], terms[0], m[1], terms[1], sum, rows, memory);
    for (int j = 2; j < m.length; j++) {
      m[j].accumulate(terms[j], sum, rows, memory);
    }
    FunctionBatch.write(sum, array(out));
    finite = Finite.firstBad(sum) < 0;
  }

  /** An array of the size of the states that is allocated at its first use. */
  private double[] work(int index) {
    if (work[index].length == 0) {
      work[index] = new double[length];
    }
    return work[index];
  }

  @Override
  void kick(double[] h, Slot v, double[] s) {
    INDArray target = array(Slot.STATE);
    Object to = buffer(target);
    Object[] terms = buffers(new Slot[] {Slot.STATE, v, Slot.NOISE});
    boolean[] good = new boolean[batch];
    tasks(chunks.length, length)
        .forEach(
            task -> {
              int end = (int) ((long) batch * (task + 1) / chunks.length);
              for (int b = (int) ((long) batch * task / chunks.length); b < end; b++) {
                good[b] =
                    combine(
                        chunks[task],
                        new double[] {1, h[b], s[b]},
                        terms,
                        to,
                        b * block,
                        (b + 1) * block);
              }
            });
    Nd4j.getAffinityManager().tagLocation(target, AffinityManager.Location.HOST);
    finite = all(good);
  }

  @Override
  double[] norms(Slot slot) {
    double[] values = work(0);
    FunctionBatch.read(array(slot), values);
    double[] norms = new double[batch];
    for (int b = 0; b < batch; b++) {
      double sum = 0;
      for (int row = 0, at = b * block; row < channels; row++) {
        for (int i = 0; i < weights.length; i++, at++) {
          sum += weights[i] * values[at] * values[at];
        }
      }
      norms[b] = Math.sqrt(sum);
    }
    return norms;
  }
}
