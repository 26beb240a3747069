package io.fdiff.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.data.FunctionDataset;
import io.fdiff.noise.NoiseSource;
import io.fdiff.noise.Statistics;
import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.L2Space;
import io.fdiff.space.PointSet;
import io.fdiff.space.RegularGrid;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;
import org.junit.jupiter.api.Test;

class CrpsTest {

  @Test
  void gaussianOracle() {
    double expected = 0.4164239675755814;
    assertThat(Crps.gaussian(0.2, 1.5, 0.7)).isCloseTo(expected, within(1e-12 * expected));
    // Far out the score is the absolute error less the half mean difference σ/√π.
    assertThat(Crps.gaussian(0, 1, 50)).isCloseTo(50 - 1 / Math.sqrt(Math.PI), within(1e-12));
  }

  @Test
  void ensembleByHand() {
    double[] members = {4, 1, 2};
    // Errors at 3: 1, 2, 1; ordered pairs sum to 2 (3 + 1 + 2) = 12.
    assertThat(Crps.ensemble(members, 3, Ensemble.PLAIN))
        .isCloseTo(4 / 3.0 - 6 / 9.0, within(1e-14));
    assertThat(Crps.ensemble(members, 3, Ensemble.FAIR))
        .isCloseTo(4 / 3.0 - 6 / 6.0, within(1e-14));
    assertThat(members).containsExactly(4, 1, 2);
    assertThat(Crps.ensemble(new double[] {5}, 3, Ensemble.PLAIN)).isEqualTo(2);
  }

  /**
   * The fair score of 5 members is the Gaussian score in the mean: 20 000 ensembles, |z| < 4.7534.
   */
  @Test
  void fairScoreIsUnbiased() {
    SummaryStatistics fair = new SummaryStatistics();
    SummaryStatistics plain = new SummaryStatistics();
    double[] z = new double[5];
    for (int r = 0; r < 20_000; r++) {
      NoiseSource.of(8).normals(r, 0, new int[] {5}, z, 0);
      for (int b = 0; b < 5; b++) {
        z[b] = 0.2 + 1.5 * z[b];
      }
      fair.addValue(Crps.ensemble(z, 0.7, Ensemble.FAIR));
      plain.addValue(Crps.ensemble(z, 0.7, Ensemble.PLAIN));
    }
    double bound = Statistics.normal(2e-6) * fair.getStandardDeviation() / Math.sqrt(20_000);
    assertThat(bound).isLessThan(0.02);
    assertThat(fair.getMean()).isCloseTo(0.4164239675755814, within(bound));
    // ½ E|X − X'|/m more: σ/(5√π) = 0.169.
    assertThat(plain.getMean() - fair.getMean())
        .isCloseTo(1.5 / (5 * Math.sqrt(Math.PI)), within(0.02));
  }

  @Test
  void integralIsAQuadratureOfThePointwiseScore() {
    Grid grid = PointSet.of(new Interval(0, 4), 0, 2, 3);
    FunctionDataset members =
        Curves.of(grid, new double[] {0, 1, 2}, new double[] {2, 1, 6}, new double[] {4, 1, 1});
    FunctionDataset truth = Curves.of(grid, new double[] {1, 3, 2});
    double[] expected = {
      Crps.ensemble(new double[] {0, 2, 4}, 1, Ensemble.FAIR),
      2,
      Crps.ensemble(new double[] {2, 6, 1}, 2, Ensemble.FAIR)
    };
    assertThat(Crps.pointwise(members, truth, Ensemble.FAIR).reshape(3).toDoubleVector())
        .containsExactly(expected, within(1e-14));
    assertThat(Crps.integrated(members, truth, Ensemble.FAIR))
        .isCloseTo((expected[0] + 1.5 * expected[1] + 1.5 * expected[2]) / 4, within(1e-14));
  }

  @Test
  void energyScoreOfAPointForecastIsTheDistance() {
    Grid grid = PointSet.of(new Interval(0, 4), 0, 2, 3);
    FunctionDataset x = Curves.normal(grid, 2, 1, NoiseSource.of(2));
    FunctionDataset y = Curves.normal(grid, 2, 1, NoiseSource.of(3));
    double distance = new L2Space(grid).norm(x.values().subi(y.values())).getDouble(0);
    assertThat(EnergyScore.of(x, y, Ensemble.PLAIN)).isCloseTo(distance, within(1e-13));
    assertThat(EnergyScore.of(x.subset(0, 0, 0), y, Ensemble.FAIR))
        .isCloseTo(distance, within(1e-13));
    // Point laws: twice the distance.
    assertThat(EnergyScore.distance(x, y, Ensemble.PLAIN)).isCloseTo(2 * distance, within(1e-13));
  }

  /** On constant functions the energy score is the CRPS of the constants. */
  @Test
  void energyScoreOfConstantsIsTheCrps() {
    Grid grid = RegularGrid.unit(2);
    FunctionDataset x =
        Curves.of(grid, new double[] {4, 4}, new double[] {1, 1}, new double[] {2, 2});
    FunctionDataset y = Curves.of(grid, new double[] {3, 3});
    for (Ensemble ensemble : Ensemble.values()) {
      assertThat(EnergyScore.of(x, y, ensemble))
          .isCloseTo(Crps.ensemble(new double[] {4, 1, 2}, 3, ensemble), within(1e-14));
    }
    // 2·(1+2+1)/3 − (2·6)/6 against a point law; the fair one needs two outcomes.
    assertThat(EnergyScore.distance(x, y, Ensemble.PLAIN))
        .isCloseTo(2 * 4 / 3.0 - 12 / 9.0, within(1e-14));
  }

  @Test
  void refusesBadInput() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Crps.gaussian(0, 0, 1))
        .withMessageContaining("deviation > 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Crps.gaussian(Double.NaN, 1, 1))
        .withMessageContaining("NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Crps.ensemble(new double[] {1}, 1, Ensemble.FAIR))
        .withMessageContaining("1 members");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Crps.ensemble(new double[] {1, Double.NaN}, 1, Ensemble.PLAIN))
        .withMessageContaining("NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Crps.ensemble(new double[] {1, 2}, Double.NaN, Ensemble.PLAIN))
        .withMessageContaining("outcome NaN");
    FunctionDataset x = Curves.normal(RegularGrid.unit(4), 1, 3, NoiseSource.of(1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Crps.integrated(x, x, Ensemble.PLAIN))
        .withMessageContaining("outcome of 3 functions");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EnergyScore.of(x.subset(0), x.subset(1), Ensemble.FAIR))
        .withMessageContaining("1 members");
    FunctionDataset other = Curves.normal(RegularGrid.unit(5), 1, 1, NoiseSource.of(1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EnergyScore.of(x, other, Ensemble.PLAIN))
        .withMessageContaining("same grid");
  }
}
