package io.fdiff.space;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The laws of a {@link HilbertSpace}; round-off bounds are relative to the norms involved. */
public abstract class HilbertSpaceContract {

  private static final int BATCH = 3;
  private static final int CHANNELS = 2;

  /** The space under test. */
  protected abstract HilbertSpace space();

  /** Round-off of an inner product relative to the norms: that of a sum, unless stated. */
  protected double roundOff() {
    return 1e-14;
  }

  private INDArray random(long seed) {
    return TestFunctions.random(space().grid(), DataType.DOUBLE, BATCH, CHANNELS, seed);
  }

  private double[] inner(INDArray x, INDArray y) {
    return TestFunctions.values(space().inner(x, y));
  }

  private double[] norm(INDArray x) {
    return TestFunctions.values(space().norm(x));
  }

  @Test
  final void innerIsOneDoubleForEachFunction() {
    INDArray x = random(1).castTo(DataType.FLOAT);
    INDArray inner = space().inner(x, x);
    assertThat(inner.shape()).containsExactly(BATCH);
    assertThat(inner.dataType()).isEqualTo(DataType.DOUBLE);
    INDArray wide = x.castTo(DataType.DOUBLE);
    assertThat(TestFunctions.values(inner)).containsExactly(inner(wide, wide));
  }

  @Test
  final void innerOfABatchIsThatOfItsFunctions() {
    INDArray x = random(1);
    INDArray y = random(2);
    double[] all = inner(x, y);
    for (int b = 0; b < BATCH; b++) {
      double one = inner(TestFunctions.sample(x, b), TestFunctions.sample(y, b))[0];
      assertThat(all[b]).isEqualTo(one);
    }
  }

  @Test
  final void innerIsSymmetric() {
    INDArray x = random(1);
    INDArray y = random(2);
    double[] bound = bound(norm(x), norm(y));
    for (int b = 0; b < BATCH; b++) {
      assertThat(inner(x, y)[b]).isCloseTo(inner(y, x)[b], within(bound[b]));
    }
  }

  @Test
  final void innerIsLinear() {
    INDArray x = random(1);
    INDArray y = random(2);
    INDArray z = random(3);
    double[] left = inner(x.mul(-2.5).add(y.mul(0.75)), z);
    double[] a = inner(x, z);
    double[] b = inner(y, z);
    double[] bound = bound(norm(x), norm(z));
    for (int i = 0; i < BATCH; i++) {
      assertThat(left[i]).isCloseTo(-2.5 * a[i] + 0.75 * b[i], within(10 * bound[i]));
    }
  }

  @Test
  final void innerIsPositive() {
    for (double value : inner(random(1), random(1))) {
      assertThat(value).isPositive();
    }
    INDArray zero = random(1).mul(0);
    assertThat(inner(zero, zero)).containsOnly(0);
    // A spike at one point must not be overlooked.
    for (int point = 0; point < space().grid().size(); point++) {
      double[] spike = new double[space().grid().size()];
      spike[point] = 1;
      INDArray x = TestFunctions.of(space().grid(), spike);
      assertThat(inner(x, x)[0]).isPositive();
    }
  }

  @Test
  final void normIsTheRootOfInner() {
    INDArray x = random(1);
    double[] norm = norm(x);
    double[] inner = inner(x, x);
    for (int b = 0; b < BATCH; b++) {
      assertThat(norm[b] * norm[b]).isCloseTo(inner[b], within(1e-14 * inner[b]));
    }
    assertThat(space().norm(x).shape()).containsExactly(BATCH);
  }

  @Test
  final void normObeysTheTriangleAndCauchySchwarzInequalities() {
    INDArray x = random(1);
    INDArray y = random(2);
    for (int b = 0; b < BATCH; b++) {
      assertThat(norm(x.add(y))[b]).isLessThan(norm(x)[b] + norm(y)[b]);
      assertThat(Math.abs(inner(x, y)[b])).isLessThan(norm(x)[b] * norm(y)[b]);
    }
  }

  @Test
  final void rieszTurnsDerivativesIntoInnerProducts() {
    INDArray gradient = random(1);
    INDArray y = random(2);
    double[] inner = inner(space().riesz(gradient), y);
    double[] g = TestFunctions.values(gradient);
    double[] v = TestFunctions.values(y);
    int block = g.length / BATCH;
    for (int b = 0; b < BATCH; b++) {
      double sum = 0;
      double size = 0;
      for (int i = b * block; i < (b + 1) * block; i++) {
        sum += g[i] * v[i];
        size += Math.abs(g[i] * v[i]);
      }
      // Spectral Riesz maps lose the condition number of their multiplier, hence not 1e-15.
      assertThat(inner[b]).isCloseTo(sum, within(1e-11 * size));
    }
  }

  @Test
  final void rieszKeepsShapeAndType() {
    INDArray x = random(1).castTo(DataType.FLOAT);
    INDArray riesz = space().riesz(x);
    assertThat(riesz.dataType()).isEqualTo(DataType.FLOAT);
    assertThat(riesz.shape()).containsExactly(x.shape());
  }

  @Test
  final void argumentsAreNotModified() {
    INDArray x = random(1);
    INDArray y = random(2);
    space().inner(x, y);
    space().norm(x);
    space().riesz(x).addi(1);
    assertThat(TestFunctions.values(x)).containsExactly(TestFunctions.values(random(1)));
    assertThat(TestFunctions.values(y)).containsExactly(TestFunctions.values(random(2)));
  }

  @Test
  final void wrongShapesAreRefused() {
    Grid grid = space().grid();
    INDArray x = random(1);
    INDArray flat = x.reshape('c', BATCH * CHANNELS, grid.size());
    String rule = "expected [batch, channels, ";
    assertThatIllegalArgumentException()
        .isThrownBy(() -> space().inner(flat, flat))
        .withMessageContaining("[" + BATCH * CHANNELS + ", " + grid.size() + "]")
        .withMessageContaining(rule);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> space().norm(flat))
        .withMessageContaining(rule);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> space().riesz(flat))
        .withMessageContaining(rule);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> space().inner(x, TestFunctions.sample(x, 0)))
        .withMessageContaining("differ");
    INDArray whole = x.castTo(DataType.INT32);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> space().inner(whole, whole))
        .withMessageContaining("INT");
  }

  private double[] bound(double[] a, double[] b) {
    double[] out = new double[a.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = roundOff() * a[i] * b[i];
    }
    return out;
  }
}
