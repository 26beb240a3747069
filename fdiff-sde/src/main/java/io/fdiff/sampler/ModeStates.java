package io.fdiff.sampler;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.noise.NoiseSource;
import io.fdiff.sde.Multiplier;
import io.fdiff.transform.SpectralTransform;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.concurrency.AffinityManager;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * States as coefficients in the basis of the noise, from one step to the next: a step transforms
 * what the denoiser returned and transforms the state back for its next call, block by block.
 */
final class ModeStates extends States {

  private final SpectralTransform transform;
  private final boolean single;
  private final int rows;
  private final int modes;
  private final int points;
  private final double[] weights;
  private final double[] roots;
  private final boolean own;
  private final Map<Slot, double[]> doubles = new EnumMap<>(Slot.class);
  private final Map<Slot, float[]> floats = new EnumMap<>(Slot.class);
  private final double[] values;
  private final float[] singleValues;
  private final Queue<Block> idle = new ConcurrentLinkedQueue<>();
  private final Multiplier.Scratch memory = new Multiplier.Scratch();
  private final float[][] high = new float[6][];
  private final float[][] low = new float[6][];
  private @Nullable INDArray raw;
  private @Nullable INDArray noise;
  private @Nullable Slot current = Slot.STATE;

  ModeStates(CovarianceOperator covariance, SpectralCovariance spectral, INDArray terminal) {
    super(covariance, terminal);
    this.transform = spectral.transform();
    this.single = shown.dataType() == DataType.FLOAT;
    this.rows = batch * channels;
    this.modes = transform.modes();
    this.points = transform.grid().size();
    this.weights = transform.grid().weights();
    this.roots = Arrays.stream(spectral.eigenvalues()).map(Math::sqrt).toArray();
    // Another form of the operator may read the noise in another way.
    this.own = covariance == spectral;
    this.values = new double[single ? 0 : rows * points];
    this.singleValues = new float[single ? rows * points : 0];
    // A transform would spread a value that is not finite over its function.
    if (finite) {
      coefficients(shown, Slot.STATE);
    }
  }

  /** The working arrays of one block. */
  private static final class Block {
    double[] values = new double[0];
    double[] coefficients = new double[0];
    double[] sum = new double[0];
    double[] term = new double[0];
    double[] chunk = new double[0];
    double[] checks = new double[0];
    float[] singleValues = new float[0];
    float[] singleCoefficients = new float[0];
    float[] singleSum = new float[0];
    float[] singleTerm = new float[0];
    float[] singleChunk = new float[0];
    float[] singleChecks = new float[0];

    void grow(boolean single, int coefficientCount, int valueCount, int modes) {
      if (single && singleCoefficients.length < coefficientCount) {
        singleCoefficients = new float[coefficientCount];
        singleValues = new float[valueCount];
        singleSum = new float[modes];
        singleTerm = new float[modes];
        singleChunk = new float[Kernels.FLOATS];
        singleChecks = new float[Kernels.FLOAT_SUMS];
      } else if (!single && coefficients.length < coefficientCount) {
        coefficients = new double[coefficientCount];
        values = new double[valueCount];
        sum = new double[modes];
        term = new double[modes];
        chunk = new double[Kernels.DOUBLES];
        checks = new double[Kernels.DOUBLE_SUMS];
      }
    }
  }

  private double[] doubles(Slot slot) {
    return doubles.computeIfAbsent(slot, unused -> new double[rows * modes]);
  }

  private float[] floats(Slot slot) {
    return floats.computeIfAbsent(slot, unused -> new float[rows * modes]);
  }

  /** The coefficients of an array. */
  private void coefficients(INDArray array, Slot to) {
    int each = transform.blockRows(rows);
    int blocks = (rows + each - 1) / each;
    if (single) {
      FloatBuffer in = array.data().asNioFloat();
      tasks(blocks, (long) rows * points)
          .forEach(i -> in.get(i * each * points, singleValues, i * each * points, count(i, each)));
      transform.forward(singleValues, floats(to), rows);
    } else {
      DoubleBuffer in = array.data().asNioDouble();
      tasks(blocks, (long) rows * points)
          .forEach(i -> in.get(i * each * points, values, i * each * points, count(i, each)));
      transform.forward(values, doubles(to), rows);
    }
  }

  /** The values of block i. */
  private int count(int i, int each) {
    return Math.min(each, rows - i * each) * points;
  }

  @Override
  INDArray values(Slot slot) {
    if (current != slot && finite) {
      show(slot, new double[0][], new Slot[0]);
    }
    return shown;
  }

