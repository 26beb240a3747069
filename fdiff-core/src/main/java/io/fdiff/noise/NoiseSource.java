package io.fdiff.noise;

import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.core.source64.Philox4x64;
import org.apache.commons.rng.sampling.distribution.ZigguratSampler;

/**
 * A field of independent standard normals {@code z(seed, stream, sample, step, channel, mode)}.
 *
 * <p>A source is a position in this field: it names seed, stream, step and the first sample of a
 * batch, and moving it makes a new source. Each (sample, step, channel, leading mode indices) is a
 * Philox 4×64 stream of its own (Salmon et al. 2011), and the last mode index counts along it, so a
 * value depends on its address alone. Grids of different size share the coefficients of the modes
 * they share ("coupled noise"). Normals are drawn by the modified ziggurat of Commons RNG with 64
 * random bits, exact in the tails.
 *
 * <p>Immutable and thread-safe.
 */
public final class NoiseSource {

  private static final int INDEX_BITS = 24;
  private static final int MAX_AXES = 3;
  private static final int MAX_CHANNELS = 1 << 15;

  private final long seed;
  private final long stream;
  private final long firstSample;
  private final long step;

  private NoiseSource(long seed, long stream, long firstSample, long step) {
    this.seed = seed;
    this.stream = stream;
    this.firstSample = firstSample;
    this.step = step;
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
   * The source at another step.
   *
   * @param newStep index of the step
   * @return the moved source
   */
  public NoiseSource withStep(long newStep) {
    return new NoiseSource(seed, stream, firstSample, newStep);
  }

  /**
   * Fills one row with standard normals, one for each mode.
   *
   * @param sample sample of the batch, counted from the source's first sample
   * @param channel channel, {@code 0 ≤ channel < 32768}
   * @param modeShape number of modes per axis, at most 3 axes of at most 2²⁴ modes
   * @param out Modified: the product of {@code modeShape} values from {@code offset}, C order
   * @param offset first index to fill
   * @throws IllegalArgumentException if channel or mode shape are out of range
   */
  public void normals(long sample, int channel, int[] modeShape, double[] out, int offset) {
    if (channel < 0 || channel >= MAX_CHANNELS) {
      throw new IllegalArgumentException(
          "channel " + channel + " is not in [0, " + MAX_CHANNELS + ")");
    }
    if (modeShape.length < 1 || modeShape.length > MAX_AXES) {
      throw new IllegalArgumentException(
          "modes on " + modeShape.length + " axes: noise has 1 to " + MAX_AXES + " axes");
    }
    int rows = 1;
    for (int a = 0; a < modeShape.length; a++) {
      if (modeShape[a] < 1 || modeShape[a] > 1 << INDEX_BITS) {
        throw new IllegalArgumentException(
            modeShape[a] + " modes on axis " + a + ": must be in [1, 2^" + INDEX_BITS + "]");
      }
      rows *= a < modeShape.length - 1 ? modeShape[a] : 1;
    }
    int length = modeShape[modeShape.length - 1];
    int second = modeShape.length == MAX_AXES ? modeShape[1] : 1;
    for (int row = 0; row < rows; row++) {
      // Leading indices are packed by position, not by the shape, so that they name the same mode
      // on every grid.
      long leading = modeShape.length == MAX_AXES ? pack(row / second, row % second) : row;
      ZigguratSampler.NormalizedGaussian normal =
          ZigguratSampler.NormalizedGaussian.of(generator(sample, channel, leading));
      int from = offset + row * length;
      for (int k = 0; k < length; k++) {
        out[from + k] = normal.sample();
      }
    }
  }

  /**
   * A uniform generator of its own for one sample of the batch at this step, for discrete choices
   * and times. Independent of the normals of the same address.
   *
   * @param sample sample of the batch, counted from the source's first sample
   * @return a fresh generator, not thread-safe
   */
  public UniformRandomProvider uniform(long sample) {
    return generator(sample, MAX_CHANNELS, 0);
  }

  private UniformRandomProvider generator(long sample, int channel, long leading) {
    // Two key words, then four counter words of which the generator advances the lowest.
    long[] state = {
      seed, stream, 0, ((long) channel << (2 * INDEX_BITS)) | leading, step, firstSample + sample
    };
    return new Philox4x64(state);
  }

  private static long pack(int high, int low) {
    return ((long) high << INDEX_BITS) | low;
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
