package io.fdiff.nn.arch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.nn.Conditioning;
import io.fdiff.nn.GraphContext;
import io.fdiff.nn.Network;
import io.fdiff.nn.NetworkFunction;
import io.fdiff.nn.Parameter;
import io.fdiff.nn.ParameterVector;
import io.fdiff.nn.arch.ModulatedInrConfig.Activation;
import io.fdiff.nn.arch.ModulatedInrConfig.Decoder;
import io.fdiff.nn.arch.ModulatedInrConfig.Modulation;
import io.fdiff.nn.arch.ModulatedInrConfig.Sampling;
import io.fdiff.nn.arch.Transformer.Level;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.PointSet;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.RegularGrid.Layout;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ModulatedInrTest {

  private static final int BATCH = 2;

  private static ModulatedInrConfig config(Sampling sampling, Integer... tokens) {
    return new ModulatedInrConfig(
        1,
        new Transformer(List.of(tokens), 2, 8, 1, 2, Level.TOKEN, false),
        sampling,
        new Decoder(Activation.GELU, 2, 8, 2, 4, Modulation.SCALE_AND_SHIFT),
        6,
        Conditioning.NONE);
  }

  private static int size(Network network, String prefix) {
    return network.parameters().stream()
        .filter(p -> p.name().startsWith(prefix))
        .mapToInt(Parameter::size)
        .sum();
  }

  /** As in the thesis: a modulator of a million, a decoder of a hundred thousand parameters. */
  @Test
  void numbersOfParameters() {
    Network network = ModulatedInrConfig.defaults().network();
    int w = 128;
    int encoder =
        5 * (12 * w * w + 10 * w)
            + 16 * w
            + w
            + 64 * w
            + 64 * 4 * w
            + 4 * w
            + 4 * w * w
            + w
            + 2 * w;
    int latent = w * w + w + w * 2 * 6 * w;
    int decoder = (2 + 2 * 2 * 6) * w + 64 * w + w + 5 * (w * w + w) + w + 1;
    assertThat(size(network, "encoder.")).isEqualTo(encoder);
    assertThat(size(network, "decoder.")).isEqualTo(decoder).isEqualTo(94_337);
    assertThat(size(network, "")).isEqualTo(encoder + latent + decoder).isEqualTo(1_406_465);
    Network siren =
        ModulatedInrConfig.defaults()
            .withDecoder(Decoder.siren().withModulation(Modulation.SHIFT))
            .network();
    assertThat(size(siren, "")).isEqualTo(1_406_465 - 24 * w - 6 * w * w);
    assertThat(size(VisionTransformerConfig.defaults().network(), ""))
        .isEqualTo(encoder + 16 * w + 16);
  }

  private static ParameterVector random(Network network) {
    ParameterVector vector = ParameterVector.zeros(network, DataType.DOUBLE);
    double[] values = new double[vector.size()];
    NoiseSource.of(17).normals(0, 0, new int[] {values.length}, values, 0);
    for (int i = 0; i < values.length; i++) {
      values[i] *= 0.5;
    }
    vector.assign(values);
    return vector;
  }

  /** Values of two smooth functions that 4 cosines or Fourier frequencies carry on each axis. */
  private static INDArray functions(Grid grid, double frequency) {
    double[] values = new double[grid.size() * BATCH];
    for (int p = 0; p < grid.size(); p++) {
      double product = 1;
      for (int a = 0; a < grid.dimension(); a++) {
        double u = grid.domain().get(a).toUnit(grid.coordinate(p, a));
        product *= 0.5 + Math.cos((a + 1) * frequency * u);
      }
      values[p * BATCH] = product;
      values[p * BATCH + 1] = 1 - 0.5 * product;
    }
    INDArray array = Nd4j.create(DataType.DOUBLE, grid.size(), BATCH, 1);
    FunctionBatch.write(values, array);
    return array;
  }

  private static double[] evaluate(
      Network network, ParameterVector theta, Grid grid, INDArray values, double[]... points) {
    Map<String, INDArray> inputs = new HashMap<>(network.gridInputs(grid, DataType.DOUBLE));
    if (points.length > 0) {
      inputs.put(GraphContext.COORDINATES, Nd4j.createFromArray(points));
    }
    inputs.put(GraphContext.VALUES, values);
    double[] level = new double[BATCH * 6];
    Arrays.setAll(level, i -> Math.sin(i + 1));
    INDArray features = Nd4j.create(DataType.DOUBLE, BATCH, 6);
    FunctionBatch.write(level, features);
    inputs.put(GraphContext.LEVEL, features);
    int count = points.length > 0 ? points.length : grid.size();
    double[] out = new double[count * BATCH];
    try (NetworkFunction function = NetworkFunction.of(network, theta, grid)) {
      function.evaluate(
          inputs,
          result -> {
            assertThat(result.shape()).containsExactly(count, BATCH, 1);
            FunctionBatch.read(result, out);
          });
    }
    return out;
  }

  /** Points in another order, fewer, or among others: each keeps its value. */
  @Test
  void valueAtAPointDoesNotDependOnTheOthers() {
    Network network = config(Sampling.COSINE, 2, 2).network();
    ParameterVector theta = random(network);
    RegularGrid grid = RegularGrid.unit(4, 4);
    INDArray values = functions(grid, Math.PI);
    double[] all = evaluate(network, theta, grid, values);
    double[][] points = new double[16][2];
    for (int p = 0; p < 16; p++) {
      // Backwards.
      points[15 - p][0] = 2 * grid.coordinate(p, 0) - 1;
      points[15 - p][1] = 2 * grid.coordinate(p, 1) - 1;
    }
    double[] reversed = evaluate(network, theta, grid, values, points);
    double[] few =
        evaluate(network, theta, grid, values, points[3], new double[] {0.1, 2}, points[9]);
    for (int b = 0; b < BATCH; b++) {
      for (int p = 0; p < 16; p++) {
        // Products of other heights round differently.
        assertThat(reversed[(15 - p) * BATCH + b]).isCloseTo(all[p * BATCH + b], within(1e-12));
      }
      assertThat(few[b]).isCloseTo(all[12 * BATCH + b], within(1e-12));
      assertThat(few[2 * BATCH + b]).isCloseTo(all[6 * BATCH + b], within(1e-12));
    }
    assertThat(Arrays.stream(all).distinct().count()).isEqualTo(32);
  }

  /**
   * One function on grids of any fineness, all of which carry it: the same function comes out, with
   * cosines at cell centres and nodes, with Fourier modes on periodic grids.
   */
  @Test
  void functionOnAFinerGridIsTheSame() {
    double[][] points = {{-0.9, 0.3}, {0.2, -0.55}, {0.7, 1}};
    Network cosine = config(Sampling.COSINE, 2, 3).network();
    ParameterVector theta = random(cosine);
    RegularGrid own = RegularGrid.unit(4, 6);
    double[] expected = evaluate(cosine, theta, own, functions(own, Math.PI), points);
    for (RegularGrid grid :
        new RegularGrid[] {
          RegularGrid.unit(8, 12), RegularGrid.unit(5, 7), RegularGrid.unit(Layout.NODE, 9, 8)
        }) {
      assertThat(evaluate(cosine, theta, grid, functions(grid, Math.PI), points))
          .containsExactly(expected, within(1e-11));
    }
    Network fourier = config(Sampling.FOURIER, 2, 3).network();
    RegularGrid periodic = RegularGrid.unit(Layout.PERIODIC, 4, 6);
    double[] wave = evaluate(fourier, theta, periodic, functions(periodic, 2 * Math.PI), points);
    for (int[] shape : new int[][] {{8, 12}, {5, 7}, {32, 6}}) {
      RegularGrid grid = RegularGrid.unit(Layout.PERIODIC, shape);
      assertThat(evaluate(fourier, theta, grid, functions(grid, 2 * Math.PI), points))
          .containsExactly(wave, within(1e-11));
    }
  }

  /** What the encoder's grid cannot carry, it does not see: √2 cos 5πu on 4 points. */
  @Test
  void higherCosinesAreDropped() {
    Network network = config(Sampling.COSINE, 2).network();
    ParameterVector theta = random(network);
    RegularGrid fine = RegularGrid.unit(16);
    INDArray values = functions(fine, Math.PI);
    double[] expected = evaluate(network, theta, fine, values);
    INDArray rough = values.dup('c');
    for (int p = 0; p < 16; p++) {
      for (int b = 0; b < BATCH; b++) {
        double wave = Math.cos(5 * Math.PI * fine.coordinate(p, 0));
        rough.putScalar(new int[] {p, b, 0}, values.getDouble(p, b, 0) + wave);
      }
    }
    assertThat(evaluate(network, theta, fine, rough)).containsExactly(expected, within(1e-11));
  }

  /** Interpolation is exact for affine functions: scattered points, nodes and cells agree. */
  @Test
  void affineFunctionsAreTheSameOnAllPointsWithInterpolation() {
    Network network = config(Sampling.LINEAR, 3).network();
    ParameterVector theta = random(network);
    double[] expected = null;
    for (Grid grid :
        new Grid[] {
          RegularGrid.unit(6),
          RegularGrid.unit(Layout.NODE, 13),
          RegularGrid.unit(4),
          PointSet.of(Interval.UNIT, 0.05, 0.3, 0.35, 0.8)
        }) {
      INDArray values = Nd4j.create(DataType.DOUBLE, grid.size(), BATCH, 1);
      for (int p = 0; p < grid.size(); p++) {
        values.putScalar(new int[] {p, 0, 0}, 1 - 2 * grid.coordinate(p, 0));
        values.putScalar(new int[] {p, 1, 0}, 0.5 + grid.coordinate(p, 0));
      }
      double[] out =
          evaluate(
              network,
              theta,
              grid,
              values,
              new double[] {-0.7},
              new double[] {0},
              new double[] {1});
      if (expected == null) {
        expected = out;
      }
      assertThat(out).containsExactly(expected, within(1e-11));
    }
  }

  /** With W_2 = 0 the decoder does not see the function, and with its last map 0 gives 0. */
  @Test
  void initialNetworkIsZeroAndWithoutModulationsBlind() {
    Network network = config(Sampling.COSINE, 2, 2).network();
    ParameterVector theta = ParameterVector.initial(network, DataType.DOUBLE, NoiseSource.of(3));
    RegularGrid grid = RegularGrid.unit(4, 4);
    INDArray values = functions(grid, Math.PI);
    assertThat(evaluate(network, theta, grid, values)).containsOnly(0);
    theta.tensor("decoder.out").assign(1);
    double[] base = evaluate(network, theta, grid, values);
    assertThat(evaluate(network, theta, grid, values.mul(3))).isEqualTo(base);
    assertThat(Arrays.stream(base).distinct().count()).isEqualTo(32);
    theta.tensor("modulation").assign(random(network).tensor("modulation"));
    double[] modulated = evaluate(network, theta, grid, values);
    double[] other = evaluate(network, theta, grid, values.mul(3));
    double difference = 0;
    for (int i = 0; i < 32; i++) {
      difference = Math.max(difference, Math.abs(modulated[i] - other[i]));
    }
    assertThat(difference).isGreaterThan(1e-4);
  }

  /** The decoder written as loops, for the modulations that one zero latent weight fixes. */
  @Test
  void decoderIsThatOfALoop() {
    for (Activation activation : Activation.values()) {
      for (Modulation modulation : Modulation.values()) {
        ModulatedInrConfig config =
            config(Sampling.COSINE, 2).withDecoder(new Decoder(activation, 1, 3, 2, 1, modulation));
        Network network = config.network();
        ParameterVector theta = random(network);
        // The latent vector is the bias alone.
        theta.tensor("latent").assign(0);
        theta.tensor("latent.bias").assign(1);
        RegularGrid grid = RegularGrid.unit(4);
        double point = 0.3;
        double[] out =
            evaluate(network, theta, grid, functions(grid, Math.PI), new double[] {point});
        for (int b = 0; b < BATCH; b++) {
          assertThat(out[b]).isCloseTo(loop(theta, config, point, b), within(1e-11));
        }
      }
    }
  }

  private static double loop(
      ParameterVector theta, ModulatedInrConfig config, double point, int sample) {
    int width = config.decoder().width();
    double[] encoded = {point, Math.sin(Math.PI / 2 * point), Math.cos(Math.PI / 2 * point)};
    double[] u = new double[width];
    for (int l = 0; l < 2; l++) {
      double[] next = new double[width];
      for (int j = 0; j < width; j++) {
        double a =
            theta.tensor("decoder.layer" + l + (l == 0 ? ".level" : "") + ".bias").getDouble(j);
        for (int i = 0; i < width; i++) {
          a +=
              l == 0
                  ? encoded[i] * theta.tensor("decoder.layer0.coordinates").getDouble(i, j)
                  : u[i] * theta.tensor("decoder.layer1").getDouble(i, j);
        }
        for (int f = 0; l == 0 && f < 6; f++) {
          a += Math.sin(sample * 6 + f + 1) * theta.tensor("decoder.layer0.level").getDouble(f, j);
        }
        INDArray modulation = theta.tensor("modulation");
        if (config.decoder().modulation() == Modulation.SCALE_AND_SHIFT) {
          a *= 1 + modulation.getDouble(0, (2 + l) * width + j);
        }
        a += modulation.getDouble(0, l * width + j);
        next[j] =
            switch (config.decoder().activation()) {
              case GELU ->
                  a / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (a + 0.044715 * a * a * a)));
              case SWISH -> a / (1 + Math.exp(-a));
              case SINE -> Math.sin(30 * a);
            };
      }
      u = next;
    }
    double out = theta.tensor("decoder.out.bias").getDouble(0);
    for (int i = 0; i < width; i++) {
      out += u[i] * theta.tensor("decoder.out").getDouble(i, 0);
    }
    return out;
  }

  /** Oracle of sines: bounds 1/n and √(6/n)/30, and 30Wu of deviation about 1. */
  @Test
  void sinesStartWithTheirLaw() {
    Network network =
        ModulatedInrConfig.defaults().withDecoder(Decoder.siren().withSize(256, 3, 8)).network();
    ParameterVector theta = ParameterVector.initial(network, DataType.DOUBLE, NoiseSource.of(8));
    double first = theta.tensor("decoder.layer0.coordinates").amaxNumber().doubleValue();
    assertThat(first).isBetween(0.98 / 2, 1.0 / 2);
    double second = theta.tensor("decoder.layer1").amaxNumber().doubleValue();
    double bound = Math.sqrt(6.0 / 256) / 30;
    assertThat(second).isBetween(0.99 * bound, bound);
    assertThat(theta.tensor("decoder.layer1.bias").amaxNumber().doubleValue()).isZero();
    double sum = 0;
    int count = 200;
    for (int p = 0; p < count; p++) {
      double[] u = new double[256];
      for (int i = 0; i < 256; i++) {
        double x = Math.sin(p * 1.7);
        double y = Math.cos(p * 2.3);
        INDArray w = theta.tensor("decoder.layer0.coordinates");
        u[i] = Math.sin(30 * (x * w.getDouble(0, i) + y * w.getDouble(1, i)));
      }
      for (int j = 0; j < 256; j += 16) {
        double a = 0;
        for (int i = 0; i < 256; i++) {
          a += 30 * u[i] * theta.tensor("decoder.layer1").getDouble(i, j);
        }
        sum += a * a / (count * 16);
      }
    }
    // 16 units of variance 1 each over 200 dependent points: the band of the oracle.
    assertThat(Math.sqrt(sum)).isBetween(0.8, 1.2);
  }

  @Test
  void badNumbersAreRefused() {
    Network network = config(Sampling.COSINE, 2, 2).network();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> network.gridInputs(RegularGrid.unit(16), DataType.FLOAT))
        .withMessageContaining("dimension 1")
        .withMessageContaining("tokens [2, 2] are for dimension 2");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                config(Sampling.COSINE, 2)
                    .network()
                    .gridInputs(PointSet.of(Interval.UNIT, 0.1, 0.4, 0.7), DataType.FLOAT))
        .withMessageContaining("3");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Decoder(Activation.GELU, 17, 8, 2, 4, Modulation.SHIFT))
        .withMessageContaining("frequencies 17")
        .withMessageContaining("0 (plain coordinates) to 16");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Decoder.defaults().withSize(8, 0, 4))
        .withMessageContaining("layers 0");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                ModulatedInrConfig.defaults()
                    .withDecoder(Decoder.defaults().withSize(2, 1, 4))
                    .withChannels(3))
        .withMessageContaining("decoder width 2 is below the 3 channels");
  }
}
