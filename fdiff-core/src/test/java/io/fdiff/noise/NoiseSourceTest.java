package io.fdiff.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The stream is part of the contract: addresses, independence, and the law of the values. */
class NoiseSourceTest {

  /** False-alarm rate of each stochastic check in this class. */
  private static final double ALPHA = 1e-6;

  private static double[] normals(NoiseSource source, long sample, int channel, int... shape) {
    double[] out = new double[Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    source.normals(sample, channel, shape, out, 0);
    return out;
  }

  /** One value of each of n samples. */
  private static double[] firstOfSamples(NoiseSource source, int n) {
    double[] out = new double[n];
    for (int i = 0; i < n; i++) {
      source.normals(i, 0, new int[] {1}, out, i);
    }
    return out;
  }

  // Golden values: equal seeds must give equal noise in every version of the library.

  @Test
  void streamIsThatOfEarlierVersions() {
    NoiseSource source = NoiseSource.of(42);
    assertThat(normals(source, 0, 0, 6))
        .containsExactly(
            -0.9801342991471358,
            0.5834766684963287,
            -0.8497295353306223,
            1.4249674921490463,
            0.6893941147151292,
            1.5490654030097515);
    NoiseSource moved = source.withStream(1).withStep(3).withFirstSample(10);
    assertThat(normals(moved, 2, 1, 4))
        .containsExactly(
            1.4681094000463417, -1.5268029555340006, 0.7739549874330879, 1.2175022844701486);
    assertThat(normals(source.withStream(1).withStream(2), 0, 0, 2))
        .containsExactly(0.09485564822665313, -1.1530722081080635);
    assertThat(normals(source, 5, 0, 2, 3))
        .containsExactly(
            -0.6741117023208392,
            -0.3116445444138255,
            0.21953516484704752,
            0.31887845462236974,
            0.7500244139967565,
            0.7686898573835967);
    assertThat(normals(source, 5, 0, 2, 2, 2))
        .containsExactly(
            -0.6741117023208392,
            -0.3116445444138255,
            0.31887845462236974,
            0.7500244139967565,
            -0.18481347967818681,
            -1.2259043265462837,
            1.0149025182391247,
            -0.21873460508425624);
    assertThat(source.uniform(0).nextLong()).isEqualTo(0x371db29a85447b87L);
    assertThat(source.withStream(1).withStep(2).uniform(3).nextLong())
        .isEqualTo(0xb1d35b8829bf3388L);
  }

  @Test
  void wordsAreThePhiloxBlocksOfTheirAddress() {
    // Known answer of Random123 for philox4x64-10 with counter 0 and key 0.
    assertThat(philox(new long[4], 0, 0))
        .containsExactly(
            0x16554d9eca36314cL, 0xdb20fe9d672d0fdcL, 0xd7e772cee186176bL, 0x7e68b68aec7ba23bL);
    // Counter (block, 2^15 << 48 marks uniforms, step, sample); the first block is number 1.
    var uniform = NoiseSource.of(-7).withStep(11).withFirstSample(100).uniform(23);
    for (long block = 1; block <= 3; block++) {
      long[] expected = philox(new long[] {block, 1L << 63, 11, 123}, -7, 0);
      for (long word : expected) {
        assertThat(uniform.nextLong()).isEqualTo(word);
      }
    }
  }

  /** Salmon et al. 2011, ten rounds. */
  private static long[] philox(long[] counter, long key0, long key1) {
    long[] c = counter.clone();
    for (int round = 0; round < 10; round++) {
      long high0 = multiplyHigh(0xD2E7470EE14C6C93L, c[0]);
      long low0 = 0xD2E7470EE14C6C93L * c[0];
      long high1 = multiplyHigh(0xCA5A826395121157L, c[2]);
      long low1 = 0xCA5A826395121157L * c[2];
      c = new long[] {high1 ^ c[1] ^ key0, low1, high0 ^ c[3] ^ key1, low0};
      key0 += 0x9E3779B97F4A7C15L;
      key1 += 0xBB67AE8584CAA73BL;
    }
    return c;
  }

  /** High word of the unsigned product. */
  private static long multiplyHigh(long a, long b) {
    return Math.multiplyHigh(a, b) + ((a >> 63) & b) + ((b >> 63) & a);
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
    assertThat(out).containsOnly(0);
  }

  // The law. Sample sizes stand with each test, the rate of each check is ALPHA.

  @Test
  void valuesAlongAStreamAreStandardNormal() {
    // 1000 samples of 1000 modes.
    double[] z = new double[1_000_000];
    for (int i = 0; i < 1000; i++) {
      NoiseSource.of(2024).normals(i, 0, new int[] {1000}, z, i * 1000);
    }
    assertStandardNormal(z);
  }

  @Test
  void firstValuesOfStreamsAreStandardNormal() {
    // The first value of each of 10⁶ samples: weak mixing of the address would show here.
    assertStandardNormal(firstOfSamples(NoiseSource.of(2025), 1_000_000));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE, Long.MAX_VALUE, 1, 1L << 32})
  void awkwardSeedsAreAsGoodAsOthers(long seed) {
    // 10⁵ values in 1000 rows.
    double[] z = new double[100_000];
    for (int i = 0; i < 1000; i++) {
      NoiseSource.of(seed).normals(i, 0, new int[] {10, 10}, z, i * 100);
    }
    assertStandardNormal(z);
  }

