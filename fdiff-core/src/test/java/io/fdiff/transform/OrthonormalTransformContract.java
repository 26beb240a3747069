package io.fdiff.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.space.L2Space;
import io.fdiff.space.TestFunctions;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A transform whose basis is orthonormal under the quadrature of its grid (oracle A1). */
abstract class OrthonormalTransformContract extends SpectralTransformContract {

  @Test
  final void basisIsOrthonormalUnderTheQuadrature() {
    double[][] e = synthesis();
    double[] w = transform().grid().weights();
    for (int k = 0; k < e.length; k++) {
      for (int l = 0; l <= k; l++) {
        double sum = 0;
        for (int i = 0; i < w.length; i++) {
          sum += w[i] * e[k][i] * e[l][i];
        }
        assertThat(sum).as("⟨e_%d, e_%d⟩", k, l).isCloseTo(k == l ? 1 : 0, within(1e-13));
      }
    }
  }

  @Test
  final void forwardIsTheQuadratureOfInnerProducts() {
    double[][] e = expectedBasis();
    double[] w = transform().grid().weights();
    double[] x = TestFunctions.rough(w.length, 11);
    double[] direct = new double[e.length];
    for (int k = 0; k < e.length; k++) {
      for (int i = 0; i < w.length; i++) {
        direct[k] += w[i] * e[k][i] * x[i];
      }
    }
    assertThat(TestFunctions.distance(forward(x, 1), direct))
        .isLessThan(1e-13 * TestFunctions.max(x) * w.length);
  }

  @Test
  final void parsevalHoldsOnTheSpanOfTheModes() {
    double[] c = TestFunctions.rough(transform().modes(), 12);
    INDArray x = TestFunctions.of(transform().grid(), inverse(c, 1));
    double sum = 0;
    for (double value : c) {
      sum += value * value;
    }
    assertThat(new L2Space(transform().grid()).inner(x, x).getDouble(0))
        .isCloseTo(sum, within(1e-13 * sum));
  }

  @Test
  final void inverseUndoesForwardOnTheSpanOfTheModes() {
    double[] x = inverse(TestFunctions.rough(transform().modes(), 13), 1);
    assertThat(TestFunctions.distance(inverse(forward(x, 1), 1), x))
        .isLessThan(1e-12 * TestFunctions.max(x));
  }
}
