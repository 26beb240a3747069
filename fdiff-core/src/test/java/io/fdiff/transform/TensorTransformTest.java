package io.fdiff.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.space.Interval;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.RegularGrid.Layout;
import io.fdiff.space.TestFunctions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The fast transforms of every family against sums of basis functions. */
class TensorTransformTest {

  private static final int[] LARGE = {
    81, 96, 100, 125, 127, 128, 134, 243, 255, 256, 360, 500, 512, 1000, 1023, 1024, 2048
  };

  /** The top sine mode of an axis of cells alternates. */
  @Nested
  class SineOnCells15 extends OrthonormalTransformContract {
    @Override
    SpectralTransform create() {
      return new TensorTransform(Basis.SINE, RegularGrid.unit(15));
    }

    @Override
    boolean alternating(int axis, int index) {
      return index == 14;
    }
  }

  @Nested
  class SineOnCellsOfNonSquareBox extends OrthonormalTransformContract {
    @Override
    SpectralTransform create() {
      return new TensorTransform(Basis.SINE, RegularGrid.of(box(2), Layout.CELL, 16, 7));
    }

    @Override
    boolean alternating(int axis, int index) {
      return index == (axis == 0 ? 15 : 6);
    }
  }

  @Nested
  class SineOnInterior15 extends OrthonormalTransformContract {
    @Override
    SpectralTransform create() {
      return new TensorTransform(Basis.SINE, RegularGrid.unit(Layout.INTERIOR, 15));
    }
  }

  @Nested
  class SineOnInteriorOfNonSquareBox extends OrthonormalTransformContract {
    @Override
    SpectralTransform create() {
      return new TensorTransform(Basis.SINE, RegularGrid.of(box(2), Layout.INTERIOR, 6, 9));
    }
  }

  @Nested
  class QuarterSineOnCells15 extends OrthonormalTransformContract {
    @Override
    SpectralTransform create() {
      return new TensorTransform(Basis.QUARTER_SINE, RegularGrid.unit(15));
    }
  }

  @Nested
  class QuarterSineOnCellsOfNonSquareBox extends OrthonormalTransformContract {
    @Override
    SpectralTransform create() {
      return new TensorTransform(Basis.QUARTER_SINE, RegularGrid.of(box(2), Layout.CELL, 16, 7));
    }
  }

  private static List<Interval> box(int axes) {
    List<Interval> box = new ArrayList<>();
    for (int a = 0; a < axes; a++) {
      box.add(new Interval(-0.5 * a, 1.5 + a));
    }
    return box;
  }

  @ParameterizedTest
  @CsvSource({
    "FOURIER, CELL",
    "FOURIER, PERIODIC",
    "COSINE, CELL",
    "COSINE, NODE",
    "SINE, CELL",
    "SINE, INTERIOR",
    "QUARTER_SINE, CELL"
  })
  void everyLengthSumsBasisFunctions(Basis basis, Layout layout) {
    for (int n = 2; n <= 64; n++) {
      assertSums(basis, layout, n);
    }
    for (int n : LARGE) {
      assertSums(basis, layout, n);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "FOURIER, CELL",
    "FOURIER, PERIODIC",
    "COSINE, CELL",
    "COSINE, NODE",
    "SINE, CELL",
    "SINE, INTERIOR",
    "QUARTER_SINE, CELL"
  })
  void everyShapeSumsBasisFunctions(Basis basis, Layout layout) {
    assertSums(basis, layout, 5, 8);
    assertSums(basis, layout, 32, 32);
    assertSums(basis, layout, 16, 7, 9);
    assertSums(basis, layout, 2, 3, 4, 5);
  }

