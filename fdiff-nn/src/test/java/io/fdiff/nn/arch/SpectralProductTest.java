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
import io.fdiff.space.RegularGrid;
import io.fdiff.space.RegularGrid.Layout;
import io.fdiff.transform.Basis;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Both forms of the spectral product in two and three dimensions. Sums of at most some hundred
 * terms of order 1: 1e-12.
 */
class SpectralProductTest {

  private static final double ROUND_OFF = 1e-12;
  private static final List<Integer> PLANE = List.of(2, 1);
  private static final List<Integer> SPACE = List.of(1, 2, 1);

  private static Network network(Basis basis, List<Integer> modes) {
    return new FourierNeuralOperatorConfig(1, 2, 1, modes, basis, 2, 3, 3, Conditioning.NONE)
        .network();
  }

  private static ParameterVector theta(Basis basis, List<Integer> modes) {
    return Evaluation.parameters(network(basis, modes), 0.5);
  }

  private static List<SpectralProduct> products(Basis basis, List<Integer> modes, Grid grid) {
    List<SpectralProduct> products = new ArrayList<>();
    products.add(new DenseSpectralProduct(basis, modes, grid));
    if (grid instanceof RegularGrid regular) {
      products.add(new SeparableSpectralProduct(basis, modes, regular));
    }
    return products;
  }

  /** {@code K u} for two hidden channels, {@code [points][2]}. */
  private static double[][] apply(
      SpectralProduct product, Basis basis, List<Integer> modes, Grid grid, List<double[]> u) {
    Network network = network(basis, modes);
    Map<String, INDArray> inputs = new HashMap<>(network.gridInputs(grid, DataType.DOUBLE));
    inputs.putAll(product.gridInputs(DataType.DOUBLE));
    return Evaluation.part(
        network,
        theta(basis, modes),
        grid,
        inputs,
        (context, hidden) ->
            product.apply(
                context,
                hidden,
                context.parameter("layer0.spectral"),
                context.input("shift", 1, 2)),
        u);
  }

  private static double[] noise(int count, long seed) {
    double[] z = new double[count];
    NoiseSource.of(seed).normals(0, 0, new int[] {count}, z, 0);
    return z;
  }

  private static double phase(int[] k, double[] p) {
    double sum = 0;
    for (int a = 0; a < k.length; a++) {
      sum += 2 * Math.PI * k[a] * p[a];
    }
    return sum;
  }

  /** Which of the half-space is {@code ±k}. */
  private static int indexOf(List<Integer> modes, int[] k) {
    List<int[]> half = Frequencies.half(modes);
    for (int f = 0; f < half.size(); f++) {
      if (Arrays.equals(half.get(f), k)) {
        return f;
      }
    }
    return -1;
  }

  @Test
  void frequenciesAreOneOfEachPair() {
    for (List<Integer> modes : List.of(List.of(4), PLANE, SPACE)) {
      List<int[]> half = Frequencies.half(modes);
      int box = modes.stream().reduce(1, (n, m) -> n * (2 * m + 1));
      assertThat(half).hasSize((box + 1) / 2);
      for (int[] k : half) {
        int[] opposite = Arrays.stream(k).map(c -> -c).toArray();
        assertThat(indexOf(modes, opposite)).isEqualTo(Frequencies.support(k) == 0 ? 0 : -1);
      }
    }
    assertThat(Frequencies.half(List.of(1, 1)))
        .containsExactly(
            new int[] {0, 0},
            new int[] {0, 1},
            new int[] {1, -1},
            new int[] {1, 0},
            new int[] {1, 1});
  }

  /** {@code Σ_k c_k R_k e^{2πik·p}} over the whole box with {@code R_{−k}} the conjugate. */
  private static double[] complex(List<Integer> modes, Grid grid, List<double[]> u, int point) {
    INDArray weights = theta(Basis.FOURIER, modes).tensor("layer0.spectral");
    List<int[]> half = Frequencies.half(modes);
    double[] re = new double[2];
    double[] im = new double[2];
    List<int[]> box = new ArrayList<>(half);
    half.subList(1, half.size()).forEach(k -> box.add(Arrays.stream(k).map(c -> -c).toArray()));
    for (int index = 0; index < box.size(); index++) {
      int[] k = box.get(index);
      boolean conjugate = index >= half.size();
      int f = conjugate ? index - half.size() + 1 : index;
      for (int i = 0; i < 2; i++) {
        double a = 0;
        double b = 0;
        for (int q = 0; q < grid.size(); q++) {
          double angle = phase(k, Points.at(grid, q));
          a += u.get(i)[q] * Math.cos(angle) / grid.size();
          b -= u.get(i)[q] * Math.sin(angle) / grid.size();
        }
        double angle = phase(k, Points.at(grid, point));
        for (int j = 0; j < 2; j++) {
          double p = weights.getDouble(f, i, j);
          double q = f == 0 ? 0 : weights.getDouble(half.size() + f - 1, i, j);
          q = conjugate ? -q : q;
          double x = a * p - b * q;
          double y = a * q + b * p;
          re[j] += x * Math.cos(angle) - y * Math.sin(angle);
          im[j] += x * Math.sin(angle) + y * Math.cos(angle);
        }
      }
    }
    assertThat(im).containsExactly(new double[2], within(ROUND_OFF));
    return re;
  }

