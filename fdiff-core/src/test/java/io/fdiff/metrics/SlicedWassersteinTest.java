package io.fdiff.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.covariance.WhiteNoise;
import io.fdiff.data.FunctionDataset;
import io.fdiff.noise.NoiseSource;
import io.fdiff.noise.Statistics;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import org.junit.jupiter.api.Test;

class SlicedWassersteinTest {

  /**
   * A shift by h gives {@code E⟨φ, h⟩² = ‖h‖²/d} with isotropic directions: {@code d⟨φ, h⟩²/‖h‖²}
   * is {@code d} times a Beta(½, (d − 1)/2) variable, of variance {@code 2(d − 1)/(d + 2)}. 20 000
   * directions, |z| < 4.7534 (2e-6).
   */
  @Test
  void shiftByIsotropicDirections() {
    Grid grid = RegularGrid.unit(5);
    FunctionDataset x = Curves.normal(grid, 2, 3, NoiseSource.of(1));
    FunctionDataset h = Curves.normal(grid, 2, 1, NoiseSource.of(2));
    FunctionDataset y = x.withValues(x.values().addi(h.values().broadcast(3, 2, 5)));
    double square = 0;
    for (double v : h.toDoubles()) {
      square += v * v / 5;
    }
    int count = 20_000;
    double actual =
        SlicedWasserstein.of(WhiteNoise.functionSpace(grid), count, NoiseSource.of(3))
            .squared(x, y);
    double deviation = Math.sqrt(2 * 9 / 12.0 / count);
    assertThat(actual * 10 / square).isCloseTo(1, within(Statistics.normal(2e-6) * deviation));
  }

  /** Quantile functions of sets of different size, by hand: levels 1/3, 1/2, 2/3. */
  @Test
  void distanceOnTheLine() {
    assertThat(SlicedWasserstein.distance(new double[] {3, 0}, new double[] {1, 0, 5}))
        .isCloseTo((0 + 0.5 * 1 + 0.5 * 4 + 4) / 3, within(1e-14));
    assertThat(SlicedWasserstein.distance(new double[] {1, 2}, new double[] {2, 1, 1, 2}))
        .isEqualTo(0);
    assertThat(SlicedWasserstein.distance(new double[] {1}, new double[] {3, 4}))
        .isCloseTo((4 + 9) / 2.0, within(1e-14));
  }

  /**
   * Scaling by 2 of a set of functions ±z: {@code W_2²} of every direction is its second moment.
   */
  @Test
  void scalingAndTheAgreementOfResampledWithSquared() {
    Grid grid = RegularGrid.unit(4, 3);
    FunctionDataset x = Curves.normal(grid, 1, 20, NoiseSource.of(4));
    FunctionDataset twice = x.withValues(x.values().muli(2));
    SlicedWasserstein metric = SlicedWasserstein.withDefaults(grid, NoiseSource.of(5));
    FunctionDataset zero = x.withValues(x.values().muli(0));
    // W_2²(P, 2P) = E p² = W_2²(P, 0) for every direction.
    assertThat(metric.squared(x, twice)).isCloseTo(metric.squared(x, zero), within(1e-13));
    assertThat(metric.squared(x, zero)).isGreaterThan(1e-3);
    int[] first = {4, 4, 7};
    int[] second = {1, 0, 9, 9};
    assertThat(metric.resampled(x, twice).values(first, second)[0])
        .isCloseTo(metric.squared(x.subset(first), twice.subset(second)), within(1e-13));
  }

  @Test
  void refusesBadArguments() {
    Grid grid = RegularGrid.unit(4);
    FunctionDataset x = Curves.normal(grid, 1, 3, NoiseSource.of(1));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> SlicedWasserstein.of(WhiteNoise.functionSpace(grid), 0, NoiseSource.of(3)))
        .withMessageContaining("0 directions");
    SlicedWasserstein other =
        SlicedWasserstein.withDefaults(RegularGrid.unit(8), NoiseSource.of(3));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> other.squared(x, x))
        .withMessageContaining("on the grid of the functions");
  }
}
