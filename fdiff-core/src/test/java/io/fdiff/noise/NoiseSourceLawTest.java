package io.fdiff.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The law of the values. Sample sizes stand with each test, the rate of each check is ALPHA. */
class NoiseSourceLawTest {

  private static final double ALPHA = 1e-6;

  private static double[] normals(NoiseSource source, long sample, int channel, int... shape) {
    double[] out = new double[Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    source.normals(sample, channel, shape, out, 0);
    return out;
  }

  /** One value of each of n samples. */
  private static double[] firstOfSamples(NoiseSource source, int n) {
    double[] out = new double[n];
    source.normals(0, n, 1, new int[] {1}, out, 0);
    return out;
  }

  @Test
  void manyValuesAreStandardNormal() {
    // 2·10⁸ values: 381 steps of 32 samples of 4 channels of 64×64 modes. Beyond 6 σ 0.4 values are
    // expected; the tail there has its own test in ZigguratTest.
    NormalTally tally = new NormalTally();
    double[] z = new double[32 * 4 * 64 * 64];
    for (int step = 0; step < 381; step++) {
      NoiseSource.of(2024).withStep(step).normals(0, 32, 4, new int[] {64, 64}, z, 0);
      tally.add(z, z.length);
    }
    tally.assertStandardNormal(ALPHA);
  }

  @Test
  void firstValuesOfStreamsAreStandardNormal() {
    // The first value of each of 10⁶ samples: weak mixing of the address would show here.
    double[] z = firstOfSamples(NoiseSource.of(2025), 1_000_000);
    assertThat(Statistics.kolmogorov(z)).isLessThan(Statistics.kolmogorovBound(ALPHA));
    NormalTally tally = new NormalTally();
    tally.add(z, z.length);
    tally.assertStandardNormal(ALPHA);
  }

  @ParameterizedTest
  @ValueSource(
      longs = {
        0,
        -1,
        1,
        42,
        Long.MIN_VALUE,
        Long.MAX_VALUE,
        1L << 32,
        2147483647L,
        -12345,
        0x5555555555555555L
      })
  void awkwardSeedsAreAsGoodAsOthers(long seed) {
    // 2²¹ values in 2048 rows; lags 1, 2, 3, 4, 31, 32, 33, 1024 of the values in C order, which
    // reach the next modes, rows and samples; Kolmogorov–Smirnov of 10⁵.
    double[] z = new double[1 << 21];
    NoiseSource.of(seed).normals(0, 2048, 1, new int[] {32, 32}, z, 0);
    NormalTally tally = new NormalTally();
    tally.add(z, z.length);
    tally.assertStandardNormal(ALPHA);
    for (int lag : new int[] {1, 2, 3, 4, 31, 32, 33, 1024}) {
      assertUncorrelated(z, z, lag, "lag " + lag);
    }
    assertThat(Statistics.kolmogorov(Arrays.copyOf(z, 100_000)))
        .isLessThan(Statistics.kolmogorovBound(ALPHA));
  }

  @Test
  void valuesOfARowAreUncorrelatedAtAllLags() {
    // 2·10⁵ values, lags 1 to 300: values and squares, 600 checks.
    double[] z = normals(NoiseSource.of(31), 0, 0, 200_000);
    for (int lag = 1; lag <= 300; lag++) {
      assertUncorrelated(z, z, lag, "lag " + lag);
    }
  }

  @Test
  void addressesThatDifferInOneBitAreUncorrelated() {
    // 2¹⁵ values each, 64 + 63 + 64 + 64 + 15 + 24 + 2·24 pairs.
    NoiseSource source = NoiseSource.of(5);
    int n = 1 << 15;
    int[] row = {n};
    double[] base = normals(source, 0, 0, n);
    double[] stream = normals(source.withStream(0), 0, 0, n);
    double[] other = new double[n];
    for (int bit = 0; bit < 64; bit++) {
      long flip = 1L << bit;
      assertUncorrelated(base, normals(NoiseSource.of(5 ^ flip), 0, 0, n), 0, "seed bit " + bit);
      assertUncorrelated(base, normals(source.withStep(flip), 0, 0, n), 0, "step bit " + bit);
      assertUncorrelated(base, normals(source, flip, 0, n), 0, "sample bit " + bit);
      if (bit < 63) {
        double[] moved = normals(source.withStream(flip), 0, 0, n);
        assertUncorrelated(stream, moved, 0, "stream bit " + bit);
      }
      if (bit < 15) {
        assertUncorrelated(base, normals(source, 0, 1 << bit, n), 0, "channel bit " + bit);
      }
      if (bit < 24) {
        int index = 1 << bit;
        source.normals(0, 0, new int[] {index, 0}, new int[] {1, n}, other, 0);
        assertUncorrelated(base, other, 0, "row bit " + bit);
        source.normals(0, 0, new int[] {index, 0, 0}, new int[] {1, 1, n}, other, 0);
        assertUncorrelated(base, other, 0, "plane bit " + bit);
      }
      if (bit >= 15 && bit < 24) {
        source.normals(0, 0, new int[] {1 << bit}, row, other, 0);
        assertUncorrelated(base, other, 0, "mode bit " + bit);
      }
    }
  }

  @Test
  void addressesWithWordsInEachOthersPlacesAreUncorrelated() {
    // 10⁵ values each, 9 pairs: words swapped between the places of the address.
    int n = 100_000;
    NoiseSource nine = NoiseSource.of(9);
    double[] base = normals(nine, 4, 0, n);
    List<double[]> others =
        List.of(
            normals(NoiseSource.of(4), 9, 0, n),
            normals(nine.withStep(4), 0, 0, n),
            normals(nine, 0, 4, n),
            normals(NoiseSource.of(4).withStep(9), 0, 0, n),
            normals(nine.withStream(4), 0, 0, n),
            normals(nine.withStream(1).withStream(2), 4, 0, n),
            normals(nine.withStream(2).withStream(1), 4, 0, n),
            normals(nine.withStream(2), 4, 0, n));
    for (int i = 0; i < others.size(); i++) {
      assertUncorrelated(base, others.get(i), 0, "pair " + i);
    }
    assertUncorrelated(others.get(5), others.get(6), 0, "streams in another order");
  }

  /** Values and squares {@code lag} places apart. */
  private static void assertUncorrelated(double[] a, double[] b, int lag, String name) {
    double bound = Statistics.normal(ALPHA);
    double product = 0;
    double square = 0;
    double squares = 0;
    int n = a.length - lag;
    for (int i = 0; i < n; i++) {
      double x = a[i];
      double y = b[i + lag];
      product += x * y;
      square += x * x;
      squares += (x * x - 1) * (y * y - 1);
    }
    // The first is N(0, 1) given the a_i, the second by the limit theorem with variance 2·2.
    assertThat(product / Math.sqrt(square)).as(name).isBetween(-bound, bound);
    assertThat(squares / (2 * Math.sqrt(n))).as("squares, %s", name).isBetween(-bound, bound);
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
  void thresholdsAreThoseOfTheTables() {
    // Oracle K: the thresholds used throughout the suite.
    assertThat(Statistics.normal(1e-6)).isCloseTo(4.8916385, within(1e-7));
    assertThat(Statistics.normal(2e-6)).isCloseTo(4.7534243, within(1e-7));
    assertThat(Statistics.kolmogorovBound(1e-6)).isCloseTo(2.6933861, within(1e-7));
    assertThat(Statistics.chiSquare(15, 2e-6)[1]).isCloseTo(56.49344, within(1e-4));
  }
}
