package io.fdiff.metrics;

import io.fdiff.data.FunctionDataset;
import java.util.stream.IntStream;

/**
 * Energy score {@code E‖X − y‖ − ½ E‖X − X'‖} and energy distance {@code 2 E‖X − Y‖ − E‖X − X'‖ −
 * E‖Y − Y'‖} with the norm of {@code L²(D; R^c)} by quadrature.
 *
 * <p>Strictly proper, and invariant under refinement of the grid. The score of a point forecast is
 * its L² distance from the outcome. Cost {@code O(m² N)}. Source: Gneiting and Raftery 2007, eq.
 * (22); Székely and Rizzo 2013.
 */
public final class EnergyScore {

  private EnergyScore() {}

  /**
   * The energy score of an ensemble.
   *
   * @param members the {@code m} functions of the ensemble
   * @param truth one function on the same grid with as many channels
   * @param ensemble how pairs are counted
   * @return the score, in units of the L² norm; the fair one may be negative
   * @throws IllegalArgumentException if grids or channels differ, the truth is not one function, or
   *     there are too few members
   */
  public static double of(FunctionDataset members, FunctionDataset truth, Ensemble ensemble) {
    requireOne(members, truth);
    double pairs = ensemble.pairs(members.size());
    double[][] rows = FeatureMap.identity().features(members);
    double[] y = FeatureMap.identity().features(truth)[0];
    double error = 0;
    double spread = 0;
    for (int i = 0; i < rows.length; i++) {
      error += Math.sqrt(Distances.squared(rows[i], y));
      for (int j = 0; j < i; j++) {
        spread += Math.sqrt(Distances.squared(rows[i], rows[j]));
      }
    }
    return error / rows.length - spread / pairs;
  }

  /**
   * The energy distance of two sets, 0 for equal laws. Squared differences of laws, first powers of
   * data units.
   *
   * @param x functions
   * @param y functions on the same grid with as many channels
   * @param ensemble how pairs within a set are counted: {@code FAIR} is unbiased and may be
   *     negative
   * @return the distance
   * @throws IllegalArgumentException if grids or channels differ or a set is too small
   */
  public static double distance(FunctionDataset x, FunctionDataset y, Ensemble ensemble) {
    x.requireSameSpace(y);
    double withinX = ensemble.pairs(x.size());
    double withinY = ensemble.pairs(y.size());
    double[][] a = FeatureMap.identity().features(x);
    double[][] b = FeatureMap.identity().features(y);
    return 2 * sum(a, b) / ((double) a.length * b.length)
        - sum(a, a) / withinX
        - sum(b, b) / withinY;
  }

  /** The unbiased distance of chosen functions, pairs of one function with itself left out. */
  static PairStatistic resampled(FunctionDataset x, FunctionDataset y) {
    FeatureMap map = FeatureMap.identity();
    double[][] rows = x == y ? map.features(x) : Distances.pooled(map, x, y);
    int n = rows.length;
    int shift = x == y ? 0 : x.size();
    double[] d = Distances.squared(rows);
    for (int i = 0; i < d.length; i++) {
      d[i] = Math.sqrt(d[i]);
    }
    return (first, second) ->
        new double[] {
          2 * Distances.mean(d, n, first, 0, second, shift)
              - Distances.mean(d, n, first, 0, first, 0)
              - Distances.mean(d, n, second, shift, second, shift)
        };
  }

  static void requireOne(FunctionDataset members, FunctionDataset truth) {
    members.requireSameSpace(truth);
    if (truth.size() != 1) {
      throw new IllegalArgumentException(
          "outcome of "
              + truth.size()
              + " functions: a score is one of a single outcome; take subset(i) and average");
    }
  }

  private static double sum(double[][] a, double[][] b) {
    double[] rows =
        IntStream.range(0, a.length)
            .parallel()
            .mapToDouble(
                i -> {
                  double sum = 0;
                  for (double[] other : b) {
                    sum += Math.sqrt(Distances.squared(a[i], other));
                  }
                  return sum;
                })
            .toArray();
    double total = 0;
    for (double row : rows) {
      total += row;
    }
    return total;
  }
}
