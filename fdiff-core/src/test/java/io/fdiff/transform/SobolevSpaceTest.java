package io.fdiff.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.space.Grid;
import io.fdiff.space.HilbertSpace;
import io.fdiff.space.HilbertSpaceContract;
import io.fdiff.space.Interval;
import io.fdiff.space.L2Space;
import io.fdiff.space.PointSet;
import io.fdiff.space.RefinementContract;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.RegularGrid.Layout;
import io.fdiff.space.TestFunctions;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class SobolevSpaceTest {

  private static final Interval SIDE = new Interval(-1, 2);
  private static final List<Interval> BOX = List.of(SIDE, new Interval(0, 0.5));

  private static double squared(HilbertSpace space, DoubleUnaryOperator f) {
    INDArray x = TestFunctions.of(space.grid(), f);
    return space.inner(x, x).getDouble(0);
  }

  @Nested
  class FirstOrderOnThePeriodicInterval extends RefinementContract {
    private HilbertSpace on(Layout layout, int n) {
      return SobolevSpace.of(FourierTransform.of(RegularGrid.of(List.of(SIDE), layout, n)), 1);
    }

    @Override
    protected HilbertSpace space() {
      return on(Layout.PERIODIC, 15);
    }

    @Override
    protected List<HilbertSpace> others() {
      return List.of(on(Layout.PERIODIC, 30), on(Layout.CELL, 16), on(Layout.CELL, 33));
    }

    @Override
    protected double function(double... p) {
      return 1 + Math.sin(4 * Math.PI * p[0] / 3) - Math.cos(2 * Math.PI * p[0] / 3);
    }
  }

  @Nested
  class NegativeOrderOfCosinesOnABox extends RefinementContract {
    private HilbertSpace on(Layout layout, int n1, int n2) {
      return SobolevSpace.of(CosineTransform.of(RegularGrid.of(BOX, layout, n1, n2)), -1.5);
    }

    @Override
    protected HilbertSpace space() {
      return on(Layout.CELL, 5, 8);
    }

    @Override
    protected List<HilbertSpace> others() {
      return List.of(on(Layout.CELL, 10, 16), on(Layout.CELL, 9, 5), on(Layout.NODE, 6, 11));
    }

    @Override
    protected double function(double... p) {
      return 0.5 + Math.cos(Math.PI * (p[0] + 1)) * Math.cos(4 * Math.PI * p[1]);
    }
  }

  @Nested
  class HalfOrderOfSinesOnABox extends RefinementContract {
    private HilbertSpace on(Layout layout, int n1, int n2) {
      return SobolevSpace.of(SineTransform.of(RegularGrid.of(BOX, layout, n1, n2)), 0.5);
    }

    @Override
    protected HilbertSpace space() {
      return on(Layout.INTERIOR, 4, 5);
    }

    @Override
    protected List<HilbertSpace> others() {
      return List.of(on(Layout.INTERIOR, 8, 11), on(Layout.CELL, 7, 4));
    }

    @Override
    protected double function(double... p) {
      return Math.sin(Math.PI * (p[0] + 1)) * Math.sin(4 * Math.PI * p[1]);
    }
  }

  @Nested
  class SecondOrderOfQuarterSines extends RefinementContract {
    private HilbertSpace on(int n) {
      return SobolevSpace.of(QuarterSineTransform.of(RegularGrid.unit(n)), 2);
    }

    @Override
    protected HilbertSpace space() {
      return on(8);
    }

    @Override
    protected List<HilbertSpace> others() {
      return List.of(on(16), on(11));
    }

    @Override
    protected double function(double... p) {
      return Math.sin(Math.PI * p[0] / 2) - 2 * Math.sin(3.5 * Math.PI * p[0]);
    }
  }

  /** One mode a point, not orthonormal under the weights. */
  @Nested
  class OnScatteredPoints extends HilbertSpaceContract {
    @Override
    protected HilbertSpace space() {
      return SobolevSpace.of(
          Basis.COSINE.on(PointSet.of(SIDE, -0.8, -0.2, 0.2, 0.9, 1.2, 1.8), 6), 0.75);
    }

    // The condition number of the fit, about 10.
    @Override
    protected double roundOff() {
      return 1e-13;
    }
  }

  @Test
  void normsOfBasisFunctionsAreTheirMultipliers() {
    // ‖√2 cos πkp‖²_s = (1 + π²k²)^s on [0, 1], and with side L: L(1 + π²k²/L²)^s.
    for (double s : new double[] {-2, -0.5, 0, 0.5, 1, 2.25}) {
      for (int k = 1; k < 5; k++) {
        double kappa = Math.PI * k;
        double unit = Math.pow(1 + kappa * kappa, s);
        double wide = 3 * Math.pow(1 + kappa * kappa / 9, s);
        SobolevSpace cosines = SobolevSpace.of(CosineTransform.of(RegularGrid.unit(12)), s);
        SobolevSpace sines =
            SobolevSpace.of(SineTransform.of(RegularGrid.unit(Layout.INTERIOR, 12)), s);
        SobolevSpace stretched =
            SobolevSpace.of(SineTransform.of(RegularGrid.of(List.of(SIDE), Layout.CELL, 12)), s);
        assertThat(2 * squared(cosines, p -> Math.cos(kappa * p)))
            .isCloseTo(unit, within(1e-12 * unit));
        assertThat(2 * squared(sines, p -> Math.sin(kappa * p)))
            .isCloseTo(unit, within(1e-12 * unit));
        assertThat(2 * squared(stretched, p -> Math.sin(kappa * (p + 1) / 3)))
            .isCloseTo(wide, within(1e-12 * wide));
      }
    }
  }

  @Test
  void firstOrderIsValuesAndDerivatives() {
    // x = 1 + 3 cos 2πp − sin 4πp: ‖x‖² = 1 + 9/2 + 1/2, ‖x′‖² = (9·4 + 16)π²/2.
    SobolevSpace space =
        SobolevSpace.of(FourierTransform.of(RegularGrid.unit(Layout.PERIODIC, 9)), 1);
    double expected = 6 + 26 * Math.PI * Math.PI;
    double actual =
        squared(space, p -> 1 + 3 * Math.cos(2 * Math.PI * p) - Math.sin(4 * Math.PI * p));
    assertThat(actual).isCloseTo(expected, within(1e-12 * expected));
  }

  @Test
  void orderZeroIsL2() {
    List<Interval> box = List.of(SIDE, Interval.UNIT);
    for (Basis basis : Basis.values()) {
      Grid grid = RegularGrid.of(box, Layout.CELL, 6, 5);
      INDArray x = TestFunctions.random(grid, 1);
      INDArray y = TestFunctions.random(grid, 2);
      SobolevSpace space = SobolevSpace.of(basis.on(grid), 0);
      L2Space plain = new L2Space(grid);
      assertThat(space.inner(x, y).getDouble(0))
          .isCloseTo(plain.inner(x, y).getDouble(0), within(1e-12));
      assertThat(
              TestFunctions.distance(
                  TestFunctions.values(space.riesz(x)), TestFunctions.values(plain.riesz(x))))
          .isLessThan(1e-11);
    }
  }

  @Test
  void rieszIsTheMultiplierOnTheGradientOfL2() {
    Grid grid = RegularGrid.of(List.of(SIDE), Layout.CELL, 12);
    INDArray x = TestFunctions.of(grid, p -> Math.cos(2 * Math.PI * (p + 1) / 3));
    double w = grid.weight(0);
    INDArray riesz = SobolevSpace.of(CosineTransform.of(grid), 1.5).riesz(x.mul(w));
    double factor = Math.pow(1 + 4 * Math.PI * Math.PI / 9, -1.5);
    assertThat(
            TestFunctions.distance(
                TestFunctions.values(riesz), TestFunctions.values(x.mul(factor))))
        .isLessThan(1e-14);
  }

  @Test
  void spectralAndDifferenceNormsOfFirstOrderAgreeInTheLimit() {
    DoubleUnaryOperator f = p -> Math.cos(Math.PI * p) + 0.25 * Math.cos(3 * Math.PI * p);
    double spectral = squared(SobolevSpace.of(CosineTransform.of(RegularGrid.unit(16)), 1), f);
    double[] error = new double[3];
    for (int r = 0; r < error.length; r++) {
      Grid grid = RegularGrid.unit(Layout.NODE, (50 << r) + 1);
      error[r] = Math.abs(squared(DifferenceSobolevSpace.of(grid), f) - spectral);
    }
    assertThat(error[0] / error[1]).isCloseTo(4, within(0.05));
    assertThat(error[1] / error[2]).isCloseTo(4, within(0.02));
  }

  @Test
  void largeOrdersSmoothTheRepresentative() {
    Grid grid = RegularGrid.unit(64);
    double[] spike = new double[64];
    spike[20] = 1;
    double[] rough = new double[3];
    for (int s = 0; s < 3; s++) {
      double[] r =
          TestFunctions.values(
              SobolevSpace.of(CosineTransform.of(grid), s).riesz(TestFunctions.of(grid, spike)));
      rough[s] = Arrays.stream(r).max().orElseThrow();
    }
    // L² has the spike N; H¹ its Green function, cosh 20.5h cosh 43.5h / sinh 1 at the point,
    // within the O(h) kink that 64 modes resolve; H² less.
    double p = 20.5 / 64;
    assertThat(rough[0]).isCloseTo(64, within(1e-10));
    assertThat(rough[1])
        .isCloseTo(Math.cosh(p) * Math.cosh(1 - p) / Math.sinh(1), within(1.0 / 64));
    assertThat(rough[2]).isLessThan(rough[1]);
  }

  @Test
  void onAnotherGridItIsTheSameSpace() {
    SobolevSpace space = SobolevSpace.of(CosineTransform.of(RegularGrid.unit(8)), 1.25);
    SobolevSpace fine = space.on(RegularGrid.unit(24));
    assertThat(fine.order()).isEqualTo(1.25);
    assertThat(fine.transform().basis()).isEqualTo(Basis.COSINE);
    assertThat(squared(fine, p -> Math.cos(3 * Math.PI * p)))
        .isCloseTo(squared(space, p -> Math.cos(3 * Math.PI * p)), within(1e-11));
    assertThat(space.on(RegularGrid.unit(8))).isSameAs(space);
  }

  @Test
  void refusesOrdersThatAreNotFiniteOrOverflow() {
    SpectralTransform t = CosineTransform.of(RegularGrid.unit(64));
    for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> SobolevSpace.of(t, bad))
          .withMessageContaining("order " + bad)
          .withMessageContaining("finite");
    }
    for (double bad : new double[] {500, -500}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> SobolevSpace.of(t, bad))
          .withMessageContaining("order " + bad)
          .withMessageContaining("nearer to 0");
    }
  }

  @Test
  void refusesFewerModesThanPoints() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SobolevSpace.of(Basis.COSINE.on(RegularGrid.unit(8), 7), 1))
        .withMessageContaining("[7] modes")
        .withMessageContaining("one mode a point");
  }
}
