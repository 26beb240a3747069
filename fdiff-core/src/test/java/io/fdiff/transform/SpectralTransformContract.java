package io.fdiff.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.space.Grid;
import io.fdiff.space.TestFunctions;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The laws of a {@link SpectralTransform} on any grid. Values are of unit order and sums have at
 * most a few hundred terms, so 1e-13 is some hundred units of round-off.
 */
abstract class SpectralTransformContract {

  private static final double ROUND_OFF = 1e-13;

  private SpectralTransform cached;

  /** The transform under test. */
  abstract SpectralTransform create();

  final SpectralTransform transform() {
    if (cached == null) {
      cached = create();
    }
    return cached;
  }

  /**
   * Whether a basis function is the alternating top mode of its axis: the one that differs from
   * {@link Basis#value}.
   */
  boolean alternating(int axis, int index) {
    return false;
  }

  /** The basis functions at the points, {@code [modes][points]}, from their definition. */
  final double[][] expectedBasis() {
    Grid grid = transform().grid();
    double[][] e = new double[transform().modes()][grid.size()];
    for (int k = 0; k < e.length; k++) {
      int[] index = transform().index(k);
      for (int i = 0; i < grid.size(); i++) {
        e[k][i] = 1;
        int stride = grid.size();
        for (int axis = 0; axis < index.length; axis++) {
          stride /= grid.shape()[Math.min(axis, grid.shape().length - 1)];
          double length = grid.domain().get(axis).length();
          double u = grid.domain().get(axis).toUnit(grid.coordinate(i, axis));
          double value;
          if (alternating(axis, index[axis])) {
            value = i / stride % grid.shape()[axis] % 2 == 0 ? 1 : -1;
          } else {
            value = transform().basis().value(index[axis], u);
          }
          e[k][i] *= value / Math.sqrt(length);
        }
      }
    }
    return e;
  }

  /** The columns that {@code inverse} makes of unit coefficients, {@code [modes][points]}. */
  final double[][] synthesis() {
    SpectralTransform t = transform();
    int modes = t.modes();
    int points = t.grid().size();
    double[] unit = new double[modes * modes];
    for (int k = 0; k < modes; k++) {
      unit[k * modes + k] = 1;
    }
    double[] values = new double[modes * points];
    t.inverse(unit, values, modes);
    double[][] e = new double[modes][];
    for (int k = 0; k < modes; k++) {
      e[k] = Arrays.copyOfRange(values, k * points, (k + 1) * points);
    }
    return e;
  }

  final double[] forward(double[] values, int rows) {
    double[] c = new double[rows * transform().modes()];
    transform().forward(values, c, rows);
    return c;
  }

  final double[] inverse(double[] coefficients, int rows) {
    double[] x = new double[rows * transform().grid().size()];
    transform().inverse(coefficients, x, rows);
    return x;
  }

  private int modes() {
    return transform().modes();
  }

  @Test
  final void inverseSumsBasisFunctions() {
    double[][] expected = expectedBasis();
    double[][] actual = synthesis();
    for (int k = 0; k < expected.length; k++) {
      assertThat(TestFunctions.distance(actual[k], expected[k]))
          .as("mode %d", k)
          .isLessThan(ROUND_OFF * TestFunctions.max(expected[k]));
    }
  }

  @Test
  final void inverseIsLinear() {
    double[] c = TestFunctions.rough(modes(), 1);
    double[][] e = expectedBasis();
    double[] direct = new double[transform().grid().size()];
    double bound = 0;
    for (int k = 0; k < c.length; k++) {
      bound += Math.abs(c[k]) * TestFunctions.max(e[k]);
      for (int i = 0; i < direct.length; i++) {
        direct[i] += c[k] * e[k][i];
      }
    }
    assertThat(TestFunctions.distance(inverse(c, 1), direct)).isLessThan(ROUND_OFF * bound);
  }

  @Test
  final void forwardUndoesInverse() {
    double[] c = TestFunctions.rough(3 * modes(), 2);
    // Least squares lose the condition number of their Gram matrix, at most 100 in these tests.
    assertThat(TestFunctions.distance(forward(inverse(c, 3), 3), c)).isLessThan(1e-11);
  }

  @Test
  final void quadratureIsTheAdjointOfInverse() {
    // EᵀW x, from the definition of the basis.
    double[][] e = expectedBasis();
    double[] w = transform().grid().weights();
    double[] x = TestFunctions.rough(2 * w.length, 11);
    double[] direct = new double[2 * e.length];
    for (int row = 0; row < 2; row++) {
      for (int k = 0; k < e.length; k++) {
        for (int i = 0; i < w.length; i++) {
          direct[row * e.length + k] += w[i] * e[k][i] * x[row * w.length + i];
        }
      }
    }
    double[] products = new double[direct.length];
    transform().quadrature(x, products, 2);
    assertThat(TestFunctions.distance(products, direct))
        .isLessThan(ROUND_OFF * TestFunctions.max(x) * w.length);
  }

  @Test
  final void knowsWhetherItIsOrthonormal() {
    double[][] e = expectedBasis();
    double[] w = transform().grid().weights();
    double defect = 0;
    for (int k = 0; k < e.length; k++) {
      for (int l = 0; l <= k; l++) {
        double sum = 0;
        for (int i = 0; i < w.length; i++) {
          sum += w[i] * e[k][i] * e[l][i];
        }
        defect = Math.max(defect, Math.abs(sum - (k == l ? 1 : 0)));
      }
    }
    assertThat(transform().orthonormal()).isEqualTo(defect < 1e-11);
  }

