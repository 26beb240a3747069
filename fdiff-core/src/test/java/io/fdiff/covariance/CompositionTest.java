package io.fdiff.covariance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.kernel.Matern;
import io.fdiff.kernel.SquaredExponential;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.PointSet;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.RegularGrid.Layout;
import io.fdiff.space.TestFunctions;
import io.fdiff.transform.Basis;
import java.util.List;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Sums, multiples, powers and mollified forms of operators. */
class CompositionTest {

  private static final Grid NODES = RegularGrid.unit(Layout.NODE, 9);

  private static KernelCovariance exponential(Grid grid) {
    return KernelCovariance.of(grid, Matern.exponential(1, 0.3));
  }

  private static SpectralCovariance bessel(Grid grid) {
    return SpectralCovariance.of(
        Basis.COSINE.on(grid), Spectrum.bessel(3, 1, 2).times(Spectrum.bandLimit(6)));
  }

  @Nested
  class SumOfKernelAndSpectrum extends TraceClassContract {
    @Override
    CovarianceOperator create() {
      return exponential(NODES).plus(bessel(NODES));
    }

    @Override
    Grid other() {
      return RegularGrid.unit(Layout.NODE, 17);
    }
  }

  @Nested
  class SumOnScatteredPoints extends TraceClassContract {
    @Override
    CovarianceOperator create() {
      Grid points = PointSet.of(new Interval(0, 2), 0.1, 0.2, 0.7, 1.5, 1.6, 2);
      return exponential(points)
          .plus(KernelCovariance.of(points, new Matern(1.3, 0.5, 0.9)))
          .times(3);
    }

    @Override
    Grid other() {
      return PointSet.of(new Interval(0, 2), 0, 0.2, 0.5, 0.7, 0.9, 1.5, 1.6);
    }
  }

  @Nested
  class PowerOfAKernel extends CovarianceOperatorContract {
    @Override
    CovarianceOperator create() {
      return exponential(NODES).power(1.5);
    }
  }

  @Nested
  class ScaledPower extends CovarianceOperatorContract {
    @Override
    CovarianceOperator create() {
      return exponential(NODES).power(0.5).times(0.2).times(3);
    }
  }

  @Nested
  class MollifiedKernelOnABox extends CovarianceOperatorContract {
    private final List<Interval> box = List.of(new Interval(-1, 2), new Interval(0, 0.5));

    @Override
    CovarianceOperator create() {
      Grid grid = RegularGrid.of(box, Layout.CELL, 5, 4);
      return KernelCovariance.of(grid, new Matern(1.5, 1, 0.5)).mollify(0.15);
    }

    @Override
    double inverseAccuracy() {
      return 1e-7;
    }
  }

  @Test
  void spectralOperatorsStaySpectral() {
    Grid grid = RegularGrid.unit(8, 6);
    SpectralCovariance a = SpectralCovariance.of(Basis.COSINE.on(grid), Spectrum.bessel(2, 1.5, 1));
    SpectralCovariance b = SpectralCovariance.of(Basis.COSINE.on(grid), Spectrum.heat(0.2));
    RealMatrix ka = Matrices.kernel(a);
    RealMatrix kb = Matrices.kernel(b);
    CovarianceOperator sum = a.plus(b);
    assertThat(sum.spectral()).isPresent();
    assertThat(Matrices.distance(Matrices.kernel(sum), ka.add(kb))).isLessThan(1e-13);
    CovarianceOperator power = a.power(2);
    assertThat(power.spectral()).isPresent();
    // C² = K W K W.
    RealMatrix c = Matrices.of(grid, a::apply);
    assertThat(Matrices.distance(Matrices.of(grid, power::apply), c.multiply(c))).isLessThan(1e-14);
    CovarianceOperator soft = a.mollify(0.2);
    assertThat(soft.spectral()).isPresent();
    double[] lambda = a.eigenvalues();
    double[] blurred = soft.spectral().orElseThrow().eigenvalues();
    for (int k = 0; k < lambda.length; k++) {
      double expected = lambda[k] * Math.exp(-0.04 * a.transform().laplacian(k));
      assertThat(blurred[k]).isCloseTo(expected, within(1e-16 + 1e-14 * expected));
    }
    assertThat(a.plus(SpectralCovariance.of(Basis.FOURIER.on(grid), Spectrum.heat(1))).spectral())
        .isEmpty();
  }

