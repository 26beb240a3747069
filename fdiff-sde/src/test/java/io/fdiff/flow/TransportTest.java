package io.fdiff.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.noise.NoiseSource;
import io.fdiff.sde.Fixtures;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Exact and entropic transport between batches, and the couplings made of them. */
class TransportTest {

  private static double[][] costs(int n, long seed) {
    Random random = new Random(seed);
    double[][] cost = new double[n][n];
    for (double[] row : cost) {
      // Some equal costs, some negative ones.
      Arrays.setAll(row, j -> random.nextInt(9) - 2 + (random.nextBoolean() ? 0.5 : 0));
    }
    return cost;
  }

  private static double total(double[][] cost, int[] columns) {
    double sum = 0;
    for (int i = 0; i < columns.length; i++) {
      sum += cost[i][columns[i]];
    }
    return sum;
  }

  private static double least(double[][] cost, int row, boolean[] used) {
    if (row == cost.length) {
      return 0;
    }
    double best = Double.POSITIVE_INFINITY;
    for (int j = 0; j < cost.length; j++) {
      if (!used[j]) {
        used[j] = true;
        best = Math.min(best, cost[row][j] + least(cost, row + 1, used));
        used[j] = false;
      }
    }
    return best;
  }

  @Test
  void costsAreSquaredDistances() {
    INDArray x = Fixtures.random(FlowFixtures.GRID, DataType.DOUBLE, 2, 2, 1);
    INDArray y = Fixtures.random(FlowFixtures.GRID, DataType.DOUBLE, 3, 2, 2);
    double[][] cost = Transport.cost(FlowFixtures.GRID, x, y);
    assertThat(cost).hasDimensions(2, 3);
    double[] a = Fixtures.values(x);
    double[] b = Fixtures.values(y);
    double sum = 0;
    for (int p = 0; p < 8; p++) {
      sum += 0.25 * Math.pow(a[8 + p] - b[16 + p], 2);
    }
    assertThat(cost[1][2]).isCloseTo(sum, within(1e-14));
  }

  @Test
  void assignmentsAreOptimal() {
    for (int n = 1; n <= 7; n++) {
      for (int seed = 0; seed < 20; seed++) {
        double[][] cost = costs(n, seed);
        int[] columns = Transport.assignment(cost);
        assertThat(Arrays.stream(columns).sorted().distinct().count()).isEqualTo(n);
        assertThat(total(cost, columns)).isEqualTo(least(cost, 0, new boolean[n]));
      }
    }
  }

  @Test
  void assignmentsOnALineAreSorted() {
    // For squared distances of numbers the optimum is monotone.
    double[] x = Fixtures.rough(60, 1);
    double[] y = Fixtures.rough(60, 2);
    double[][] cost = new double[60][60];
    for (int i = 0; i < 60; i++) {
      for (int j = 0; j < 60; j++) {
        cost[i][j] = (x[i] - y[j]) * (x[i] - y[j]);
      }
    }
    int[] columns = Transport.assignment(cost);
    for (int i = 0; i < 60; i++) {
      for (int j = 0; j < 60; j++) {
        assertThat((x[i] - x[j]) * (y[columns[i]] - y[columns[j]])).isGreaterThanOrEqualTo(0);
      }
    }
  }

  @Test
  void plansOfTwoHaveAClosedForm() {
    // P = [[p, q], [q, p]] with p + q = ½ and (p/q)² = exp(−(c₁₁ + c₂₂ − c₁₂ − c₂₁)/ε).
    double[][] plan = Transport.plan(new double[][] {{0.3, 1}, {2, 0.1}}, 0.7);
    double ratio = Math.exp((1 + 2 - 0.3 - 0.1) / 0.7 / 2);
    assertThat(plan[0][0]).isCloseTo(0.5 * ratio / (1 + ratio), within(1e-9));
    assertThat(plan[1][0]).isCloseTo(0.5 / (1 + ratio), within(1e-9));
  }

  @Test
  void plansHaveUniformMargins() {
    double[][] cost = costs(6, 3);
    double[][] plan = Transport.plan(cost, 0.3);
    double transported = 0;
    for (int i = 0; i < 6; i++) {
      int at = i;
      assertThat(Arrays.stream(plan[i]).sum()).isCloseTo(1 / 6.0, within(1e-9));
      assertThat(Arrays.stream(plan).mapToDouble(row -> row[at]).sum())
          .isCloseTo(1 / 6.0, within(1e-12));
      for (int j = 0; j < 6; j++) {
        transported += 6 * plan[i][j] * cost[i][j];
      }
    }
    // Not better than the optimum, and worse by no more than ε ln n a pair.
    double optimum = total(cost, Transport.assignment(cost));
    assertThat(transported).isBetween(optimum, optimum + 6 * 0.3 * Math.log(6));
  }

  @Test
  void littleRegularisationGivesTheAssignment() {
    // Points of a line in two orders: every exchange of two costs at least 2, here 10 ε.
    int[] order = {3, 0, 4, 1, 2};
    double[][] cost = new double[5][5];
    for (int i = 0; i < 5; i++) {
      int at = i;
      Arrays.setAll(cost[i], j -> (double) (at - order[j]) * (at - order[j]));
    }
    int[] exact = Transport.assignment(cost);
    int[] drawn = Coupling.entropic(0.05).partners(cost, NoiseSource.of(1));
    assertThat(exact).containsExactly(1, 3, 4, 0, 2);
    assertThat(drawn).containsExactly(exact);
  }

  @Test
  void entropicDrawsFollowThePlan() {
    // 4000 batches of two, p = 0.77 each way: |z| < 5, below 1e-6.
    double[][] cost = {{0, 1}, {1, 0}};
    int same = 0;
    for (int i = 0; i < 4000; i++) {
      same += Coupling.entropic(0.8).partners(cost, NoiseSource.of(i))[0] == 0 ? 1 : 0;
    }
    // ε = 0.8 of the mean cost 0.5.
    double ratio = Math.exp(1 / 0.4);
    double p = ratio / (1 + ratio);
    assertThat(Math.abs(same - 4000 * p) / Math.sqrt(4000 * p * (1 - p))).isLessThan(5);
  }

  @Test
  void badCostsAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Transport.assignment(new double[][] {{1, 2}, {3}}))
        .withMessageContaining("equal size");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Transport.assignment(new double[0][]))
        .withMessageContaining("no costs");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Transport.plan(new double[][] {{Double.NaN}}, 1))
        .withMessageContaining("cost NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Transport.plan(new double[][] {{1}}, 0))
        .withMessageContaining("regularisation 0.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Coupling.entropic(Double.NaN))
        .withMessageContaining("regularisation NaN");
  }
}
