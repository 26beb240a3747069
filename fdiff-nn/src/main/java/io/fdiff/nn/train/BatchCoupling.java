package io.fdiff.nn.train;

import io.fdiff.flow.Coupling;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.Grid;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The data of a batch in the order in which a coupling gives them to its noise functions.
 *
 * <p>A batch and its address belong together; the last one is kept, so that the parts of a batch
 * are coupled once.
 */
final class BatchCoupling {

  private final Coupling coupling;
  private final double[] weights;
  private final int channels;
  private @Nullable Coupled last;

  /** Data in their new order. */
  private static final class Coupled {
    /** 64 random bits of the batch's address. */
    final long address;

    final int size;
    final double[] data;

    Coupled(long address, int size, double[] data) {
      this.address = address;
      this.size = size;
      this.data = data;
    }
  }

  BatchCoupling(Coupling coupling, Grid grid, int channels) {
    this.coupling = coupling;
    this.weights = grid.weights();
    this.channels = channels;
  }

  /**
   * The data of a batch in the order of its noise.
   *
   * @param size number of samples
   * @param source a source of the batch's step that nothing else reads
   * @param clean gives the data of that many samples
   * @param noise gives their noise
   * @return {@code size × channels × points}; not to be modified
   */
  double[] data(
      int size, NoiseSource source, IntFunction<double[]> clean, IntFunction<double[]> noise) {
    long address = source.withStream(0).uniform(0).nextLong();
    Coupled known = last;
    if (known == null || known.address != address || known.size != size) {
      double[] y = clean.apply(size);
      double[][] costs = costs(noise.apply(size), y, size);
      int[] partners = coupling.partners(costs, source.withStream(1));
      int block = y.length / size;
      double[] coupled = new double[y.length];
      for (int i = 0; i < size; i++) {
        System.arraycopy(y, partners[i] * block, coupled, i * block, block);
      }
      known = new Coupled(address, size, coupled);
      last = known;
    }
    return known.data;
  }

  /** {@code ‖ξ_i − y_j‖²}, as squares less twice the inner product: half the work. */
  private double[][] costs(double[] xi, double[] y, int n) {
    int points = weights.length;
    int block = channels * points;
    double[] data = new double[n];
    for (int j = 0; j < n; j++) {
      data[j] = inner(weighted(y, j, block), y, j * block);
    }
    double[][] costs = new double[n][n];
    for (int i = 0; i < n; i++) {
      double[] noise = weighted(xi, i, block);
      double square = inner(noise, xi, i * block);
      for (int j = 0; j < n; j++) {
        costs[i][j] = square + data[j] - 2 * inner(noise, y, j * block);
      }
    }
    return costs;
  }

  private double[] weighted(double[] values, int sample, int block) {
    double[] out = new double[block];
    for (int p = 0; p < block; p++) {
      out[p] = weights[p % weights.length] * values[sample * block + p];
    }
    return out;
  }

  private static double inner(double[] weighted, double[] values, int from) {
    double sum = 0;
    for (int p = 0; p < weighted.length; p++) {
      sum += weighted[p] * values[from + p];
    }
    return sum;
  }
}
