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

class DensityErrorTest {

  private static double kernel(double d, double h) {
    return Math.exp(-0.5 * d * d / (h * h)) / (h * Math.sqrt(2 * Math.PI));
  }

  /** The recurrence against the sum of exponentials, values beyond the grid included. */
  @Test
  void densityIsTheWeightedSumOfKernels() {
    Grid grid = PointSet.of(new Interval(0, 4), 0, 2, 3);
    FunctionDataset x = Curves.of(grid, new double[] {0.3, -1.7, 0.31}, new double[] {5, 9, -3});
    double[] w = {1 / 8.0, 1.5 / 8, 1.5 / 8, 1 / 8.0, 1.5 / 8, 1.5 / 8};
    double[] values = x.toDoubles();
    for (double h : new double[] {0.02, 0.4, 3}) {
      DensityError error = DensityError.of(-2, 6, 101, h);
      double[] v = error.values();
      double[] p = error.density(x);
      for (int j = 0; j < v.length; j++) {
        double expected = 0;
        for (int i = 0; i < values.length; i++) {
          expected += w[i] * kernel(v[j] - values[i], h);
        }
        assertThat(p[j]).isCloseTo(expected, within(1e-14 / h));
      }
    }
  }

  @Test
  void errorsByHand() {
    Grid grid = RegularGrid.unit(2);
    FunctionDataset x = Curves.of(grid, new double[] {0, 1});
    FunctionDataset y = Curves.of(grid, new double[] {1, 0});
    DensityError error = DensityError.of(0, 1, 2, 0.5);
    // Pooled the same values, at each point different ones.
    assertThat(error.pooled(x, y)).isCloseTo(0, within(1e-30));
    double d = kernel(0, 0.5) - kernel(1, 0.5);
    assertThat(error.perPoint(x, y)).isCloseTo(d * d, within(1e-14));
  }

  @Test
  void defaultsIntegrateToOneAndDoNotCountPointsAsFunctions() {
    FunctionDataset x = Curves.normal(RegularGrid.unit(8), 1, 50, NoiseSource.of(3));
    DensityError error = DensityError.withDefaults(x);
    double[] v = error.values();
    double sum = 0;
    for (double p : error.density(x)) {
      sum += p * (v[1] - v[0]);
    }
    // Three bandwidths beyond the outermost values: nothing to speak of is cut off.
    assertThat(sum).isCloseTo(1, within(1e-3));
    assertThat(v).hasSize(256);
    // 0.9 · 50^{−1/5} · min(s, IQR/1.34), both 1 up to 10 %.
    assertThat(error.bandwidth()).isBetween(0.9 * 0.9 * 0.457, 1.1 * 0.9 * 0.457);
    assertThat(error.pooled(x, x)).isZero();
  }

  @Test
  void refusesBadArguments() {
    for (double bad : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> DensityError.of(0, 1, 9, bad))
          .withMessageContaining("bandwidth " + bad);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DensityError.of(1, 1, 9, 1))
        .withMessageContaining("[1.0, 1.0]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DensityError.of(0, Double.NaN, 9, 1))
        .withMessageContaining("NaN");
    FunctionDataset constant = Curves.of(RegularGrid.unit(2), new double[] {2, 2});
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DensityError.withDefaults(constant))
        .withMessageContaining("range 0.0");
  }
}
