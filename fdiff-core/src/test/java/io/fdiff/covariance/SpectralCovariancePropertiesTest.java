package io.fdiff.covariance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.noise.NoiseSource;
import io.fdiff.space.Grid;
import io.fdiff.space.L2Space;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.TestFunctions;
import io.fdiff.transform.Basis;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Scale;
import net.jqwik.api.constraints.Size;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The laws of H10 over random spectra (zeros among them) and functions. */
class SpectralCovariancePropertiesTest {

  private static final int N = 9;

  private static SpectralCovariance operator(Basis basis, List<Double> spectrum) {
    double[] table = spectrum.stream().mapToDouble(v -> v < 0.1 ? 0 : v).toArray();
    return SpectralCovariance.of(
        basis.on(RegularGrid.unit(N)), Spectrum.table(new int[] {N}, table));
  }

  private static double inner(CovarianceOperator c, INDArray x, INDArray y) {
    return new L2Space(c.grid()).inner(x, y).getDouble(0);
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void isSelfAdjointAndPositive(
      @ForAll Basis basis,
      @ForAll @Size(N) List<@Scale(6) @DoubleRange(min = 0, max = 5) Double> spectrum,
      @ForAll long seed) {
    SpectralCovariance c = operator(basis, spectrum);
    INDArray x = TestFunctions.random(c.grid(), seed);
    INDArray y = TestFunctions.random(c.grid(), seed + 1);
    // |⟨Cx, y⟩| ≤ 5‖x‖‖y‖, of order 10.
    assertThat(inner(c, c.apply(x), y)).isCloseTo(inner(c, x, c.apply(y)), within(1e-12));
    assertThat(inner(c, c.apply(x), x)).isGreaterThan(-1e-14);
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void rootsAndInversesAreConsistent(
      @ForAll Basis basis,
      @ForAll @Size(N) List<@Scale(6) @DoubleRange(min = 0, max = 5) Double> spectrum,
      @ForAll long seed) {
    SpectralCovariance c = operator(basis, spectrum);
    INDArray x = TestFunctions.random(c.grid(), seed);
    assertClose(c.applySqrt(c.applySqrt(x)), c.apply(x));
    INDArray projected = c.applyInverse(c.apply(x));
    assertClose(c.applyInverseSqrt(c.applySqrt(x)), projected);
    assertClose(c.applyInverse(c.apply(projected)), projected);
    assertClose(c.apply(projected), c.apply(x));
    INDArray root = c.applySqrt(x);
    assertThat(inner(c, root, c.applyInverse(root)))
        .isCloseTo(inner(c, projected, projected), within(1e-11));
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void traceIsTheSumOfTheEigenvalues(
      @ForAll Basis basis,
      @ForAll @Size(N) List<@Scale(6) @DoubleRange(min = 0, max = 5) Double> spectrum) {
    SpectralCovariance c = operator(basis, spectrum);
    double sum = Arrays.stream(c.eigenvalues()).sum();
    assertThat(c.trace()).isCloseTo(sum, within(1e-13));
    assertThat(Matrices.kernel(c).getTrace() / N).isCloseTo(sum, within(1e-12));
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void samplesScaleWithTheRootOfTheFactor(
      @ForAll Basis basis,
      @ForAll @Size(N) List<@Scale(6) @DoubleRange(min = 0, max = 5) Double> spectrum,
      @ForAll @Scale(6) @DoubleRange(min = 0.01, max = 100) double factor,
      @ForAll long seed) {
    SpectralCovariance c = operator(basis, spectrum);
    NoiseSource noise = NoiseSource.of(seed);
    assertClose(c.times(factor).sample(noise, 2), c.sample(noise, 2).mul(Math.sqrt(factor)));
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void coupledSamplesAgreeOnThreefoldGrids(
      @ForAll Basis basis,
      @ForAll @IntRange(min = 2, max = 12) int half,
      @ForAll @Scale(3) @DoubleRange(min = 0.1, max = 3) double decay,
      @ForAll long seed) {
    // Cell centres of N points are among those of 3N; odd N has no alternating mode but the sine of
    // frequency N.
    int n = 2 * half + 1;
    Spectrum limited =
        (f, laplacian) ->
            basis.frequency(n - 1) < f[0] || f[0] >= n ? 0 : Math.pow(1 + laplacian, -decay);
    SpectralCovariance coarse = SpectralCovariance.of(basis.on(RegularGrid.unit(n)), limited);
    Grid fine = RegularGrid.unit(3 * n);
    double[] a = TestFunctions.values(coarse.sample(NoiseSource.of(seed), 1));
    double[] b = TestFunctions.values(coarse.on(fine).sample(NoiseSource.of(seed), 1));
    double[] shared = new double[n];
    Arrays.setAll(shared, i -> b[3 * i + 1]);
    assertThat(TestFunctions.distance(a, shared)).isLessThan(1e-12);
  }

  private static void assertClose(INDArray actual, INDArray expected) {
    double[] e = TestFunctions.values(expected);
    // Eigenvalues lie in [0.1, 5]: condition number 50.
    assertThat(TestFunctions.distance(TestFunctions.values(actual), e))
        .isLessThan(1e-12 * (1 + TestFunctions.max(e)));
  }
}
