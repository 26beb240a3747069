package io.fdiff.measure;

import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.CosineTransform;
import io.fdiff.transform.SpectralTransform;
import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The pair of oracle C: 8 cosine modes, λ₁ = k⁻², λ₂ = k⁻³, Δ_k = (−1)^k k⁻². */
final class ReferencePair {

  static final Grid GRID = RegularGrid.unit(8);

  private ReferencePair() {}

  static SpectralCovariance spectral(Grid grid, IntToDoubleFunction rule) {
    double[] table = new double[8];
    Arrays.setAll(table, j -> rule.applyAsDouble(j + 1));
    return SpectralCovariance.of(CosineTransform.of(grid), Spectrum.table(new int[] {8}, table));
  }

  static INDArray function(Grid grid, IntToDoubleFunction rule) {
    SpectralTransform transform = CosineTransform.of(grid);
    double[] c = new double[transform.modes()];
    for (int j = 0; j < 8; j++) {
      c[j] = rule.applyAsDouble(j + 1);
    }
    return transform.inverse(Nd4j.createFromArray(c).reshape(1, 1, c.length));
  }

  static double delta(int k) {
    return (k % 2 == 0 ? 1 : -1) / (double) (k * k);
  }

  static GaussianMeasure first(Grid grid) {
    return GaussianMeasure.of(
        function(grid, k -> 0.3 / k + delta(k)), spectral(grid, k -> 1.0 / (k * k)));
  }

  static GaussianMeasure second(Grid grid) {
    return GaussianMeasure.of(function(grid, k -> 0.3 / k), spectral(grid, k -> Math.pow(k, -3)));
  }

  /** The same law with a covariance that does not tell its basis. */
  static GaussianMeasure dense(GaussianMeasure measure) {
    return GaussianMeasure.of(measure.mean(), DenseCovariance.of(measure.covariance()));
  }
}