  @Test
  void productIsComplexMultiplicationWithHermitianWeights() {
    for (List<Integer> modes : List.of(PLANE, SPACE)) {
      int[] shape = modes.size() == 2 ? new int[] {7, 4} : new int[] {4, 6, 3};
      RegularGrid grid = RegularGrid.unit(Layout.PERIODIC, shape);
      List<double[]> u = List.of(noise(grid.size(), 8), noise(grid.size(), 9));
      for (SpectralProduct product : products(Basis.FOURIER, modes, grid)) {
        double[][] values = apply(product, Basis.FOURIER, modes, grid, u);
        for (int p = 0; p < grid.size(); p++) {
          assertThat(values[p]).containsExactly(complex(modes, grid, u, p), within(ROUND_OFF));
        }
      }
    }
  }

  /**
   * {@code K cos 2πk·p = P_k cos 2πk·p − Q_k sin 2πk·p} at the points of any grid that carries the
   * modes, whatever its layout and its box.
   */
  @Test
  void bandLimitedFunctionsSeeOneOperatorOnAllGrids() {
    List<Interval> box = List.of(new Interval(-1, 2), new Interval(0, 0.25));
    List<Grid> plane =
        List.of(
            RegularGrid.unit(Layout.PERIODIC, 5, 3),
            RegularGrid.unit(Layout.PERIODIC, 8, 16),
            RegularGrid.unit(Layout.CELL, 9, 6),
            RegularGrid.unit(Layout.NODE, 11, 8),
            RegularGrid.of(box, Layout.CELL, 6, 13),
            Points.scattered(2, 60));
    List<Grid> space =
        List.of(
            RegularGrid.unit(Layout.PERIODIC, 3, 5, 3),
            RegularGrid.unit(Layout.CELL, 6, 5, 8),
            Points.scattered(3, 150));
    for (Grid grid : plane) {
      bandLimited(PLANE, new int[] {2, -1}, grid);
      bandLimited(PLANE, new int[] {0, 1}, grid);
    }
    for (Grid grid : space) {
      bandLimited(SPACE, new int[] {1, -2, 1}, grid);
      bandLimited(SPACE, new int[] {0, 2, -1}, grid);
      bandLimited(SPACE, new int[] {0, 0, 1}, grid);
    }
  }

  private static void bandLimited(List<Integer> modes, int[] k, Grid grid) {
    ToDoubleFunction<double[]> angle =
        p -> {
          double[] u = new double[p.length];
          Arrays.setAll(u, a -> grid.domain().get(a).toUnit(p[a]));
          return phase(k, u);
        };
    List<double[]> u =
        List.of(
            Points.values(grid, p -> Math.cos(angle.applyAsDouble(p))),
            Points.values(grid, p -> 0.3));
    INDArray weights = theta(Basis.FOURIER, modes).tensor("layer0.spectral");
    int f = indexOf(modes, k);
    int q = Frequencies.half(modes).size() + f - 1;
    for (SpectralProduct product : products(Basis.FOURIER, modes, grid)) {
      double[][] values = apply(product, Basis.FOURIER, modes, grid, u);
      for (int i = 0; i < grid.size(); i++) {
        double theta = angle.applyAsDouble(Points.at(grid, i));
        for (int j = 0; j < 2; j++) {
          double exact =
              weights.getDouble(f, 0, j) * Math.cos(theta)
                  - weights.getDouble(q, 0, j) * Math.sin(theta)
                  + 0.3 * weights.getDouble(0, 1, j);
          // The least-squares fit of scattered points multiplies round-off by its condition.
          double tolerance = grid instanceof RegularGrid ? ROUND_OFF : 1e-10;
          assertThat(values[i][j]).as("%s", grid).isCloseTo(exact, within(tolerance));
        }
      }
    }
  }

  @Test
  void productCommutesWithTranslationsOfPeriodicGrids() {
    int[] shape = {6, 5};
    RegularGrid grid = RegularGrid.unit(Layout.PERIODIC, shape);
    List<double[]> u = List.of(noise(30, 8), noise(30, 9));
    List<double[]> moved = List.of(moved(u.get(0), shape), moved(u.get(1), shape));
    for (SpectralProduct product : products(Basis.FOURIER, PLANE, grid)) {
      double[][] values = apply(product, Basis.FOURIER, PLANE, grid, u);
      double[][] other = apply(product, Basis.FOURIER, PLANE, grid, moved);
      for (int j = 0; j < 2; j++) {
        int channel = j;
        double[] column = Arrays.stream(values).mapToDouble(row -> row[channel]).toArray();
        double[] after = Arrays.stream(other).mapToDouble(row -> row[channel]).toArray();
        assertThat(after).containsExactly(moved(column, shape), within(ROUND_OFF));
        assertThat(Math.abs(after[0] - column[0])).isGreaterThan(1e-3);
      }
    }
  }

