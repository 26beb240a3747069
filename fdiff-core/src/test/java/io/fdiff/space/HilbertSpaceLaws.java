package io.fdiff.space;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Laws that hold of every {@link HilbertSpace}, for properties over spaces and functions. */
public final class HilbertSpaceLaws {

  private HilbertSpaceLaws() {}

  /**
   * Symmetry, positivity, the inequality of Cauchy and Schwarz, its equality, and the Riesz law.
   *
   * @param roundOff relative to norms and sums: that of the operator of the space
   */
  public static void check(HilbertSpace space, long seed, double roundOff) {
    check(space, seed, roundOff, 0);
  }

  /**
   * The same laws for a space whose form is a multiplier in another basis than the points. The
   * Riesz representative of a rough gradient is then large, a transform loses digits of its largest
   * coefficients to all others, and the form weights what is lost with up to its largest
   * eigenvalue.
   *
   * @param largest the largest eigenvalue of the form over that of {@code L²}
   */
  public static void check(HilbertSpace space, long seed, double roundOff, double largest) {
    INDArray x = TestFunctions.random(space.grid(), seed);
    INDArray y = TestFunctions.random(space.grid(), seed + 1);
    double nx = space.norm(x).getDouble(0);
    double ny = space.norm(y).getDouble(0);
    double inner = inner(space, x, y);
    assertThat(nx).isPositive().isFinite();
    assertThat(inner).isCloseTo(inner(space, y, x), within(roundOff * nx * ny));
    assertThat(Math.abs(inner)).isLessThanOrEqualTo(nx * ny * (1 + roundOff));
    assertThat(inner(space, x, x.mul(-2))).isCloseTo(-2 * nx * nx, within(roundOff * nx * nx));

    INDArray riesz = space.riesz(x);
    double[] g = TestFunctions.values(x);
    double[] v = TestFunctions.values(y);
    double sum = 0;
    L2Space plain = new L2Space(space.grid());
    double lost = largest * plain.norm(riesz).getDouble(0) * plain.norm(y).getDouble(0);
    double size = lost + space.norm(riesz).getDouble(0) * ny;
    for (int i = 0; i < g.length; i++) {
      sum += g[i] * v[i];
      size += Math.abs(g[i] * v[i]);
    }
    assertThat(inner(space, riesz, y)).isCloseTo(sum, within(roundOff * size));
  }

  private static double inner(HilbertSpace space, INDArray x, INDArray y) {
    return space.inner(x, y).getDouble(0);
  }
}