  /**
   * One rough function and one mode at a time would cost n² each; a rough function checks all modes
   * at once, and every point of it is summed in long form.
   */
  private static void assertSums(Basis basis, Layout layout, int... shape) {
    RegularGrid grid = RegularGrid.of(box(shape.length), layout, shape);
    TensorTransform transform = new TensorTransform(basis, grid);
    int n = grid.size();
    double[] c = TestFunctions.rough(n, 21);
    float[] single = singles(c);
    c = doubles(single);
    double[] expected = sums(basis, grid, c);
    double max = TestFunctions.max(expected);
    double[] values = new double[n];
    transform.inverse(c, values, 1);
    assertThat(TestFunctions.distance(values, expected))
        .as("%s %s", basis, grid)
        .isLessThan(1e-13 * max);
    double[] back = new double[n];
    transform.forward(values, back, 1);
    assertThat(TestFunctions.distance(back, c))
        .as("%s %s", basis, grid)
        .isLessThan(1e-13 * TestFunctions.max(c));
    float[] singleValues = new float[n];
    transform.inverse(single, singleValues, 1);
    assertThat(TestFunctions.distance(doubles(singleValues), expected))
        .as("%s %s in single precision", basis, grid)
        .isLessThan(1e-6 * max);
    float[] singleBack = new float[n];
    transform.forward(singles(values), singleBack, 1);
    assertThat(TestFunctions.distance(doubles(singleBack), c))
        .as("%s %s in single precision", basis, grid)
        .isLessThan(1e-6 * TestFunctions.max(c));
  }

