package io.fdiff.space;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.space.RegularGrid.Layout;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class L2SpaceTest {

  @Nested
  class OnUniformGrid extends HilbertSpaceContract {
    @Override
    protected HilbertSpace space() {
      return new L2Space(RegularGrid.unit(16));
    }
  }

  @Nested
  class OnBoxWithUnevenWeights extends HilbertSpaceContract {
    @Override
    protected HilbertSpace space() {
      List<Interval> box = List.of(new Interval(-1, 2), new Interval(0, 0.5));
      return new L2Space(RegularGrid.of(box, Layout.NODE, 4, 5));
    }
  }

  @Nested
  class OnScatteredPoints extends HilbertSpaceContract {
    @Override
    protected HilbertSpace space() {
      return new L2Space(PointSet.of(new Interval(0, 2), 0.1, 0.2, 0.7, 1.5, 1.6, 2));
    }
  }

  @Test
  void squaredNormOnAUniformGridIsTheMeanSquare() {
    Grid grid = RegularGrid.unit(4);
    double norm = new L2Space(grid).norm(TestFunctions.of(grid, 1, 2, 3, 4)).getDouble(0);
    assertThat(norm * norm).isCloseTo(7.5, within(1e-14));
  }

  @Test
  void normDoesNotDependOnTheNumberOfPoints() {
    // ‖sin 2πp‖² = ½ on every grid that resolves sin².
    for (int n : new int[] {3, 4, 15, 64, 1000}) {
      Grid grid = RegularGrid.unit(Layout.PERIODIC, n);
      INDArray x = TestFunctions.of(grid, p -> Math.sin(2 * Math.PI * p));
      assertThat(new L2Space(grid).inner(x, x).getDouble(0)).isCloseTo(0.5, within(1e-14));
    }
  }

  @Test
  void normScalesWithTheMeasureOfTheDomain() {
    for (Layout layout : Layout.values()) {
      Grid grid = RegularGrid.of(List.of(new Interval(2, 5)), layout, 12);
      INDArray one = TestFunctions.of(grid, p -> 1);
      // An interior grid leaves out both ends, where its functions are 0: 12 of 13 spacings.
      double measure = layout == Layout.INTERIOR ? 3 * 12.0 / 13 : 3;
      assertThat(new L2Space(grid).inner(one, one).getDouble(0)).isCloseTo(measure, within(1e-14));
    }
  }

  @Test
  void innerSumsOverChannels() {
    Grid grid = RegularGrid.unit(2);
    INDArray x = FunctionBatch.array(grid, DataType.DOUBLE, 2, new double[] {1, 2, 3, 4});
    assertThat(new L2Space(grid).inner(x, x).getDouble(0)).isEqualTo((1 + 4 + 9 + 16) / 2.0);
  }

  @Test
  void rieszDividesByTheWeights() {
    Grid grid = PointSet.of(new Interval(0, 2), 0.5, 1, 1.5);
    INDArray riesz = new L2Space(grid).riesz(TestFunctions.of(grid, 3, 3, 3));
    assertThat(TestFunctions.values(riesz)).containsExactly(new double[] {4, 6, 4}, within(1e-15));
  }
}
