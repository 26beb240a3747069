package io.fdiff.nn.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.covariance.CameronMartinSpace;
import io.fdiff.covariance.KernelCovariance;
import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.covariance.WhiteNoise;
import io.fdiff.kernel.Matern;
import io.fdiff.nn.GraphContext;
import io.fdiff.nn.Network;
import io.fdiff.nn.TinyNetwork;
import io.fdiff.nn.engine.GraphSession;
import io.fdiff.noise.NoiseSource;
import io.fdiff.sde.FunctionalDiffusion;
import io.fdiff.sde.Multiplier;
import io.fdiff.sde.SpectralSDE;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.space.HilbertSpace;
import io.fdiff.space.L2Space;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.Basis;
import io.fdiff.transform.CosineTransform;
import io.fdiff.transform.SobolevSpace;
import io.fdiff.transform.SpectralTransform;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class LossNormTest {

  private static double[] normals(int seed, int length) {
    double[] values = new double[length];
    NoiseSource.of(seed).normals(0, 0, new int[] {length}, values, 0);
    return values;
  }

  /** The squared norm of each of the functions {@code [batch, 1, …]}, by the graph. */
  private static double[] squared(LossNorm norm, Grid grid, double[] functions) {
    QuadraticForm form = norm.on(grid);
    int n = grid.size();
    int batch = functions.length / n;
    Network network = TinyNetwork.on(grid);
    GraphContext context =
        new GraphContext(network, TinyNetwork.parameters(network, DataType.DOUBLE), grid);
    SDVariable rows = form.coordinates(context, context.input("error", -1, -1, 1), 1);
    // A node of its own also where the rows are the input itself.
    SDVariable squares = context.graph().math().square(rows);
    double[] transposed = new double[functions.length];
    for (int b = 0; b < batch; b++) {
      for (int p = 0; p < n; p++) {
        transposed[p * batch + b] = functions[b * n + p];
      }
    }
    INDArray error = Nd4j.create(DataType.DOUBLE, n, batch, 1);
    FunctionBatch.write(transposed, error);
    double[] values = new double[form.rows() * batch];
    try (GraphSession session = new GraphSession(context.graph(), List.of(squares.name()))) {
      session.run(
          Map.of("error", error),
          outputs -> {
            assertThat(outputs.get(squares.name()).shape()).containsExactly(form.rows(), batch, 1);
            FunctionBatch.read(outputs.get(squares.name()), values);
            return true;
          });
    }
    double[] weights = form.weights();
    double[] sums = new double[batch];
    for (int i = 0; i < values.length; i++) {
      sums[i % batch] += weights[i / batch] * values[i];
    }
    return sums;
  }

  private static double[] inner(HilbertSpace space, Grid grid, double[] functions) {
    INDArray x = FunctionBatch.array(grid, DataType.DOUBLE, 1, functions);
    double[] values = new double[functions.length / grid.size()];
    FunctionBatch.read(space.inner(x, x), values);
    return values;
  }

  private static void requireEqual(double[] squared, double[] expected, double tolerance) {
    for (int b = 0; b < expected.length; b++) {
      assertThat(squared[b]).isCloseTo(expected[b], within(tolerance * expected[b]));
    }
  }

  @Test
  void normsAreThoseOfTheirSpacesInEveryDimension() {
    for (RegularGrid grid :
        new RegularGrid[] {
          RegularGrid.unit(12),
          RegularGrid.unit(RegularGrid.Layout.NODE, 9),
          RegularGrid.unit(5, 6),
          RegularGrid.unit(4, 3, 5)
        }) {
      double[] d = normals(1, 3 * grid.size());
      SpectralTransform transform = CosineTransform.of(grid);
      SpectralCovariance noise = SpectralCovariance.of(transform, Spectrum.bessel(3, 1, 4));
      requireEqual(squared(LossNorm.l2(), grid, d), inner(new L2Space(grid), grid, d), 1e-13);
      requireEqual(
          squared(LossNorm.sobolev(Basis.COSINE, 0), grid, d),
          inner(new L2Space(grid), grid, d),
          1e-12);
      for (double s : new double[] {-0.7, 1, 1.5}) {
        requireEqual(
            squared(LossNorm.sobolev(Basis.COSINE, s), grid, d),
            inner(SobolevSpace.of(transform, s), grid, d),
            1e-12);
      }
      double[] expected = inner(CameronMartinSpace.of(noise), grid, d);
      requireEqual(squared(LossNorm.cameronMartin(noise), grid, d), expected, 1e-11);
      requireEqual(squared(LossNorm.cameronMartin(noise, grid.size()), grid, d), expected, 1e-12);
    }
  }

  @Test
  void rowsOfASeparableFormKnowTheirModes() {
    RegularGrid grid = RegularGrid.unit(4, 3, 5);
    SpectralTransform transform = CosineTransform.of(grid);
    QuadraticForm form = LossNorm.sobolev(Basis.COSINE, 1).on(grid);
    double[] factors = new double[60];
    Arrays.setAll(factors, k -> k);
    boolean[] seen = new boolean[60];
    for (int r = 0; r < 60; r++) {
      int mode = (int) form.factor(Multiplier.perMode(transform, factors), r);
      assertThat(form.weights()[r]).isEqualTo(1 + transform.laplacian(mode));
      seen[mode] = true;
    }
    for (boolean mode : seen) {
      assertThat(mode).isTrue();
    }
  }

  /** Oracle E6: dᵀK⁻¹d, and (I + DᵀD)(K(I + DᵀD))⁻¹ is the same form. */
  @Test
  void denseNormIsThatOfTheGramMatrix() {
    RegularGrid grid = RegularGrid.unit(10);
    KernelCovariance covariance = KernelCovariance.of(grid, Matern.exponential(1, 0.3));
    double[][] gram = new double[10][10];
    RealMatrix sobolev = MatrixUtils.createRealIdentityMatrix(10);
    RealMatrix difference = new Array2DRowRealMatrix(9, 10);
    for (int i = 0; i < 10; i++) {
      for (int j = 0; j < 10; j++) {
        double[] p = {grid.coordinate(i, 0)};
        double[] q = {grid.coordinate(j, 0)};
        gram[i][j] = covariance.kernel().covariance(p, q) + (i == j ? covariance.jitter() : 0);
      }
      if (i < 9) {
        difference.setEntry(i, i, -10);
        difference.setEntry(i, i + 1, 10);
      }
    }
    sobolev = sobolev.add(difference.transpose().multiply(difference));
    RealMatrix k = new Array2DRowRealMatrix(gram);
    RealMatrix inverse = new LUDecomposition(k).getSolver().getInverse();
    RealMatrix other =
        sobolev.multiply(new LUDecomposition(k.multiply(sobolev)).getSolver().getInverse());
    assertThat(other.subtract(inverse).getNorm()).isLessThan(1e-10 * inverse.getNorm());
    double[] d = normals(2, 20);
    double[] squared = squared(LossNorm.cameronMartin(covariance), grid, d);
    for (int b = 0; b < 2; b++) {
      double[] row = Arrays.copyOfRange(d, 10 * b, 10 * b + 10);
      double expected =
          new Array2DRowRealMatrix(row)
              .transpose()
              .multiply(other)
              .multiply(new Array2DRowRealMatrix(row))
              .getEntry(0, 0);
      assertThat(squared[b]).isCloseTo(expected, within(1e-9 * expected));
    }
  }

  /** Oracle E7: Σ (b/λ) d_k² = Σ (b/r)|F_o d|² with the orthonormal DFT, λ = r/1024. */
  @Test
  void diffusionRatesAreThePublishedWeightsOfTheDft() {
    int n = 6;
    RegularGrid grid = RegularGrid.unit(RegularGrid.Layout.PERIODIC, n, n);
    SpectralSDE sde = FunctionalDiffusion.images32(grid, 5);
    double[] d = normals(3, n * n);
    double expected = 0;
    for (int u = 0; u < n; u++) {
      for (int v = 0; v < n; v++) {
        double re = 0;
        double im = 0;
        for (int i = 0; i < n * n; i++) {
          double angle = -2 * Math.PI * (u * (i / n) + v * (i % n)) / n;
          re += d[i] * Math.cos(angle) / n;
          im += d[i] * Math.sin(angle) / n;
        }
        int p = Math.min(u, n - u);
        int q = Math.min(v, n - v);
        double square = p * p + q * q;
        double b = 1 / (square + 0.3) + Math.pow((square + 2) / (33 * 33), 0.25);
        double r = 64 * 64 / 23.27 / (square + 2);
        // ‖·‖² of function space is 1/N of that of pixels, and N is 1024 for the spectrum.
        expected += b / r * (re * re + im * im) * 1024 / (n * n);
      }
    }
    assertThat(squared(LossNorm.diffusionRates(sde), grid, d)[0])
        .isCloseTo(expected, within(1e-12 * expected));
  }

  @Test
  void truncationKeepsTheSameModesOnEveryGrid() {
    SpectralCovariance noise =
        SpectralCovariance.of(CosineTransform.of(RegularGrid.unit(16)), Spectrum.bessel(3, 1, 4));
    LossNorm norm = LossNorm.cameronMartin(noise, 5);
    double first = 0;
    for (int n : new int[] {5, 8, 16, 40}) {
      RegularGrid grid = RegularGrid.unit(n);
      double[] d = new double[n];
      for (int i = 0; i < n; i++) {
        double p = grid.coordinate(i, 0);
        d[i] = 1 + Math.cos(Math.PI * p) - 2 * Math.cos(4 * Math.PI * p);
      }
      double squared = squared(norm, grid, d)[0];
      first = n == 5 ? squared : first;
      assertThat(norm.on(grid).rows()).isEqualTo(5);
      assertThat(squared).isCloseTo(first, within(1e-11 * first));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> norm.on(RegularGrid.unit(4)))
        .withMessageContaining("carries 4 of the 5 leading modes");
  }

  @Test
  void normsThatAreNoneAreRefused() {
    RegularGrid grid = RegularGrid.unit(8);
    SpectralCovariance noise =
        SpectralCovariance.of(CosineTransform.of(grid), Spectrum.bessel(3, 1, 4));
    for (int modes : new int[] {0, 9}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> LossNorm.cameronMartin(noise, modes))
          .withMessageContaining(modes + " leading modes");
    }
    SpectralCovariance flat =
        SpectralCovariance.of(
            CosineTransform.of(grid), (frequency, laplacian) -> frequency[0] < 6 ? 1 : 0);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LossNorm.cameronMartin(flat, 3))
        .withMessageContaining("eigenvalues 3 and 4 are both 1.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LossNorm.cameronMartin(flat, 7))
        .withMessageContaining("eigenvalue 7 is 0.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LossNorm.cameronMartin(WhiteNoise.functionSpace(grid), 3))
        .withMessageContaining("not diagonal");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LossNorm.sobolev(Basis.COSINE, Double.NaN))
        .withMessageContaining("order NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LossNorm.spectral(Basis.COSINE, (f, l) -> 1 - l).on(grid))
        .withMessageContaining("negative or not finite");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LossWeight.edm(0))
        .withMessageContaining("ratio 0.0");
  }
}
