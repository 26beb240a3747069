package io.fdiff.transform;

import io.fdiff.space.RegularGrid;
import io.fdiff.space.RegularGrid.Layout;
import java.util.Arrays;
import java.util.List;

/**
 * Differences along the axes of a regular grid of cells or nodes, with the quadrature weights of
 * the other axes. Its eigenvectors are the cosines of the grid, with eigenvalues {@code Σ_a (2/h_a
 * · sin(κ_a h_a/2))²}, so the matrix is inverted by two cosine transforms.
 */
final class GridDifferences implements DifferenceForm {

  private final int[] shape;
  private final double[] steps; // h_a
  private final double[][] before; // products of weights of the axes before a, C order
  private final double[][] behind; // of the axes behind a
  private final SpectralTransform cosine;
  private final double[] multiplier;

  GridDifferences(RegularGrid grid) {
    int d = grid.dimension();
    this.shape = grid.shape();
    this.steps = new double[d];
    double[][] weights = new double[d][];
    for (int a = 0; a < d; a++) {
      steps[a] =
          grid.domain().get(a).length() / (grid.layout() == Layout.NODE ? shape[a] - 1 : shape[a]);
      weights[a] = RegularGrid.of(List.of(grid.domain().get(a)), grid.layout(), shape[a]).weights();
    }
    this.before = new double[d][];
    this.behind = new double[d][];
    for (int a = 0; a < d; a++) {
      before[a] = a == 0 ? new double[] {1} : products(before[a - 1], weights[a - 1]);
      int b = d - 1 - a;
      behind[b] = a == 0 ? new double[] {1} : products(weights[b + 1], behind[b + 1]);
    }
    this.cosine = Basis.COSINE.on(grid);
    this.multiplier = new double[cosine.modes()];
    for (int k = 0; k < multiplier.length; k++) {
      int[] index = cosine.index(k);
      multiplier[k] = 1;
      for (int a = 0; a < d; a++) {
        double kappa = Basis.COSINE.wavenumber(index[a]) / grid.domain().get(a).length();
        multiplier[k] += Math.pow(2 / steps[a] * Math.sin(kappa * steps[a] / 2), 2);
      }
    }
  }

  /** {@code v ⊗ w}. */
  private static double[] products(double[] v, double[] w) {
    double[] out = new double[v.length * w.length];
    Arrays.setAll(out, i -> v[i / w.length] * w[i % w.length]);
    return out;
  }

  @Override
  public double of(double[] a, double[] b, int from) {
    double sum = 0;
    for (int axis = 0; axis < shape.length; axis++) {
      double[] across = behind[axis];
      int stride = across.length;
      double along = 0;
      int at = from;
      for (double outer : before[axis]) {
        double slab = 0;
        for (int i = 1; i < shape[axis]; i++) {
          for (int s = 0; s < stride; s++, at++) {
            slab += across[s] * (a[at + stride] - a[at]) * (b[at + stride] - b[at]);
          }
        }
        at += stride;
        along += outer * slab;
      }
      sum += along / steps[axis];
    }
    return sum;
  }

  @Override
  public void solve(double[] in, double[] out, int rows) {
    SobolevSpace.representatives(cosine, multiplier, in, out, rows);
  }
}
