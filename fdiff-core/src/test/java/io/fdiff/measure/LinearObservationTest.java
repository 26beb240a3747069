package io.fdiff.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.L2Space;
import io.fdiff.space.PointSet;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.RegularGrid.Layout;
import io.fdiff.space.TestFunctions;
import io.fdiff.transform.Basis;
import io.fdiff.transform.SpectralTransform;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class LinearObservationTest {

  @Test
  void nodesAveragesAndProducts() {
    Grid grid = PointSet.of(Interval.UNIT, 0.1, 0.3, 0.8, 0.9);
    INDArray x = TestFunctions.random(grid, DataType.DOUBLE, 3, 2, 1);
    double[] v = TestFunctions.values(x);
    INDArray nodes = LinearObservation.atNodes(grid, 2, 0).apply(x);
    assertThat(nodes.shape()).containsExactly(3, 2, 2);
    assertThat(nodes.getDouble(2, 1, 0)).isEqualTo(v[5 * 4 + 2]);
    assertThat(nodes.getDouble(1, 0, 1)).isEqualTo(v[2 * 4]);
    double[] w = grid.weights();
    INDArray averages = LinearObservation.averages(grid, new int[] {0, 1}, new int[] {3}).apply(x);
    assertThat(averages.getDouble(0, 1, 0))
        .isCloseTo((w[0] * v[4] + w[1] * v[5]) / (w[0] + w[1]), within(1e-15));
    assertThat(averages.getDouble(0, 1, 1)).isEqualTo(v[7]);
    INDArray f = TestFunctions.random(grid, DataType.DOUBLE, 1, 1, 2);
    INDArray one = TestFunctions.random(grid, 7);
    assertThat(LinearObservation.products(grid, f).apply(one).getDouble(0))
        .isCloseTo(new L2Space(grid).inner(f, one).getDouble(0), within(1e-15));
  }

  @Test
  void pointsOfABasisAreItsFunctions() {
    for (Basis basis : Basis.values()) {
      for (int n : new int[] {6, 7}) {
        SpectralTransform transform = basis.on(RegularGrid.unit(n), n - 1);
        int mode = 3;
        INDArray x =
            TestFunctions.of(transform.grid(), p -> 2 * basis.value(mode, p) - basis.value(1, p));
        double p = 0.2371;
        double expected = 2 * basis.value(mode, p) - basis.value(1, p);
        assertThat(LinearObservation.atPoints(transform, new double[] {p}).apply(x).getDouble(0))
            .as("%s with %d points", basis, n)
            .isCloseTo(expected, within(1e-13));
      }
    }
  }

  @Test
  void pointsThatAreNodesHaveTheValueThere() {
    // Also for the alternating mode, but for the one that no function of the basis stands for.
    for (SpectralTransform transform :
        new SpectralTransform[] {
          Basis.FOURIER.on(RegularGrid.unit(Layout.PERIODIC, 8)),
          Basis.FOURIER.on(RegularGrid.unit(9)),
          Basis.COSINE.on(RegularGrid.unit(Layout.NODE, 8)),
          Basis.COSINE.on(RegularGrid.unit(5, 4)),
          Basis.SINE.on(RegularGrid.unit(6), 6),
          Basis.SINE.on(RegularGrid.unit(Layout.INTERIOR, 6)),
          Basis.QUARTER_SINE.on(RegularGrid.unit(6), 6),
        }) {
      Grid grid = transform.grid();
      INDArray x = TestFunctions.random(grid, 5);
      double[][] points = new double[grid.size()][grid.dimension()];
      for (int i = 0; i < points.length; i++) {
        for (int a = 0; a < points[i].length; a++) {
          points[i][a] = grid.coordinate(i, a);
        }
      }
      double[] y = TestFunctions.values(LinearObservation.atPoints(transform, points).apply(x));
      assertThat(TestFunctions.distance(y, TestFunctions.values(x)))
          .as("%s on %s", transform.basis(), grid)
          .isLessThan(1e-12);
    }
  }

  @Test
  void covarianceRowsNeedNoWeights() {
    // K Aᵀ and A K Aᵀ of plain matrices, on uneven points.
    Grid grid = PointSet.of(Interval.UNIT, 0.1, 0.3, 0.8, 0.9, 0.95);
    DenseCovariance c = DenseCovariance.random(grid, 3);
    LinearObservation a =
        LinearObservation.products(grid, TestFunctions.random(grid, DataType.DOUBLE, 2, 1, 4))
            .and(LinearObservation.atNodes(grid, 4));
    double[] f = TestFunctions.values(TestFunctions.random(grid, DataType.DOUBLE, 2, 1, 4));
    double[][] rows = a.covarianceRows(c);
    double[][] gram = a.applyTo(rows);
    for (int i = 0; i < 5; i++) {
      double sum = 0;
      for (int j = 0; j < 5; j++) {
        sum += c.matrix().getEntry(i, j) * grid.weight(j) * f[5 + j];
      }
      assertThat(rows[1][i]).isCloseTo(sum, within(1e-14));
      assertThat(rows[2][i]).isCloseTo(c.matrix().getEntry(i, 4), within(1e-14));
    }
    assertThat(gram[2][2]).isCloseTo(c.matrix().getEntry(4, 4), within(1e-14));
    assertThat(gram[1][2]).isEqualTo(gram[2][1]).isCloseTo(rows[1][4], within(1e-14));
  }

  @Test
  void badInputIsRefused() {
    Grid grid = RegularGrid.unit(4);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LinearObservation.atNodes(grid))
        .withMessageContaining("at least one");
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> LinearObservation.atNodes(grid, 4));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LinearObservation.averages(grid, new int[0]))
        .withMessageContaining("cell 0");
    INDArray bad = TestFunctions.of(grid, 1, Double.NaN, 0, 0);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LinearObservation.products(grid, bad))
        .withMessageContaining("NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LinearObservation.products(grid, TestFunctions.of(grid, p -> 0)))
        .withMessageContaining("observes nothing");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                LinearObservation.products(
                    grid, TestFunctions.random(grid, DataType.DOUBLE, 1, 2, 1)))
        .withMessageContaining("2 channels");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LinearObservation.atPoints(Basis.COSINE.on(grid), new double[] {1.5}))
        .withMessageContaining("[1.5]");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                LinearObservation.atPoints(
                    Basis.COSINE.on(PointSet.of(Interval.UNIT, 0.1, 0.2, 0.3, 0.9)),
                    new double[] {0.5}))
        .withMessageContaining("not orthonormal");
    LinearObservation other = LinearObservation.atNodes(RegularGrid.unit(5), 0);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LinearObservation.atNodes(grid, 0).and(other))
        .withMessageContaining("one grid");
  }
}