  @Test
  void otherBasesAreCongruences() {
    // T C T of a Fourier operator with the Neumann T, against matrices.
    Grid grid = RegularGrid.unit(10);
    SpectralCovariance c = SpectralCovariance.of(Basis.FOURIER.on(grid), Spectrum.bessel(4, 1, 1));
    SpectralCovariance heat = SpectralCovariance.of(Basis.COSINE.on(grid), Spectrum.heat(0.1));
    RealMatrix t = Matrices.of(grid, heat::applySqrt); // e^{−σ²κ²/2}
    RealMatrix expected = t.multiply(Matrices.of(grid, c::apply)).multiply(t);
    CovarianceOperator soft = c.mollify(0.1, Basis.COSINE.on(grid));
    assertThat(soft.spectral()).isEmpty();
    assertThat(Matrices.distance(Matrices.of(grid, soft::apply), expected)).isLessThan(1e-15);
    assertThat(soft.traceClass().holds()).isTrue();
    // A semigroup: blurring twice is blurring by the hypotenuse.
    CovarianceOperator twice =
        c.mollify(0.06, Basis.COSINE.on(grid)).mollify(0.08, Basis.COSINE.on(grid));
    assertThat(Matrices.distance(Matrices.of(grid, twice::apply), expected)).isLessThan(1e-15);
  }

  @Test
  void partsOfASumAreIndependent() {
    // Were the parts drawn from one stream, C + C would have the law of 4C.
    KernelCovariance c = exponential(NODES);
    CovarianceOperator sum = c.plus(c);
    SampleLaw.assertCovariance(sum, Matrices.kernel(c).scalarMultiply(2));
    NoiseSource noise = NoiseSource.of(4);
    double[] x = TestFunctions.values(sum.sample(noise, 2));
    double[] first = TestFunctions.values(c.sample(noise.withStream(1), 2));
    double[] second = TestFunctions.values(c.sample(noise.withStream(2), 2));
    for (int i = 0; i < x.length; i++) {
      assertThat(x[i]).isEqualTo(first[i] + second[i]);
    }
  }

  @Test
  void mollifiedOperatorsGoToOtherGrids() {
    // T is a quadrature: traces converge as N⁻², so differences of doublings have the ratio 4.
    CovarianceOperator c =
        KernelCovariance.of(RegularGrid.unit(20), new SquaredExponential(1, 0.2)).mollify(0.1);
    double[] trace = new double[3];
    for (int r = 0; r < 3; r++) {
      CovarianceOperator there = c.on(RegularGrid.unit(20 << r));
      assertThat(there.grid().size()).isEqualTo(20 << r);
      trace[r] = there.trace();
    }
    assertThat((trace[1] - trace[0]) / (trace[2] - trace[1])).isCloseTo(4, within(0.2));
  }

  @Test
  void powersOfPowersMultiply() {
    KernelCovariance c = exponential(NODES);
    INDArray x = TestFunctions.random(NODES, 2);
    double[] expected = TestFunctions.values(c.applyPower(x, 0.75));
    double[] twice = TestFunctions.values(c.power(1.5).power(0.5).apply(x));
    assertThat(TestFunctions.distance(twice, expected))
        .isLessThan(1e-14 * TestFunctions.max(expected));
    assertThat(c.power(2).on(RegularGrid.unit(7)).grid()).isEqualTo(RegularGrid.unit(7));
    // The trace of C² is Σ λ² = tr (W^{1/2}KW^{1/2})².
    RealMatrix s = Matrices.of(NODES, c::apply);
    assertThat(c.power(2).trace()).isCloseTo(s.multiply(s).getTrace(), within(1e-13));
  }

  @Test
  void combinationsThatDoNotFitAreRefused() {
    KernelCovariance c = exponential(NODES);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> c.plus(exponential(RegularGrid.unit(9))))
        .withMessageContaining("one grid");
    for (double bad : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> c.mollify(bad))
          .withMessageContaining("width " + bad);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> c.power(bad))
          .withMessageContaining("exponent " + bad);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> c.mollify(0.1, Basis.COSINE.on(RegularGrid.unit(9))))
        .withMessageContaining("grid of the operator");
    Grid points = PointSet.of(Interval.UNIT, 0.1, 0.4, 0.5, 0.9);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> exponential(points).mollify(0.1))
        .withMessageContaining("give its transform");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> exponential(points).mollify(0.1, Basis.COSINE.on(points)))
        .withMessageContaining("not orthonormal");
  }
}
