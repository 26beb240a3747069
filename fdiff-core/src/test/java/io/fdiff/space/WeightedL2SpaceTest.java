package io.fdiff.space;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.space.RegularGrid.Layout;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class WeightedL2SpaceTest {

  private static final List<Interval> BOX = List.of(new Interval(-1, 2), new Interval(0, 0.5));

  /** Band-limited on both axes together with the density, so that the quadrature is exact. */
  @Nested
  class OnBox extends RefinementContract {
    private HilbertSpace on(int n1, int n2) {
      return WeightedL2Space.of(
          RegularGrid.of(BOX, Layout.PERIODIC, n1, n2),
          p -> 2 + Math.cos(2 * Math.PI * p[0] / 3) * Math.sin(4 * Math.PI * p[1]));
    }

    @Override
    protected HilbertSpace space() {
      return on(8, 9);
    }

    @Override
    protected List<HilbertSpace> others() {
      return List.of(on(16, 18), on(23, 10));
    }

    // ρf² has degree 3 on both axes; f/ρ is not band-limited, f/ρ · ρf is.
    @Override
    protected double function(double... p) {
      double rho = 2 + Math.cos(2 * Math.PI * p[0] / 3) * Math.sin(4 * Math.PI * p[1]);
      return rho * Math.cos(2 * Math.PI * p[0] / 3);
    }
  }

  @Nested
  class OnScatteredPoints extends HilbertSpaceContract {
    @Override
    protected HilbertSpace space() {
      return WeightedL2Space.of(PointSet.of(new Interval(0, 2), 0.1, 0.7, 1.5), 0.25, 3, 7);
    }
  }

  @Test
  void innerProductsAreIntegralsWithTheDensity() {
    // ∫₀¹ p · p dp = 1/3, by the midpoint rule up to h²/12.
    Grid grid = RegularGrid.unit(100);
    INDArray root = TestFunctions.of(grid, Math::sqrt);
    assertThat(WeightedL2Space.of(grid, p -> p[0]).inner(root, root).getDouble(0))
        .isCloseTo(1.0 / 3 - 1e-4 / 12, within(1e-14));
  }

  @Test
  void unitDensityIsPlainL2() {
    Grid grid = PointSet.of(new Interval(0, 2), 0.1, 0.7, 1.5);
    INDArray x = TestFunctions.random(grid, 1);
    assertThat(WeightedL2Space.of(grid, p -> 1).inner(x, x))
        .isEqualTo(new L2Space(grid).inner(x, x));
  }

  @Test
  void rieszDividesByWeightAndDensity() {
    Grid grid = PointSet.of(new Interval(0, 2), 0.5, 1, 1.5);
    INDArray riesz = WeightedL2Space.of(grid, 1, 2, 4).riesz(TestFunctions.of(grid, 3, 3, 3));
    assertThat(TestFunctions.values(riesz)).containsExactly(new double[] {4, 3, 1}, within(1e-15));
  }

  @Test
  void keepsItsDensityWhenCallersChangeTheirArray() {
    Grid grid = RegularGrid.unit(2);
    double[] density = {1, 2};
    WeightedL2Space space = WeightedL2Space.of(grid, density);
    density[0] = 99;
    INDArray one = TestFunctions.of(grid, p -> 1);
    assertThat(space.inner(one, one).getDouble(0)).isEqualTo(1.5);
  }

  @Test
  void refusesDensitiesThatAreNotPositiveAndFinite() {
    Grid grid = RegularGrid.unit(2);
    for (double bad : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> WeightedL2Space.of(grid, 1, bad))
          .withMessageContaining("density " + bad + " at point 1")
          .withMessageContaining("positive and finite");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WeightedL2Space.of(grid, 1, 2, 3))
        .withMessageContaining("3 densities");
  }
}
