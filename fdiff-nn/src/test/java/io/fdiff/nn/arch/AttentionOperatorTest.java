package io.fdiff.nn.arch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.nn.Conditioning;
import io.fdiff.nn.Network;
import io.fdiff.nn.ParameterVector;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.PointSet;
import io.fdiff.space.RegularGrid;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;

class AttentionOperatorTest extends PointOperatorContract {

  @Override
  Network network(int dimension) {
    return config(dimension).network();
  }

  private static AttentionOperatorConfig config(int dimension) {
    return new AttentionOperatorConfig(1, dimension, 8, 2, 2, 2, 4, 3, 5, Conditioning.NONE);
  }

  /** Four features of one head. */
  private static double[] normalised(double[] x, int from) {
    double[] head = Arrays.copyOfRange(x, from, from + 4);
    double mean = Arrays.stream(head).average().orElse(0);
    double variance = Arrays.stream(head).map(v -> (v - mean) * (v - mean)).average().orElse(0);
    return Arrays.stream(head).map(v -> (v - mean) / Math.sqrt(variance + 1e-5)).toArray();
  }

  /** {@code Σ_j w_j (q_i · k_j) v_j/2} in two heads of size 4, then the matrix that mixes them. */
  @Test
  void attentionIsTheDirectDoubleSum() {
    AttentionOperator network = new AttentionOperator(config(2));
    ParameterVector theta = Evaluation.parameters(network, 0.5);
    PointSet grid = Points.scattered(2, 13);
    int n = grid.size();
    double[] z = new double[8 * n];
    NoiseSource.of(8).normals(0, 0, new int[] {z.length}, z, 0);
    List<double[]> u =
        IntStream.range(0, 8).mapToObj(c -> Arrays.copyOfRange(z, c * n, (c + 1) * n)).toList();
    double[][] values =
        Evaluation.part(
            network,
            theta,
            grid,
            network.gridInputs(grid, DataType.DOUBLE),
            (context, hidden) -> network.attention(context, 1, hidden),
            u);
    double[][] qkv = new double[n][24];
    List<int[]> frequencies = Frequencies.half(List.of(2, 2));
    assertThat(frequencies).hasSize(13);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < 24; j++) {
        double sum = theta.tensor("layer1.positions").getDouble(0, j);
        for (int f = 1; f < 13; f++) {
          int[] k = frequencies.get(f);
          double phase = Math.PI * (k[0] * grid.coordinate(i, 0) + k[1] * grid.coordinate(i, 1));
          sum += Math.cos(phase) * theta.tensor("layer1.positions").getDouble(2L * f - 1, j);
          sum += Math.sin(phase) * theta.tensor("layer1.positions").getDouble(2L * f, j);
        }
        for (int c = 0; c < 8; c++) {
          sum += u.get(c)[i] * theta.tensor("layer1.attention").getDouble(c, j);
        }
        qkv[i][j] = sum;
      }
    }
    for (int i = 0; i < n; i++) {
      double[] mixed = new double[8];
      for (int head = 0; head < 2; head++) {
        double[] q = normalised(qkv[i], 4 * head);
        for (int j = 0; j < n; j++) {
          double[] k = normalised(qkv[j], 8 + 4 * head);
          double product = IntStream.range(0, 4).mapToDouble(m -> q[m] * k[m]).sum();
          for (int m = 0; m < 4; m++) {
            mixed[4 * head + m] += grid.weight(j) * product / 2 * qkv[j][16 + 4 * head + m];
          }
        }
      }
      for (int c = 0; c < 8; c++) {
        double exact = 0;
        for (int m = 0; m < 8; m++) {
          exact += mixed[m] * theta.tensor("layer1.mix").getDouble(m, c);
        }
        assertThat(values[i][c]).isCloseTo(exact, within(1e-12));
      }
    }
  }

  /**
   * By hand for width w, L layers, d dimensions, n frequencies of the half-space, E level features
   * in H, P projected.
   */
  @Test
  void parametersAreCounted() {
    ParameterVector vector =
        ParameterVector.zeros(AttentionOperatorConfig.defaults().network(), DataType.FLOAT);
    int frequencies = (9 * 9 + 1) / 2;
    assertThat(vector.size())
        .isEqualTo(
            4 * 48
                + 33 * 64
                + 2 * 4 * 48 * 65
                + 4 * (48 + 2 * frequencies - 1) * 3 * 48
                + 4 * 2 * 48 * 48
                + 49 * 64);
  }

  @Test
  void badArgumentsAreRefused() {
    AttentionOperatorConfig config = config(2);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> config.withHeads(3))
        .withMessageContaining("3 heads for width 8");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> config.withHeads(4))
        .withMessageContaining("at least 4");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> config.withFrequencies(0))
        .withMessageContaining("frequencies 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> config.network().gridInputs(RegularGrid.unit(8), DataType.FLOAT))
        .withMessageContaining("dimension 1")
        .withMessageContaining("2 variables");
  }
}
