package io.fdiff.denoise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.covariance.CameronMartinSpace;
import io.fdiff.covariance.KernelCovariance;
import io.fdiff.kernel.Matern;
import io.fdiff.sde.Fixtures;
import io.fdiff.sde.FunctionalDiffusion;
import io.fdiff.sde.SpectralSDE;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.RegularGrid.Layout;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Published losses in the norms of this library (oracles E6, E7). */
class LossFormsTest {

  /**
   * The loss of Kerrigan et al. in a Sobolev space, {@code dᵀS(KS)⁻¹d} with {@code S = I + DᵀD}:
   * with a derivative that is consistent it is no Sobolev norm but that of Cameron and Martin.
   */
  @Test
  void sobolevLossOfAGaussianProcessIsItsCameronMartinNorm() {
    Grid grid = RegularGrid.unit(Layout.NODE, 12);
    int n = grid.size();
    KernelCovariance covariance = KernelCovariance.of(grid, new Matern(1.5, 1, 0.3));
    RealMatrix s = MatrixUtils.createRealIdentityMatrix(n);
    double gap = grid.coordinate(1, 0) - grid.coordinate(0, 0);
    for (int i = 0; i + 1 < n; i++) {
      double square = 1 / (gap * gap);
      s.addToEntry(i, i, square);
      s.addToEntry(i + 1, i + 1, square);
      s.addToEntry(i, i + 1, -square);
      s.addToEntry(i + 1, i, -square);
    }
    RealMatrix form =
        s.multiply(
            new LUDecomposition(Fixtures.kernel(covariance).multiply(s)).getSolver().getInverse());
    INDArray d = Fixtures.random(grid, DataType.DOUBLE, 1, 1, 4);
    double[] values = Fixtures.values(d);
    double expected = CameronMartinSpace.of(covariance).inner(d, d).getDouble(0);
    double found =
        MatrixUtils.createRealVector(values)
            .dotProduct(form.operate(MatrixUtils.createRealVector(values)));
    // Two inversions of matrices of condition 1e4.
    assertThat(found).isCloseTo(expected, within(1e-10 * expected));
  }

  /** The weights of Franzese et al. on the orthonormal DFT of pixels and on coefficients. */
  @Test
  void weightsOfFunctionalDiffusionAreThoseOfCoefficients() {
    for (int n : new int[] {8, 9}) {
      Grid grid = RegularGrid.unit(n);
      SpectralSDE sde = FunctionalDiffusion.of(grid, 5, 1, n);
      INDArray d = Fixtures.random(grid, DataType.DOUBLE, 1, 1, 6);
      double[] values = Fixtures.values(d);
      double expected = 0;
      for (int f = 0; f < n; f++) {
        double re = 0;
        double im = 0;
        for (int i = 0; i < n; i++) {
          re += values[i] * Math.cos(2 * Math.PI * f * i / n) / Math.sqrt(n);
          im -= values[i] * Math.sin(2 * Math.PI * f * i / n) / Math.sqrt(n);
        }
        double q = Math.pow(Math.min(f, n - f), 2);
        double b = 1 / (q + 0.3) + Math.pow((q + 2) / (33 * 33), 0.25);
        double r = 64 * 64 / 23.27 / (q + 2);
        expected += b / r * (re * re + im * im);
      }
      double[] c = Fixtures.values(sde.noise().transform().forward(d));
      double[] lambda = sde.noise().eigenvalues();
      double found = 0;
      for (int k = 0; k < c.length; k++) {
        found += sde.rates()[k] / lambda[k] * c[k] * c[k];
      }
      assertThat(found).isCloseTo(expected, within(1e-12 * expected));
    }
  }
}
