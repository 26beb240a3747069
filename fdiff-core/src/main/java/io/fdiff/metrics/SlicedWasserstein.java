package io.fdiff.metrics;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.data.FunctionDataset;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.transform.Basis;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Objects;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Sliced Wasserstein distance {@code SW² = E_φ W_2²(⟨X, φ⟩, ⟨Y, φ⟩)}, averaged over directions
 * {@code φ ~ N(0, C_φ)} normalised in {@code L²(D; R^c)}.
 *
 * <p>With a trace-class {@code C_φ} the metric has a limit as the grid is refined; with white noise
 * directions it would fall with the number of points. A shift by {@code h} gives {@code E⟨φ, h⟩²},
 * for isotropic directions in {@code d} dimensions {@code ‖h‖²/d}. The same directions serve all
 * comparisons of one instance; over {@code L} of them the relative error of the average is of order
 * {@code L^{−1/2}}. The one-dimensional distance is that of the quantile functions, so the sets may
 * differ in size; it is biased upwards, by order {@code 1/n}. Cost {@code L (n + m)(N + log n)}.
 * Immutable and thread-safe. Source: Bonneel et al. 2015; in function space Hagemann et al. 2023.
 */
public final class SlicedWasserstein {

  /** Default number of directions. */
  public static final int DIRECTIONS = 200;

  private final CovarianceOperator covariance;
  private final int count;
  private final NoiseSource noise;

  private SlicedWasserstein(CovarianceOperator covariance, int count, NoiseSource noise) {
    this.covariance = covariance;
    this.count = count;
    this.noise = noise;
  }

  /**
   * {@link #DIRECTIONS} directions of the Bessel potential {@code (κ_0² − Δ)^{−(d+1)/2}} with
   * Neumann conditions, {@code κ_0 = 2π/L} for the longest side {@code L}: as rough as Brownian
   * motion in one dimension.
   *
   * @param grid the grid of the functions, one that {@link Basis#on(Grid)} knows modes for
   * @param noise where to read the directions
   * @return the metric
   * @throws IllegalArgumentException if there is no default number of modes on this grid
   */
  public static SlicedWasserstein withDefaults(Grid grid, NoiseSource noise) {
    double longest = grid.domain().stream().mapToDouble(Interval::length).max().orElseThrow();
    Spectrum spectrum = Spectrum.bessel(2 * Math.PI / longest, (grid.dimension() + 1) / 2.0, 1);
    return of(SpectralCovariance.of(Basis.COSINE.on(grid), spectrum), DIRECTIONS, noise);
  }

  /**
   * The metric for given directions.
   *
   * @param directions covariance {@code C_φ}, on the grid of the functions; trace class
   * @param count number {@code L} of directions, positive
   * @param noise where to read the directions: its samples {@code 0 … L − 1}
   * @return the metric
   * @throws IllegalArgumentException if {@code count} is not positive
   */
  public static SlicedWasserstein of(CovarianceOperator directions, int count, NoiseSource noise) {
    Objects.requireNonNull(directions, "directions");
    Objects.requireNonNull(noise, "noise");
    if (count < 1) {
      throw new IllegalArgumentException(
          count + " directions: an average needs at least 1, usually " + DIRECTIONS);
    }
    return new SlicedWasserstein(directions, count, noise);
  }

  /**
   * {@code SW²} of two sets.
   *
   * @param x functions on the grid of the directions
   * @param y functions on the same grid with as many channels
   * @return the average over the directions, squared units of the L² norm
   * @throws IllegalArgumentException if grids or channels differ
   */
  public double squared(FunctionDataset x, FunctionDataset y) {
    double[][] directions = directions(x, y);
    double[][] px = projections(directions, x);
    double[][] py = projections(directions, y);
    double[] each =
        IntStream.range(0, count)
            .parallel()
            .mapToDouble(l -> distance(px[l].clone(), py[l].clone()))
            .toArray();
    return Arrays.stream(each).average().orElseThrow();
  }