  @Override
  void denoised(INDArray result) {
    if (raw != result) {
      release(raw);
    }
    raw = plain(result);
    coefficients(raw, Slot.DENOISED);
  }

  @Override
  INDArray denoisedValues() {
    return raw == null ? shown : raw;
  }

  @Override
  void keep() {
    if (single) {
      float[] old = floats(Slot.KEPT);
      floats.put(Slot.KEPT, floats(Slot.DENOISED));
      floats.put(Slot.DENOISED, old);
    } else {
      double[] old = doubles(Slot.KEPT);
      doubles.put(Slot.KEPT, doubles(Slot.DENOISED));
      doubles.put(Slot.DENOISED, old);
    }
  }

  @Override
  void draw(NoiseSource source) {
    if (!own) {
      if (noise == null) {
        noise = shown.dup('c');
      }
      covariance.sample(source, noise);
      coefficients(noise, Slot.NOISE);
      return;
    }
    int[] shape = transform.modeShape();
    int each = Math.max(1, transform.blockRows(rows) / channels);
    int blocks = (batch + each - 1) / each;
    double[] wide = single ? new double[0] : doubles(Slot.NOISE);
    float[] narrow = single ? floats(Slot.NOISE) : new float[0];
    tasks(blocks, (long) rows * modes)
        .forEach(
            i -> {
              int from = i * each;
              int samples = Math.min(each, batch - from);
              int at = from * channels * modes;
              if (single) {
                source.normals(from, samples, channels, shape, narrow, at);
              } else {
                source.normals(from, samples, channels, shape, wide, at);
              }
              for (int row = 0; row < samples * channels; row++, at += modes) {
                for (int k = 0; k < modes; k++) {
                  if (single) {
                    narrow[at + k] *= (float) roots[k];
                  } else {
                    wide[at + k] *= roots[k];
                  }
                }
              }
            });
  }

  @Override
  void combine(Slot out, boolean show, Multiplier[] m, Slot[] v) {
    double[][] factors = new double[m.length][];
    for (int j = 0; j < m.length; j++) {
      factors[j] = memory.factors(m[j], modes);
    }
    if (show) {
      show(out, factors, v);
    } else {
      run(out, factors, v, false);
      if (current == out) {
        current = null;
      }
    }
    memory.reset();
  }

  /** Combines, if there are terms, and writes the values. */
  private void show(Slot out, double[][] factors, Slot[] v) {
    finite = run(out, factors, v, true);
    Nd4j.getAffinityManager().tagLocation(shown, AffinityManager.Location.HOST);
    current = out;
  }

  private boolean run(Slot out, double[][] factors, Slot[] v, boolean show) {
    int each = transform.blockRows(rows);
    int blocks = (rows + each - 1) / each;
    boolean[] good = new boolean[blocks];
    if (single) {
      split(factors);
      float[] to = floats(out);
      float[][] terms = new float[v.length][];
      Arrays.setAll(terms, j -> floats(v[j]));
      FloatBuffer target = shown.data().asNioFloat();
      tasks(blocks, (long) rows * points)
          .forEach(
              i -> {
                int from = i * each;
                int count = Math.min(each, rows - from);
                Block block = borrow(count);
                for (int row = from; terms.length > 0 && row < from + count; row++) {
                  combine(block, to, terms, row * modes);
                }
                good[i] = !show || show(block, to, target, from, count);
                idle.offer(block);
              });
    } else {
      double[] to = doubles(out);
      double[][] terms = new double[v.length][];
      Arrays.setAll(terms, j -> doubles(v[j]));
      DoubleBuffer target = shown.data().asNioDouble();
      tasks(blocks, (long) rows * points)
          .forEach(
              i -> {
                int from = i * each;
                int count = Math.min(each, rows - from);
                Block block = borrow(count);
                for (int row = from; terms.length > 0 && row < from + count; row++) {
                  combine(block, to, factors, terms, row * modes);
                }
                good[i] = !show || show(block, to, target, from, count);
                idle.offer(block);
              });
    }
    for (boolean block : good) {
      if (!block) {
        return false;
      }
    }
    return true;
  }

  private void split(double[][] factors) {
    for (int j = 0; j < factors.length; j++) {
      if (high[j] == null) {
        high[j] = new float[modes];
        low[j] = new float[modes];
      }
      for (int k = 0; k < modes; k++) {
        high[j][k] = (float) factors[j][k];
        low[j][k] = (float) (factors[j][k] - high[j][k]);
      }
    }
  }

