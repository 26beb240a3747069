package io.fdiff.transform;

import io.fdiff.space.Grid;
import java.util.stream.IntStream;

/** Sums of basis functions at any points of the domain, point by point. */
final class BasisEvaluation {

  /** Below this many products the threads cost more than they bring. */
  private static final int PARALLEL_PRODUCTS = 1 << 18;

  private final SpectralTransform from;
  private final Grid to;
  private final int[] shape;
  private final double[] scale; // by axis

  BasisEvaluation(SpectralTransform from, Grid to) {
    this.from = from;
    this.to = to;
    this.shape = from.modeShape();
    this.scale = new double[shape.length];
    for (int a = 0; a < scale.length; a++) {
      scale[a] = 1 / Math.sqrt(to.domain().get(a).length());
    }
  }

  /** {@code x(q_i) = Σ_k c_k ‖e_k‖ e_k(q_i)}, {@code ‖e_k‖} as {@link Transforms} says. */
  void apply(double[] coefficients, double[] out, int rows) {
    int points = to.size();
    int modes = from.modes();
    IntStream range = IntStream.range(0, points);
    if ((long) points * modes * (rows + 1) > PARALLEL_PRODUCTS) {
      range = range.parallel();
    }
    range.forEach(
        i -> {
          double[] e = basisAt(i);
          for (int row = 0; row < rows; row++) {
            double sum = 0;
            for (int k = 0; k < modes; k++) {
              sum += coefficients[row * modes + k] * e[k];
            }
            out[row * points + i] = sum;
          }
        });
  }

  /** The tensor product of the basis functions of the axes, C order. */
  private double[] basisAt(int point) {
    double[] e = {1};
    for (int a = 0; a < shape.length; a++) {
      double u = to.domain().get(a).toUnit(to.coordinate(point, a));
      double[] product = new double[e.length * shape[a]];
      for (int k = 0; k < shape[a]; k++) {
        double norm = Transforms.continuousNorm(from.basis(), from.grid(), a, k);
        double value = norm == 0 ? 0 : norm * scale[a] * from.basis().value(k, u);
        for (int j = 0; j < e.length; j++) {
          product[j * shape[a] + k] = e[j] * value;
        }
      }
      e = product;
    }
    return e;
  }
}
