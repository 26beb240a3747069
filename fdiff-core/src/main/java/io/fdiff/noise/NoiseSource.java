package io.fdiff.noise;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;
import org.apache.commons.rng.UniformRandomProvider;

/**
 * A field of independent standard normals {@code z(seed, stream, sample, step, channel, mode)}.
 *
 * <p>A source is a position in this field: it names seed, stream, step and the first sample of a
 * batch, and moving it makes a new source. A value is a function of its address alone: the address
 * is key (seed, stream, step) and counter (four modes of the last axis, channel and leading mode
 * indices, sample) of Threefry 4×64-20 (Salmon et al. 2011), and a ziggurat that is exact in the
 * tails takes the further words it may need from the same address. So any part of a row can be
 * drawn alone, results do not depend on batch, chunks, order or threads, and grids of different
 * size share the coefficients of the modes they share ("coupled noise").
 *
 * <p>Each row is drawn in blocks of 4 modes, a few nanoseconds a mode where the virtual machine has
 * vector instructions; 14 kB of working arrays are kept for each thread. Immutable and thread-safe.
 */
public final class NoiseSource {

  static final int INDEX_BITS = 24;
  private static final int MAX_MODES = 1 << INDEX_BITS;
  private static final int MAX_AXES = 3;
  private static final int MAX_CHANNELS = 1 << 15;

  private final long seed;
  private final long stream;
  private final long firstSample;
  private final long step;
  private final Threefry key;

  private NoiseSource(long seed, long stream, long firstSample, long step) {
    this.seed = seed;
    this.stream = stream;
    this.firstSample = firstSample;
    this.step = step;
    this.key = new Threefry(seed, stream, step, 0);
  }

  /**
   * The source at sample 0, step 0 of stream 0.
   *
   * @param seed any number; equal seeds give equal noise
   * @return the source
   */
  public static NoiseSource of(long seed) {
    return new NoiseSource(seed, 0, 0, 0);
  }

  /**
   * An independent field of the same seed, for another use (prior, predictor, corrector, training).
   *
   * <p>Streams nest: {@code withStream(1).withStream(2)} differs from both {@code withStream(2)}
   * and {@code withStream(1)}.
   *
   * @param id name of the use, at least 0
   * @return the source at the same sample and step of the derived stream
   * @throws IllegalArgumentException if {@code id} is negative
   */
  public NoiseSource withStream(long id) {
    if (id < 0) {
      // Stream −1 would be the stream itself.
      throw new IllegalArgumentException("stream " + id + ": name a use by a number, at least 0");
    }
    return new NoiseSource(seed, mix(stream ^ mix(id + 1)), firstSample, step);
  }

  /**
   * The source whose batches begin at another sample.
   *
   * @param sample index of the first sample
   * @return the moved source
   */
  public NoiseSource withFirstSample(long sample) {
    return new NoiseSource(seed, stream, sample, step);
  }

  /**
   * Index of the sample that batches begin at, in the whole field.
   *
   * @return that of {@link #withFirstSample}, 0 for a new source
   */
  public long firstSample() {
    return firstSample;
  }

  /**
   * The source at another step.
   *
   * @param newStep index of the step
   * @return the moved source
   */
  public NoiseSource withStep(long newStep) {
    return new NoiseSource(seed, stream, firstSample, newStep);
  }

  /**
   * The normals of one sample and channel, one for each mode.
   *
   * @param sample sample of the batch, counted from the source's first sample
   * @param channel channel, {@code 0 ≤ channel < 32768}
   * @param modeShape number of modes per axis, at most 3 axes of at most 2²⁴ modes; not modified
   * @param out Modified: the product of {@code modeShape} values from {@code offset}, C order
   * @param offset first index to fill
   * @throws IllegalArgumentException if channel or mode shape are out of range
   * @throws IndexOutOfBoundsException if {@code out} has no room for the values
   */
  public void normals(long sample, int channel, int[] modeShape, double[] out, int offset) {
    normals(sample, channel, new int[modeShape.length], modeShape, out, offset);
  }

  /**
   * The same normals rounded to {@code float}.
   *
   * @param sample sample of the batch, counted from the source's first sample
   * @param channel channel, {@code 0 ≤ channel < 32768}
   * @param modeShape number of modes per axis, at most 3 axes of at most 2²⁴ modes; not modified
   * @param out Modified: the product of {@code modeShape} values from {@code offset}, C order
   * @param offset first index to fill
   * @throws IllegalArgumentException if channel or mode shape are out of range
   * @throws IndexOutOfBoundsException if {@code out} has no room for the values
   */
  public void normals(long sample, int channel, int[] modeShape, float[] out, int offset) {
    normals(sample, channel, new int[modeShape.length], modeShape, out, offset);
  }