  /** By 2 along the first axis and by 1 along the second. */
  private static double[] moved(double[] values, int[] shape) {
    double[] result = new double[values.length];
    for (int i = 0; i < shape[0]; i++) {
      for (int j = 0; j < shape[1]; j++) {
        result[(i + 2) % shape[0] * shape[1] + (j + 1) % shape[1]] = values[i * shape[1] + j];
      }
    }
    return result;
  }

  /** A product of cosines is an eigenfunction up to its weight matrix, on any grid. */
  @Test
  void cosinesAreMultipliedByTheirOwnMatrix() {
    INDArray weights = theta(Basis.COSINE, PLANE).tensor("layer0.spectral");
    assertThat(weights.shape()).containsExactly(6, 2, 2);
    for (Grid grid :
        List.of(
            RegularGrid.unit(4, 3), RegularGrid.unit(Layout.NODE, 7, 9), Points.scattered(2, 40))) {
      double[] e =
          Points.values(grid, p -> Math.cos(2 * Math.PI * p[0]) * Math.cos(Math.PI * p[1]));
      double[] zero = new double[grid.size()];
      for (SpectralProduct product : products(Basis.COSINE, PLANE, grid)) {
        double[][] values = apply(product, Basis.COSINE, PLANE, grid, List.of(e, zero));
        for (int i = 0; i < grid.size(); i++) {
          for (int j = 0; j < 2; j++) {
            assertThat(values[i][j]).isCloseTo(weights.getDouble(5, 0, j) * e[i], within(1e-10));
          }
        }
      }
    }
  }

  @Test
  void arithmeticDecides() {
    RegularGrid fine = RegularGrid.unit(64, 64);
    List<Integer> many = List.of(12, 12);
    assertThat(SpectralProduct.of(Basis.FOURIER, many, fine))
        .isInstanceOf(SeparableSpectralProduct.class);
    // Those of the contract tests.
    assertThat(SpectralProduct.of(Basis.FOURIER, List.of(4, 4), RegularGrid.unit(16, 17)))
        .isInstanceOf(SeparableSpectralProduct.class);
    assertThat(SpectralProduct.of(Basis.FOURIER, List.of(1, 1, 1), RegularGrid.unit(7, 6, 8)))
        .isInstanceOf(SeparableSpectralProduct.class);
    assertThat(SpectralProduct.of(Basis.COSINE, List.of(7, 7), RegularGrid.unit(16, 17)))
        .isInstanceOf(SeparableSpectralProduct.class);
    assertThat(SpectralProduct.of(Basis.FOURIER, List.of(2, 2), RegularGrid.unit(16, 16)))
        .isInstanceOf(DenseSpectralProduct.class);
    assertThat(SpectralProduct.of(Basis.FOURIER, List.of(12), RegularGrid.unit(64)))
        .isInstanceOf(DenseSpectralProduct.class);
    assertThat(SpectralProduct.of(Basis.FOURIER, PLANE, Points.scattered(2, 60)))
        .isInstanceOf(DenseSpectralProduct.class);
    // 25 · 64² + 25 · 25 · 64 products, and what complex numbers cost.
    assertThat(SeparableSpectralProduct.products(Basis.FOURIER, many, fine.shape()))
        .isEqualTo(2 * (2 * 13 * 64 * 64) + 3 * (4 * 13 * 25 * 64));
    assertThat(DenseSpectralProduct.products(Basis.FOURIER, many, fine.size()))
        .isEqualTo(4 * 625 * 4096);
  }

  @Test
  void gridThatDoesNotCarryTheModesIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SpectralProduct.of(Basis.FOURIER, PLANE, RegularGrid.unit(8, 2)))
        .withMessageContaining("axis 1: 2 points cannot carry 1 modes")
        .withMessageContaining("more than 2 points");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SpectralProduct.of(Basis.FOURIER, PLANE, Points.scattered(2, 14)))
        .withMessageContaining("14 points cannot carry [2, 1] modes")
        .withMessageContaining("more than 14 points");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SpectralProduct.of(Basis.COSINE, PLANE, RegularGrid.unit(3, 8)))
        .withMessageContaining("axis 0: 3 points cannot carry 2 modes");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> network(Basis.FOURIER, PLANE).gridInputs(RegularGrid.unit(9), DataType.FLOAT))
        .withMessageContaining("dimension 1")
        .withMessageContaining("2 variables");
  }
}
