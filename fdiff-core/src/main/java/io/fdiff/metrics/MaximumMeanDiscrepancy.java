package io.fdiff.metrics;

import io.fdiff.data.FunctionDataset;
import io.fdiff.noise.NoiseSource;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.PermutationSampler;

/**
 * Maximum mean discrepancy of two sets of functions for the kernel {@code k(x, y) = exp(−‖Tx −
 * Ty‖²/(2γ²))}, {@code T} a {@link FeatureMap}, by default the identity with the norm of {@code
 * L²(D; R^c)} by quadrature.
 *
 * <p>{@code MMD² = E k(X, X') + E k(Y, Y') − 2 E k(X, Y)} is estimated without bias by the
 * U-statistic, so it may be negative. The sets may differ in size. The bandwidth {@code γ} is by
 * default the median distance of the features of two different functions of the pooled sample; it
 * does not change under permutations.
 *
 * <p>Distances are computed once: {@code O((n + m)² N)} time, {@code 8(n + m)²} bytes. Immutable
 * and thread-safe. Source: Gretton et al. 2012, lemma 6; in function space Wynne and Duncan 2022.
 */
public final class MaximumMeanDiscrepancy {

  /** Default number of permutations of a test. */
  public static final int PERMUTATIONS = 999;

  /** Kernel values are at most 1: equal statistics summed in another order differ by less. */
  private static final double ROUNDING = 1e-12;

  private final int first;
  private final int pooled;
  private final double[] squaredDistances;

  private MaximumMeanDiscrepancy(int first, int pooled, double[] squaredDistances) {
    this.first = first;
    this.pooled = pooled;
    this.squaredDistances = squaredDistances;
  }

  /**
   * The discrepancy of two sets.
   *
   * @param x at least 2 functions
   * @param y at least 2 functions on the same grid with as many channels
   * @return the discrepancy, symmetric in the sets
   * @throws IllegalArgumentException if grids or channels differ, a set holds one function only, or
   *     both together more than 46 340
   */
  public static MaximumMeanDiscrepancy between(FunctionDataset x, FunctionDataset y) {
    return between(x, y, FeatureMap.identity());
  }

  /**
   * The discrepancy of two sets for a kernel of features.
   *
   * @param x at least 2 functions
   * @param y at least 2 functions on the same grid with as many channels
   * @param map the map {@code T} of the kernel
   * @return the discrepancy, symmetric in the sets
   * @throws IllegalArgumentException if grids or channels differ, a set holds one function only, or
   *     both together more than 46 340, or the map does not give one row a function, all of one
   *     length
   * @throws ArithmeticException if a feature is not finite
   */
  public static MaximumMeanDiscrepancy between(
      FunctionDataset x, FunctionDataset y, FeatureMap map) {
    requireSizes(x, y);
    double[][] rows = Distances.pooled(map, x, y);
    return new MaximumMeanDiscrepancy(x.size(), rows.length, Distances.squared(rows));
  }

  private static void requireSizes(FunctionDataset x, FunctionDataset y) {
    x.requireSameSpace(y);
    long total = (long) x.size() + y.size();
    if (x.size() < 2 || y.size() < 2 || total > Distances.LARGEST) {
      throw new IllegalArgumentException(
          x.size()
              + " and "
              + y.size()
              + " functions: the unbiased estimate needs at least 2 in each set, its matrix at most "
              + Distances.LARGEST
              + " in both; take a subset");
    }
  }

