package io.fdiff.noise;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.special.Erf;

/**
 * Counts of a large sample: power sums, a histogram and tails, with their laws under N(0, 1).
 * Twelve checks, each with the false-alarm rate given.
 */
final class NormalTally {

  private static final double WIDTH = 1 / 32.0;
  private static final double RANGE = 4;
  private static final int CELLS = (int) (2 * RANGE / WIDTH) + 2;
  private static final double[] TAILS = {3, 4, 5, 6, 7.5};

  /** {@code E z^{2k} − (E z^k)²}. */
  private static final double[] VARIANCE = {0, 1, 2, 15, 96, 945, 10170};

  private static final double[] MEAN = {1, 0, 1, 0, 3, 0, 15};

  private final double[] power = new double[7];
  private final int[] cell = new int[CELLS];
  private final int[] tail = new int[TAILS.length];
  private long n;

  void add(double[] z, int count) {
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    double s4 = 0;
    double s5 = 0;
    double s6 = 0;
    for (int i = 0; i < count; i++) {
      double x = z[i];
      double square = x * x;
      double cube = square * x;
      s1 += x;
      s2 += square;
      s3 += cube;
      s4 += square * square;
      s5 += square * cube;
      s6 += cube * cube;
      double a = Math.abs(x);
      // Cells of equal width, and one on either side for the rest.
      cell[a < RANGE ? 1 + (int) ((x + RANGE) / WIDTH) : x < 0 ? 0 : CELLS - 1]++;
      if (a > TAILS[0]) {
        for (int t = 0; t < TAILS.length; t++) {
          tail[t] += a > TAILS[t] ? 1 : 0;
        }
      }
    }
    double[] sums = {count, s1, s2, s3, s4, s5, s6};
    Arrays.setAll(power, k -> power[k] + sums[k]);
    n += count;
  }

  /** Moments 1 to 6 by the limit theorem, χ² of the histogram, Poisson counts of the tails. */
  void assertStandardNormal(double alpha) {
    double z = Statistics.normal(alpha);
    for (int k = 1; k <= 6; k++) {
      assertThat((power[k] - n * MEAN[k]) / Math.sqrt(n * VARIANCE[k]))
          .as("moment %d", k)
          .isBetween(-z, z);
    }
    assertHistogram(alpha);
    for (int t = 0; t < TAILS.length; t++) {
      double mean = n * Erf.erfc(TAILS[t] / Math.sqrt(2));
      int[] bounds = Statistics.poisson(mean, alpha);
      assertThat(tail[t]).as("beyond %s", TAILS[t]).isBetween(bounds[0], bounds[1]);
    }
  }

  private void assertHistogram(double alpha) {
    NormalDistribution normal = new NormalDistribution(null, 0, 1);
    // Cells from the middle outwards, merged until 20 values are expected in each.
    double chi = 0;
    int degrees = -1;
    for (int side = -1; side <= 1; side += 2) {
      double seen = 0;
      double expected = 0;
      double rest = n / 2.0;
      for (int c = 0; c < CELLS / 2; c++) {
        int index = side < 0 ? CELLS / 2 - 1 - c : CELLS / 2 + c;
        boolean last = c == CELLS / 2 - 1;
        double p = normal.probability(c * WIDTH, last ? Double.POSITIVE_INFINITY : (c + 1) * WIDTH);
        seen += cell[index];
        expected += n * p;
        rest -= n * p;
        if (last || (expected >= 20 && rest >= 20)) {
          chi += (seen - expected) * (seen - expected) / expected;
          degrees++;
          seen = 0;
          expected = 0;
        }
      }
    }
    double[] range = Statistics.chiSquare(degrees, alpha);
    assertThat(chi).as("histogram").isBetween(range[0], range[1]);
  }
}