  /**
   * The normals of a block of modes of one sample and channel, for example the end of a row without
   * its beginning.
   *
   * @param sample sample of the batch, counted from the source's first sample
   * @param channel channel, {@code 0 ≤ channel < 32768}
   * @param origin first mode per axis, at least 0; not modified
   * @param modeShape number of modes per axis from the origin, at most 3 axes; the last mode of an
   *     axis is below 2²⁴; not modified
   * @param out Modified: the product of {@code modeShape} values from {@code offset}, C order
   * @param offset first index to fill
   * @throws IllegalArgumentException if channel, origin or mode shape are out of range
   * @throws IndexOutOfBoundsException if {@code out} has no room for the values
   */
  public void normals(
      long sample, int channel, int[] origin, int[] modeShape, double[] out, int offset) {
    checkChannels(channel, 1);
    checkRoom(checkModes(origin, modeShape), out.length, offset);
    new NoiseRows(key, firstSample + sample, channel, 1, origin, modeShape).draw(1, out, offset);
  }

  /**
   * The normals of a block of modes rounded to {@code float}.
   *
   * @param sample sample of the batch, counted from the source's first sample
   * @param channel channel, {@code 0 ≤ channel < 32768}
   * @param origin first mode per axis, at least 0; not modified
   * @param modeShape number of modes per axis from the origin, at most 3 axes; the last mode of an
   *     axis is below 2²⁴; not modified
   * @param out Modified: the product of {@code modeShape} values from {@code offset}, C order
   * @param offset first index to fill
   * @throws IllegalArgumentException if channel, origin or mode shape are out of range
   * @throws IndexOutOfBoundsException if {@code out} has no room for the values
   */
  public void normals(
      long sample, int channel, int[] origin, int[] modeShape, float[] out, int offset) {
    checkChannels(channel, 1);
    checkRoom(checkModes(origin, modeShape), out.length, offset);
    new NoiseRows(key, firstSample + sample, channel, 1, origin, modeShape).draw(1, out, offset);
  }

  /**
   * The normals of consecutive samples with all their channels, {@code [samples, channels, modes]}:
   * the values of one call for each sample and channel, faster where these are short.
   *
   * @param sample first sample, counted from the source's first sample
   * @param samples number of samples, at least 1
   * @param channels number of channels, from channel 0, {@code 1 ≤ channels ≤ 32768}
   * @param modeShape number of modes per axis, at most 3 axes of at most 2²⁴ modes; not modified
   * @param out Modified: {@code samples · channels · modes} values from {@code offset}, C order
   * @param offset first index to fill
   * @throws IllegalArgumentException if samples, channels or mode shape are out of range
   * @throws IndexOutOfBoundsException if {@code out} has no room for the values
   */
  public void normals(
      long sample, int samples, int channels, int[] modeShape, double[] out, int offset) {
    int[] origin = new int[modeShape.length];
    checkBatch(samples, channels);
    checkRoom((double) samples * channels * checkModes(origin, modeShape), out.length, offset);
    new NoiseRows(key, firstSample + sample, 0, channels, origin, modeShape)
        .draw(samples, out, offset);
  }

  /**
   * The normals of consecutive samples with all their channels rounded to {@code float}.
   *
   * @param sample first sample, counted from the source's first sample
   * @param samples number of samples, at least 1
   * @param channels number of channels, from channel 0, {@code 1 ≤ channels ≤ 32768}
   * @param modeShape number of modes per axis, at most 3 axes of at most 2²⁴ modes; not modified
   * @param out Modified: {@code samples · channels · modes} values from {@code offset}, C order
   * @param offset first index to fill
   * @throws IllegalArgumentException if samples, channels or mode shape are out of range
   * @throws IndexOutOfBoundsException if {@code out} has no room for the values
   */
  public void normals(
      long sample, int samples, int channels, int[] modeShape, float[] out, int offset) {
    int[] origin = new int[modeShape.length];
    checkBatch(samples, channels);
    checkRoom((double) samples * channels * checkModes(origin, modeShape), out.length, offset);
    new NoiseRows(key, firstSample + sample, 0, channels, origin, modeShape)
        .draw(samples, out, offset);
  }

  /**
   * The normals of consecutive functions of a batch, with the last axis in front: the layout in
   * which the values of many functions are drawn fastest. Function {@code f} is channel {@code f
   * mod channels} of sample {@code ⌊f/channels⌋}.
   *
   * @param first first function, counted from channel 0 of the source's first sample, at least 0
   * @param functions number of functions, at least 1
   * @param channels number of channels of a sample, {@code 1 ≤ channels ≤ 32768}
   * @param modeShape number of modes per axis, at most 3 axes of at most 2²⁴ modes; not modified
   * @param out Modified: the first {@code n_d} rows, {@code out[k_d]} becomes {@code [functions,
   *     k_1, …, k_{d−1}]} in C order
   * @throws IllegalArgumentException if functions, channels or mode shape are out of range
   * @throws IndexOutOfBoundsException if {@code out} has no room for the values
   */
  public void normals(long first, int functions, int channels, int[] modeShape, double[][] out) {
    checkLanes(first, functions, channels, modeShape, out.length, k -> out[k].length);
    long sample = firstSample + first / channels;
    int channel = (int) (first % channels);
    NoiseLanes.draw(key, sample, channel, channels, functions, modeShape, out);
  }

