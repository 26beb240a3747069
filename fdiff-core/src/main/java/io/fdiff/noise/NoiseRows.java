package io.fdiff.noise;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * One walk over rows of normals, {@code [samples, channels, outer, inner, length]} in C order.
 *
 * <p>Mode {@code k} of a row takes word {@code k mod 4} of block {@code ⌊k/4⌋}. Blocks are drawn a
 * few hundred at a time, across the ends of rows, so that short rows cost little more than long
 * ones. Serves one call of one thread.
 */
final class NoiseRows {

  /** Blocks at a time: the working arrays of a chunk, 24 kB, stay in the first-level cache. */
  private static final int CHUNK = 256;

  /** Not thread-local: the workers of the common pool forget such variables between tasks. */
  private static final Queue<Scratch> IDLE = new ConcurrentLinkedQueue<>();

  private final Threefry key;
  private final int firstChannel;
  private final int channels;
  private final int outerOrigin;
  private final int outers;
  private final int innerOrigin;
  private final int inners;
  private final int firstMode;
  private final int length;
  private final int blocksPerRow;

  // Where the counters stand: address of the row, and the next block in it.
  private long sample;
  private int channel;
  private int outer;
  private int inner;
  private int block;

  NoiseRows(Threefry key, long sample, int firstChannel, int channels, int[] origin, int[] shape) {
    int last = shape.length - 1;
    this.key = key;
    this.sample = sample;
    this.firstChannel = firstChannel;
    this.channels = channels;
    outerOrigin = last == 2 ? origin[0] : 0;
    outers = last == 2 ? shape[0] : 1;
    innerOrigin = last > 0 ? origin[last - 1] : 0;
    inners = last > 0 ? shape[last - 1] : 1;
    firstMode = origin[last];
    length = shape[last];
    blocksPerRow = (firstMode + length - 1) / Threefry.WORDS - firstMode / Threefry.WORDS + 1;
  }

  /**
   * Draws the rows.
   *
   * @param out Modified: a {@code double[]} or a {@code float[]} with room for them
   */
  void draw(int samples, Object out, int offset) {
    Scratch idle = IDLE.poll();
    Scratch scratch = idle == null ? new Scratch() : idle;
    try {
      draw(scratch, samples, out, offset);
    } finally {
      IDLE.offer(scratch);
    }
  }

  private void draw(Scratch scratch, int samples, Object out, int offset) {
    long blocks = (long) samples * channels * outers * inners * blocksPerRow;
    int target = offset;
    for (long from = 0; from < blocks; from += CHUNK) {
      int n = (int) Math.min(CHUNK, blocks - from);
      int firstBlock = block;
      counters(scratch, n);
      normals(scratch, n);
      target = copy(scratch.normal, n, firstBlock, out, target);
    }
  }

  private void counters(Scratch scratch, int n) {
    int i = 0;
    while (i < n) {
      int end = Math.min(n, i + blocksPerRow - block);
      long first = (long) firstMode / Threefry.WORDS + block - i;
      long position = position();
      block += end - i;
      for (; i < end; i++) {
        scratch.c0[i] = first + i;
        scratch.c1[i] = position;
        scratch.c2[i] = sample;
      }
      if (block == blocksPerRow) {
        nextRow();
      }
    }
  }

  /** Channel and leading indices, packed by position, not by the shape: one mode on all grids. */
  private long position() {
    return ((long) (firstChannel + channel) << (2 * NoiseSource.INDEX_BITS))
        | ((long) (outerOrigin + outer) << NoiseSource.INDEX_BITS)
        | (innerOrigin + inner);
  }

  private void nextRow() {
    block = 0;
    if (++inner == inners) {
      inner = 0;
      if (++outer == outers) {
        outer = 0;
        if (++channel == channels) {
          channel = 0;
          sample++;
        }
      }
    }
  }

  private void normals(Scratch s, int n) {
    key.blocks(s.c0, s.c1, s.c2, s.x0, s.x1, s.x2, s.x3, n);
    int count = Ziggurat.draw(s.x0, n, s.normal, 0, s.refused, 0);
    count = Ziggurat.draw(s.x1, n, s.normal, 1, s.refused, count);
    count = Ziggurat.draw(s.x2, n, s.normal, 2, s.refused, count);
    count = Ziggurat.draw(s.x3, n, s.normal, 3, s.refused, count);
    for (int r = 0; r < count; r++) {
      int place = s.refused[r];
      int i = place / Threefry.WORDS;
      int lane = place % Threefry.WORDS;
      long mode = Threefry.WORDS * s.c0[i] + lane;
      s.normal[place] = Ziggurat.resolve(s.word(i, lane), key, mode, s.c1[i], s.c2[i], s.block);
    }
  }

  /** Copies the modes of the rows without the ends of their first and last blocks. */
  private int copy(double[] z, int n, int firstBlock, Object out, int offset) {
    int skip = firstMode % Threefry.WORDS;
    int target = offset;
    int b = firstBlock;
    int i = 0;
    while (i < n) {
      int end = Math.min(n, i + blocksPerRow - b);
      int begin = Math.max(0, Threefry.WORDS * b - skip);
      int stop = Math.min(length, Threefry.WORDS * (b + end - i) - skip);
      int source = Threefry.WORDS * (i - b) + skip + begin;
      if (out instanceof double[] wide) {
        System.arraycopy(z, source, wide, target, stop - begin);
      } else {
        round(z, source, (float[]) out, target, stop - begin);
      }
      target += stop - begin;
      i = end;
      b = 0;
    }
    return target;
  }

  private static void round(double[] z, int source, float[] out, int target, int n) {
    for (int k = 0; k < n; k++) {
      out[target + k] = (float) z[source + k];
    }
  }

  /** Working arrays of one call. */
  private static final class Scratch {
    final long[] c0 = new long[CHUNK];
    final long[] c1 = new long[CHUNK];
    final long[] c2 = new long[CHUNK];
    final long[] x0 = new long[CHUNK];
    final long[] x1 = new long[CHUNK];
    final long[] x2 = new long[CHUNK];
    final long[] x3 = new long[CHUNK];
    final double[] normal = new double[Threefry.WORDS * CHUNK];
    final int[] refused = new int[Threefry.WORDS * CHUNK];
    final long[] block = new long[Threefry.WORDS];

    long word(int i, int lane) {
      return switch (lane) {
        case 0 -> x0[i];
        case 1 -> x1[i];
        case 2 -> x2[i];
        default -> x3[i];
      };
    }
  }
}