  /** Four moments and the distribution, five checks. */
  private static void assertStandardNormal(double[] z) {
    double n = z.length;
    double[] power = new double[5];
    for (double value : z) {
      double p = 1;
      for (int k = 1; k <= 4; k++) {
        p *= value;
        power[k] += p;
      }
    }
    // Sums of powers with their exact means and variances 1, 2, 15, 96; normal by the limit theorem
    // at n ≥ 10⁵.
    double bound = Statistics.normal(ALPHA);
    assertThat(power[1] / Math.sqrt(n)).as("mean").isBetween(-bound, bound);
    assertThat((power[2] - n) / Math.sqrt(2 * n)).as("variance").isBetween(-bound, bound);
    assertThat(power[3] / Math.sqrt(15 * n)).as("skewness").isBetween(-bound, bound);
    assertThat((power[4] - 3 * n) / Math.sqrt(96 * n)).as("kurtosis").isBetween(-bound, bound);
    assertThat(Statistics.kolmogorov(z)).isLessThan(Statistics.kolmogorovBound(ALPHA));
  }

  @Test
  void tailsAreThoseOfTheNormalLaw() {
    // 4·10⁶ values; counts beyond 3.7 (tail of the ziggurat), 4 and 5 are Poisson with means
    // n·P(|Z| > x).
    double[] x = {3.7, 4, 5};
    double[] p = {2.1559905e-4, 6.3342484e-5, 5.7330314e-7};
    int[] count = new int[3];
    double[] z = new double[4000];
    double largest = 0;
    for (int i = 0; i < 1000; i++) {
      NoiseSource.of(77).normals(i, 0, new int[] {4000}, z, 0);
      for (double value : z) {
        for (int k = 0; k < 3; k++) {
          count[k] += Math.abs(value) > x[k] ? 1 : 0;
        }
        largest = Math.max(largest, Math.abs(value));
      }
    }
    for (int k = 0; k < 3; k++) {
      int[] bounds = Statistics.poisson(4e6 * p[k], ALPHA);
      assertThat(count[k]).as("beyond %s", x[k]).isBetween(bounds[0], bounds[1]);
    }
    // P(max > 7.5) = 4·10⁶ · 6.4e-14 < ALPHA.
    assertThat(largest).isBetween(4.0, 7.5);
  }

