package io.fdiff.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.PointSet;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.RegularGrid.Layout;
import io.fdiff.space.TestFunctions;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class ResamplingTest {

  private static double wave(double p) {
    return 0.5 - Math.cos(2 * Math.PI * p) + 2 * Math.sin(4 * Math.PI * p);
  }

  private static double slopeless(double p) {
    return 0.5 - Math.cos(Math.PI * p) + 2 * Math.cos(4 * Math.PI * p);
  }

  private static double error(Basis basis, Grid from, Grid to, DoubleUnaryOperator function) {
    INDArray there =
        Resampling.spectral(TestFunctions.of(from, function), basis.on(from), basis.on(to));
    return TestFunctions.distance(
        TestFunctions.values(there), TestFunctions.values(TestFunctions.of(to, function)));
  }

  @Test
  void carriesBandLimitedFunctionsExactlyBetweenAllGrids() {
    List<Grid> grids =
        List.of(
            RegularGrid.unit(Layout.PERIODIC, 7),
            RegularGrid.unit(Layout.PERIODIC, 16),
            RegularGrid.unit(8),
            RegularGrid.unit(33),
            RegularGrid.unit(Layout.NODE, 9),
            RegularGrid.unit(Layout.NODE, 14));
    for (Grid from : grids) {
      for (Grid to : grids) {
        assertThat(error(Basis.FOURIER, from, to, ResamplingTest::wave))
            .as("Fourier from %s to %s", from, to)
            .isLessThan(1e-12);
      }
    }
    for (Grid from : grids.subList(2, 6)) {
      for (Grid to : grids.subList(2, 6)) {
        assertThat(error(Basis.COSINE, from, to, ResamplingTest::slopeless))
            .as("cosine from %s to %s", from, to)
            .isLessThan(1e-12);
      }
    }
  }

  @Test
  void carriesTheTopCosineOfANodeGrid() {
    // On 5 nodes cos 4πp is the alternating top mode, of discrete norm 1 and continuous norm √½.
    Grid nodes = RegularGrid.unit(Layout.NODE, 5);
    assertThat(
            error(Basis.COSINE, nodes, RegularGrid.unit(Layout.NODE, 9), ResamplingTest::slopeless))
        .isLessThan(1e-13);
    assertThat(error(Basis.COSINE, nodes, RegularGrid.unit(16), ResamplingTest::slopeless))
        .isLessThan(1e-13);
    assertThat(error(Basis.COSINE, RegularGrid.unit(16), nodes, ResamplingTest::slopeless))
        .isLessThan(1e-13);
    assertThat(error(Basis.COSINE, nodes, nodes, ResamplingTest::slopeless)).isLessThan(1e-13);
  }

  @Test
  void carriesSinesExactlyBetweenAllGrids() {
    DoubleUnaryOperator sines = p -> Math.sin(Math.PI * p) - 2 * Math.sin(5 * Math.PI * p);
    // On 5 cells sin 5πp is the alternating top mode, of discrete norm 1 and continuous norm √½.
    List<Grid> grids =
        List.of(
            RegularGrid.unit(5),
            RegularGrid.unit(6),
            RegularGrid.unit(17),
            RegularGrid.unit(Layout.INTERIOR, 5),
            RegularGrid.unit(Layout.INTERIOR, 12),
            RegularGrid.unit(Layout.NODE, 7),
            RegularGrid.unit(Layout.PERIODIC, 6));
    for (Grid from : grids) {
      for (Grid to : grids) {
        assertThat(error(Basis.SINE, from, to, sines))
            .as("from %s to %s", from, to)
            .isLessThan(1e-12);
      }
    }
    DoubleUnaryOperator quarters =
        p -> Math.sin(0.5 * Math.PI * p) - 2 * Math.sin(4.5 * Math.PI * p);
    List<Grid> free =
        List.of(RegularGrid.unit(5), RegularGrid.unit(12), RegularGrid.unit(Layout.NODE, 6));
    for (Grid from : free) {
      for (Grid to : free) {
        assertThat(error(Basis.QUARTER_SINE, from, to, quarters))
            .as("from %s to %s", from, to)
            .isLessThan(1e-12);
      }
    }
  }

  @Test
  void evaluationAgreesWithTheTransformOfTheTarget() {
    for (Basis basis : Basis.values()) {
      SpectralTransform from = basis.on(RegularGrid.unit(7, 5));
      SpectralTransform to = basis.on(RegularGrid.unit(9, 8));
      INDArray x = TestFunctions.random(from.grid(), DataType.DOUBLE, 2, 3, 1);
      INDArray expected = Resampling.spectral(x, from, to);
      INDArray actual = Resampling.evaluate(x, from, to.grid());
      assertThat(actual.shape()).containsExactly(2, 3, 9, 8);
      assertThat(
              TestFunctions.distance(TestFunctions.values(actual), TestFunctions.values(expected)))
          .as("%s", basis)
          .isLessThan(1e-12);
    }
  }

  @Test
  void carriesAllModesOfATransformWithFewerModesThanPoints() {
    // Four modes on 16 points: the last, cos 4πp, is resolved and no alternating mode.
    SpectralTransform from = Basis.FOURIER.on(RegularGrid.unit(16), 4);
    Grid fine = RegularGrid.unit(32);
    DoubleUnaryOperator f = p -> 1 + Math.cos(4 * Math.PI * p);
    INDArray there =
        Resampling.spectral(TestFunctions.of(from.grid(), f), from, FourierTransform.of(fine));
    assertThat(
            TestFunctions.distance(
                TestFunctions.values(there), TestFunctions.values(TestFunctions.of(fine, f))))
        .isLessThan(1e-13);
    Grid scattered = PointSet.of(Interval.UNIT, 0.02, 0.17, 0.31, 0.4, 0.55, 0.69, 0.83, 0.96);
    assertThat(error(Basis.FOURIER, scattered, fine, f)).isLessThan(1e-12);
  }

  @Test
  void dropsTheAlternatingModeOfAnEvenFourierGrid() {
    DoubleUnaryOperator top = p -> Math.cos(8 * Math.PI * p);
    Grid periodic = RegularGrid.unit(Layout.PERIODIC, 8);
    for (Grid to :
        List.of(RegularGrid.unit(Layout.PERIODIC, 16), RegularGrid.unit(12), RegularGrid.unit(8))) {
      INDArray there =
          Resampling.spectral(
              TestFunctions.of(periodic, top),
              FourierTransform.of(periodic),
              FourierTransform.of(to));
      assertThat(TestFunctions.max(TestFunctions.values(there))).as("%s", to).isLessThan(1e-13);
    }
  }

  @Test
  void doesNotTurnAFunctionIntoAnAlternatingMode() {
    // cos 8πp is 0 at 8 cell centres, whose alternating mode is a sine.
    DoubleUnaryOperator cosine = p -> Math.cos(8 * Math.PI * p);
    Grid fine = RegularGrid.unit(32);
    INDArray there =
        Resampling.spectral(
            TestFunctions.of(fine, cosine),
            FourierTransform.of(fine),
            FourierTransform.of(RegularGrid.unit(8)));
    assertThat(TestFunctions.max(TestFunctions.values(there))).isLessThan(1e-13);
  }

  @Test
  void projectsOntoTheModesOfACoarseGrid() {
    Grid fine = RegularGrid.unit(32);
    Grid coarse = RegularGrid.unit(4);
    INDArray there =
        Resampling.spectral(
            TestFunctions.of(fine, p -> Math.cos(Math.PI * p) + Math.cos(9 * Math.PI * p)),
            CosineTransform.of(fine),
            CosineTransform.of(coarse));
    INDArray expected = TestFunctions.of(coarse, p -> Math.cos(Math.PI * p));
    assertThat(TestFunctions.distance(TestFunctions.values(there), TestFunctions.values(expected)))
        .isLessThan(1e-13);
  }

  @Test
  void onItsOwnGridItIsTheIdentity() {
    for (int n : new int[] {8, 9}) {
      Grid grid = RegularGrid.unit(n, n + 1);
      INDArray x = TestFunctions.random(grid, DataType.DOUBLE, 2, 3, n);
      for (Basis basis : Basis.values()) {
        INDArray y = Resampling.spectral(x, basis.on(grid), basis.on(grid));
        assertThat(y.shape()).containsExactly(2, 3, n, n + 1);
        assertThat(TestFunctions.distance(TestFunctions.values(y), TestFunctions.values(x)))
            .isLessThan(1e-13);
      }
    }
  }

  @Test
  void carriesBoxesAxisByAxisAndKeepsTheType() {
    List<Interval> box = List.of(new Interval(0, 2), new Interval(-1, 0));
    Grid from = RegularGrid.of(box, Layout.CELL, 9, 16);
    Grid to = RegularGrid.of(box, Layout.CELL, 16, 11);
    DoubleBinaryOperator f = (p, q) -> Math.cos(Math.PI * p) * Math.sin(4 * Math.PI * q) + 1;
    INDArray x = TestFunctions.of(from, f).castTo(DataType.FLOAT);
    INDArray y = Resampling.spectral(x, FourierTransform.of(from), FourierTransform.of(to));
    assertThat(y.dataType()).isEqualTo(DataType.FLOAT);
    assertThat(
            TestFunctions.distance(
                TestFunctions.values(y), TestFunctions.values(TestFunctions.of(to, f))))
        .isLessThan(1e-6);
  }

  @Test
  void refusesAnotherBasisOrDomain() {
    Grid grid = RegularGrid.unit(8);
    Grid other = RegularGrid.of(List.of(new Interval(0, 2)), Layout.CELL, 8);
    INDArray x = TestFunctions.random(grid, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> Resampling.spectral(x, FourierTransform.of(grid), CosineTransform.of(grid)))
        .withMessageContaining("FOURIER")
        .withMessageContaining("COSINE")
        .withMessageContaining("must agree");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> Resampling.spectral(x, FourierTransform.of(grid), FourierTransform.of(other)))
        .withMessageContaining("must agree");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                Resampling.spectral(
                    TestFunctions.random(RegularGrid.unit(9), 1),
                    FourierTransform.of(grid),
                    FourierTransform.of(grid)))
        .withMessageContaining("[1, 1, 9]");
  }
}
