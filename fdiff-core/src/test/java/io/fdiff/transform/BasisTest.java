package io.fdiff.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.PointSet;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.RegularGrid.Layout;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BasisTest {

  @Test
  void fourierFunctionsAreOnePairAFrequency() {
    double u = 0.125;
    double[] expected = {1, 1, 1, 0, Math.sqrt(2), -1, 1};
    int[] frequency = {0, 1, 1, 2, 2, 3, 3};
    for (int j = 0; j < expected.length; j++) {
      assertThat(Basis.FOURIER.value(j, u)).isCloseTo(expected[j], within(1e-15));
      assertThat(Basis.FOURIER.frequency(j)).isEqualTo(frequency[j]);
      assertThat(Basis.FOURIER.wavenumber(j)).isEqualTo(2 * Math.PI * frequency[j]);
    }
  }

  @Test
  void cosinesAreOneAFrequency() {
    double[] expected = {1, 1, 0, -1, -Math.sqrt(2)};
    for (int j = 0; j < expected.length; j++) {
      assertThat(Basis.COSINE.value(j, 0.25)).isCloseTo(expected[j], within(1e-15));
      assertThat(Basis.COSINE.frequency(j)).isEqualTo(j);
      assertThat(Basis.COSINE.wavenumber(j)).isEqualTo(Math.PI * j);
    }
  }

  @Test
  void sinesAreOneAFrequency() {
    double[] expected = {1, Math.sqrt(2), 1, 0, -1};
    for (int j = 0; j < expected.length; j++) {
      assertThat(Basis.SINE.value(j, 0.25)).isCloseTo(expected[j], within(1e-15));
      assertThat(Basis.SINE.frequency(j)).isEqualTo(j + 1);
      assertThat(Basis.SINE.wavenumber(j)).isEqualTo(Math.PI * (j + 1));
    }
  }

  @Test
  void quarterSinesAreZeroAtTheLowerEndAndFlatAtTheUpper() {
    // √2 sin π/4 · (1, 3, 5, 7).
    double[] expected = {1, 1, -1, -1};
    for (int j = 0; j < expected.length; j++) {
      assertThat(Basis.QUARTER_SINE.value(j, 0.5)).isCloseTo(expected[j], within(1e-15));
      assertThat(Basis.QUARTER_SINE.value(j, 0)).isZero();
      assertThat(Math.abs(Basis.QUARTER_SINE.value(j, 1))).isCloseTo(Math.sqrt(2), within(1e-14));
      assertThat(Basis.QUARTER_SINE.frequency(j)).isEqualTo(j);
      assertThat(Basis.QUARTER_SINE.wavenumber(j)).isEqualTo(Math.PI * (j + 0.5));
    }
  }

  @Test
  void laplacianAddsTheAxesInUnitsOfTheDomain() {
    List<Interval> box = List.of(new Interval(0, 2), new Interval(-1, 2));
    SpectralTransform t = CosineTransform.of(RegularGrid.of(box, Layout.CELL, 4, 5));
    // Mode (3, 2): (3π/2)² + (2π/3)².
    assertThat(t.laplacian(3 * 5 + 2))
        .isCloseTo(Math.PI * Math.PI * (9.0 / 4 + 4.0 / 9), within(1e-13));
    assertThat(t.frequency(17)).containsExactly(3, 2);
    SpectralTransform f = FourierTransform.of(RegularGrid.of(box, Layout.PERIODIC, 4, 5));
    // Index (3, 2) has frequencies (2, 1): (4π/2)² + (2π/3)².
    assertThat(f.laplacian(3 * 5 + 2)).isCloseTo(Math.PI * Math.PI * (4 + 4.0 / 9), within(1e-13));
    assertThat(f.frequency(17)).containsExactly(2, 1);
  }

  @Test
  void gridsCarryAsManyModesAsTheyResolve() {
    Interval side = Interval.UNIT;
    Grid points = PointSet.of(side, 0.1, 0.2, 0.4, 0.6, 0.7);
    assertThat(FourierTransform.of(RegularGrid.unit(8, 5)).modeShape()).containsExactly(8, 5);
    assertThat(FourierTransform.of(RegularGrid.unit(Layout.PERIODIC, 8)).modes()).isEqualTo(8);
    assertThat(FourierTransform.of(RegularGrid.unit(Layout.NODE, 9)).modes()).isEqualTo(8);
    assertThat(FourierTransform.of(points).modes()).isEqualTo(2);
    assertThat(CosineTransform.of(RegularGrid.unit(8, 5)).modeShape()).containsExactly(8, 5);
    assertThat(CosineTransform.of(RegularGrid.unit(Layout.PERIODIC, 8)).modes()).isEqualTo(4);
    assertThat(CosineTransform.of(RegularGrid.unit(Layout.NODE, 9)).modes()).isEqualTo(9);
    assertThat(CosineTransform.of(points).modes()).isEqualTo(2);
    assertThat(SineTransform.of(points).modes()).isEqualTo(2);
    assertThat(QuarterSineTransform.of(points).modes()).isEqualTo(2);
  }

  @Test
  void everyPairOfBasisAndLayoutHasItsNumberOfModes() {
    // CELL, NODE, PERIODIC, INTERIOR with 9 points.
    Map<Basis, List<Integer>> expected =
        Map.of(
            Basis.FOURIER, List.of(9, 8, 9, 4),
            Basis.COSINE, List.of(9, 9, 4, 4),
            Basis.SINE, List.of(9, 7, 8, 9),
            Basis.QUARTER_SINE, List.of(9, 8, 4, 4));
    List<Layout> layouts = List.of(Layout.CELL, Layout.NODE, Layout.PERIODIC, Layout.INTERIOR);
    for (Basis basis : Basis.values()) {
      for (int l = 0; l < layouts.size(); l++) {
        Layout layout = layouts.get(l);
        SpectralTransform t = basis.on(RegularGrid.unit(layout, 9));
        assertThat(t.modes()).as("%s on %s", basis, layout).isEqualTo(expected.get(basis).get(l));
        // The pairs with half as many modes as points are those whose quadrature misses an end.
        assertThat(t.orthonormal()).as("%s on %s", basis, layout).isEqualTo(t.modes() > 4);
      }
    }
  }

  @Test
  void refusesSinesOnNodesThatAreBothEnds() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SineTransform.of(RegularGrid.unit(Layout.NODE, 5, 2)))
        .withMessageContaining("[5, 2]")
        .withMessageContaining("at least 3 nodes");
  }

  @Test
  void refusesScatteredPointsOfABoxWithoutAModeShape() {
    Grid points =
        PointSet.of(
            List.of(Interval.UNIT, Interval.UNIT),
            new double[][] {{0.1, 0.2}, {0.5, 0.9}, {0.8, 0.3}, {0.2, 0.7}},
            new double[] {0.25, 0.25, 0.25, 0.25});
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Basis.COSINE.on(points))
        .withMessageContaining("no default number of modes")
        .withMessageContaining("Basis.on(grid, modeShape)");
    assertThat(Basis.COSINE.on(points, 2, 1).modes()).isEqualTo(2);
  }

  @Test
  void refusesModesThatTheGridCannotTellApart() {
    // The two ends of the node grid are one point of the circle: 8 distinct points, 9 modes.
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Basis.FOURIER.on(RegularGrid.unit(Layout.NODE, 9), 9))
        .withMessageContaining("[9] modes cannot be told apart");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Basis.COSINE.on(RegularGrid.unit(8), 9))
        .withMessageContaining("[9] modes on 8 points");
    // The product of these is 0 in an int.
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Basis.COSINE.on(RegularGrid.unit(4, 4), 1 << 16, 1 << 16))
        .withMessageContaining("[65536, 65536] modes on 16 points");
  }

  @Test
  void refusesAModeShapeOfAnotherRank() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Basis.COSINE.on(RegularGrid.unit(8, 8), 9))
        .withMessageContaining("[9]")
        .withMessageContaining("2 axes");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Basis.COSINE.on(RegularGrid.unit(8, 8), 3, 0))
        .withMessageContaining("[3, 0]");
  }
}