  @Test
  void addressesThatDifferInOneWordAreUncorrelated() {
    // 10⁵ values each; the statistic is exactly N(0, 1). 20 pairs.
    NoiseSource source = NoiseSource.of(5);
    int n = 100_000;
    double[] base = normals(source, 0, 0, n);
    List<double[]> others =
        List.of(
            normals(NoiseSource.of(6), 0, 0, n),
            normals(NoiseSource.of(-5), 0, 0, n),
            normals(NoiseSource.of(5L << 32), 0, 0, n),
            normals(source.withStream(0), 0, 0, n),
            normals(source.withStream(1), 0, 0, n),
            normals(source.withStream(1).withStream(1), 0, 0, n),
            normals(source.withStep(1), 0, 0, n),
            normals(source.withStep(2), 0, 0, n),
            normals(source.withStep(1L << 40), 0, 0, n),
            normals(source, 1, 0, n),
            normals(source, 2, 0, n),
            normals(source, 1L << 40, 0, n),
            normals(source, 0, 1, n),
            normals(source, 0, 32767, n),
            row(normals(source, 0, 0, 2, n), 1, n),
            row(normals(source, 0, 0, 3, n), 2, n),
            row(normals(source, 0, 0, 1, 2, n), 1, n),
            row(normals(source, 0, 0, 2, 1, n), 1, n));
    double bound = Statistics.normal(ALPHA);
    for (int i = 0; i < others.size(); i++) {
      assertThat(Statistics.correlation(base, others.get(i)))
          .as("pair %d", i)
          .isBetween(-bound, bound);
    }
    // Shifted along the stream.
    assertThat(Statistics.correlation(Arrays.copyOf(base, n - 1), row(base, 1, 1, n - 1)))
        .isBetween(-bound, bound);
    // Seed and sample swapped.
    assertThat(
            Statistics.correlation(
                normals(NoiseSource.of(9), 4, 0, n), normals(NoiseSource.of(4), 9, 0, n)))
        .isBetween(-bound, bound);
  }

  private static double[] row(double[] values, int row, int length) {
    return row(values, row, length, length);
  }

  private static double[] row(double[] values, int row, int stride, int length) {
    return Arrays.copyOfRange(values, row * stride, row * stride + length);
  }

  @Test
  void firstValuesOfNeighboursAreUncorrelated() {
    // Across 10⁵ samples: neighbouring samples, steps, streams, seeds; 4 checks.
    int n = 100_000;
    double[] base = firstOfSamples(NoiseSource.of(5), n);
    double bound = Statistics.normal(ALPHA);
    for (NoiseSource other :
        List.of(
            NoiseSource.of(5).withFirstSample(1),
            NoiseSource.of(5).withStep(1),
            NoiseSource.of(5).withStream(1),
            NoiseSource.of(6))) {
      assertThat(Statistics.correlation(base, firstOfSamples(other, n)))
          .as("%s", other)
          .isBetween(-bound, bound);
    }
  }

  @Test
  void uniformsAreUniformAndIndependentOfTheNormals() {
    // 10⁵ samples: 3 checks. A uniform has variance 1/12, its square has mean 1/3, variance 4/45.
    int n = 100_000;
    double[] normal = firstOfSamples(NoiseSource.of(5), n);
    double[] centred = new double[n];
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < n; i++) {
      double u = NoiseSource.of(5).uniform(i).nextDouble();
      assertThat(u).isGreaterThanOrEqualTo(0).isLessThan(1);
      centred[i] = u - 0.5;
      sum += centred[i];
      squares += u * u;
    }
    double bound = Statistics.normal(ALPHA);
    assertThat(sum / Math.sqrt(n / 12.0)).isBetween(-bound, bound);
    assertThat((squares - n / 3.0) / Math.sqrt(n * 4 / 45.0)).isBetween(-bound, bound);
    assertThat(Statistics.correlation(centred, normal)).isBetween(-bound, bound);
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
  void thresholdsAreThoseOfTheTables() {
    // Oracle K: the thresholds used throughout the suite.
    assertThat(Statistics.normal(1e-6)).isCloseTo(4.8916385, within(1e-7));
    assertThat(Statistics.normal(2e-6)).isCloseTo(4.7534243, within(1e-7));
    assertThat(Statistics.kolmogorovBound(1e-6)).isCloseTo(2.6933861, within(1e-7));
    assertThat(Statistics.chiSquare(15, 2e-6)[1]).isCloseTo(56.49344, within(1e-4));
  }
}