  /**
   * The normals of consecutive functions of a batch, rounded to {@code float}, with the last axis
   * in front: the layout in which the values of many functions are drawn fastest. Function {@code
   * f} is channel {@code f mod channels} of sample {@code ⌊f/channels⌋}.
   *
   * @param first first function, counted from channel 0 of the source's first sample, at least 0
   * @param functions number of functions, at least 1
   * @param channels number of channels of a sample, {@code 1 ≤ channels ≤ 32768}
   * @param modeShape number of modes per axis, at most 3 axes of at most 2²⁴ modes; not modified
   * @param out Modified: the first {@code n_d} rows, {@code out[k_d]} becomes {@code [functions,
   *     k_1, …, k_{d−1}]} in C order
   * @throws IllegalArgumentException if functions, channels or mode shape are out of range
   * @throws IndexOutOfBoundsException if {@code out} has no room for the values
   */
  public void normals(long first, int functions, int channels, int[] modeShape, float[][] out) {
    checkLanes(first, functions, channels, modeShape, out.length, k -> out[k].length);
    long sample = firstSample + first / channels;
    int channel = (int) (first % channels);
    NoiseLanes.draw(key, sample, channel, channels, functions, modeShape, out);
  }

  /**
   * A uniform generator of its own for one sample of the batch at this step, for discrete choices
   * and times. Independent of the normals of the same address.
   *
   * @param sample sample of the batch, counted from the source's first sample
   * @return a fresh generator, not thread-safe
   */
  public UniformRandomProvider uniform(long sample) {
    return new AddressedWords(key, firstSample + sample);
  }

  private static void checkBatch(int samples, int channels) {
    if (samples < 1) {
      throw new IllegalArgumentException(samples + " samples: ask for at least 1");
    }
    if (channels < 1) {
      throw new IllegalArgumentException(channels + " channels: ask for at least 1");
    }
    checkChannels(0, channels);
  }

  private static void checkLanes(
      long first, int functions, int channels, int[] modeShape, int rows, IntUnaryOperator room) {
    if (first < 0) {
      throw new IllegalArgumentException(
          "first function " + first + " is negative: move the source with withFirstSample");
    }
    if (functions < 1) {
      throw new IllegalArgumentException(functions + " functions: ask for at least 1");
    }
    if (channels < 1) {
      throw new IllegalArgumentException(channels + " channels: ask for at least 1");
    }
    checkChannels(0, channels);
    double modes = checkModes(new int[modeShape.length], modeShape);
    int last = modeShape[modeShape.length - 1];
    checkRoom(last, rows, 0);
    for (int k = 0; k < last; k++) {
      checkRoom(functions * (modes / last), room.applyAsInt(k), 0);
    }
  }

  private static void checkChannels(int first, int channels) {
    if (first < 0 || first > MAX_CHANNELS - channels) {
      throw new IllegalArgumentException(
          "channel "
              + (first < 0 ? first : first + channels - 1)
              + " is not in [0, "
              + MAX_CHANNELS
              + ")");
    }
  }

  /** Number of modes; a double, for the product may exceed every integer. */
  private static double checkModes(int[] origin, int[] modeShape) {
    if (modeShape.length < 1 || modeShape.length > MAX_AXES) {
      throw new IllegalArgumentException(
          "modes on " + modeShape.length + " axes: noise has 1 to " + MAX_AXES + " axes");
    }
    if (origin.length != modeShape.length) {
      throw new IllegalArgumentException(
          "origin "
              + Arrays.toString(origin)
              + " and modes "
              + Arrays.toString(modeShape)
              + " differ in their number of axes; give one first mode for each axis");
    }
    double product = 1;
    for (int a = 0; a < modeShape.length; a++) {
      if (modeShape[a] < 1 || modeShape[a] > MAX_MODES) {
        throw new IllegalArgumentException(
            modeShape[a] + " modes on axis " + a + ": must be in [1, 2^" + INDEX_BITS + "]");
      }
      if (origin[a] < 0 || origin[a] > MAX_MODES - modeShape[a]) {
        throw new IllegalArgumentException(
            modeShape[a]
                + " modes from "
                + origin[a]
                + " on axis "
                + a
                + ": must be within [0, 2^"
                + INDEX_BITS
                + ")");
      }
      product *= modeShape[a];
    }
    return product;
  }

  private static void checkRoom(double values, int room, int offset) {
    if (offset < 0 || !(values <= (double) room - offset)) {
      throw new IndexOutOfBoundsException(
          new BigDecimal(values).toPlainString()
              + " values from index "
              + offset
              + " do not fit into an array of length "
              + room
              + "; give a longer array");
    }
  }

  /** Stafford's variant 13 of the MurmurHash3 finaliser (the SplitMix64 output function). */
  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  @Override
  public String toString() {
    return "NoiseSource[seed "
        + seed
        + ", stream "
        + Long.toHexString(stream)
        + ", sample "
        + firstSample
        + ", step "
        + step
        + "]";
  }
}
