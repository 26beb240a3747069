package io.fdiff.covariance;

import static org.assertj.core.api.Assertions.assertThat;

import io.fdiff.space.Grid;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.Test;

/** An operator of function space: the same law at the points that two grids share. */
abstract class TraceClassContract extends CovarianceOperatorContract {

  /** Another grid of the domain that resolves the operator and shares points with its own. */
  abstract Grid other();

  @Test
  final void lawAtSharedPointsDoesNotDependOnTheGrid() {
    CovarianceOperator there = operator().on(other());
    assertThat(there.grid()).isEqualTo(other());
    RealMatrix here = Matrices.kernel(operator());
    RealMatrix k = Matrices.kernel(there);
    int[][] pairs = SharedPoints.of(operator().grid(), other());
    assertThat(pairs.length).isGreaterThanOrEqualTo(3);
    double worst = 0;
    for (int[] p : pairs) {
      for (int[] q : pairs) {
        worst = Math.max(worst, Math.abs(here.getEntry(p[0], q[0]) - k.getEntry(p[1], q[1])));
      }
    }
    assertThat(worst).isLessThan(gridAccuracy() * Matrices.max(here));
  }

  @Test
  final void goingToAnotherGridAndBackChangesNothing() {
    RealMatrix back = Matrices.kernel(operator().on(other()).on(operator().grid()));
    RealMatrix here = Matrices.kernel(operator());
    assertThat(Matrices.distance(back, here)).isLessThan(gridAccuracy() * Matrices.max(here));
  }

  /** Relative round-off between grids. */
  double gridAccuracy() {
    return 1e-12;
  }
}
