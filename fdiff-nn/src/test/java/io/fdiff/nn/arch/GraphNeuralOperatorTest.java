package io.fdiff.nn.arch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.nn.Conditioning;
import io.fdiff.nn.Network;
import io.fdiff.nn.ParameterVector;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.PointSet;
import io.fdiff.space.RegularGrid;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class GraphNeuralOperatorTest extends PointOperatorContract {

  @Override
  Network network(int dimension) {
    return config(dimension, 0.45, true).network();
  }

  private static GraphNeuralOperatorConfig config(int dimension, double radius, boolean tapered) {
    return new GraphNeuralOperatorConfig(
        1, dimension, 4, 2, radius, tapered, 2, 3, 4, 3, 5, Conditioning.NONE);
  }

  private static double[] activated(INDArray weights, double[] x) {
    double[] y = new double[(int) weights.size(0)];
    for (int i = 0; i < y.length; i++) {
      double sum = 0;
      for (int j = 0; j < x.length; j++) {
        sum += weights.getDouble(i, j) * x[j];
      }
      // The stock operation has the constant in single precision.
      y[i] = sum * Math.min(Math.max(0.2f * sum + 0.5, 0), 1);
    }
    return y;
  }

  /** {@code Σ_j w_j χ (g_1 u_1, g_2 u_2) V/|B_r|} over the neighbours, two channels a kernel. */
  @Test
  void integralIsTheDirectDoubleSum() {
    PointSet grid = Points.scattered(2, 13);
    int n = grid.size();
    double[] z = new double[4 * n];
    NoiseSource.of(8).normals(0, 0, new int[] {z.length}, z, 0);
    List<double[]> u =
        IntStream.range(0, 4).mapToObj(c -> Arrays.copyOfRange(z, c * n, (c + 1) * n)).toList();
    for (boolean tapered : new boolean[] {true, false}) {
      GraphNeuralOperator network = new GraphNeuralOperator(config(2, 0.45, tapered));
      ParameterVector theta = Evaluation.parameters(network, 0.5);
      double[][] values =
          Evaluation.part(
              network,
              theta,
              grid,
              network.gridInputs(grid, DataType.DOUBLE),
              (context, hidden) -> network.integral(context, network.hidden(context), 1, hidden),
              u);
      for (int i = 0; i < n; i++) {
        double[] sum = new double[4];
        for (int j = 0; j < n; j++) {
          double dx = grid.coordinate(j, 0) - grid.coordinate(i, 0);
          double dy = grid.coordinate(j, 1) - grid.coordinate(i, 1);
          double s = Math.hypot(dx, dy) / 0.45;
          if (s <= 1) {
            double[] features = {
              dx / 0.45,
              dy / 0.45,
              s,
              2 * grid.coordinate(i, 0) - 1,
              2 * grid.coordinate(i, 1) - 1,
              1
            };
            double[] hidden =
                activated(
                    theta.tensor("kernel.hidden"), activated(theta.tensor("kernel.in"), features));
            double weight =
                grid.weight(j)
                    * (tapered ? (1 - s * s) * (1 - s * s) : 1)
                    / (Math.PI * 0.45 * 0.45);
            for (int c = 0; c < 4; c++) {
              double kernel = 0;
              for (int m = 0; m < 3; m++) {
                kernel += theta.tensor("layer1.kernel").getDouble(c / 2, m) * hidden[m];
              }
              sum[c] += weight * kernel * u.get(c)[j];
            }
          }
        }
        for (int c = 0; c < 4; c++) {
          double exact = 0;
          for (int m = 0; m < 4; m++) {
            exact += sum[m] * theta.tensor("layer1.mix").getDouble(m, c);
          }
          assertThat(values[i][c]).isCloseTo(exact, within(1e-12));
        }
      }
    }
  }

  /**
   * With kernel 1, {@code Σ_j w_j} over the neighbours is the length of the ball within the domain,
   * up to the cells that the radius cuts: two of them, up to half of each.
   */
  @Test
  void weightsOfTheNeighboursSumToTheMeasureOfTheBall() {
    double[] p = new double[90];
    Arrays.setAll(p, i -> Math.pow((i + 0.5) / 90, 1.7));
    for (Grid grid : List.of(RegularGrid.unit(50), PointSet.of(Interval.UNIT, p))) {
      double[] weights =
          new RadiusGraph(grid, 0.23, false).weights(DataType.DOUBLE).dup('c').toDoubleVector();
      double widest = Arrays.stream(grid.weights()).max().orElse(0);
      int n = grid.size();
      for (int i = 0; i < n; i++) {
        double at = grid.coordinate(i, 0);
        double exact = Math.min(1, at + 0.23) - Math.max(0, at - 0.23);
        double sum = 2 * 0.23 * Arrays.stream(weights, i * n, (i + 1) * n).sum();
        assertThat(sum).isCloseTo(exact, within(2 * widest));
      }
      // At the ends half of the ball is missing, which a mean over neighbours would not see.
      assertThat(2 * 0.23 * Arrays.stream(weights, 0, n).sum()).isLessThan(0.3);
    }
  }

  /** {@code ∫ (1 − s²)² = 16r/15}: order 2, measured 4.0 a halving. */
  @Test
  void taperedWeightsIntegrateWithOrderTwo() {
    double before = Double.POSITIVE_INFINITY;
    for (int n : new int[] {21, 63, 189}) {
      RegularGrid grid = RegularGrid.unit(n);
      double[] weights =
          new RadiusGraph(grid, 0.31, true).weights(DataType.DOUBLE).dup('c').toDoubleVector();
      int middle = n / 2;
      double sum = 0.62 * Arrays.stream(weights, middle * n, (middle + 1) * n).sum();
      double error = Math.abs(sum - 16 * 0.31 / 15);
      assertThat(error).isLessThan(before / 8);
      before = error;
    }
  }

  @Test
  void ballsOfAllDimensionsHaveTheirMeasure() {
    // All points are neighbours: the weights sum to 1, divided by the measure of the ball.
    double[] exact = {4, 4 * Math.PI, 32 * Math.PI / 3};
    List<Grid> grids =
        List.of(RegularGrid.unit(3), RegularGrid.unit(3, 2), RegularGrid.unit(2, 3, 2));
    for (int d = 0; d < 3; d++) {
      double sum =
          new RadiusGraph(grids.get(d), 2, false).weights(DataType.DOUBLE).sumNumber().doubleValue()
              / grids.get(d).size();
      assertThat(1 / sum).isCloseTo(exact[d], within(1e-12 * exact[d]));
    }
  }

  /** By hand, 16 features of the kernels and 8 kernels in each of 4 layers of width 32. */
  @Test
  void parametersAreCounted() {
    ParameterVector vector =
        ParameterVector.zeros(GraphNeuralOperatorConfig.defaults().network(), DataType.FLOAT);
    assertThat(vector.size())
        .isEqualTo(
            (6 + 16 + 32) * 16 + 4 * 32 + 33 * 64 + 2 * 4 * 32 * 65 + 4 * 2 * 32 * 32 + 33 * 64);
  }

  @Test
  void badArgumentsAreRefused() {
    GraphNeuralOperatorConfig config = config(2, 0.45, true);
    for (double radius : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> config.withRadius(radius))
          .withMessageContaining("radius " + radius)
          .withMessageContaining("positive and finite");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> config.withKernels(3))
        .withMessageContaining("3 kernels for width 4");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                config.withRadius(0.2).network().gridInputs(RegularGrid.unit(4, 4), DataType.FLOAT))
        .withMessageContaining("point 0 has no neighbour within the radius 0.2")
        .withMessageContaining("0.25");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> config.network().gridInputs(RegularGrid.unit(9), DataType.FLOAT))
        .withMessageContaining("dimension 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> config.network().gridInputs(RegularGrid.unit(64, 64), DataType.FLOAT))
        .withMessageContaining("4096 points have 16777216 pairs of 6 features each")
        .withMessageContaining("AttentionOperator");
  }
}