  @Test
  final void rowsAreIndependentOfOneAnother() {
    int points = transform().grid().size();
    double[] x = TestFunctions.rough(5 * points, 3);
    double[] all = forward(x, 5);
    double[] values = inverse(all, 5);
    for (int row = 0; row < 5; row++) {
      double[] one = forward(Arrays.copyOfRange(x, row * points, (row + 1) * points), 1);
      assertThat(Arrays.copyOfRange(all, row * modes(), (row + 1) * modes()))
          .as("coefficients of row %d, bit for bit", row)
          .isEqualTo(one);
      assertThat(Arrays.copyOfRange(values, row * points, (row + 1) * points))
          .as("values of row %d, bit for bit", row)
          .isEqualTo(inverse(one, 1));
    }
  }

  @Test
  final void argumentsAreNotModified() {
    double[] x = TestFunctions.rough(2 * transform().grid().size(), 4);
    double[] c = TestFunctions.rough(2 * modes(), 5);
    double[] x0 = x.clone();
    double[] c0 = c.clone();
    forward(x, 2);
    inverse(c, 2);
    assertThat(x).isEqualTo(x0);
    assertThat(c).isEqualTo(c0);
    INDArray array = TestFunctions.random(transform().grid(), 6);
    double[] before = TestFunctions.values(array);
    transform().inverse(transform().forward(array));
    assertThat(TestFunctions.values(array)).isEqualTo(before);
  }

  @Test
  final void arraysOfDoublesGiveWhatJavaArraysGive() {
    INDArray x = TestFunctions.random(transform().grid(), DataType.DOUBLE, 2, 3, 7);
    INDArray c = transform().forward(x);
    assertThat(c.shape()).containsExactly(2, 3, modes());
    assertThat(c.dataType()).isEqualTo(DataType.DOUBLE);
    assertThat(TestFunctions.values(c)).isEqualTo(forward(TestFunctions.values(x), 6));
    INDArray back = transform().inverse(c);
    assertThat(back.shape()).isEqualTo(x.shape());
    assertThat(TestFunctions.values(back)).isEqualTo(inverse(TestFunctions.values(c), 6));
  }

  @Test
  final void arraysOfFloatsAreComputedInDoubleAndRoundedOnce() {
    INDArray x = TestFunctions.random(transform().grid(), DataType.FLOAT, 2, 1, 8);
    INDArray c = transform().forward(x);
    assertThat(c.dataType()).isEqualTo(DataType.FLOAT);
    double[] exact = forward(TestFunctions.values(x), 2);
    assertThat(TestFunctions.values(c)).isEqualTo(rounded(exact));
    INDArray back = transform().inverse(c);
    assertThat(back.dataType()).isEqualTo(DataType.FLOAT);
    assertThat(TestFunctions.values(back)).isEqualTo(rounded(inverse(TestFunctions.values(c), 2)));
  }

  private static double[] rounded(double[] values) {
    return Arrays.stream(values).map(v -> (double) (float) v).toArray();
  }

  @Test
  final void modesAreNumberedInCOrder() {
    int[] shape = transform().modeShape();
    assertThat(modes()).isEqualTo(Arrays.stream(shape).reduce(1, (a, b) -> a * b));
    for (int k = 0; k < modes(); k++) {
      int flat = 0;
      int[] index = transform().index(k);
      for (int a = 0; a < shape.length; a++) {
        assertThat(index[a]).isBetween(0, shape[a] - 1);
        flat = flat * shape[a] + index[a];
      }
      assertThat(flat).isEqualTo(k);
    }
  }

  @Test
  final void laplacianIsTheEigenvalueOfTheBasisFunction() {
    // −e''/e by central differences of the definition, where |e| is not small.
    Grid grid = transform().grid();
    for (int k = 0; k < modes(); k++) {
      double sum = 0;
      int[] index = transform().index(k);
      for (int axis = 0; axis < index.length; axis++) {
        double kappa = transform().basis().wavenumber(index[axis]);
        double h = 1e-4 / (1 + kappa);
        double u = 0;
        while (Math.abs(transform().basis().value(index[axis], u)) < 0.9) {
          u += 0.001;
        }
        double e = transform().basis().value(index[axis], u);
        double second =
            (transform().basis().value(index[axis], u + h)
                    - 2 * e
                    + transform().basis().value(index[axis], u - h))
                / (h * h);
        double length = grid.domain().get(axis).length();
        sum -= second / e / (length * length);
      }
      // Truncation κ²h²/12 and round-off 4ε/h² relative to κ², below 1e-6 of 1 + κ² at this h.
      assertThat(transform().laplacian(k)).isCloseTo(sum, within(1e-6 * (10 + sum)));
    }
  }

  @Test
  final void frequencyIsTheIntegerOfTheWavenumber() {
    for (int k = 0; k < modes(); k++) {
      int[] index = transform().index(k);
      int[] frequency = transform().frequency(k);
      for (int a = 0; a < index.length; a++) {
        assertThat(frequency[a]).isEqualTo(transform().basis().frequency(index[a]));
      }
    }
  }

  @Test
  final void onItsOwnGridItIsItself() {
    assertThat(transform().on(transform().grid()).modes()).isEqualTo(modes());
    assertThat(transform().on(transform().grid()).grid()).isEqualTo(transform().grid());
  }

  @Test
  final void wrongShapesAreRefused() {
    int points = transform().grid().size();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> transform().forward(Nd4j.create(DataType.DOUBLE, 2, points)))
        .withMessageContaining("[2, " + points + "]")
        .withMessageContaining("expected [batch, channels, ");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> transform().inverse(Nd4j.create(DataType.DOUBLE, 2, 1, modes() + 1)))
        .withMessageContaining("[2, 1, " + (modes() + 1) + "]")
        .withMessageContaining("[batch, channels, " + modes() + "]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> transform().inverse(Nd4j.create(DataType.DOUBLE, 2, modes())))
        .withMessageContaining("[2, " + modes() + "]");
  }
}
