package io.fdiff.nn.arch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.nn.Conditioning;
import io.fdiff.nn.ParameterVector;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.PointSet;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.RegularGrid.Layout;
import io.fdiff.transform.Basis;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;

class FourierNeuralOperatorTest {

  private static final FourierNeuralOperatorConfig CONFIG =
      new FourierNeuralOperatorConfig(1, 2, 2, 5, 4, 6, 8, Conditioning.NONE);
  private static final FourierNeuralOperator NETWORK = new FourierNeuralOperator(CONFIG);

  private final ParameterVector theta = Evaluation.parameters(NETWORK, 0.5);

  private static RegularGrid periodic(int points) {
    return RegularGrid.unit(Layout.PERIODIC, points);
  }

  /** {@code K u} of layer 0 for one sample of two hidden channels, {@code [points][2]}. */
  private double[][] spectral(Grid grid, DoubleUnaryOperator first, DoubleUnaryOperator second) {
    SpectralProduct product = SpectralProduct.of(Basis.FOURIER, CONFIG.modes(), grid);
    return Evaluation.part(
        NETWORK,
        theta,
        grid,
        product.gridInputs(DataType.DOUBLE),
        (context, hidden) ->
            product.apply(
                context,
                hidden,
                context.parameter("layer0.spectral"),
                context.input("shift", 1, 2)),
        List.of(
            Points.values(grid, p -> first.applyAsDouble(p[0])),
            Points.values(grid, p -> second.applyAsDouble(p[0]))));
  }

  private double weight(int slot, int in, int out) {
    return theta.tensor("layer0.spectral").getDouble(slot, in, out);
  }

  /** cos 2πp has a_1 = 1/√2, so that K cos = P_1 cos 2πp − Q_1 sin 2πp, whatever the grid. */
  @Test
  void spectralProductOfACosineIsTheSameOnAllGrids() {
    DoubleUnaryOperator cosine = p -> Math.cos(2 * Math.PI * p);
    double[][] coarse = spectral(periodic(16), cosine, p -> 0);
    for (int points : new int[] {16, 32, 48, 33}) {
      double[][] values = spectral(periodic(points), cosine, p -> 0);
      for (int p = 0; p < points; p++) {
        double phase = 2 * Math.PI * p / points;
        for (int j = 0; j < 2; j++) {
          double exact = weight(1, 0, j) * Math.cos(phase) - weight(6, 0, j) * Math.sin(phase);
          assertThat(values[p][j]).isCloseTo(exact, within(1e-12));
        }
      }
      for (int i = 0; i < 16 && points % 16 == 0; i++) {
        assertThat(values[i * points / 16]).containsExactly(coarse[i], within(1e-12));
      }
    }
  }

  @Test
  void outputScalesWithTheInput() {
    DoubleUnaryOperator f = p -> Math.sin(4 * Math.PI * p) + 0.3;
    double[][] once = spectral(periodic(24), f, f);
    double[][] thrice =
        spectral(periodic(24), p -> 3 * f.applyAsDouble(p), p -> 3 * f.applyAsDouble(p));
    for (int p = 0; p < 24; p++) {
      assertThat(thrice[p][1]).isCloseTo(3 * once[p][1], within(1e-12));
    }
  }

  /**
   * The complex form c'_k = c_k (P_k + iQ_k) with c_{−k} the conjugate, computed by a plain DFT.
   */
  @Test
  void spectralProductIsComplexMultiplication() {
    int n = 24;
    double[] z = new double[2 * n];
    NoiseSource.of(8).normals(0, 0, new int[] {2 * n}, z, 0);
    RegularGrid grid = periodic(n);
    double[][] values =
        spectral(grid, p -> z[(int) Math.round(p * n)], p -> z[n + (int) Math.round(p * n)]);
    for (int p = 0; p < n; p++) {
      for (int j = 0; j < 2; j++) {
        double sum = 0;
        for (int k = 0; k <= 5; k++) {
          double re = 0;
          double im = 0;
          for (int i = 0; i < 2; i++) {
            double a = 0;
            double b = 0;
            for (int q = 0; q < n; q++) {
              a += z[i * n + q] * Math.cos(2 * Math.PI * k * q / n) / n;
              b -= z[i * n + q] * Math.sin(2 * Math.PI * k * q / n) / n;
            }
            double real = weight(k, i, j);
            double imaginary = k == 0 ? 0 : weight(5 + k, i, j);
            re += a * real - b * imaginary;
            im += a * imaginary + b * real;
          }
          double phase = 2 * Math.PI * k * p / n;
          sum += (k == 0 ? 1 : 2) * (re * Math.cos(phase) - im * Math.sin(phase));
        }
        assertThat(values[p][j]).isCloseTo(sum, within(1e-12));
      }
    }
  }

  @Test
  void nyquistComponentIsIgnored() {
    DoubleUnaryOperator f = p -> Math.cos(2 * Math.PI * p) - 0.2;
    double[][] plain = spectral(periodic(16), f, f);
    double[][] with =
        spectral(periodic(16), p -> f.applyAsDouble(p) + 5 * Math.cos(16 * Math.PI * p), f);
    for (int p = 0; p < 16; p++) {
      assertThat(with[p]).containsExactly(plain[p], within(1e-12));
    }
  }