  /**
   * Rejection frequency of the test on random subsets, drawn without replacement from each set anew
   * for every repeat, with the median bandwidth of the subsets: the "power" of papers. The interval
   * counts the repeats as independent, which they are for fixed sets; for fresh functions in each
   * repeat use {@link TwoSampleTest#power}.
   *
   * @param x at least {@code size} functions
   * @param y at least {@code size} functions on the same grid with as many channels
   * @param map the map {@code T} of the kernel
   * @param size functions of each subset, at least 2
   * @param level level of the test, in {@code (0, 1)}
   * @param repeats number of repeats, positive
   * @param noise where to read subsets and permutations, step {@code r} for repeat {@code r}; 999
   *     permutations each
   * @return the frequency with its 95 % interval after Wilson
   * @throws IllegalArgumentException if an argument is out of range or a set is smaller than a
   *     subset
   * @throws ArithmeticException if half of the functions of a pair of subsets coincide
   */
  public static Estimate power(
      FunctionDataset x,
      FunctionDataset y,
      FeatureMap map,
      int size,
      double level,
      int repeats,
      NoiseSource noise) {
    requireSizes(x, y);
    TwoSampleTest.requireLevel(level, PERMUTATIONS);
    if (size < 2 || size > Math.min(x.size(), y.size())) {
      throw new IllegalArgumentException(
          "subsets of "
              + size
              + " out of "
              + x.size()
              + " and "
              + y.size()
              + " functions: give at least 2 and no more than there are");
    }
    double[][] rows = Distances.pooled(map, x, y);
    return TwoSampleTest.power(
        repeats,
        level,
        r -> {
          UniformRandomProvider uniform = noise.withStream(0).withStep(r).uniform(0);
          double[][] chosen = new double[2 * size][];
          int[] first = subset(x.size(), size, uniform);
          int[] second = subset(y.size(), size, uniform);
          for (int i = 0; i < size; i++) {
            chosen[i] = rows[first[i]];
            chosen[size + i] = rows[x.size() + second[i]];
          }
          return new MaximumMeanDiscrepancy(size, 2 * size, Distances.squared(chosen))
              .test(noise.withStream(1).withStep(r));
        });
  }

  private static int[] subset(int n, int size, UniformRandomProvider uniform) {
    int[] order = PermutationSampler.natural(n);
    PermutationSampler.shuffle(uniform, order);
    return Arrays.copyOf(order, size);
  }

  /**
   * The median of the distances {@code ‖Tx − Ty‖} of all pairs of the pooled sample.
   *
   * @return {@code γ > 0}
   * @throws ArithmeticException if the median is not positive and finite: half of the functions
   *     coincide, or values overflow
   */
  public double bandwidth() {
    double[] all = new double[pooled * (pooled - 1) / 2];
    for (int i = 1, at = 0; i < pooled; at += i, i++) {
      System.arraycopy(squaredDistances, i * pooled, all, at, i);
    }
    Arrays.parallelSort(all);
    int half = all.length / 2;
    double upper = Math.sqrt(all[half]);
    double median = all.length % 2 == 1 ? upper : (Math.sqrt(all[half - 1]) + upper) / 2;
    if (!(median > 0 && median < Double.POSITIVE_INFINITY)) {
      throw new ArithmeticException(
          "median distance "
              + median
              + " of "
              + pooled
              + " functions is no bandwidth: it must be positive and finite; give one");
    }
    return median;
  }

  /**
   * The unbiased estimate with the median bandwidth.
   *
   * @return MMD², may be negative
   * @throws ArithmeticException as {@link #bandwidth()}
   */
  public double squared() {
    return squared(bandwidth());
  }

  /**
   * The unbiased estimate {@code Σ_{i≠j} k(x_i, x_j)/(n(n−1)) + Σ_{i≠j} k(y_i, y_j)/(m(m−1)) − 2
   * Σ_{ij} k(x_i, y_j)/(nm)}.
   *
   * @param bandwidth {@code γ}, positive and finite, in units of the norm of the features
   * @return MMD², may be negative
   * @throws IllegalArgumentException if {@code bandwidth} is not positive and finite
   */
  public double squared(double bandwidth) {
    return new Pooled(bandwidth).statistic(PermutationSampler.natural(first));
  }

  /**
   * The unbiased estimate with a basic bootstrap interval for the MMD² of the laws. Pairs of a
   * function drawn twice are left out. The interval is not cut at 0: MMD² of the laws is not
   * negative, but its unbiased estimate may be.
   *
   * @param bandwidth {@code γ}, positive and finite, in units of the norm of the features; kept in
   *     all resamples
   * @param bootstrap how to resample
   * @return MMD² with its interval
   * @throws IllegalArgumentException if {@code bandwidth} is not positive and finite
   */
  public Estimate interval(double bandwidth, Bootstrap bootstrap) {
    return bootstrap.estimates(first, pooled - first, resampled(bandwidth)).get(0);
  }

  /** MMD² of chosen functions of both sets. */
  PairStatistic resampled(double bandwidth) {
    double[] k = new Pooled(bandwidth).kernel;
    return (x, y) ->
        new double[] {
          Distances.mean(k, pooled, x, 0, x, 0)
              + Distances.mean(k, pooled, y, first, y, first)
              - 2 * Distances.mean(k, pooled, x, 0, y, first)
        };
  }

