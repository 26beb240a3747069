package io.fdiff.covariance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SymmetricEigenTest {

  /** {@code n} points of the unit interval under {@code e^{−5|p − q|}}. */
  private static double[] exponential(int n) {
    double[] a = new double[n * n];
    Arrays.setAll(a, at -> Math.exp(-5.0 * Math.abs(at / n - at % n) / (n - 1)));
    return a;
  }

  @Test
  void smallAndLargeMatricesAreDecomposed() {
    // Under OPENBLAS_CORETYPE=SKYLAKEX the library behind large matrices returns wrong vectors.
    for (int n : new int[] {2, 40, 255, 256, 300}) {
      double[] a = exponential(n);
      SymmetricEigen eigen = SymmetricEigen.of(a, n);
      double[] u = eigen.vectors();
      double largest = eigen.values()[0];
      for (int k = 0; k < n; k += Math.max(1, n / 20)) {
        for (int i = 0; i < n; i++) {
          double image = DenseForm.dot(a, i * n, u, k * n, n);
          assertThat(image).isCloseTo(eigen.values()[k] * u[k * n + i], within(1e-13 * largest));
        }
        for (int l = 0; l < n; l++) {
          double product = DenseForm.dot(u, k * n, u, l * n, n);
          assertThat(product).isCloseTo(k == l ? 1 : 0, within(1e-13));
        }
      }
      assertThat(Arrays.stream(eigen.values()).sum()).isCloseTo(n, within(1e-12 * n));
    }
  }

  @Test
  void wrongDecompositionsAreNoticed() {
    int n = 50;
    double[] a = exponential(n);
    assertThat(SymmetricEigen.of(a, n).decomposes(a)).isTrue();
    // One part in a million of one eigenvalue, one vector turned or scaled.
    SymmetricEigen value = SymmetricEigen.of(a, n);
    value.values()[3] *= 1 + 1e-6;
    assertThat(value.decomposes(a)).isFalse();
    SymmetricEigen turned = SymmetricEigen.of(a, n);
    for (int i = 0; i < n; i++) {
      turned.vectors()[3 * n + i] += 1e-6 * turned.vectors()[4 * n + i];
    }
    assertThat(turned.decomposes(a)).isFalse();
    SymmetricEigen scaled = SymmetricEigen.of(a, n);
    for (int i = 0; i < n; i++) {
      scaled.vectors()[49 * n + i] *= 1 + 1e-6;
    }
    assertThat(scaled.decomposes(a)).isFalse();
    SymmetricEigen lost = SymmetricEigen.of(a, n);
    lost.vectors()[0] = Double.NaN;
    assertThat(lost.decomposes(a)).isFalse();
  }
}
