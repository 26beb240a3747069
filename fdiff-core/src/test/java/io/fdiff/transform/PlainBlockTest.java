package io.fdiff.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.space.RegularGrid;
import io.fdiff.space.TestFunctions;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Blocks in arrays from a pool, longer than the block in every direction. */
class PlainBlockTest {

  private static final int ROWS = 3;
  private static final int SPARE = 5;

  static int[][] shapes() {
    return new int[][] {{6}, {4, 5}, {3, 2, 4}};
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void whatLiesBehindTheBlockIsNeitherReadNorWritten(int... shape) {
    SpectralTransform transform = CosineTransform.of(RegularGrid.unit(shape));
    int n = transform.modes();
    int last = shape[shape.length - 1];
    int lines = ROWS * n / last;
    double[] c = TestFunctions.rough(ROWS * n, 31);
    double[][] in = new double[last + 2][lines + SPARE];
    for (int k = 0; k < in.length; k++) {
      Arrays.fill(in[k], Double.NaN);
      for (int l = 0; k < last && l < lines; l++) {
        in[k][l] = c[l * last + k];
      }
    }
    float[][] narrow = new float[in.length][];
    Arrays.setAll(narrow, k -> singles(in[k]));
    double[][] before = Arrays.stream(in).map(double[]::clone).toArray(double[][]::new);
    double[] expected = new double[ROWS * n];
    transform.inverse(c, expected, ROWS);

    double[] out = new double[ROWS * n + SPARE];
    Arrays.fill(out, -7);
    PlainBlock.inverse(transform, in, out, ROWS, shape);
    assertThat(Arrays.copyOf(out, ROWS * n)).isEqualTo(expected);
    assertThat(Arrays.copyOfRange(out, ROWS * n, out.length)).containsOnly(-7);
    assertThat(Arrays.deepEquals(in, before)).isTrue();

    float[] single = new float[out.length];
    Arrays.fill(single, -7);
    PlainBlock.inverse(transform, narrow, single, ROWS, shape);
    for (int i = 0; i < ROWS * n; i++) {
      assertThat((double) single[i]).isCloseTo(expected[i], within(1e-5));
    }
    assertThat(Arrays.copyOfRange(single, ROWS * n, single.length)).containsOnly(-7);

    // And back: the values of the whole block have the coefficients they came from.
    double[] again = new double[ROWS * n];
    transform.forward(Arrays.copyOf(out, ROWS * n), again, ROWS);
    assertThat(again).containsExactly(c, within(1e-13));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void cornersAreDenseInFrontOfTheArray(int... shape) {
    SpectralTransform transform = CosineTransform.of(RegularGrid.unit(shape));
    int n = transform.modes();
    int last = shape[shape.length - 1];
    double[] c = TestFunctions.rough(ROWS * n, 32);
    double[][] in = new double[last][ROWS * n / last + SPARE];
    for (double[] line : in) {
      Arrays.fill(line, Double.NaN);
    }
    for (int i = 0; i < c.length; i++) {
      in[i % last][i / last] = c[i];
    }
    double[] all = new double[ROWS * n];
    transform.inverse(c, all, ROWS);
    int[] corner = Arrays.stream(shape).map(points -> points - 1).toArray();
    double[] expected = new double[ROWS * n];
    int kept = 0;
    for (int i = 0; i < all.length; i++) {
      int rest = i;
      boolean inside = true;
      for (int a = shape.length - 1; a >= 0; a--) {
        inside &= rest % shape[a] < corner[a];
        rest /= shape[a];
      }
      if (inside) {
        expected[kept++] = all[i];
      }
    }
    double[] out = new double[ROWS * n + SPARE];
    Arrays.fill(out, -7);
    PlainBlock.inverse(transform, in, out, ROWS, corner);
    assertThat(Arrays.copyOf(out, kept)).isEqualTo(Arrays.copyOf(expected, kept));
    assertThat(Arrays.copyOfRange(out, kept, out.length)).containsOnly(-7);
  }

  private static float[] singles(double[] x) {
    float[] y = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = (float) x[i];
    }
    return y;
  }
}
