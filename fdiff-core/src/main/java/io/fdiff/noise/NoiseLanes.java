package io.fdiff.noise;

import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * One walk over normals of many functions with the last axis in front, {@code [length][functions,
 * outer, inner]}.
 *
 * <p>The four words of a block belong to four such rows, and neighbours in a row to blocks that
 * differ in sample, channel and leading indices alone. So the counters of a stretch of lanes serve
 * all modes, and normals are written where they are wanted. Serves one call of one thread.
 */
final class NoiseLanes {

  /** Blocks at a time: the working arrays, 32 kB, stay in the first-level cache. */
  private static final int CHUNK = 512;

  /** Room that gives equal arrays, one after the other, the same place in their cache lines. */
  private static final int ROOM = CHUNK + 6;

  /** Not thread-local: the workers of the common pool forget such variables between tasks. */
  private static final Queue<NoiseLanes> IDLE = new ConcurrentLinkedQueue<>();

  private final long[] c0 = new long[ROOM];
  private final long[] c1 = new long[ROOM];
  private final long[] c2 = new long[ROOM];
  private final long[][] words = new long[Threefry.WORDS][ROOM];
  private final long[] block = new long[Threefry.WORDS];
  private final int[] refused = new int[CHUNK];

  private NoiseLanes() {}

  /**
   * Draws the rows.
   *
   * @param sample sample of the first function
   * @param channel its channel
   * @param count number of functions
   * @param out Modified: rows {@code double[]} or {@code float[]} with room for the lanes
   */
  static void draw(
      Threefry key, long sample, int channel, int channels, int count, int[] shape, Object[] out) {
    NoiseLanes idle = IDLE.poll();
    NoiseLanes lanes = idle == null ? new NoiseLanes() : idle;
    try {
      lanes.fill(key, sample, channel, channels, count, shape, out);
    } finally {
      IDLE.offer(lanes);
    }
  }

  private void fill(
      Threefry key, long sample, int channel, int channels, int count, int[] shape, Object[] out) {
    int last = shape.length - 1;
    int inners = last > 0 ? shape[last - 1] : 1;
    int leading = last > 1 ? shape[0] * inners : inners;
    int lanes = count * leading;
    int blocks = (shape[last] + Threefry.WORDS - 1) / Threefry.WORDS;
    for (int from = 0; from < lanes; from += CHUNK) {
      int width = Math.min(CHUNK, lanes - from);
      int group = Math.min(CHUNK / width, blocks);
      for (int l = 0; l < width; l++) {
        int lane = from + l;
        long function = channel + (long) (lane / leading);
        int index = lane % leading;
        long leadingIndices = ((long) (index / inners) << NoiseSource.INDEX_BITS) + index % inners;
        c1[l] = ((function % channels) << (2 * NoiseSource.INDEX_BITS)) + leadingIndices;
        c2[l] = sample + function / channels;
      }
      for (int g = 1; g < group; g++) {
        System.arraycopy(c1, 0, c1, g * width, width);
        System.arraycopy(c2, 0, c2, g * width, width);
      }
      for (int b = 0; b < blocks; b += group) {
        int some = Math.min(group, blocks - b);
        for (int g = 0; g < some; g++) {
          Arrays.fill(c0, g * width, (g + 1) * width, b + g);
        }
        key.blocks(c0, c1, c2, words[0], words[1], words[2], words[3], some * width);
        int end = Math.min(shape[last], Threefry.WORDS * (b + some));
        for (int mode = Threefry.WORDS * b; mode < end; mode++) {
          int first = (mode / Threefry.WORDS - b) * width;
          normals(key, mode, first, width, out[mode], from);
        }
      }
    }
  }

  /** The normals of one mode in a stretch of lanes. */
  private void normals(Threefry key, int mode, int first, int width, Object row, int at) {
    long[] word = words[mode % Threefry.WORDS];
    if (row instanceof double[] wide) {
      int count = Ziggurat.row(word, first, width, wide, at, refused);
      for (int r = 0; r < count; r++) {
        wide[at + refused[r]] = resolve(key, word[first + refused[r]], mode, refused[r]);
      }
    } else {
      float[] narrow = (float[]) row;
      int count = Ziggurat.row(word, first, width, narrow, at, refused);
      for (int r = 0; r < count; r++) {
        narrow[at + refused[r]] = (float) resolve(key, word[first + refused[r]], mode, refused[r]);
      }
    }
  }

  private double resolve(Threefry key, long word, int mode, int lane) {
    return Ziggurat.resolve(word, key, mode, c1[lane], c2[lane], block);
  }
}
