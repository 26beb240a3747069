package io.fdiff.noise;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ThreefryTest {

  /** Digits of π, the inputs of the third vector. */
  private static final long[] PI = {
    0x243f6a8885a308d3L,
    0x13198a2e03707344L,
    0xa4093822299f31d0L,
    0x082efa98ec4e6c89L,
    0x452821e638d01377L,
    0xbe5466cf34e90c6cL,
    0xc0ac29b7c97c50ddL
  };

  private static long[] block(long[] key, long... counter) {
    long[] out = new long[4];
    cipher(key).block(counter[0], counter[1], counter[2], counter[3], out);
    return out;
  }

  private static Threefry cipher(long[] key) {
    return new Threefry(key[0], key[1], key[2], key[3]);
  }

  @Test
  void givesTheKnownAnswersOfRandom123() {
    // threefry4x64-20 in the known-answer file of Random123: all zeros, all ones, digits of π.
    assertThat(block(new long[4], 0, 0, 0, 0))
        .containsExactly(
            0x09218ebde6c85537L, 0x55941f5266d86105L, 0x4bd25e16282434dcL, 0xee29ec846bd2e40bL);
    assertThat(block(new long[] {-1, -1, -1, -1}, -1, -1, -1, -1))
        .containsExactly(
            0x29c24097942bba1bL, 0x0371bbfb0f6f4e11L, 0x3c231ffa33f83a1cL, 0xcd29113fde32d168L);
    assertThat(block(new long[] {PI[4], PI[5], PI[5], PI[6]}, PI[0], PI[1], PI[2], PI[3]))
        .containsExactly(
            0xa7e8fde591651bd9L, 0xbaafd0c30138319bL, 0x84a5c1a729e685b9L, 0x901d406ccebc1ba4L);
  }

  @Test
  void agreesWithTheDefinition() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 1000; i++) {
      long[] key = random.longs(4).toArray();
      long[] counter = random.longs(4).toArray();
      assertThat(block(key, counter)).isEqualTo(definition(key, counter));
    }
  }

  /**
   * Salmon et al. 2011, section 3: a key {@code k_{(s+i) mod 5}} (plus s on the last word) before
   * rounds 4s and after the last, mixing of pairs, and the permutation (0, 3, 2, 1).
   */
  private static long[] definition(long[] key, long[] counter) {
    int[][] rotations = {
      {14, 16}, {52, 57}, {23, 40}, {5, 37}, {25, 33}, {46, 12}, {58, 22}, {32, 32}
    };
    long[] k = Arrays.copyOf(key, 5);
    k[4] = 0x1BD11BDAA9FC1A22L ^ key[0] ^ key[1] ^ key[2] ^ key[3];
    long[] x = counter.clone();
    for (int round = 0; round <= 20; round++) {
      if (round % 4 == 0) {
        for (int i = 0; i < 4; i++) {
          x[i] += k[(round / 4 + i) % 5] + (i == 3 ? round / 4 : 0);
        }
      }
      if (round < 20) {
        long[] y = new long[4];
        for (int pair = 0; pair < 2; pair++) {
          int r = rotations[round % 8][pair];
          y[2 * pair] = x[2 * pair] + x[2 * pair + 1];
          y[2 * pair + 1] = (x[2 * pair + 1] << r | x[2 * pair + 1] >>> (64 - r)) ^ y[2 * pair];
        }
        x = new long[] {y[0], y[3], y[2], y[1]};
      }
    }
    return x;
  }

  @Test
  void manyBlocksAreTheBlocksOfTheirCounters() {
    // Often enough for the compiled, vectorised loops to be among those compared.
    SplittableRandom random = new SplittableRandom(2);
    long[] out = new long[4];
    for (int repeat = 0; repeat < 2000; repeat++) {
      Threefry cipher = cipher(random.longs(4).toArray());
      int n = 1 + random.nextInt(40);
      long[][] c = new long[3][];
      Arrays.setAll(c, i -> random.longs(40).toArray());
      long[][] before = {c[0].clone(), c[1].clone(), c[2].clone()};
      long[][] x = new long[4][40];
      cipher.blocks(c[0], c[1], c[2], x[0], x[1], x[2], x[3], n);
      for (int i = 0; i < 40; i++) {
        cipher.block(c[0][i], c[1][i], c[2][i], 0, out);
        long[] expected = i < n ? out : new long[4];
        assertThat(new long[] {x[0][i], x[1][i], x[2][i], x[3][i]}).isEqualTo(expected);
      }
      assertThat(c).isDeepEqualTo(before);
    }
  }
}