  /**
   * The test with the median bandwidth and {@link #PERMUTATIONS} permutations.
   *
   * @param noise where to read the permutations
   * @return the outcome
   * @throws ArithmeticException as {@link #bandwidth()}
   */
  public TwoSampleTest test(NoiseSource noise) {
    return test(bandwidth(), PERMUTATIONS, noise);
  }

  /**
   * The permutation test: the statistic of the sets among those of random re-labellings. For a test
   * at level {@code α} let {@code B + 1} be a multiple of {@code 1/α}.
   *
   * <p>Cost: {@code O(min(n, m)²)} a permutation, in parallel; the outcome does not depend on the
   * number of threads.
   *
   * @param bandwidth {@code γ}, positive and finite, in units of the norm of the features
   * @param permutations {@code B ≥ 1}
   * @param noise where to read the permutations: the uniforms of its samples {@code 0 … B − 1}
   * @return the outcome
   * @throws IllegalArgumentException if {@code bandwidth} is not positive and finite or {@code
   *     permutations} is not positive
   */
  public TwoSampleTest test(double bandwidth, int permutations, NoiseSource noise) {
    if (permutations < 1) {
      throw new IllegalArgumentException(
          permutations + " permutations: a test needs at least 1, usually " + PERMUTATIONS);
    }
    Pooled kernel = new Pooled(bandwidth);
    double observed = kernel.statistic(PermutationSampler.natural(first));
    long above =
        IntStream.range(0, permutations)
            .parallel()
            .filter(
                b -> {
                  int[] order = PermutationSampler.natural(pooled);
                  PermutationSampler.shuffle(noise.uniform(b), order);
                  int[] set = Arrays.copyOf(order, first);
                  return kernel.statistic(set) >= observed - ROUNDING;
                })
            .count();
    return new TwoSampleTest(observed, (1.0 + above) / (1 + permutations), bandwidth, permutations);
  }

  /** The kernel matrix of the pooled sample with what all labellings share. */
  private final class Pooled {

    private final double[] kernel;
    private final double[] rowSums;
    private final double total;

    Pooled(double bandwidth) {
      if (!(bandwidth > 0 && bandwidth < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "bandwidth " + bandwidth + " is not positive and finite; give γ > 0 or leave it out");
      }
      kernel = new double[squaredDistances.length];
      rowSums = new double[pooled];
      IntStream.range(0, pooled)
          .parallel()
          .forEach(
              i -> {
                double sum = 0;
                for (int j = 0, at = i * pooled; j < pooled; j++, at++) {
                  // Divided twice: γ² may underflow where the ratio is of order 1.
                  kernel[at] = Math.exp(-0.5 * squaredDistances[at] / bandwidth / bandwidth);
                  sum += j == i ? 0 : kernel[at];
                }
                rowSums[i] = sum;
              });
      total = Arrays.stream(rowSums).sum();
    }

    /**
     * With {@code S_A = Σ_{i≠j ∈ A} k_ij} and {@code R_A = Σ_{i ∈ A} Σ_{j≠i} k_ij}, both ordered
     * pairs: the cross sum is {@code R_A − S_A} and the other set has {@code total − 2R_A + S_A}.
     * So only the pairs of the smaller set are visited.
     *
     * @param set indices of the first set in the pooled sample. Modified.
     */
    double statistic(int[] set) {
      boolean swap = 2 * set.length > pooled;
      int[] part = swap ? complement(set) : set;
      Arrays.sort(part);
      double inside = 0;
      double row = 0;
      for (int a = 0; a < part.length; a++) {
        int from = part[a] * pooled;
        row += rowSums[part[a]];
        double sum = 0;
        for (int b = 0; b < a; b++) {
          sum += kernel[from + part[b]];
        }
        inside += 2 * sum;
      }
      double n = part.length;
      double m = pooled - n;
      return inside / (n * (n - 1))
          + (total - 2 * row + inside) / (m * (m - 1))
          - 2 * (row - inside) / (n * m);
    }

    private int[] complement(int[] set) {
      boolean[] taken = new boolean[pooled];
      for (int i : set) {
        taken[i] = true;
      }
      return IntStream.range(0, pooled).filter(i -> !taken[i]).toArray();
    }
  }
}
