package io.fdiff.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.data.FunctionDataset;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.PointSet;
import io.fdiff.space.RegularGrid;
import org.junit.jupiter.api.Test;

class FunctionalErrorsTest {

  @Test
  void equalSetsHaveNoError() {
    FunctionDataset data = Curves.normal(RegularGrid.unit(9), 2, 5, NoiseSource.of(1));
    assertThat(FunctionalErrors.between(data, data)).isEqualTo(new FunctionalErrors(0, 0, 0, 0, 0));
  }

  @Test
  void shiftMovesTheMeanAndScaleTheVariance() {
    FunctionDataset data = Curves.normal(RegularGrid.unit(9), 2, 5, NoiseSource.of(1));
    FunctionalErrors shifted =
        FunctionalErrors.between(data.withValues(data.values().addi(3)), data);
    assertThat(shifted.meanMse()).isCloseTo(9, within(1e-12));
    assertThat(shifted.varianceRelError()).isCloseTo(0, within(1e-12));
    assertThat(shifted.autocorrelationMse()).isCloseTo(0, within(1e-12));
    FunctionalErrors scaled =
        FunctionalErrors.between(data.withValues(data.values().muli(2)), data);
    assertThat(scaled.varianceRelError()).isCloseTo(3, within(1e-12));
    assertThat(scaled.autocorrelationMse()).isCloseTo(0, within(1e-12));
  }

  /** Weights 1, 1.5, 1.5 of a domain of length 4, not the number of points. */
  @Test
  void integralsAreQuadratures() {
    Grid grid = PointSet.of(new Interval(0, 4), 0, 2, 3);
    FunctionDataset reference = Curves.of(grid, new double[] {-1, -2, -1}, new double[] {1, 2, 1});
    FunctionDataset generated = Curves.of(grid, new double[] {0, 0, 0}, new double[] {2, 2, 4});
    FunctionalErrors errors = FunctionalErrors.between(generated, reference);
    // Means (1, 1, 2) and 0; variances (2, 2, 8) and (2, 8, 2).
    assertThat(errors.meanMse()).isCloseTo((1 + 1.5 + 1.5 * 4) / 4, within(1e-14));
    assertThat(errors.varianceRelError())
        .isCloseTo(Math.sqrt((1.5 * 36 + 1.5 * 36) / (4 + 1.5 * 64 + 1.5 * 4)), within(1e-14));
  }

  @Test
  void autocorrelationIsComparedUpToHalfTheLength() {
    // N = 4, lags 1 and 2. Reference: all points equal, r = 1. Generated: signs + − + −, so r(1) =
    // −1 and r(2) = 1; lag 3, which differs too, is left out.
    Grid grid = RegularGrid.unit(4);
    FunctionDataset reference =
        Curves.of(grid, new double[] {1, 1, 1, 1}, new double[] {-1, -1, -1, -1});
    FunctionDataset generated =
        Curves.of(grid, new double[] {1, -1, 1, -1}, new double[] {-1, 1, -1, 1});
    assertThat(FunctionalErrors.between(generated, reference).autocorrelationMse())
        .isCloseTo((4 + 0) / 2.0, within(1e-14));
  }

  @Test
  void generatedFunctionsThatAreAllEqualHaveNoAutocorrelation() {
    FunctionDataset reference = Curves.normal(RegularGrid.unit(4), 1, 5, NoiseSource.of(1));
    FunctionDataset equal = reference.subset(2, 2, 2);
    FunctionalErrors errors = FunctionalErrors.between(equal, reference);
    assertThat(errors.varianceRelError()).isCloseTo(1, within(1e-14));
    assertThat(errors.autocorrelationMse()).isNaN();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FunctionalErrors.between(reference, equal))
        .withMessageContaining("variance 0");
  }

  @Test
  void refusesOtherSpaces() {
    FunctionDataset coarse = Curves.normal(RegularGrid.unit(4), 1, 3, NoiseSource.of(1));
    FunctionDataset fine = Curves.normal(RegularGrid.unit(8), 1, 3, NoiseSource.of(1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FunctionalErrors.between(fine, coarse))
        .withMessageContaining("[8]")
        .withMessageContaining("[4]")
        .withMessageContaining("same grid");
  }
}
