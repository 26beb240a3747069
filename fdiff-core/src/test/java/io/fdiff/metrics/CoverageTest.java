package io.fdiff.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.data.FunctionDataset;
import io.fdiff.noise.NoiseSource;
import io.fdiff.noise.Statistics;
import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.PointSet;
import io.fdiff.space.RegularGrid;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CoverageTest {

  private static List<FunctionDataset> ensembles(Grid grid, int cases, int m, double factor) {
    List<FunctionDataset> ensembles = new ArrayList<>();
    for (int k = 0; k < cases; k++) {
      FunctionDataset z = Curves.normal(grid, 1, m, NoiseSource.of(11).withStep(k));
      ensembles.add(z.withValues(z.values().muli(factor)));
    }
    return ensembles;
  }

  @Test
  void pointwiseByHand() {
    Grid grid = PointSet.of(new Interval(0, 4), 0, 2, 3);
    // 4 members 0..3; level 0.6 leaves j = 1, the whole range, nominal 3/5.
    FunctionDataset members =
        Curves.of(
            grid,
            new double[] {3, 0, 0},
            new double[] {0, 1, 1},
            new double[] {2, 2, 2},
            new double[] {1, 3, 3});
    FunctionDataset truths = Curves.of(grid, new double[] {3.5, 1, 3}, new double[] {0, -1, 4});
    Coverage coverage = Coverage.pointwise(List.of(members, members), truths, 0.6);
    assertThat(coverage.nominal()).isCloseTo(0.6, within(1e-15));
    assertThat(coverage.rate().value()).isCloseTo((3 / 4.0 + 1 / 4.0) / 2, within(1e-15));
    // Asked for 0.5, j = 2 holds the two inner members: nominal 1/5, not above the level.
    assertThat(Coverage.pointwise(List.of(members, members), truths, 0.5).nominal())
        .isCloseTo(0.2, within(1e-15));
  }

  /**
   * Truth and members of one law are exchangeable: the rate has the nominal mean. Pointwise 800
   * cases of 6 independent points; simultaneous 800 trials. |z| < 4.7534 (2e-6) each.
   */
  @Test
  void exchangeableTruthsAreCoveredAtTheNominalRate() {
    int cases = 800;
    Grid grid = RegularGrid.unit(6);
    FunctionDataset truths = Curves.normal(grid, 1, cases, NoiseSource.of(12));
    List<FunctionDataset> ensembles = ensembles(grid, cases, 19, 1);
    Coverage points = Coverage.pointwise(ensembles, truths, 0.9);
    assertThat(points.nominal()).isCloseTo(0.9, within(1e-15));
    double z = Statistics.normal(2e-6);
    double error = Math.sqrt(0.9 * 0.1 / (6 * cases));
    assertThat(points.rate().value()).isCloseTo(0.9, within(z * error));
    Coverage whole = Coverage.simultaneous(ensembles, truths, 0.9);
    assertThat(whole.nominal()).isCloseTo(0.9, within(1e-15));
    assertThat(whole.rate().value()).isCloseTo(0.9, within(z * Math.sqrt(0.09 / cases)));
    assertThat(whole.rate().contains(whole.rate().value())).isTrue();
    // Half the spread is found out by both: P(|z| < 0.82) is about 0.6.
    List<FunctionDataset> narrow = ensembles(grid, cases, 19, 0.5);
    assertThat(Coverage.pointwise(narrow, truths, 0.9).rate().upper()).isLessThan(0.75);
    assertThat(Coverage.simultaneous(narrow, truths, 0.9).rate().upper()).isLessThan(0.6);
  }

  @Test
  void refusesWhatItCannotCover() {
    Grid grid = RegularGrid.unit(3);
    FunctionDataset truths = Curves.normal(grid, 1, 2, NoiseSource.of(1));
    List<FunctionDataset> ensembles = ensembles(grid, 2, 2, 1);
    for (double bad : new double[] {0, 1, Double.NaN}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Coverage.pointwise(ensembles, truths, bad))
          .withMessageContaining("level " + bad);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Coverage.pointwise(ensembles, truths, 0.2))
        .withMessageContaining("2 members have no coverage of level 0.2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Coverage.simultaneous(ensembles, truths, 0.2))
        .withMessageContaining("2 members");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Coverage.pointwise(ensembles, truths.subset(0), 0.5))
        .withMessageContaining("2 ensembles for 1 truths");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                Coverage.pointwise(
                    List.of(ensembles.get(0), ensembles.get(1).subset(0)), truths, 0.5))
        .withMessageContaining("2 and 1 members");
  }
}
