package io.fdiff.metrics;

import io.fdiff.data.FunctionDataset;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * How far the pointwise statistics of generated functions are from those of reference functions on
 * the same grid. Immutable.
 *
 * <p>Integrals are quadratures of the grid, so the numbers do not depend on the number of points.
 * They are not 0 for two samples of one law: compare with {@link DataFloor}. Skewness and kurtosis
 * are compared where the reference varies.
 *
 * @param meanMse {@code ∫ (m_gen − m_ref)² / |D|}, averaged over channels; squared data units
 * @param varianceRelError {@code ‖v_gen − v_ref‖ / ‖v_ref‖} in {@code L²(D; R^c)}
 * @param skewnessMse mean square of the difference of the skewness functions; NaN if a point varies
 *     in the reference only
 * @param kurtosisMse the same for the excess kurtosis
 * @param autocorrelationMse mean of {@code (r_gen(ℓ) − r_ref(ℓ))²} over the lags {@code 1 ≤ ℓ ≤
 *     ⌊N/2⌋} of the last axis, so that every lag is the mean of at least {@code N/2} pairs; NaN if
 *     one of the sets has no two varying points at such a lag
 */
public record FunctionalErrors(
    double meanMse,
    double varianceRelError,
    double skewnessMse,
    double kurtosisMse,
    double autocorrelationMse) {

  /** Names of the components, in order, for tables. */
  static final List<String> NAMES =
      List.of("mean MSE", "variance rel", "skewness MSE", "kurtosis MSE", "autocorrelation MSE");

  /**
   * Compares two sets.
   *
   * @param generated at least 2 functions
   * @param reference at least 2 functions on the same grid with as many channels, not all equal
   * @return the errors
   * @throws IllegalArgumentException if grids or channels differ, a set holds one function only, or
   *     the reference functions are all equal
   */
  public static FunctionalErrors between(FunctionDataset generated, FunctionDataset reference) {
    double[] e = checked(generated, reference);
    return new FunctionalErrors(e[0], e[1], e[2], e[3], e[4]);
  }

  /**
   * The five errors with confidence intervals: basic bootstrap intervals for the errors of the
   * laws, cut at 0.
   *
   * @param generated at least 2 functions
   * @param reference at least 2 functions on the same grid with as many channels, not all equal
   * @param bootstrap how to resample
   * @return one estimate for each component, in order
   * @throws IllegalArgumentException as {@link #between}
   */
  public static List<Estimate> intervals(
      FunctionDataset generated, FunctionDataset reference, Bootstrap bootstrap) {
    checked(generated, reference);
    return bootstrap.estimates(generated, reference, FunctionalErrors::errors).stream()
        .map(Estimate::nonNegative)
        .toList();
  }

  private static double[] checked(FunctionDataset generated, FunctionDataset reference) {
    generated.requireSameSpace(reference);
    FunctionalStatistics b = FunctionalStatistics.of(reference);
    if (!(norm(b.moments()[1], reference.grid().weights()) > 0)) {
      throw new IllegalArgumentException(
          "reference " + reference + " has variance 0: give functions that differ");
    }
    return errors(generated, b, reference);
  }

  /** All errors; a resample without variance gives NaN or infinity, not an exception. */
  static double[] errors(FunctionDataset generated, FunctionDataset reference) {
    return errors(generated, FunctionalStatistics.of(reference), reference);
  }

  private static double[] errors(
      FunctionDataset generated, FunctionalStatistics b, FunctionDataset reference) {
    FunctionalStatistics a = FunctionalStatistics.of(generated);
    double[] w = reference.grid().weights();
    double[][] x = a.moments();
    double[][] y = b.moments();
    return new double[] {
      meanSquare(x[0], y[0], w, null),
      norm(difference(x[1], y[1]), w) / norm(y[1], w),
      meanSquare(x[2], y[2], w, y[1]),
      meanSquare(x[3], y[3], w, y[1]),
      meanSquare(a.autocorrelation(), b.autocorrelation())
    };
  }

  private static double[] difference(double[] a, double[] b) {
    return IntStream.range(0, a.length).mapToDouble(i -> a[i] - b[i]).toArray();
  }

  private static double norm(double[] f, double[] w) {
    double sum = 0;
    for (int i = 0; i < f.length; i++) {
      sum += w[i % w.length] * f[i] * f[i];
    }
    return Math.sqrt(sum);
  }

  /** Weighted mean over the points where {@code variance} is not 0, over all if it is null. */
  private static double meanSquare(
      double[] a, double[] b, double[] w, double @Nullable [] variance) {
    double sum = 0;
    double volume = 0;
    for (int i = 0; i < a.length; i++) {
      if (variance == null || variance[i] != 0) {
        double d = a[i] - b[i];
        sum += w[i % w.length] * d * d;
        volume += w[i % w.length];
      }
    }
    return sum / volume;
  }

  private static double meanSquare(double[] a, double[] b) {
    int last = a.length / 2;
    double sum = 0;
    for (int lag = 1; lag <= last; lag++) {
      sum += (a[lag] - b[lag]) * (a[lag] - b[lag]);
    }
    return sum / last;
  }
}