  /** {@code Σ_k c_k e_k(p)}, axis by axis. */
  private static double[] sums(Basis basis, RegularGrid grid, double[] c) {
    int[] shape = grid.shape();
    double[] x = c.clone();
    int inner = 1;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      int n = shape[axis];
      double[][] e = axisBasis(basis, grid, axis);
      double[] line = new double[n];
      for (int at = 0; at < x.length; at++) {
        if (at / inner % n != 0) {
          continue;
        }
        for (int i = 0; i < n; i++) {
          line[i] = 0;
          for (int k = 0; k < n; k++) {
            line[i] += e[i][k] * x[at + k * inner];
          }
        }
        for (int i = 0; i < n; i++) {
          x[at + i * inner] = line[i];
        }
      }
      inner *= n;
    }
    return x;
  }

  private static double[][] axisBasis(Basis basis, RegularGrid grid, int axis) {
    int n = grid.shape()[axis];
    Interval side = grid.domain().get(axis);
    Layout layout = grid.layout();
    boolean top =
        switch (basis) {
          case FOURIER -> n % 2 == 0;
          case COSINE -> layout == Layout.NODE;
          case SINE -> layout == Layout.CELL;
          case QUARTER_SINE -> false;
        };
    double[][] e = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < n; k++) {
        double value = top && k == n - 1 ? 1 - 2 * (i % 2) : value(basis, layout, n, k, i);
        e[i][k] = value / Math.sqrt(side.length());
      }
    }
    return e;
  }

  /** {@code e_k} at point {@code i}, the phase reduced to one turn in whole numbers. */
  private static double value(Basis basis, Layout layout, int n, int k, int i) {
    // The point is num/den, the phase quarterTurns·π·num/(2 den).
    long num = layout == Layout.CELL ? 2 * i + 1 : layout == Layout.INTERIOR ? i + 1 : i;
    int den =
        switch (layout) {
          case CELL -> 2 * n;
          case PERIODIC -> n;
          case NODE -> n - 1;
          case INTERIOR -> n + 1;
        };
    int quarterTurns = (int) Math.round(2 * basis.wavenumber(k) / Math.PI);
    double phase = Math.PI * (quarterTurns * num % (4L * den)) / (2.0 * den);
    boolean cosine = basis == Basis.COSINE || (basis == Basis.FOURIER && k % 2 == 1);
    boolean constant = k == 0 && (basis == Basis.COSINE || basis == Basis.FOURIER);
    return constant ? 1 : Math.sqrt(2) * (cosine ? Math.cos(phase) : Math.sin(phase));
  }

  @Test
  void functionsHaveTheBitsTheyHaveAlone() {
    for (int[] shape : new int[][] {{64, 64}, {1024}, {15, 8, 6}, {134}}) {
      RegularGrid grid = RegularGrid.unit(shape);
      int n = grid.size();
      for (Basis basis : Basis.values()) {
        TensorTransform transform = new TensorTransform(basis, grid);
        int rows = 40;
        float[] x = singles(TestFunctions.rough(rows * n, 22));
        float[] all = new float[x.length];
        transform.inverse(x, all, rows);
        float[] analysed = new float[x.length];
        transform.forward(x, analysed, rows);
        for (int row : new int[] {0, 6, 7, 39}) {
          float[] one = Arrays.copyOfRange(x, row * n, (row + 1) * n);
          float[] alone = new float[n];
          transform.inverse(one, alone, 1);
          assertThat(alone).isEqualTo(Arrays.copyOfRange(all, row * n, (row + 1) * n));
          transform.forward(one, alone, 1);
          assertThat(alone).isEqualTo(Arrays.copyOfRange(analysed, row * n, (row + 1) * n));
        }
      }
    }
  }

  @Test
  void aCornerOfABlockHasTheBitsOfTheWhole() {
    for (int[] shape : new int[][] {{20, 12}, {36}, {5, 8, 6}, {134}, {3, 4, 5}}) {
      RegularGrid grid = RegularGrid.unit(shape);
      int n = grid.size();
      int rows = 7;
      double[] x = TestFunctions.rough(rows * n, 23);
      for (Basis basis : Basis.values()) {
        TensorTransform transform = new TensorTransform(basis, grid);
        double[] all = new double[x.length];
        transform.inverse(x, all, rows);
        float[] single = new float[x.length];
        transform.inverse(singles(x), single, rows);
        for (int less = 0; less < 3; less++) {
          int[] corner = shape.clone();
          for (int a = 0; a < corner.length; a++) {
            corner[a] = Math.max(1, corner[a] - less * (a + 1));
          }
          double[][] in = lastAxisInFront(x, shape[shape.length - 1]);
          double[] block = new double[rows * Arrays.stream(corner).reduce(1, (a, b) -> a * b)];
          transform.inverseBlock(in, block, rows, corner);
          assertThat(block).isEqualTo(cut(all, shape, corner, rows));
          assertThat(in).isDeepEqualTo(lastAxisInFront(x, shape[shape.length - 1]));
          float[][] narrow = new float[in.length][];
          Arrays.setAll(narrow, k -> singles(in[k]));
          float[] singleBlock = new float[block.length];
          transform.inverseBlock(narrow, singleBlock, rows, corner);
          assertThat(singleBlock).isEqualTo(singles(cut(doubles(single), shape, corner, rows)));
        }
      }
    }
  }

  @Test
  void otherTransformsCutTheSameCorner() {
    // Least squares has the modes of the fast transform, in sums: 1e-12 of values of order 10.
    int[] shape = {5, 4, 6};
    int[] corner = {2, 4, 3};
    RegularGrid grid = RegularGrid.unit(shape);
    int rows = 3;
    double[][] in = lastAxisInFront(TestFunctions.rough(rows * grid.size(), 24), 6);
    double[] fast = new double[rows * 24];
    new TensorTransform(Basis.COSINE, grid).inverseBlock(in, fast, rows, corner);
    double[] slow = new double[rows * 24];
    LeastSquaresTransform plain = new LeastSquaresTransform(Basis.COSINE, grid, shape);
    plain.inverseBlock(in, slow, rows, corner);
    assertThat(slow).containsExactly(fast, within(1e-11));
    float[][] narrow = new float[in.length][];
    Arrays.setAll(narrow, k -> singles(in[k]));
    float[] single = new float[slow.length];
    plain.inverseBlock(narrow, single, rows, corner);
    // Coefficients and values are rounded once each.
    assertThat(doubles(single)).containsExactly(fast, within(1e-4));
  }

  /** {@code [rows, n_1, …, n_d]} as {@code [n_d][rows, n_1, …, n_{d−1}]}. */
  private static double[][] lastAxisInFront(double[] x, int last) {
    double[][] rows = new double[last][x.length / last];
    for (int i = 0; i < x.length; i++) {
      rows[i % last][i / last] = x[i];
    }
    return rows;
  }

  private static double[] cut(double[] values, int[] shape, int[] corner, int rows) {
    double[] out = new double[rows * Arrays.stream(corner).reduce(1, (a, b) -> a * b)];
    int next = 0;
    for (int i = 0; i < values.length; i++) {
      int rest = i;
      boolean kept = true;
      for (int a = shape.length - 1; a >= 0; a--) {
        kept &= rest % shape[a] < corner[a];
        rest /= shape[a];
      }
      if (kept) {
        out[next++] = values[i];
      }
    }
    return out;
  }

  @Test
  void basesWithoutAFastTransformAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TensorTransform(Basis.SINE, RegularGrid.unit(Layout.PERIODIC, 8)))
        .withMessage("SINE on layout PERIODIC has no fast transform; use least squares");
  }

  private static float[] singles(double[] x) {
    float[] y = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = (float) x[i];
    }
    return y;
  }

  private static double[] doubles(float[] x) {
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = x[i];
    }
    return y;
  }
}
