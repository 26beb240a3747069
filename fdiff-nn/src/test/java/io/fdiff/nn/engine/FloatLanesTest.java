package io.fdiff.nn.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.apache.commons.math3.special.Erf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FloatLanesTest {

  private final FloatLanes lanes = new FloatLanes();

  private float[] apply(Operation operation, double constant, float... x) {
    float[] out = new float[x.length];
    lanes.compute(operation, constant, x, x, out, x.length);
    return out;
  }

  /** Evenly spread arguments, and their exact values as floats. */
  private void assertClose(
      Operation operation, double from, double to, double relative, DoubleUnaryOperator exact) {
    int n = 20_011;
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) (from + (to - from) * i / (n - 1));
    }
    float[] found = apply(operation, 0, x);
    double worst = 0;
    for (int i = 0; i < n; i++) {
      double y = exact.applyAsDouble(x[i]);
      double error = Math.abs(found[i] - y) / Math.abs(y);
      worst = error <= worst ? worst : error;
    }
    assertThat(worst).as("%s on [%s, %s]", operation, from, to).isLessThan(relative);
  }

  @Test
  void exponentialsAreWithinTheStatedError() {
    assertClose(Operation.EXP, -87, 88, 5e-7, Math::exp);
    assertClose(Operation.EXP, -1e-3, 1e-3, 5e-7, Math::exp);
    assertClose(Operation.SIGMOID, -80, 80, 5e-7, x -> 1 / (1 + Math.exp(-x)));
    assertClose(Operation.TANH, 1e-6, 1e-2, 5e-7, Math::tanh);
    assertClose(Operation.TANH, 1e-2, 20, 5e-7, Math::tanh);
    assertClose(Operation.TANH, -20, -1e-2, 5e-7, Math::tanh);
    assertClose(Operation.ERF, 1e-3, 5, 1e-6, Erf::erf);
    assertClose(Operation.ERF, -7, -0.1, 1e-6, Erf::erf);
    assertClose(Operation.LOG, 2, 1e5, 2e-7, Math::log);
  }

  @Test
  void exponentialsReachTheirLimits() {
    float infinity = Float.POSITIVE_INFINITY;
    assertThat(apply(Operation.EXP, 0, -infinity, -1e9f, -200, 0, 89, 1e9f, infinity))
        .containsExactly(0, 0, 0, 1, infinity, infinity, infinity);
    assertThat(apply(Operation.TANH, 0, -infinity, -30, 0, 30, infinity))
        .containsExactly(-1, -1, 0, 1, 1);
    assertThat(apply(Operation.SIGMOID, 0, -infinity, 0, 100, infinity))
        .containsExactly(0, 0.5f, 1, 1);
  }

  @Test
  void sineAndCosineAreWithinTheStatedError() {
    int n = 20_011;
    float[] x = new float[n];
    for (double range : new double[] {1, 100, 9_999, 1e6}) {
      for (int i = 0; i < n; i++) {
        x[i] = (float) (range * (2.0 * i / (n - 1) - 1));
      }
      float[] sines = apply(Operation.SIN, 0, x);
      float[] cosines = apply(Operation.COS, 0, x);
      double worst = 0;
      for (int i = 0; i < n; i++) {
        double error =
            Math.max(Math.abs(sines[i] - Math.sin(x[i])), Math.abs(cosines[i] - Math.cos(x[i])));
        worst = error <= worst ? worst : error;
      }
      assertThat(worst).as("up to %s", range).isLessThan(3e-7);
    }
  }

  @ParameterizedTest
  @EnumSource(Operation.class)
  void noOperationHidesANaN(Operation operation) {
    float[] x = {1, Float.NaN, 0.5f, 2};
    float[] one = {1, 1, 1, 1};
    float[] out = new float[4];
    lanes.compute(operation, 0.5, x, one, out, 4);
    assertThat(out[1]).isNaN();
    assertThat(out[0]).isNotNaN();
    lanes.compute(operation, 0.5, one, x, out, 4);
    assertThat(Float.isNaN(out[1])).isEqualTo(operation.operands() == 2);
    double[] wide = new double[4];
    new DoubleLanes()
        .compute(
            operation,
            0.5,
            new double[] {1, Double.NaN, 0.5, 2},
            new double[] {1, 1, 1, 1},
            wide,
            4);
    assertThat(wide[1]).isNaN();
  }

  @ParameterizedTest
  @EnumSource(Node.Fold.class)
  void foldsKeepANaNWhereverItIs(Node.Fold fold) {
    for (int n : new int[] {1, 3, 8, 13}) {
      for (int at = 0; at < n; at++) {
        float[] rows = new float[2 * n];
        for (int i = 0; i < rows.length; i++) {
          rows[i] = (i * 7) % 5 - 1;
        }
        rows[n + at] = Float.NaN;
        float[] out = new float[2];
        lanes.fold(fold, rows, out, 2, n);
        assertThat(out[0]).isNotNaN();
        assertThat(out[1]).isNaN();
      }
    }
  }

  /** Rows of any length, with the largest number anywhere and larger ones in the next row. */
  @Test
  void maximaAreThoseOfTheirRows() {
    for (int n : new int[] {1, 2, 3, 7, 8, 13, 64, 65, 100}) {
      for (int at = 0; at < n; at++) {
        float[] rows = new float[3 * n];
        for (int i = 0; i < rows.length; i++) {
          rows[i] = -2 - (i * 7) % 5 + (i < n ? 0 : i < 2 * n ? 10 : 20);
        }
        rows[n + at] = 9;
        float[] first = Arrays.copyOf(rows, n);
        float[] out = new float[3];
        lanes.fold(Node.Fold.MAX, rows, out, 3, n);
        assertThat(out[0]).isEqualTo(-2);
        assertThat(out[1]).isEqualTo(9);
        assertThat(out[2]).isEqualTo(largest(Arrays.copyOfRange(rows, 2 * n, 3 * n)));
        assertThat(Arrays.copyOf(rows, n)).isEqualTo(first);
      }
    }
  }

  private static float largest(float... values) {
    float largest = Float.NEGATIVE_INFINITY;
    for (float value : values) {
      largest = Math.max(largest, value);
    }
    return largest;
  }

  @Test
  void rowsAreAddedWhateverTheirNumber() {
    for (int rows = 1; rows < 20; rows++) {
      int columns = 3;
      float[] from = new float[rows * columns];
      float[] sum = {1, 2, 3};
      for (int i = 0; i < from.length; i++) {
        from[i] = i;
      }
      float[] before = from.clone();
      lanes.addRows(from, sum, rows, columns);
      // Whole numbers: exact.
      float first = 3 * rows * (rows - 1) / 2f;
      assertThat(sum).containsExactly(1 + first, 2 + first + rows, 3 + first + 2 * rows);
      assertThat(from).isEqualTo(before);
    }
  }

  @Test
  void stepsAreSharp() {
    float tiny = Float.MIN_VALUE;
    assertThat(apply(Operation.STEP, 0, -1, -tiny, 0, tiny, 1e-20f, 3, Float.POSITIVE_INFINITY))
        .containsExactly(0, 0, 0, 1, 1, 1, 1);
    assertThat(apply(Operation.SIGN, 0, -1e-30f, 0, tiny, 5)).containsExactly(-1, 0, 1, 1);
    float below = Math.nextDown(2.5f);
    assertThat(apply(Operation.INSIDE, 2.5, -3, -2.5f, -below, 0, below, 2.5f, 1e9f))
        .containsExactly(0, 0, 1, 1, 1, 0, 0);
  }
}
