package io.fdiff.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.PointSet;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.RegularGrid.Layout;
import io.fdiff.space.TestFunctions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Coefficients against complex Fourier sums and the sampling theorem (oracles A5, A9). */
class SpectralOraclesTest {

  private static double[] coefficients(SpectralTransform t, DoubleUnaryOperator f) {
    return TestFunctions.values(t.forward(TestFunctions.of(t.grid(), f)));
  }

  @ParameterizedTest
  @EnumSource(
      value = Layout.class,
      names = {"CELL", "PERIODIC"})
  void realCoefficientsAreThoseOfTheComplexTransform(Layout layout) {
    for (int n : new int[] {15, 16}) {
      Grid grid = RegularGrid.unit(layout, n);
      double[] x = TestFunctions.rough(n, n);
      double[] c = new double[n];
      FourierTransform.of(grid).forward(x, c, 1);
      double power = 0;
      for (int k = -(n - 1) / 2; k <= n / 2; k++) {
        double re = 0;
        double im = 0;
        for (int i = 0; i < n; i++) {
          double phase = -2 * Math.PI * k * grid.coordinate(i, 0);
          re += x[i] * Math.cos(phase) / n;
          im += x[i] * Math.sin(phase) / n;
        }
        power += re * re + im * im;
        if (k == 0) {
          assertThat(c[0]).isCloseTo(re, within(1e-14));
        } else if (k > 0 && 2 * k < n) {
          assertThat(c[2 * k - 1]).isCloseTo(Math.sqrt(2) * re, within(1e-14));
          assertThat(c[2 * k]).isCloseTo(-Math.sqrt(2) * im, within(1e-14));
        }
      }
      double meanSquare = Arrays.stream(x).map(v -> v * v).sum() / n;
      assertThat(power).isCloseTo(meanSquare, within(1e-13 * meanSquare));
      assertThat(Arrays.stream(c).map(v -> v * v).sum())
          .isCloseTo(meanSquare, within(1e-13 * meanSquare));
    }
  }

  @Test
  void coefficientsBelongToTheFunctionNotToTheGrid() {
    DoubleUnaryOperator f =
        p -> 1 + 2 * Math.cos(2 * Math.PI * p) - 0.5 * Math.sin(6 * Math.PI * p);
    double[] expected = {1, Math.sqrt(2), 0, 0, 0, 0, -Math.sqrt(0.125)};
    List<Grid> grids = new ArrayList<>();
    for (Layout layout : Layout.values()) {
      // Interior points carry half as many Fourier modes as points.
      for (int n : layout == Layout.INTERIOR ? new int[] {14, 33} : new int[] {9, 16, 33}) {
        grids.add(RegularGrid.unit(layout, n));
      }
    }
    grids.add(
        PointSet.of(
            Interval.UNIT,
            0,
            0.04,
            0.1,
            0.13,
            0.2,
            0.31,
            0.36,
            0.48,
            0.6,
            0.66,
            0.73,
            0.8,
            0.9,
            0.97));
    for (Grid grid : grids) {
      double[] c = coefficients(FourierTransform.of(grid), f);
      // Least squares on the scattered points lose their condition number.
      assertThat(TestFunctions.distance(Arrays.copyOf(c, 7), expected))
          .as("%s", grid)
          .isLessThan(1e-12);
      for (int k = 7; k < c.length; k++) {
        assertThat(c[k]).isCloseTo(0, within(1e-12));
      }
    }
  }

  @Test
  void coefficientsCarryTheLengthOfTheDomain() {
    // On length L: e_0 = L^{-1/2}, so the constant 1 has coefficient √L and norm² L.
    Interval side = new Interval(-1, 3);
    for (Layout layout : Layout.values()) {
      Grid grid = RegularGrid.of(List.of(side), layout, 12);
      assertThat(coefficients(FourierTransform.of(grid), p -> 1)[0]).isCloseTo(2, within(1e-13));
      double[] c =
          coefficients(FourierTransform.of(grid), p -> Math.cos(2 * Math.PI * (p + 1) / 4));
      assertThat(c[1]).isCloseTo(Math.sqrt(2), within(1e-13));
    }
  }

  @Test
  void aTrigonometricPolynomialIsRecoveredFromTwiceItsDegreePlusOneValues() {
    int degree = 5;
    double[] coefficients = TestFunctions.rough(2 * degree + 1, 3);
    for (Layout layout : List.of(Layout.PERIODIC, Layout.CELL)) {
      Grid grid = RegularGrid.unit(layout, 2 * degree + 1);
      double[] values = new double[grid.size()];
      for (int i = 0; i < values.length; i++) {
        for (int k = 0; k < coefficients.length; k++) {
          values[i] += coefficients[k] * Basis.FOURIER.value(k, grid.coordinate(i, 0));
        }
      }
      double[] c = new double[coefficients.length];
      FourierTransform.of(grid).forward(values, c, 1);
      assertThat(TestFunctions.distance(c, coefficients)).isLessThan(1e-13);
    }
  }

  @Test
  void theSineAtTheNyquistFrequencyIsLostOnItsNodes() {
    // Negative half of the sampling theorem: from N = 2K values sin 2πKp cannot be recovered.
    Grid grid = RegularGrid.unit(Layout.PERIODIC, 10);
    double[] c = coefficients(FourierTransform.of(grid), p -> Math.sin(10 * Math.PI * p));
    assertThat(TestFunctions.max(c)).isLessThan(1e-13);
    Grid centres = RegularGrid.unit(10);
    c = coefficients(FourierTransform.of(centres), p -> Math.cos(10 * Math.PI * p));
    assertThat(TestFunctions.max(c)).isLessThan(1e-13);
  }
}
