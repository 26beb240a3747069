package io.fdiff.metrics;

import io.fdiff.data.FunctionDataset;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Squared Euclidean distances of all pairs of rows. */
final class Distances {

  /** The largest square matrix that a Java array holds. */
  static final int LARGEST = 46_340;

  private Distances() {}

  /**
   * By differences, not by the Gram matrix: close functions keep their digits.
   *
   * @return {@code n × n}, C order
   */
  static double[] squared(double[][] rows) {
    int n = rows.length;
    double[] squared = new double[Math.multiplyExact(n, n)];
    IntStream.range(0, n)
        .parallel()
        .forEach(
            i -> {
              for (int j = 0; j < i; j++) {
                double distance = squared(rows[i], rows[j]);
                squared[i * n + j] = distance;
                squared[j * n + i] = distance;
              }
            });
    return squared;
  }

  static double squared(double[] a, double[] b) {
    // Two chains of additions, which the processor overlaps.
    double even = 0;
    double odd = 0;
    int i = 0;
    for (; i + 1 < a.length; i += 2) {
      double d = a[i] - b[i];
      double e = a[i + 1] - b[i + 1];
      even += d * d;
      odd += e * e;
    }
    double last = i < a.length ? a[i] - b[i] : 0;
    return even + odd + last * last;
  }

  /** The features of both sets, checked. */
  static double[][] pooled(FeatureMap map, FunctionDataset first, FunctionDataset second) {
    double[][] x = map.features(first);
    double[][] y = map.features(second);
    boolean fits = x.length == first.size() && y.length == second.size();
    for (int b = 0; fits && b < x.length + y.length; b++) {
      fits = (b < x.length ? x[b] : y[b - x.length]).length == x[0].length;
    }
    if (!fits) {
      throw new IllegalArgumentException(
          "a feature map gave "
              + x.length
              + " and "
              + y.length
              + " rows for "
              + first.size()
              + " and "
              + second.size()
              + " functions: it must give one for each, all of one length");
    }
    double[][] rows = Arrays.copyOf(x, x.length + y.length);
    System.arraycopy(y, 0, rows, x.length, y.length);
    for (int b = 0; b < rows.length; b++) {
      for (double value : rows[b]) {
        if (!Double.isFinite(value)) {
          throw new ArithmeticException(
              "feature "
                  + value
                  + " of function "
                  + (b < x.length ? b : b - x.length)
                  + " of the "
                  + (b < x.length ? "first" : "second")
                  + " set: features must be finite; rescale the functions or use another map");
        }
      }
    }
    return rows;
  }

  /**
   * The mean of {@code v_ij} over {@code i} of one choice and {@code j} of the other, pairs of
   * equal indices left out: a function drawn twice is no independent copy of itself.
   */
  static double mean(double[] matrix, int n, int[] first, int shift, int[] second, int shift2) {
    double sum = 0;
    long count = 0;
    for (int i : first) {
      int row = (i + shift) * n;
      for (int j : second) {
        if (i + shift != j + shift2) {
          sum += matrix[row + j + shift2];
          count++;
        }
      }
    }
    return sum / count;
  }
}