  @Test
  void weightsMeanTheSameOperatorOnAnIntervalOfAnotherLength() {
    DoubleUnaryOperator f = p -> Math.cos(2 * Math.PI * p) + Math.sin(6 * Math.PI * p);
    RegularGrid stretched = RegularGrid.of(List.of(new Interval(2, 9)), Layout.PERIODIC, 20);
    double[][] unit = spectral(periodic(20), f, f);
    double[][] long7 =
        spectral(stretched, p -> f.applyAsDouble((p - 2) / 7), p -> f.applyAsDouble((p - 2) / 7));
    for (int p = 0; p < 20; p++) {
      assertThat(long7[p]).containsExactly(unit[p], within(1e-12));
    }
  }

  @Test
  void scatteredPointsSeeTheSameOperator() {
    double[] points = new double[40];
    for (int i = 0; i < points.length; i++) {
      points[i] = (i + 0.5 + 0.3 * Math.sin(12.9898 * i)) / points.length;
    }
    PointSet scattered = PointSet.of(Interval.UNIT, points);
    DoubleUnaryOperator f = p -> Math.cos(2 * Math.PI * p) + Math.sin(4 * Math.PI * p);
    double[][] values = spectral(scattered, f, p -> 0);
    for (int i = 0; i < points.length; i++) {
      double p = points[i];
      // a_1 = 1/√2 and b_2 = 1/√2.
      double exact =
          weight(1, 0, 0) * Math.cos(2 * Math.PI * p)
              - weight(6, 0, 0) * Math.sin(2 * Math.PI * p)
              + weight(2, 0, 0) * Math.sin(4 * Math.PI * p)
              + weight(7, 0, 0) * Math.cos(4 * Math.PI * p);
      assertThat(values[i][0]).isCloseTo(exact, within(1e-10));
    }
  }

  private double[] network(Grid grid, DoubleUnaryOperator f) {
    return Evaluation.network(NETWORK, theta, grid, p -> f.applyAsDouble(p[0]));
  }

  /** The nonlinearity aliases, so the whole network agrees across grids only in the limit. */
  @Test
  void networkConvergesUnderRefinement() {
    DoubleUnaryOperator f = p -> Math.cos(2 * Math.PI * p) + 0.5 * Math.sin(4 * Math.PI * p);
    double[] finest = network(periodic(512), f);
    double before = Double.POSITIVE_INFINITY;
    for (int points : new int[] {16, 32, 64, 128}) {
      double[] values = network(periodic(points), f);
      double worst = 0;
      for (int p = 0; p < points; p++) {
        worst = Math.max(worst, Math.abs(values[p] - finest[p * 512 / points]));
      }
      assertThat(worst).as("points %d", points).isLessThan(0.7 * before);
      before = worst;
    }
    assertThat(before).isLessThan(0.02);
  }

  @Test
  void coordinatesMatter() {
    double[] constant = network(periodic(16), p -> 1);
    assertThat(Math.abs(constant[3] - constant[11])).isGreaterThan(1e-3);
  }

  @Test
  void coarseGridIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NETWORK.gridInputs(periodic(10), DataType.FLOAT))
        .withMessageContaining("10 points cannot carry 5 modes")
        .withMessageContaining("more than 10 points");
    assertThat(NETWORK.gridInputs(periodic(11), DataType.FLOAT)).containsKey("analysis");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NETWORK.gridInputs(RegularGrid.unit(16, 16), DataType.FLOAT))
        .withMessageContaining("dimension 2");
  }

  @Test
  void configurationIsChecked() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CONFIG.withWidth(0))
        .withMessageContaining("width 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CONFIG.withLevel(3, 4))
        .withMessageContaining("levelFeatures 3");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CONFIG.withModes(3, 0))
        .withMessageContaining("modes [3, 0]")
        .withMessageContaining("at least 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CONFIG.withModes())
        .withMessageContaining("each axis");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CONFIG.withModes(2000, 2000, 2000))
        .withMessageContaining("2^31 weights");
  }

  /**
   * By hand for width w, L layers, S slots, E level features in H, P projected: 3w + E·H + H +
   * 2Lw(H + 1) + L(S + 1)w² + (w + 1)P in one dimension with one channel.
   */
  @Test
  void parametersAreCounted() {
    FourierNeuralOperatorConfig defaults = FourierNeuralOperatorConfig.defaults();
    assertThat(count(defaults))
        .isEqualTo(3 * 48 + 33 * 64 + 2 * 4 * 48 * 65 + 4 * 34 * 48 * 48 + 49 * 64);
    assertThat(count(defaults.withModes(12, 8)))
        .isEqualTo(4 * 48 + 33 * 64 + 2 * 4 * 48 * 65 + 4 * (25 * 17 + 1) * 48 * 48 + 49 * 64);
    assertThat(count(defaults.withModes(3, 3, 3).withBasis(Basis.COSINE)))
        .isEqualTo(5 * 48 + 33 * 64 + 2 * 4 * 48 * 65 + 4 * (64 + 1) * 48 * 48 + 49 * 64);
  }

  private static int count(FourierNeuralOperatorConfig config) {
    return ParameterVector.zeros(config.network(), DataType.FLOAT).size();
  }
}
