package io.fdiff.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.PointSet;
import io.fdiff.space.TestFunctions;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Laws of the distances over random dense measures on uneven points (oracle C2). */
class GaussianDistancesPropertiesTest {

  private static final Grid GRID = PointSet.of(Interval.UNIT, 0.05, 0.1, 0.4, 0.55, 0.9);

  private static GaussianMeasure random(long seed) {
    return GaussianMeasure.of(
        TestFunctions.random(GRID, seed), DenseCovariance.random(GRID, seed + 1));
  }

  private static RealMatrix matrix(GaussianMeasure measure) {
    return ((DenseCovariance) measure.covariance()).matrix();
  }

  @Property(tries = 60)
  void divergenceIsThatOfTheVectorsOfValues(@ForAll long seed) {
    // A density of value vectors does not know the weights: ½[tr K₂⁻¹K₁ − n − ln det + dᵀK₂⁻¹d].
    GaussianMeasure a = random(seed);
    GaussianMeasure b = random(seed + 7);
    RealMatrix k1 = matrix(a);
    LUDecomposition k2 = new LUDecomposition(matrix(b));
    RealMatrix q = k2.getSolver().solve(k1);
    double[] d = TestFunctions.values(a.mean().sub(b.mean()));
    RealMatrix column = new Array2DRowRealMatrix(d);
    double quadratic = column.transpose().multiply(k2.getSolver().solve(column)).getEntry(0, 0);
    double logDet = Math.log(new LUDecomposition(q).getDeterminant());
    double expected = 0.5 * (q.getTrace() - 5 - logDet + quadratic);
    // Condition numbers up to some 1e3.
    assertThat(a.kl(b)).isCloseTo(expected, within(1e-10 * (1 + q.getTrace() + quadratic)));
    assertThat(a.logDet2(b))
        .isCloseTo(logDet - q.getTrace() + 5, within(1e-10 * (1 + q.getTrace())));
    assertThat(a.kl(b)).isPositive();
    assertThat(a.hellinger(b)).isBetween(0.0, 1.0).isPositive();
    // H² ≤ 1 − e^{−KL/2}.
    assertThat(Math.pow(a.hellinger(b), 2)).isLessThan(-Math.expm1(-a.kl(b) / 2) + 1e-12);
    assertThat(a.hellinger(b)).isCloseTo(b.hellinger(a), within(1e-10));
  }

  @Property(tries = 60)
  void equalMeasuresHaveNoDistance(@ForAll long seed) {
    GaussianMeasure a = random(seed);
    GaussianMeasure b = random(seed);
    assertThat(a.kl(b)).isLessThan(1e-20);
    assertThat(a.w2(b)).isLessThan(1e-12);
    assertThat(a.mmd2(b, 0.8)).isCloseTo(0, within(1e-14));
    assertThat(a.hellinger(b)).isLessThan(1e-10);
  }

  @Property(tries = 60)
  void wassersteinIsAMetric(@ForAll long seed) {
    GaussianMeasure a = random(seed);
    GaussianMeasure b = random(seed + 11);
    GaussianMeasure c = random(seed + 23);
    assertThat(a.w2(b)).isPositive().isCloseTo(b.w2(a), within(1e-12));
    assertThat(a.w2(c)).isLessThanOrEqualTo(a.w2(b) + b.w2(c) + 1e-12);
    INDArray h = TestFunctions.random(GRID, seed + 31);
    assertThat(a.shift(h).w2(b.shift(h))).isCloseTo(a.w2(b), within(1e-12));
    double[] w = GRID.weights();
    double[] d = TestFunctions.values(a.mean().sub(b.mean()));
    double means = 0;
    for (int i = 0; i < d.length; i++) {
      means += w[i] * d[i] * d[i];
    }
    double expected = means + a.covariance().trace() + b.covariance().trace() - 2 * a.rootTrace(b);
    assertThat(a.w2Squared(b)).isCloseTo(expected, within(1e-12));
  }

  @Property(tries = 40)
  void rootTraceIsThatOfTheProduct(@ForAll long seed) {
    // Σ √eig(C₁C₂), C = KW, which is not symmetric.
    GaussianMeasure a = random(seed);
    GaussianMeasure b = random(seed + 5);
    RealMatrix w = MatrixUtils.createRealDiagonalMatrix(GRID.weights());
    RealMatrix product = matrix(a).multiply(w).multiply(matrix(b)).multiply(w);
    double expected =
        Arrays.stream(new EigenDecomposition(product).getRealEigenvalues()).map(Math::sqrt).sum();
    assertThat(a.rootTrace(b)).isCloseTo(expected, within(1e-10));
  }

  @Property(tries = 40)
  void discrepancyIsASquaredDistance(@ForAll long seed) {
    GaussianMeasure a = random(seed);
    GaussianMeasure b = random(seed + 3);
    assertThat(a.mmd2(b, 0.5)).isPositive().isCloseTo(b.mmd2(a, 0.5), within(1e-14));
    // For wide kernels, k ≈ 1 − ‖x − y‖²/2γ² and MMD² ≈ ‖Δ‖²/γ².
    GaussianMeasure moved = a.shift(TestFunctions.random(GRID, seed + 9));
    double ratio = moved.mmd2(a, 1e3) * 1e6 / moved.w2Squared(a);
    assertThat(ratio).isCloseTo(1, within(1e-4));
  }
}
