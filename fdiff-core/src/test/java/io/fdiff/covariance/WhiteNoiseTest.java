package io.fdiff.covariance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.noise.NoiseSource;
import io.fdiff.noise.Statistics;
import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.L2Space;
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

class WhiteNoiseTest {

  private static final Grid SCATTERED = PointSet.of(new Interval(0, 2), 0.1, 0.2, 0.7, 1.5, 1.6, 2);

  @Nested
  class OfFunctionSpace extends CovarianceOperatorContract {
    @Override
    CovarianceOperator create() {
      List<Interval> box = List.of(new Interval(-1, 2), new Interval(0, 0.5));
      return WhiteNoise.functionSpace(RegularGrid.of(box, Layout.NODE, 4, 3));
    }
  }

  @Nested
  class PerPointOnUnevenPoints extends CovarianceOperatorContract {
    @Override
    CovarianceOperator create() {
      return WhiteNoise.perPoint(SCATTERED);
    }
  }

  @Nested
  class Scaled extends CovarianceOperatorContract {
    @Override
    CovarianceOperator create() {
      return WhiteNoise.functionSpace(RegularGrid.unit(12)).times(0.3);
    }
  }

  @Test
  void varianceAtAPointIsTheInverseWeight() {
    // Oracle A2: 16 at each of 16 points.
    RealMatrix k = Matrices.kernel(WhiteNoise.functionSpace(RegularGrid.unit(16)));
    RealMatrix scattered = Matrices.kernel(WhiteNoise.functionSpace(SCATTERED));
    for (int i = 0; i < 16; i++) {
      for (int j = 0; j < 16; j++) {
        assertThat(k.getEntry(i, j)).isEqualTo(i == j ? 16 : 0);
      }
    }
    for (int i = 0; i < SCATTERED.size(); i++) {
      assertThat(scattered.getEntry(i, i))
          .isCloseTo(1 / SCATTERED.weight(i), within(1e-14 / SCATTERED.weight(i)));
    }
  }

  @Test
  void isTheIdentity() {
    Grid grid = RegularGrid.unit(5);
    INDArray x = TestFunctions.random(grid, 1);
    assertThat(TestFunctions.values(WhiteNoise.functionSpace(grid).apply(x)))
        .isEqualTo(TestFunctions.values(x));
    assertThat(WhiteNoise.functionSpace(grid).eigenvalue()).isEqualTo(1);
    assertThat(WhiteNoise.functionSpace(grid).spectral()).isEmpty();
  }

  @Test
  void traceGrowsWithTheGridForItIsNotTraceClass() {
    WhiteNoise white = WhiteNoise.functionSpace(RegularGrid.unit(16));
    assertThat(white.trace()).isEqualTo(16);
    assertThat(white.on(RegularGrid.unit(32)).trace()).isEqualTo(32);
    assertThat(WhiteNoise.functionSpace(RegularGrid.unit(8, 8)).trace()).isEqualTo(64);
    assertThat(white.traceClass().holds()).isFalse();
    // S(n) = n: growth exponent 1, no decay.
    assertThat(white.traceClass().partialTraces().growthExponent()).isCloseTo(1, within(1e-9));
    assertThat(white.traceClass().decayExponent()).isCloseTo(0, within(1e-9));
  }

  @Test
  void perPointHasUnitVarianceOnItsReferenceGridAndKeepsItsEigenvalueElsewhere() {
    List<Interval> box = List.of(new Interval(0, 3), new Interval(0, 2));
    WhiteNoise pixel = WhiteNoise.perPoint(RegularGrid.of(box, Layout.CELL, 4, 5));
    RealMatrix k = Matrices.kernel(pixel);
    for (int i = 0; i < 20; i++) {
      assertThat(k.getEntry(i, i)).isCloseTo(1, within(1e-14));
    }
    assertThat(pixel.eigenvalue()).isCloseTo(6 / 20.0, within(1e-15));
    assertThat(pixel.trace()).isCloseTo(6, within(1e-14));
    WhiteNoise finer = pixel.on(RegularGrid.of(box, Layout.CELL, 8, 10));
    assertThat(finer.eigenvalue()).isEqualTo(pixel.eigenvalue());
    assertThat(Matrices.kernel(finer).getEntry(7, 7)).isCloseTo(4, within(1e-13));
  }

  @Test
  void mollifiedItHasTheHeatSpectrum() {
    WhiteNoise white = WhiteNoise.functionSpace(RegularGrid.unit(16)).times(0.5);
    SpectralCovariance soft = white.mollify(0.1, Basis.COSINE.on(white.grid()));
    // Oracle A8: the multiplier of T at k = 3, squared.
    assertThat(soft.eigenvalues()[3])
        .isCloseTo(0.5 * Math.pow(0.6413806259551538, 2), within(1e-15));
    assertThat(soft.traceClass().holds()).isTrue();
    assertThat(Matrices.distance(Matrices.kernel(white.mollify(0.1)), Matrices.kernel(soft)))
        .isZero();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> white.mollify(0.1, Basis.COSINE.on(RegularGrid.unit(8))))
        .withMessageContaining("same grid");
  }

  @Test
  void pairingsWithAFunctionHaveTheSameLawOnAllGrids() {
    // ⟨η, φ⟩ ~ N(0, ‖φ‖²), ‖sin 2πp‖² = ½, on 16 and 64 points: 4000 draws, χ², rate 1e-6 each.
    double[] chi = Statistics.chiSquare(4000, 1e-6);
    for (int n : new int[] {16, 64}) {
      Grid grid = RegularGrid.unit(n);
      INDArray eta = WhiteNoise.functionSpace(grid).sample(NoiseSource.of(n), 4000);
      INDArray phi = TestFunctions.of(grid, p -> Math.sin(2 * Math.PI * p));
      double sum = 0;
      for (double v : TestFunctions.values(new L2Space(grid).inner(eta, eta.mul(0).add(phi)))) {
        sum += v * v / 0.5;
      }
      assertThat(sum).isBetween(chi[0], chi[1]);
    }
  }
}
