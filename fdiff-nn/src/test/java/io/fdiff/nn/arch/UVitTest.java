package io.fdiff.nn.arch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.nn.Conditioning;
import io.fdiff.nn.GraphContext;
import io.fdiff.nn.Network;
import io.fdiff.nn.NetworkConfig;
import io.fdiff.nn.NetworkFunction;
import io.fdiff.nn.Parameter;
import io.fdiff.nn.ParameterVector;
import io.fdiff.nn.arch.Transformer.Level;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class UVitTest {

  private static int size(NetworkConfig config) {
    return config.network().parameters().stream().mapToInt(Parameter::size).sum();
  }

  private static int size(NetworkConfig config, String name) {
    return config.network().parameters().stream()
        .filter(p -> p.name().equals(name))
        .mapToInt(Parameter::size)
        .sum();
  }

  /**
   * A block has {@code 3w² + w² + w} of attention, {@code 8w² + 5w} of the perceptron and {@code
   * 4w} of norms; a skip {@code 2w² + w}.
   */
  @Test
  void numberOfParameters() {
    int w = 128;
    int blocks = 5 * (12 * w * w + 10 * w) + 2 * (2 * w * w + w);
    int tokens = 16 * w + w + 64 * w + 64 * 4 * w + 4 * w + 4 * w * w + w;
    int out = 2 * w + 16 * w + 16 + 9 + 1;
    assertThat(size(UVitConfig.defaults())).isEqualTo(blocks + tokens + out).isEqualTo(1_166_874);
    // Scale and shift of ten norms become maps of w features to 2w.
    UVitConfig adaptive =
        UVitConfig.defaults()
            .withTransformer(Transformer.defaults().withLevel(Level.ADAPTIVE_NORM));
    assertThat(size(adaptive)).isEqualTo(1_166_874 + 10 * 2 * w * w).isEqualTo(1_494_554);
  }

  /**
   * The original takes a sinusoidal vector of the width as the time token and adds a position; here
   * a perceptron makes the token, and the bias of its last map is that position. Without the other
   * parameters of the perceptron the counts agree. Depth 6 there are seven blocks.
   */
  @Test
  void numberOfParametersIsThatOfTheOriginal() {
    Transformer deep = Transformer.defaults().withDepth(7);
    assertThat(original(UVitConfig.defaults().withTransformer(deep))).isEqualTo(1_496_730);
    assertThat(original(UVitConfig.defaults().withTransformer(deep.withWidth(192, 6))))
        .isEqualTo(3_351_002);
    Transformer large = new Transformer(List.of(16, 16), 2, 512, 13, 8, Level.TOKEN, false);
    assertThat(original(UVitConfig.defaults().withChannels(3).withTransformer(large)))
        .isEqualTo(44_255_328);
  }

  private static int original(NetworkConfig config) {
    return size(config)
        - size(config, "level.hidden")
        - size(config, "level.hidden.bias")
        - size(config, "level.out");
  }

  @Test
  void onlyLinearMapsAreDecayed() {
    UVitConfig config =
        UVitConfig.defaults()
            .withConditioning(new Conditioning(3, 1, 2))
            .withTransformer(Transformer.defaults().withConditionToken(true));
    for (Parameter parameter : config.network().parameters()) {
      String name = parameter.name();
      boolean other =
          name.endsWith(".bias")
              || name.endsWith(".scale")
              || name.endsWith(".shift")
              || name.equals("positions");
      assertThat(parameter.decayed()).as(name).isEqualTo(!other);
    }
  }

  private static INDArray array(long seed, long... shape) {
    INDArray array = Nd4j.create(DataType.DOUBLE, shape);
    double[] values = new double[(int) array.length()];
    NoiseSource.of(seed).normals(0, 0, new int[] {values.length}, values, 0);
    FunctionBatch.write(values, array);
    return array;
  }

  private static ParameterVector initial(Network network) {
    return ParameterVector.initial(network, DataType.DOUBLE, NoiseSource.of(5));
  }

  private static double[] evaluate(
      Network network, ParameterVector theta, Grid grid, INDArray values, INDArray level) {
    Map<String, INDArray> inputs = new HashMap<>(network.gridInputs(grid, DataType.DOUBLE));
    inputs.put(GraphContext.VALUES, values);
    inputs.put(GraphContext.LEVEL, level);
    double[] out = new double[(int) values.length()];
    try (NetworkFunction function = NetworkFunction.of(network, theta, grid)) {
      function.evaluate(inputs, result -> FunctionBatch.read(result, out));
    }
    return out;
  }

  private static UVitConfig small(int channels) {
    return new UVitConfig(
        channels,
        new Transformer(List.of(2, 3), 2, 8, 3, 2, Level.TOKEN, false),
        6,
        Conditioning.NONE);
  }

  /** Exactly 0, and as soon as the map to patches is not, the identity carries it through. */
  @Test
  void initialNetworkIsZeroAndItsConvolutionTheIdentity() {
    RegularGrid grid = RegularGrid.unit(4, 6);
    Network network = small(2).network();
    ParameterVector theta = initial(network);
    INDArray values = array(1, 24, 3, 2);
    INDArray level = array(2, 3, 6);
    assertThat(evaluate(network, theta, grid, values, level)).containsOnly(0);
    // Place 1 of a patch and channel 0: points of even row and odd column.
    theta.tensor("head.bias").putScalar(2, 0.5);
    double[] out = evaluate(network, theta, grid, values, level);
    for (int p = 0; p < 24; p++) {
      boolean chosen = p / 6 % 2 == 0 && p % 6 % 2 == 1;
      for (int b = 0; b < 3; b++) {
        assertThat(out[(p * 3 + b) * 2]).isEqualTo(chosen ? 0.5 : 0);
        assertThat(out[(p * 3 + b) * 2 + 1]).isEqualTo(0);
      }
    }
  }

  /**
   * With a head that gives a fixed patch, the output is the correlation of the tiled patch with the
   * weights, zeros beyond the ends.
   */
  @Test
  void convolutionIsThatOfALoop() {
    RegularGrid grid = RegularGrid.unit(4, 6);
    Network network = small(2).network();
    ParameterVector theta = initial(network);
    theta.tensor("head.bias").assign(array(3, 8));
    theta.tensor("convolution").assign(array(4, 2, 18));
    theta.tensor("convolution.bias").assign(array(5, 2, 1));
    double[] out = evaluate(network, theta, grid, array(1, 24, 1, 2), array(2, 1, 6));
    for (int i = 0; i < 4; i++) {
      for (int j = 0; j < 6; j++) {
        for (int c = 0; c < 2; c++) {
          double sum = theta.tensor("convolution.bias").getDouble(c, 0);
          for (int tap = 0; tap < 9; tap++) {
            int y = i + tap / 3 - 1;
            int x = j + tap % 3 - 1;
            for (int from = 0; from < 2 && y >= 0 && y < 4 && x >= 0 && x < 6; from++) {
              sum +=
                  theta.tensor("convolution").getDouble(c, tap * 2 + from)
                      * theta.tensor("head.bias").getDouble((y % 2 * 2 + x % 2) * 2 + from);
            }
          }
          assertThat(out[(i * 6 + j) * 2 + c]).isCloseTo(sum, within(1e-13));
        }
      }
    }
  }

  /** A head of random weights, everything else as it starts. */
  private static ParameterVector withHead(Network network) {
    ParameterVector theta = initial(network);
    for (String name : new String[] {"head", "positions", "block0.attention.qkv"}) {
      INDArray tensor = theta.tensor(name);
      tensor.assign(array(9, tensor.shape()));
    }
    return theta;
  }

  /**
   * Attention knows the places by the positions alone: patches and positions moved together move
   * the output, as far as the convolution is the identity.
   */
  @Test
  void patchesMoveWithTheirPositions() {
    RegularGrid grid = RegularGrid.unit(4, 6);
    Network network = small(1).network();
    ParameterVector theta = withHead(network);
    INDArray values = array(1, 24, 2, 1);
    INDArray level = array(2, 2, 6);
    double[] out = evaluate(network, theta, grid, values, level);
    // The two rows of tokens change places: points 0–11 and 12–23, positions 0–2 and 3–5.
    INDArray swapped = values.dup('c');
    INDArray positions = theta.tensor("positions").dup('c');
    for (int p = 0; p < 24; p++) {
      for (int b = 0; b < 2; b++) {
        swapped.putScalar(new int[] {p, b, 0}, values.getDouble((p + 12) % 24, b, 0));
      }
    }
    double[] unmoved = evaluate(network, theta, grid, swapped, level);
    for (int t = 0; t < 6; t++) {
      for (int f = 0; f < 8; f++) {
        theta.tensor("positions").putScalar(t, f, positions.getDouble((t + 3) % 6, f));
      }
    }
    double[] moved = evaluate(network, theta, grid, swapped, level);
    double difference = 0;
    for (int i = 0; i < 48; i++) {
      assertThat(moved[i]).isCloseTo(out[(i + 24) % 48], within(1e-12));
      difference = Math.max(difference, Math.abs(unmoved[i] - out[(i + 24) % 48]));
    }
    assertThat(difference).isGreaterThan(1e-3);
  }

  /**
   * On a finer grid the network is the one whose positions are those of the new places: affine
   * positions are continued exactly.
   */
  @Test
  void positionsOfAnotherTokenGridAreThoseOfItsPlaces() {
    Network coarse = small(1).network();
    Transformer finer = small(1).transformer().withTokens(4, 6);
    Network fine = small(1).withTransformer(finer).network();
    ParameterVector theta = withHead(coarse);
    ParameterVector direct = ParameterVector.zeros(fine, DataType.DOUBLE);
    direct
        .tensors()
        .forEach(
            (name, tensor) -> {
              if (!name.equals("positions")) {
                tensor.assign(theta.tensor(name));
              }
            });
    affine(theta.tensor("positions"), 2, 3);
    affine(direct.tensor("positions"), 4, 6);
    RegularGrid grid = RegularGrid.unit(8, 12);
    INDArray values = array(1, 96, 2, 1);
    INDArray level = array(2, 2, 6);
    assertThat(evaluate(coarse, theta, grid, values, level))
        .containsExactly(evaluate(fine, direct, grid, values, level), within(1e-12));
  }

  private static void affine(INDArray positions, int rows, int columns) {
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        for (int f = 0; f < positions.size(1); f++) {
          double value = Math.cos(f) + 2 * Math.sin(f) * (i + 0.5) / rows - (j + 0.5) / columns;
          positions.putScalar(i * columns + j, f, value);
        }
      }
    }
  }

  @Test
  void badNumbersAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Transformer.defaults().withWidth(130, 4))
        .withMessageContaining("width 130 is not a multiple of heads 4")
        .withMessageContaining("use width 132");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> UVitConfig.defaults().withTransformer(Transformer.defaults().withDepth(4)))
        .withMessageContaining("depth 4: must be odd")
        .withMessageContaining("use 5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Transformer.defaults().withTokens())
        .withMessageContaining("tokens []");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Transformer.defaults().withTokens(2, 0))
        .withMessageContaining("tokens [2, 0]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Transformer.defaults().withPatch(0))
        .withMessageContaining("patch 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> UVitConfig.defaults().withChannels(0))
        .withMessageContaining("channels 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> UVitConfig.defaults().withLevelFeatures(5))
        .withMessageContaining("levelFeatures 5");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                UVitConfig.defaults()
                    .network()
                    .gridInputs(RegularGrid.unit(28, 30), DataType.FLOAT))
        .withMessageContaining("30 points of axis 1")
        .withMessageContaining("use 32 points");
  }
}
