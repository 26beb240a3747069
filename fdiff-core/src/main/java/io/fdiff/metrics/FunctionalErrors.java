package io.fdiff.metrics;

import io.fdiff.data.FunctionDataset;
import io.fdiff.space.L2Space;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How far the pointwise statistics of generated functions are from those of reference functions on
 * the same grid. Immutable.
 *
 * <p>Integrals are quadratures of the grid, so the numbers do not depend on the number of points.
 * They are not 0 for two samples of one law: compare with {@link DataFloor}.
 *
 * @param meanMse {@code ∫ (m_gen − m_ref)² / |D|}, averaged over channels; squared data units
 * @param varianceRelError {@code ‖v_gen − v_ref‖ / ‖v_ref‖} in {@code L²(D; R^c)}
 * @param autocorrelationMse mean of {@code (r_gen(ℓ) − r_ref(ℓ))²} over the lags {@code 1 ≤ ℓ ≤
 *     ⌊N/2⌋} of the last axis, so that every lag is the mean of at least {@code N/2} pairs; NaN if
 *     one of the sets has no two varying points at such a lag
 */
public record FunctionalErrors(double meanMse, double varianceRelError, double autocorrelationMse) {

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
    generated.requireSameSpace(reference);
    FunctionalStatistics a = FunctionalStatistics.of(generated);
    FunctionalStatistics b = FunctionalStatistics.of(reference);
    L2Space space = new L2Space(reference.grid());
    INDArray variance = b.variance();
    double scale = space.norm(variance).getDouble(0);
    if (!(scale > 0)) {
      throw new IllegalArgumentException(
          "reference " + reference + " has variance 0: give functions that differ");
    }
    INDArray shift = a.mean().subi(b.mean());
    double volume = reference.grid().measure() * reference.channels();
    return new FunctionalErrors(
        space.inner(shift, shift).getDouble(0) / volume,
        space.norm(a.variance().subi(variance)).getDouble(0) / scale,
        meanSquare(a.autocorrelation(), b.autocorrelation()));
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
