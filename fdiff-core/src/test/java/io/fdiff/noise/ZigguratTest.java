package io.fdiff.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.special.Erf;
import org.junit.jupiter.api.Test;

class ZigguratTest {

  private static final Threefry KEY = new Threefry(7, 8, 9, 10);

  private static double density(double x) {
    return Math.exp(-0.5 * x * x);
  }

  @Test
  void layersHaveEqualAreasAndTheTopOneCloses() {
    double[] edge = Ziggurat.edges();
    double r = Ziggurat.TAIL;
    double tail = Math.sqrt(Math.PI / 2) * Erf.erfc(r / Math.sqrt(2));
    assertThat(r * density(r) + tail).isCloseTo(Ziggurat.AREA, within(1e-15));
    assertThat(edge[0] * density(r)).isCloseTo(Ziggurat.AREA, within(1e-15));
    for (int i = 1; i < Ziggurat.LAYERS; i++) {
      double height = density(edge[i + 1]) - density(edge[i]);
      assertThat(edge[i]).isGreaterThan(edge[i + 1]);
      // The recursion adds a rounding of 1e-16 a layer to the height.
      assertThat(edge[i] * height).as("layer %d", i).isCloseTo(Ziggurat.AREA, within(1e-13));
    }
    assertThat(edge[1]).isEqualTo(r);
    assertThat(edge[Ziggurat.LAYERS]).isZero();
  }

  @Test
  void aWordInsideTheCurveGivesItsPlaceInItsLayer() {
    double[] edge = Ziggurat.edges();
    long[] words = new SplittableRandom(3).longs(10_000).toArray();
    double[] z = new double[4 * words.length];
    int[] refused = new int[words.length + 1];
    int count = Ziggurat.draw(words, words.length, z, 2, refused, 1);
    int next = 1;
    for (int i = 0; i < words.length; i++) {
      int layer = (int) (words[i] & 511);
      double u = (words[i] >>> 12) * 0x1p-51 - 1;
      if (next < count && refused[next] == 4 * i + 2) {
        assertThat(Math.abs(u * edge[layer])).isGreaterThanOrEqualTo(edge[layer + 1]);
        next++;
      } else {
        assertThat(z[4 * i + 2]).isEqualTo(u * edge[layer]);
        assertThat(Math.abs(z[4 * i + 2])).isLessThan(edge[layer + 1]);
      }
    }
    assertThat(next).isEqualTo(count);
    assertRowsAreThese(words, z, refused, count);
    for (int i = 0; i < words.length; i++) {
      z[4 * i + 2] = 0;
    }
    assertThat(z).containsOnly(0);
  }

  /** Rows from word 5 on, in both types. */
  private static void assertRowsAreThese(long[] words, double[] z, int[] refused, int count) {
    int n = words.length - 5;
    double[] wide = new double[n + 3];
    float[] narrow = new float[n + 3];
    int[] places = new int[n];
    int[] narrowPlaces = new int[n];
    int found = Ziggurat.row(words, 5, n, wide, 3, places);
    assertThat(Ziggurat.row(words, 5, n, narrow, 3, narrowPlaces)).isEqualTo(found);
    assertThat(narrowPlaces).isEqualTo(places);
    int[] expected =
        Arrays.stream(refused, 1, count).map(p -> p / 4 - 5).filter(p -> p >= 0).toArray();
    assertThat(Arrays.copyOf(places, found)).isEqualTo(expected);
    for (int i = 0; i < n; i++) {
      assertThat(wide[3 + i]).isEqualTo(z[4 * (5 + i) + 2]);
      assertThat(narrow[3 + i]).isEqualTo((float) wide[3 + i]);
    }
  }

  @Test
  void tailIsExactFarBeyondSixSigma() {
    // 4·10⁶ draws from |Z| > r, started by words at the outer end of the base layer. Counts beyond
    // x
    // are Poisson with mean n P(|Z| > x)/P(|Z| > r): 2 sides, rate 1e-6 each. Beyond 6 about 34 a
    // side, beyond 7 (mean 0.04) and 8 only an upper bound remains.
    int n = 4_000_000;
    double[] bounds = {4, 4.5, 5, 5.5, 6, 7, 8};
    int[][] count = new int[2][bounds.length];
    double[] tail = new double[100_000];
    long[] block = new long[4];
    for (int i = 0; i < n; i++) {
      long word = i % 2 == 0 ? ~511L : 0L; // place 1 − 2⁻⁵¹ or −1 of layer 0
      double z = Ziggurat.resolve(word, KEY, i, 0, 0, block);
      int side = z > 0 ? 0 : 1;
      assertThat(side).isEqualTo(i % 2);
      for (int b = 0; b < bounds.length; b++) {
        count[side][b] += Math.abs(z) > bounds[b] ? 1 : 0;
      }
      if (i < tail.length) {
        tail[i] = Math.abs(z);
      }
    }
    double beyond = Erf.erfc(Ziggurat.TAIL / Math.sqrt(2));
    for (int side = 0; side < 2; side++) {
      for (int b = 0; b < bounds.length; b++) {
        double mean = n / 2.0 * Erf.erfc(bounds[b] / Math.sqrt(2)) / beyond;
        int[] range = Statistics.poisson(mean, 1e-6);
        assertThat(count[side][b]).as("beyond %s", bounds[b]).isBetween(range[0], range[1]);
      }
    }
    // The whole conditional law, 10⁵ of them mapped back to normals: Kolmogorov–Smirnov, 1e-6.
    NormalDistribution normal = new NormalDistribution(null, 0, 1);
    double[] mapped =
        Arrays.stream(tail)
            .map(x -> normal.inverseCumulativeProbability(Erf.erfc(x / Math.sqrt(2)) / beyond))
            .toArray();
    assertThat(Statistics.kolmogorov(mapped)).isLessThan(Statistics.kolmogorovBound(1e-6));
  }

  @Test
  void wedgesFollowTheCurve() {
    // One wedge of each kind, convex, through the inflection, concave, and the whole top layer: the
    // share of words kept in the wedge at hand is its area under the curve over its rectangle.
    // 10⁵ words each, rate 1e-6 each.
    double[] edge = Ziggurat.edges();
    int n = 100_000;
    long[] block = new long[4];
    SplittableRandom random = new SplittableRandom(4);
    int[] layers = {1, 100, 300, Ziggurat.LAYERS - 1};
    for (int layer : layers) {
      double inner = edge[layer + 1];
      double outer = edge[layer];
      int kept = 0;
      for (int i = 0; i < n; i++) {
        double u = (inner + random.nextDouble() * (outer - inner)) / outer;
        long word = ((long) ((u + 1) * 0x1p51) << 12) | layer;
        double x = ((word >>> 12) * 0x1p-51 - 1) * outer;
        if (x >= inner) {
          kept += Ziggurat.resolve(word, KEY, i, layer, 1, block) == x ? 1 : 0;
        } else {
          i--;
        }
      }
      double area = Math.sqrt(Math.PI / 2) * Erf.erf(inner / Math.sqrt(2), outer / Math.sqrt(2));
      double low = density(outer);
      double p = (area / (outer - inner) - low) / (density(inner) - low);
      double bound = Statistics.normal(1e-6) * Math.sqrt(p * (1 - p) / n);
      assertThat((double) kept / n).as("layer %d", layer).isCloseTo(p, within(bound));
    }
  }
}
