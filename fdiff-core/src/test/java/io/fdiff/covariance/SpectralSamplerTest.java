package io.fdiff.covariance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.RegularGrid.Layout;
import io.fdiff.space.TestFunctions;
import io.fdiff.transform.Basis;
import io.fdiff.transform.SpectralTransform;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class SpectralSamplerTest {

  private static double[] roots(SpectralTransform transform) {
    return IntStream.range(0, transform.modes()).mapToDouble(k -> 1 / (1.0 + k % 37)).toArray();
  }

  private static double[] draw(SpectralSampler sampler, Grid grid, DataType type, int... batch) {
    INDArray out = FunctionBatch.zeros(grid, type, batch[0], batch[1]);
    sampler.sample(NoiseSource.of(4).withStep(1), out);
    return TestFunctions.values(out);
  }

  @Test
  void everyFunctionIsTheSumOverItsOwnNormals() {
    // Batches of one block and of several, the last one shorter; more channels than a block has.
    for (int[] shape : new int[][] {{8}, {3, 4, 5}, {6, 10}, {1024}, {200, 200}}) {
      RegularGrid grid = RegularGrid.unit(shape);
      SpectralTransform transform = Basis.COSINE.on(grid);
      double[] roots = roots(transform);
      SpectralSampler sampler = new SpectralSampler(transform, roots, new GridWindow(grid, grid));
      int n = grid.size();
      for (int[] batch : new int[][] {{1, 1}, {3, 1}, {61, 1}, {2, 5}, {5, 3}}) {
        double[] x = draw(sampler, grid, DataType.DOUBLE, batch);
        double[] single = draw(sampler, grid, DataType.FLOAT, batch);
        for (int f : new int[] {0, batch[0] * batch[1] / 2, batch[0] * batch[1] - 1}) {
          double[] c = new double[n];
          NoiseSource noise = NoiseSource.of(4).withStep(1);
          noise.normals(f / batch[1], f % batch[1], transform.modeShape(), c, 0);
          Arrays.setAll(c, k -> c[k] * roots[k]);
          double[] expected = new double[n];
          transform.inverse(c, expected, 1);
          assertThat(Arrays.copyOfRange(x, f * n, (f + 1) * n)).isEqualTo(expected);
          // Relative to the largest value: some dozen roundings of single precision.
          double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
          assertThat(Arrays.copyOfRange(single, f * n, (f + 1) * n))
              .containsExactly(expected, within(2e-6 * largest));
        }
      }
    }
  }

  @Test
  void aWindowIsCutOutOfTheWhole() {
    int[][][] pairs = {{{5}, {12}}, {{3, 7}, {6, 16}}, {{2, 3, 4}, {4, 6, 9}}, {{4, 8}, {4, 8}}};
    for (int[][] pair : pairs) {
      RegularGrid torus = RegularGrid.unit(Layout.PERIODIC, pair[1]);
      RegularGrid grid = RegularGrid.unit(Layout.CELL, pair[0]);
      SpectralTransform transform = Basis.FOURIER.on(torus);
      double[] roots = roots(transform);
      GridWindow window = new GridWindow(grid, torus);
      SpectralSampler whole = new SpectralSampler(transform, roots, new GridWindow(torus, torus));
      SpectralSampler part = new SpectralSampler(transform, roots, window);
      for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
        double[] expected = new double[6 * grid.size()];
        window.cut(draw(whole, torus, type, 3, 2), 6, expected, 0);
        assertThat(draw(part, grid, type, 3, 2)).isEqualTo(expected);
      }
    }
  }
}
