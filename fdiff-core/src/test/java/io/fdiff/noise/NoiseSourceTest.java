package io.fdiff.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The stream is part of the contract: values, addresses and what is refused. */
class NoiseSourceTest {

  private static double[] normals(NoiseSource source, long sample, int channel, int... shape) {
    double[] out = new double[Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    source.normals(sample, channel, shape, out, 0);
    return out;
  }

  // Golden values: equal seeds must give equal noise in every version of the library.

  @Test
  void streamIsThatOfEarlierVersions() {
    NoiseSource source = NoiseSource.of(42);
    assertThat(normals(source, 0, 0, 6))
        .containsExactly(
            -0.5223412024611899,
            -0.22500201042609944,
            -0.41711746967229063,
            -0.513174144039347,
            1.520097259459438,
            -0.7253959819410527);
    NoiseSource moved = source.withStream(1).withStep(3).withFirstSample(10);
    assertThat(normals(moved, 2, 1, 4))
        .containsExactly(
            1.1408572544855033, -0.2526020029420782, 0.38117878104046204, -0.8220538877074933);
    assertThat(normals(source.withStream(1).withStream(2), 0, 0, 2))
        .containsExactly(-0.16327099018968752, 0.007989941281393844);
    assertThat(normals(source, 5, 0, 2, 3))
        .containsExactly(
            -0.15894034191969195,
            -0.8920911711940313,
            0.4530698550688872,
            0.14623891733056305,
            1.9093142535018206,
            -0.26319447652775607);
    assertThat(normals(source, 5, 0, 2, 2, 2))
        .containsExactly(
            -0.15894034191969195,
            -0.8920911711940313,
            0.14623891733056305,
            1.9093142535018206,
            0.27617956494796636,
            -0.740616619889012,
            0.3464745904852771,
            0.08185089456745114);
    // Two values of the tail.
    double[] tail = new double[2];
    source.normals(0, 0, new int[] {1214}, new int[] {1}, tail, 0);
    source.normals(0, 0, new int[] {8857}, new int[] {1}, tail, 1);
    assertThat(tail).containsExactly(3.8887249515301323, -4.11486072540846);
    assertThat(source.uniform(0).nextLong()).isEqualTo(0xd8e62c1d304e9b36L);
    assertThat(source.withStream(1).withStep(2).uniform(3).nextLong())
        .isEqualTo(0x9b6f039650e76edbL);
  }

  @Test
  void aNormalInsideTheCurveIsWordOfTheBlockOfItsAddress() {
    // Key (seed, stream, step, 0), counter (block of four modes, channel and leading indices,
    // sample, 0); of 1200 values 10 are expected to need further words.
    Threefry key = new Threefry(-7, 0, 11, 0);
    NoiseSource source = NoiseSource.of(-7).withStep(11).withFirstSample(100);
    double[] edge = Ziggurat.edges();
    long[] block = new long[4];
    double[] z = normals(source, 23, 5, 3, 4, 100);
    int inside = 0;
    for (int i = 0; i < z.length; i++) {
      long leading = (long) (i / 400) << 24 | i / 100 % 4;
      key.block(i % 100 / 4, 5L << 48 | leading, 123, 0, block);
      int layer = (int) (block[i % 4] & 511);
      double x = ((block[i % 4] >>> 12) * 0x1p-51 - 1) * edge[layer];
      if (Math.abs(x) < edge[layer + 1]) {
        inside++;
        assertThat(z[i]).isEqualTo(x);
      } else {
        // The further words have the mode itself in the first counter word.
        double expected =
            Ziggurat.resolve(block[i % 4], key, i % 100, 5L << 48 | leading, 123, new long[4]);
        assertThat(z[i]).isEqualTo(expected);
      }
    }
    assertThat(inside).isBetween(1150, 1199);
  }

  @Test
  void uniformWordsAreTheBlocksOfTheirAddress() {
    Threefry key = new Threefry(-7, 0, 11, 0);
    var uniform = NoiseSource.of(-7).withStep(11).withFirstSample(100).uniform(23);
    long[] block = new long[4];
    for (int b = 0; b < 3; b++) {
      key.block(b, 0, 123, -1, block);
      for (long word : block) {
        assertThat(uniform.nextLong()).isEqualTo(word);
      }
    }
  }

  // Addresses.

  @Test
  void aSampleDoesNotDependOnBatchChunkOrOrder() {
    NoiseSource source = NoiseSource.of(3).withStream(2);
    double[][] all = new double[64][];
    for (int i = 63; i >= 0; i--) {
      all[i] = normals(source, i, 1, 17);
    }
    for (int first = 0; first < 64; first += 7) {
      NoiseSource chunk = source.withFirstSample(first);
      for (int i = 0; i < 7 && first + i < 64; i++) {
        assertThat(normals(chunk, i, 1, 17)).isEqualTo(all[first + i]);
      }
    }
  }

  @Test
  void aSourceIsSharedByThreads() {
    NoiseSource source = NoiseSource.of(3);
    List<double[]> parallel =
        IntStream.range(0, 500).parallel().mapToObj(i -> normals(source, i, 0, 33)).toList();
    for (int i = 0; i < 500; i++) {
      assertThat(parallel.get(i)).isEqualTo(normals(source, i, 0, 33));
    }
  }

  @Test
  void fillsFromTheOffsetAndNowhereElse() {
    double[] out = new double[20];
    Arrays.fill(out, 99);
    NoiseSource.of(1).normals(0, 0, new int[] {2, 3}, out, 7);
    double[] expected = new double[20];
    Arrays.fill(expected, 99);
    System.arraycopy(normals(NoiseSource.of(1), 0, 0, 2, 3), 0, expected, 7, 6);
    assertThat(out).isEqualTo(expected);
  }

  @Test
  void moreModesContinueFewer() {
    NoiseSource source = NoiseSource.of(5).withStep(9);
    double[] coarse = normals(source, 4, 0, 8);
    assertThat(Arrays.copyOf(normals(source, 4, 0, 1000), 8)).isEqualTo(coarse);

    double[] fine2 = normals(source, 4, 0, 5, 7);
    double[] coarse2 = normals(source, 4, 0, 3, 4);
    double[] fine3 = normals(source, 4, 0, 4, 6, 5);
    double[] coarse3 = normals(source, 4, 0, 3, 2, 4);
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 4; j++) {
        assertThat(coarse2[i * 4 + j]).isEqualTo(fine2[i * 7 + j]);
      }
      for (int j = 0; j < 2; j++) {
        for (int k = 0; k < 4; k++) {
          assertThat(coarse3[(i * 2 + j) * 4 + k]).isEqualTo(fine3[(i * 6 + j) * 5 + k]);
        }
      }
    }
  }

  @Test
  void gridsShareTheModesTheyShare() {
    // Every mode of 32×32 in 64×64 in 64×128, of 13 in 1000, and of 3×5×7 in 9×8×21.
    NoiseSource source = NoiseSource.of(6).withStream(4).withStep(2);
    int[][][] pairs = {
      {{32, 32}, {64, 64}},
      {{64, 64}, {64, 128}},
      {{32, 32}, {64, 128}},
      {{13}, {1000}},
      {{3, 5, 7}, {9, 8, 21}},
      {{1, 1, 2}, {2, 300, 3}}
    };
    for (int[][] pair : pairs) {
      double[] coarse = normals(source, 3, 1, pair[0]);
      double[] fine = normals(source, 3, 1, pair[1]);
      for (int i = 0; i < coarse.length; i++) {
        assertThat(coarse[i]).isEqualTo(fine[indexIn(i, pair[0], pair[1])]);
      }
    }
  }

  /** Index in a larger C-order array of the entry with the same multi-index. */
  private static int indexIn(int index, int[] shape, int[] larger) {
    int rest = index;
    int stride = 1;
    int result = 0;
    for (int a = shape.length - 1; a >= 0; a--) {
      result += rest % shape[a] * stride;
      rest /= shape[a];
      stride *= larger[a];
    }
    return result;
  }

  @Test
  void partOfTheModesIsThatPartOfAll() {
    NoiseSource source = NoiseSource.of(6).withStep(2);
    double[] row = normals(source, 3, 1, 1100);
    for (int first = 0; first < 1100; first += first < 12 ? 1 : 97) {
      for (int length : new int[] {1, 2, 5, 1100 - first}) {
        if (first + length <= 1100) {
          double[] part = new double[length];
          source.normals(3, 1, new int[] {first}, new int[] {length}, part, 0);
          assertThat(part).isEqualTo(Arrays.copyOfRange(row, first, first + length));
        }
      }
    }
    double[] all = normals(source, 3, 1, 5, 6, 11);
    double[] part = new double[2 * 3 * 7];
    source.normals(3, 1, new int[] {2, 1, 3}, new int[] {2, 3, 7}, part, 0);
    double[] plane = new double[4 * 3];
    source.normals(3, 1, new int[] {1, 2}, new int[] {4, 3}, plane, 0);
    double[] allPlane = normals(source, 3, 1, 5, 5);
    for (int i = 0; i < part.length; i++) {
      assertThat(part[i]).isEqualTo(all[((2 + i / 21) * 6 + 1 + i / 7 % 3) * 11 + 3 + i % 7]);
    }
    for (int i = 0; i < plane.length; i++) {
      assertThat(plane[i]).isEqualTo(allPlane[(1 + i / 3) * 5 + 2 + i % 3]);
    }
  }

  @Test
  void aBatchIsItsSamplesAndChannels() {
    // Rows much shorter, about as long, and longer than what is drawn at a time.
    NoiseSource source = NoiseSource.of(6).withStep(2).withFirstSample(-2);
    for (int[] shape : new int[][] {{1}, {3}, {32}, {7, 5}, {2, 3, 9}, {515}, {3, 700}}) {
      int size = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
      double[] batch = new double[5 * 3 * size + 2];
      float[] narrow = new float[batch.length];
      source.normals(1, 5, 3, shape, batch, 1);
      source.normals(1, 5, 3, shape, narrow, 1);
      double[] expected = new double[batch.length];
      for (int row = 0; row < 15; row++) {
        source.normals(1 + row / 3, row % 3, shape, expected, 1 + row * size);
      }
      assertThat(batch).isEqualTo(expected);
      assertThat(narrow).isEqualTo(rounded(expected));
    }
  }

  @Test
  void lastAxisInFrontAreTheSameNormals() {
    // Lanes fewer than, as many as and more than are drawn at a time; modes that end in a block.
    NoiseSource source = NoiseSource.of(6).withStep(2).withFirstSample(-2);
    int[][] shapes = {{1}, {3}, {32}, {7, 5}, {2, 3, 9}, {515}, {300, 6}, {2, 256, 3}};
    for (int[] shape : shapes) {
      int size = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
      int last = shape[shape.length - 1];
      int leading = size / last;
      for (int channels : new int[] {1, 3}) {
        double[][] wide = new double[last + 1][7 * leading + 1];
        float[][] narrow = new float[last + 1][7 * leading + 1];
        source.normals(4, 7, channels, shape, wide);
        source.normals(4, 7, channels, shape, narrow);
        for (int f = 0; f < 7; f++) {
          int function = 4 + f;
          double[] expected = normals(source, function / channels, function % channels, shape);
          for (int i = 0; i < size; i++) {
            int lane = f * leading + i / last;
            assertThat(wide[i % last][lane]).isEqualTo(expected[i]);
            assertThat(narrow[i % last][lane]).isEqualTo((float) expected[i]);
          }
        }
        for (int k = 0; k <= last; k++) {
          assertThat(wide[k][7 * leading]).isZero();
          assertThat(narrow[k][7 * leading]).isZero();
        }
        assertThat(wide[last]).containsOnly(0);
        assertThat(narrow[last]).containsOnly(0);
      }
    }
  }

  @Test
  void refusesFunctionsAndRowsOutOfRange() {
    NoiseSource source = NoiseSource.of(1);
    double[][] out = new double[4][6];
    int[] shape = {3, 4};
    assertThatIllegalArgumentException()
        .isThrownBy(() -> source.normals(-1, 2, 1, shape, out))
        .withMessageContaining("first function -1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> source.normals(0, 0, 1, shape, out))
        .withMessageContaining("0 functions");
    for (int channels : new int[] {0, 32769}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> source.normals(0, 1, channels, shape, out))
          .withMessageContaining(channels == 0 ? "0 channels" : "channel 32768");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> source.normals(0, 1, 1, new int[] {3, 0}, out))
        .withMessageContaining("0 modes on axis 1");
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> source.normals(0, 3, 1, shape, out))
        .withMessageContaining("9 values")
        .withMessageContaining("length 6");
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> source.normals(0, 1, 1, new int[] {3, 5}, new float[4][6]))
        .withMessageContaining("5 values")
        .withMessageContaining("length 4");
    for (double[] row : out) {
      assertThat(row).containsOnly(0);
    }
    source.normals(0, 2, 1, shape, out);
    assertThat(out[3][5]).isNotZero();
  }

  @Test
  void floatsAreTheRoundedDoubles() {
    NoiseSource source = NoiseSource.of(6);
    for (int[] shape : new int[][] {{2000}, {33, 31}, {3, 4, 5}}) {
      double[] wide = normals(source, 2, 1, shape);
      float[] narrow = new float[wide.length];
      source.normals(2, 1, shape, narrow, 0);
      assertThat(narrow).isEqualTo(rounded(wide));
    }
    float[] part = new float[10];
    source.normals(2, 1, new int[] {990}, new int[] {10}, part, 0);
    assertThat(part).isEqualTo(rounded(Arrays.copyOfRange(normals(source, 2, 1, 1000), 990, 1000)));
  }

  private static float[] rounded(double[] values) {
    float[] out = new float[values.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) values[i];
    }
    return out;
  }

  @Test
  void axesCountFromTheLastSoThatThickerGridsContainThinner() {
    // A plane is the first plane of a box, a row the first row of a plane.
    NoiseSource source = NoiseSource.of(6);
    double[] plane = normals(source, 0, 0, 4, 9);
    assertThat(normals(source, 0, 0, 1, 4, 9)).isEqualTo(plane);
    assertThat(normals(source, 0, 0, 9)).isEqualTo(Arrays.copyOf(plane, 9));
  }

  @Test
  void aCallAllocatesNoWorkingArrays() {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    NoiseSource source = NoiseSource.of(1);
    int[] shape = {32, 32};
    double[] out = new double[1024];
    source.normals(0, 0, shape, out, 0);
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 1000; i++) {
      source.normals(i, 0, shape, out, 0);
    }
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(200_000);
  }

  @Test
  void movesCommute() {
    NoiseSource a = NoiseSource.of(8).withStream(3).withStep(5).withFirstSample(2);
    NoiseSource b = NoiseSource.of(8).withFirstSample(2).withStep(5).withStream(3);
    assertThat(normals(a, 1, 0, 9)).isEqualTo(normals(b, 1, 0, 9));
    assertThat(normals(a.withStep(0).withStep(5), 1, 0, 9)).isEqualTo(normals(b, 1, 0, 9));
  }

  @Test
  void movingASourceDoesNotChangeIt() {
    NoiseSource source = NoiseSource.of(8);
    double[] before = normals(source, 0, 0, 5);
    normals(source.withStream(1).withStep(2).withFirstSample(3), 0, 0, 5);
    assertThat(normals(source, 0, 0, 5)).isEqualTo(before);
  }

  @Test
  void streamsNestWithoutMeeting() {
    NoiseSource source = NoiseSource.of(8);
    List<NoiseSource> sources = new ArrayList<>();
    sources.add(source);
    for (int i = 0; i < 60; i++) {
      sources.add(source.withStream(i));
      for (int j = 0; j < 60; j++) {
        sources.add(source.withStream(i).withStream(j));
      }
    }
    sources.add(source.withStream(Long.MAX_VALUE));
    sources.add(source.withStream(1).withStream(2).withStream(3));
    Set<Double> first = new HashSet<>();
    for (NoiseSource one : sources) {
      first.add(normals(one, 0, 0, 1)[0]);
    }
    assertThat(first).hasSameSizeAs(sources);
  }

  @Test
  void refusesNegativeStreams() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NoiseSource.of(8).withStream(-1))
        .withMessageContaining("-1");
  }

  @Test
  void refusesChannelsAndModesOutOfRange() {
    NoiseSource source = NoiseSource.of(1);
    double[] out = new double[8];
    for (int channel : new int[] {-1, 1 << 15}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> source.normals(0, channel, new int[] {2}, out, 0))
          .withMessageContaining("channel " + channel)
          .withMessageContaining("[0, 32768)");
    }
    for (int[] shape : new int[][] {{}, {1, 1, 1, 1}}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> source.normals(0, 0, shape, out, 0))
          .withMessageContaining(shape.length + " axes")
          .withMessageContaining("1 to 3");
    }
    for (int modes : new int[] {0, -4, (1 << 24) + 1}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> source.normals(0, 0, new int[] {2, modes}, out, 0))
          .withMessageContaining(modes + " modes on axis 1");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> source.normals(0, 0, new int[] {1}, new int[] {1, 2}, out, 0))
        .withMessageContaining("[1]")
        .withMessageContaining("[1, 2]");
    for (int first : new int[] {-1, (1 << 24) - 1}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> source.normals(0, 0, new int[] {first}, new int[] {2}, out, 0))
          .withMessageContaining("2 modes from " + first + " on axis 0");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> source.normals(0, 0, 1, new int[] {2}, out, 0))
        .withMessageContaining("0 samples");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> source.normals(0, 1, 0, new int[] {2}, out, 0))
        .withMessageContaining("0 channels");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> source.normals(0, 1, 32769, new int[] {1}, out, 0))
        .withMessageContaining("channel 32768");
    assertThat(out).containsOnly(0);
  }

  @Test
  void refusesArraysWithoutRoom() {
    NoiseSource source = NoiseSource.of(1);
    double[] out = new double[8];
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> source.normals(0, 0, new int[] {3, 2}, out, 3))
        .withMessageContaining("6 values from index 3")
        .withMessageContaining("length 8");
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> source.normals(0, 0, new int[] {2}, new float[8], -1))
        .withMessageContaining("index -1");
    // 2⁷² values, and 2³² that would pass as 0 in an int.
    for (int samples : new int[] {1 << 24, 1}) {
      int[] shape = samples == 1 ? new int[] {1 << 16, 1 << 16} : new int[] {1 << 24, 1 << 24};
      assertThatExceptionOfType(IndexOutOfBoundsException.class)
          .isThrownBy(() -> source.normals(0, samples, 1, shape, out, 0))
          .withMessageContaining(samples == 1 ? "4294967296 values" : "4722366482869645213696");
    }
    assertThat(out).containsOnly(0);
    source.normals(0, 0, new int[] {3, 2}, out, 2);
    assertThat(out[7]).isNotZero();
  }

  @Test
  void uniformsAreAddressedBySampleAndStep() {
    NoiseSource source = NoiseSource.of(5);
    double value = source.uniform(7).nextDouble();
    assertThat(source.withFirstSample(5).uniform(2).nextDouble()).isEqualTo(value);
    assertThat(source.withStep(1).uniform(7).nextDouble()).isNotEqualTo(value);
    assertThat(source.withStream(1).uniform(7).nextDouble()).isNotEqualTo(value);
    assertThat(source.uniform(8).nextDouble()).isNotEqualTo(value);
  }

  @Test
  void tellsItsFirstSample() {
    assertThat(NoiseSource.of(5).firstSample()).isZero();
    NoiseSource moved = NoiseSource.of(5).withFirstSample(1L << 40).withStream(2).withStep(7);
    assertThat(moved.firstSample()).isEqualTo(1L << 40);
    assertThat(normals(moved.withFirstSample(moved.firstSample() + 3), 0, 0, 5))
        .isEqualTo(normals(moved, 3, 0, 5));
  }
}
