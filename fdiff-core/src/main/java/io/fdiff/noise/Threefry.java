package io.fdiff.noise;

import java.util.Arrays;

/**
 * Threefry 4×64 with 20 rounds: a keyed bijection of 256-bit counters whose values over any set of
 * counters pass BigCrush (Salmon, Moraes, Dror and Shaw 2011, Parallel random numbers: as easy as
 * 1, 2, 3, section 4.2).
 *
 * <p>Additions, rotations and exclusive ors of 64-bit words only, so the compiler turns {@link
 * #blocks} into vector instructions; the same rate is out of reach for ciphers that multiply 64-bit
 * words. Immutable and thread-safe.
 */
final class Threefry {

  /** Words of a block. */
  static final int WORDS = 4;

  private static final int ROUNDS = 20;

  /** Rotations of the two mixings of rounds 0 to 7, which recur. */
  private static final int[] ROTATIONS = {
    14, 16, 52, 57, 23, 40, 5, 37, 25, 33, 46, 12, 58, 22, 32, 32
  };

  /** {@code C₂₄₀}: the fifth word of the key schedule makes the words xor to it. */
  private static final long PARITY = 0x1BD11BDAA9FC1A22L;

  /** Four key words and the fifth, which closes their parity. */
  private final long[] key;

  Threefry(long k0, long k1, long k2, long k3) {
    key = new long[] {k0, k1, k2, k3, PARITY ^ k0 ^ k1 ^ k2 ^ k3};
  }

  /**
   * One block.
   *
   * @param out Modified: the words of counter {@code (c0, c1, c2, c3)}
   */
  void block(long c0, long c1, long c2, long c3, long[] out) {
    long x0 = c0 + key[0];
    long x1 = c1 + key[1];
    long x2 = c2 + key[2];
    long x3 = c3 + key[3];
    for (int s = 1; s <= ROUNDS / 4; s++) {
      if (s % 2 == 1) {
        x0 += x1;
        x1 = Long.rotateLeft(x1, 14) ^ x0;
        x2 += x3;
        x3 = Long.rotateLeft(x3, 16) ^ x2;
        x0 += x3;
        x3 = Long.rotateLeft(x3, 52) ^ x0;
        x2 += x1;
        x1 = Long.rotateLeft(x1, 57) ^ x2;
        x0 += x1;
        x1 = Long.rotateLeft(x1, 23) ^ x0;
        x2 += x3;
        x3 = Long.rotateLeft(x3, 40) ^ x2;
        x0 += x3;
        x3 = Long.rotateLeft(x3, 5) ^ x0;
        x2 += x1;
        x1 = Long.rotateLeft(x1, 37) ^ x2;
      } else {
        x0 += x1;
        x1 = Long.rotateLeft(x1, 25) ^ x0;
        x2 += x3;
        x3 = Long.rotateLeft(x3, 33) ^ x2;
        x0 += x3;
        x3 = Long.rotateLeft(x3, 46) ^ x0;
        x2 += x1;
        x1 = Long.rotateLeft(x1, 12) ^ x2;
        x0 += x1;
        x1 = Long.rotateLeft(x1, 58) ^ x0;
        x2 += x3;
        x3 = Long.rotateLeft(x3, 22) ^ x2;
        x0 += x3;
        x3 = Long.rotateLeft(x3, 32) ^ x0;
        x2 += x1;
        x1 = Long.rotateLeft(x1, 32) ^ x2;
      }
      x0 += key[s % 5];
      x1 += key[(s + 1) % 5];
      x2 += key[(s + 2) % 5];
      x3 += key[(s + 3) % 5] + s;
    }
    out[0] = x0;
    out[1] = x1;
    out[2] = x2;
    out[3] = x3;
  }

  /**
   * Many blocks; block {@code i} has counter {@code (c0[i], c1[i], c2[i], 0)} and fills place
   * {@code i} of four arrays, which differ from each other and from the counters.
   *
   * @param x0 Modified: first words; {@code x1} to {@code x3} likewise
   * @param n number of blocks
   */
  void blocks(long[] c0, long[] c1, long[] c2, long[] x0, long[] x1, long[] x2, long[] x3, int n) {
    whiten(c0, x0, n, key[0]);
    whiten(c1, x1, n, key[1]);
    whiten(c2, x2, n, key[2]);
    Arrays.fill(x3, 0, n, key[3]);
    for (int round = 0; round < ROUNDS; round += 2) {
      rounds(x0, x1, x2, x3, n, round);
    }
  }

  private static void whiten(long[] c, long[] x, int n, long k) {
    for (int i = 0; i < n; i++) {
      x[i] = c[i] + k;
    }
  }

  /** Two rounds, then a key if their number is even among the pairs. */
  private void rounds(long[] x0, long[] x1, long[] x2, long[] x3, int n, int round) {
    int at = 2 * round % ROTATIONS.length;
    int r0 = ROTATIONS[at];
    int r1 = ROTATIONS[at + 1];
    int r2 = ROTATIONS[at + 2];
    int r3 = ROTATIONS[at + 3];
    int s = (round + 2) / 4;
    boolean whole = round % 4 == 2;
    long e0 = whole ? key[s % 5] : 0;
    long e1 = whole ? key[(s + 1) % 5] : 0;
    long e2 = whole ? key[(s + 2) % 5] : 0;
    long e3 = whole ? key[(s + 3) % 5] + s : 0;
    // The compiler vectorises loops of two rounds; of four it does so only by chance.
    for (int i = 0; i < n; i++) {
      long a = x0[i] + x1[i];
      long b = Long.rotateLeft(x1[i], r0) ^ a;
      long c = x2[i] + x3[i];
      long d = Long.rotateLeft(x3[i], r1) ^ c;
      a += d;
      d = Long.rotateLeft(d, r2) ^ a;
      c += b;
      b = Long.rotateLeft(b, r3) ^ c;
      x0[i] = a + e0;
      x1[i] = b + e1;
      x2[i] = c + e2;
      x3[i] = d + e3;
    }
  }
}
