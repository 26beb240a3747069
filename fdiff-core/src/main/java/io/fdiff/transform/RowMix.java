package io.fdiff.transform;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A sparse linear map of rows: multiples of one row, and 2×2 and 4×4 matrices on two and four rows.
 */
final class RowMix {

  private final int[] ones; // in, out
  private final double[] factors;
  private final int[] twos; // in, in, out, out
  private final double[] small;
  private final int[] fours; // four in, four out
  private final double[] large;

  private RowMix(Builder b) {
    this.ones = ints(b.ones);
    this.factors = doubles(b.factors);
    this.twos = ints(b.twos);
    this.small = doubles(b.small);
    this.fours = ints(b.fours);
    this.large = doubles(b.large);
  }

  private static int[] ints(List<Integer> list) {
    return list.stream().mapToInt(Integer::intValue).toArray();
  }

  private static double[] doubles(List<Double> list) {
    return list.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /**
   * Applies the map to {@code n} lanes.
   *
   * @param x rows. Not modified.
   * @param y rows. Modified; may be {@code x} where the map has single rows only.
   */
  <A> void apply(Lanes<A> lanes, A[] x, A[] y, int n) {
    for (int i = 0; i < factors.length; i++) {
      lanes.scale(x[ones[2 * i]], y[ones[2 * i + 1]], n, factors[i]);
    }
    for (int i = 0; i < twos.length; i += 4) {
      lanes.mix2(x[twos[i]], x[twos[i + 1]], y[twos[i + 2]], y[twos[i + 3]], n, small, i);
    }
    for (int i = 0; i < fours.length; i += 8) {
      A x0 = x[fours[i]];
      A x1 = x[fours[i + 1]];
      A x2 = x[fours[i + 2]];
      A x3 = x[fours[i + 3]];
      for (int j = 0; j < 4; j++) {
        lanes.mix4(x0, x1, x2, x3, y[fours[i + 4 + j]], n, large, 2 * i + 4 * j);
      }
    }
  }

  /** Collects the parts of a map. */
  static final class Builder {
    private final List<Integer> ones = new ArrayList<>();
    private final List<Double> factors = new ArrayList<>();
    private final List<Integer> twos = new ArrayList<>();
    private final List<Double> small = new ArrayList<>();
    private final List<Integer> fours = new ArrayList<>();
    private final List<Double> large = new ArrayList<>();

    /** {@code y_out = c x_in}. */
    Builder row(int in, int out, double c) {
      ones.add(in);
      ones.add(out);
      factors.add(c);
      return this;
    }

    /** {@code y_out = C x_in} on 2 or 4 rows. */
    Builder rows(int[] in, int[] out, double[][] c) {
      List<Integer> to = in.length == 2 ? twos : fours;
      List<Double> matrix = in.length == 2 ? small : large;
      Arrays.stream(in).forEach(to::add);
      Arrays.stream(out).forEach(to::add);
      for (double[] line : c) {
        Arrays.stream(line).forEach(matrix::add);
      }
      return this;
    }

    RowMix build() {
      return new RowMix(this);
    }
  }
}