  /** A row of a combination, in arrays of its own from index 0: others take no vectors. */
  private void combine(Block block, double[] out, double[][] m, double[][] v, int at) {
    double[] sum = block.sum;
    double[] term = block.term;
    System.arraycopy(v[0], at, sum, 0, modes);
    System.arraycopy(v[1], at, term, 0, modes);
    Kernels.mix(sum, m[0], term, m[1], modes);
    for (int j = 2; j < m.length; j++) {
      System.arraycopy(v[j], at, term, 0, modes);
      Kernels.add(sum, term, m[j], modes);
    }
    System.arraycopy(sum, 0, out, at, modes);
  }

  private void combine(Block block, float[] out, float[][] v, int at) {
    float[] sum = block.singleSum;
    float[] term = block.singleTerm;
    System.arraycopy(v[1], at, sum, 0, modes);
    System.arraycopy(v[0], at, term, 0, modes);
    Kernels.mix(sum, high[1], term, high[0], low[0], modes);
    for (int j = 2; j < v.length; j++) {
      System.arraycopy(v[j], at, term, 0, modes);
      Kernels.add(sum, term, high[j], modes);
    }
    System.arraycopy(sum, 0, out, at, modes);
  }

  private boolean show(Block block, double[] state, DoubleBuffer target, int from, int count) {
    System.arraycopy(state, from * modes, block.coefficients, 0, count * modes);
    transform.inverseBlock(block.coefficients, block.values, count);
    int length = count * points;
    target.put(from * points, block.values, 0, length);
    Arrays.fill(block.checks, 0);
    for (int at = 0; at < length; at += Kernels.DOUBLES) {
      int n = Math.min(Kernels.DOUBLES, length - at);
      System.arraycopy(block.values, at, block.chunk, 0, n);
      Kernels.check(block.checks, block.chunk, n);
    }
    return Finite.allZero(block.checks);
  }

  private boolean show(Block block, float[] state, FloatBuffer target, int from, int count) {
    System.arraycopy(state, from * modes, block.singleCoefficients, 0, count * modes);
    transform.inverseBlock(block.singleCoefficients, block.singleValues, count);
    int length = count * points;
    target.put(from * points, block.singleValues, 0, length);
    Arrays.fill(block.singleChecks, 0);
    for (int at = 0; at < length; at += Kernels.FLOATS) {
      int n = Math.min(Kernels.FLOATS, length - at);
      System.arraycopy(block.singleValues, at, block.singleChunk, 0, n);
      Kernels.check(block.singleChecks, block.singleChunk, n);
    }
    return Finite.allZero(block.singleChecks);
  }

  private Block borrow(int count) {
    Block block = idle.poll();
    if (block == null) {
      block = new Block();
    }
    block.grow(single, count * modes, count * points, modes);
    return block;
  }

  @Override
  void kick(double[] h, Slot v, double[] s) {
    int block = channels * modes;
    double[][] wide = new double[3][];
    float[][] narrow = new float[3][];
    Slot[] slots = {Slot.STATE, v, Slot.NOISE};
    for (int j = 0; j < slots.length; j++) {
      wide[j] = single ? new double[0] : doubles(slots[j]);
      narrow[j] = single ? floats(slots[j]) : new float[0];
    }
    tasks(batch, (long) rows * modes)
        .forEach(
            b -> {
              int at = b * block;
              if (single) {
                Kernels.kick(
                    narrow[0], (float) h[b], narrow[1], (float) s[b], narrow[2], at, block);
              } else {
                Kernels.kick(wide[0], h[b], wide[1], s[b], wide[2], at, block);
              }
            });
    show(Slot.STATE, new double[0][], new Slot[0]);
  }

  @Override
  double[] norms(Slot slot) {
    double[] norms = new double[batch];
    double[] c = new double[channels * modes];
    double[] at = new double[channels * points];
    for (int b = 0; b < batch; b++) {
      for (int j = 0; j < c.length; j++) {
        int i = b * c.length + j;
        c[j] = single ? floats(slot)[i] : doubles(slot)[i];
      }
      double sum = 0;
      if (transform.orthonormal()) {
        for (double value : c) {
          sum += value * value;
        }
      } else {
        transform.inverse(c, at, channels);
        for (int j = 0; j < at.length; j++) {
          sum += weights[j % points] * at[j] * at[j];
        }
      }
      norms[b] = Math.sqrt(sum);
    }
    return norms;
  }
}