  /** {@code SW²} of chosen functions, projections computed once. */
  PairStatistic resampled(FunctionDataset x, FunctionDataset y) {
    double[][] directions = directions(x, y);
    double[][] px = projections(directions, x);
    double[][] py = x == y ? px : projections(directions, y);
    int[][] orderX = orders(px);
    int[][] orderY = x == y ? orderX : orders(py);
    return (first, second) -> {
      int[] countX = counts(first, x.size());
      int[] countY = counts(second, y.size());
      double sum = 0;
      for (int l = 0; l < count; l++) {
        sum +=
            sortedDistance(
                choose(px[l], orderX[l], countX, first.length),
                choose(py[l], orderY[l], countY, second.length));
      }
      return new double[] {sum / count};
    };
  }

  private static int[][] orders(double[][] projections) {
    return Arrays.stream(projections)
        .parallel()
        .map(
            p ->
                IntStream.range(0, p.length)
                    .boxed()
                    .sorted(Comparator.comparingDouble(i -> p[i]))
                    .mapToInt(i -> i)
                    .toArray())
        .toArray(int[][]::new);
  }

  private static int[] counts(int[] indices, int n) {
    int[] counts = new int[n];
    for (int i : indices) {
      counts[i]++;
    }
    return counts;
  }

  /** Chosen values in ascending order, each as often as it is counted, without another sort. */
  private static double[] choose(double[] values, int[] order, int[] counts, int length) {
    double[] chosen = new double[length];
    int at = 0;
    for (int i : order) {
      for (int k = 0; k < counts[i]; k++) {
        chosen[at++] = values[i];
      }
    }
    return chosen;
  }

  /** {@code w_i φ(p_i)} of directions of norm 1, one row each. */
  private double[][] directions(FunctionDataset x, FunctionDataset y) {
    x.requireSameSpace(y);
    Grid grid = covariance.grid();
    if (!grid.equals(x.grid())) {
      throw new IllegalArgumentException(
          "directions on " + grid + " for " + x + ": build them on the grid of the functions");
    }
    INDArray samples =
        covariance.sample(noise, FunctionBatch.zeros(grid, DataType.DOUBLE, count, x.channels()));
    double[] phi = FunctionBatch.of(grid, samples).toDoubles();
    double[] w = grid.weights();
    int length = phi.length / count;
    double[][] rows = new double[count][length];
    for (int l = 0; l < count; l++) {
      double square = 0;
      for (int i = 0; i < length; i++) {
        double value = phi[l * length + i];
        square += w[i % w.length] * value * value;
      }
      if (!(square > 0 && square < Double.POSITIVE_INFINITY)) {
        throw new ArithmeticException(
            "direction " + l + " has squared norm " + square + ": the covariance must not vanish");
      }
      for (int i = 0; i < length; i++) {
        rows[l][i] = w[i % w.length] * phi[l * length + i] / Math.sqrt(square);
      }
    }
    return rows;
  }

  private static double[][] projections(double[][] directions, FunctionDataset x) {
    double[] values = x.toDoubles();
    int length = directions[0].length;
    return Arrays.stream(directions)
        .parallel()
        .map(
            phi -> {
              double[] p = new double[x.size()];
              for (int b = 0; b < p.length; b++) {
                double sum = 0;
                for (int i = 0; i < length; i++) {
                  sum += phi[i] * values[b * length + i];
                }
                p[b] = sum;
              }
              return p;
            })
        .toArray(double[][]::new);
  }

  /**
   * {@code ∫_0^1 (F⁻¹(u) − G⁻¹(u))² du} of two empirical laws.
   *
   * @param x Modified: sorted. Likewise {@code y}.
   */
  static double distance(double[] x, double[] y) {
    Arrays.sort(x);
    Arrays.sort(y);
    return sortedDistance(x, y);
  }

  private static double sortedDistance(double[] x, double[] y) {
    long n = x.length;
    long m = y.length;
    double sum = 0;
    // Positions in units of 1/(nm), so that common jumps meet exactly.
    long at = 0;
    int i = 0;
    int j = 0;
    while (i < n && j < m) {
      long next = Math.min((i + 1) * m, (j + 1) * n);
      double d = x[i] - y[j];
      sum += (next - at) * d * d;
      at = next;
      i += next == (i + 1) * m ? 1 : 0;
      j += next == (j + 1) * n ? 1 : 0;
    }
    return sum / ((double) n * m);
  }
}
