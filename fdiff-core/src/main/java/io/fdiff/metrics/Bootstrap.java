package io.fdiff.metrics;

import io.fdiff.data.FunctionDataset;
import io.fdiff.noise.NoiseSource;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.PermutationSampler;

/**
 * Confidence intervals by resampling whole functions with replacement. Functions of a set are taken
 * as independent; the points of one function need not be.
 *
 * <ul>
 *   <li>Statistics of one set: bias-corrected and accelerated percentiles (BCa, Efron 1987), the
 *       acceleration from the jackknife. Coverage is right to {@code O(1/n)} for smooth statistics.
 *   <li>Statistics of two sets, which are mostly distances: the basic interval {@code [2θ̂ −
 *       q(1−α/2), 2θ̂ − q(α/2)]}, {@code q} the quantiles of the resampled statistics. A plug-in
 *       distance is biased upwards by sampling noise and resampling adds the same bias once more;
 *       percentiles would then miss the distance of the laws, the reflection takes the bias off.
 * </ul>
 *
 * Resample {@code b} reads sample {@code b} of the noise, so the interval does not depend on
 * threads. If a statistic or one of its resamples is NaN, so are the bounds. Cost: {@code B}
 * evaluations, for one set {@code n} more. Immutable and thread-safe.
 */
public final class Bootstrap {

  /** Default number of resamples. */
  public static final int RESAMPLES = 999;

  /** Default level. */
  public static final double LEVEL = 0.95;

  private final int resamples;
  private final double level;
  private final NoiseSource noise;

  private Bootstrap(int resamples, double level, NoiseSource noise) {
    this.resamples = resamples;
    this.level = level;
    this.noise = noise;
  }

  /**
   * Intervals of level {@link #LEVEL} from {@link #RESAMPLES} resamples.
   *
   * @param noise where to read the resamples
   * @return the method
   */
  public static Bootstrap withDefaults(NoiseSource noise) {
    return of(RESAMPLES, LEVEL, noise);
  }

  /**
   * Intervals of a given level.
   *
   * @param resamples {@code B}, at least {@code 2/(1 − level) − 1} so that the quantiles exist
   * @param level nominal coverage, in {@code (0, 1)}
   * @param noise where to read the resamples: the uniforms of its samples {@code 0 … B − 1}
   * @return the method
   * @throws IllegalArgumentException if the level is not in {@code (0, 1)} or there are too few
   *     resamples for it
   */
  public static Bootstrap of(int resamples, double level, NoiseSource noise) {
    Estimate.requireLevel(level);
    Objects.requireNonNull(noise, "noise");
    double least = Math.ceil(2 / (1 - level) - 1 - 1e-9);
    if (!(resamples >= least)) {
      throw new IllegalArgumentException(
          resamples
              + " resamples cannot give an interval of level "
              + level
              + ": it lies between order statistics; give at least "
              + (long) least);
    }
    return new Bootstrap(resamples, level, noise);
  }

  /**
   * The nominal coverage.
   *
   * @return in {@code (0, 1)}
   */
  public double level() {
    return level;
  }

  /**
   * A statistic of one set.
   *
   * @param data at least 2 functions
   * @param statistic a pure function of the set, called from several threads
   * @return the statistic with its BCa interval
   * @throws IllegalArgumentException if there is one function only
   */
  public Estimate estimate(FunctionDataset data, ToDoubleFunction<FunctionDataset> statistic) {
    return estimates(data, d -> new double[] {statistic.applyAsDouble(d)}).get(0);
  }

  /**
   * Several statistics of one set from the same resamples.
   *
   * @param data at least 2 functions
   * @param statistics a pure function of the set, always as many numbers, called from several
   *     threads
   * @return the statistics with their BCa intervals
   * @throws IllegalArgumentException if there is one function only
   */
  public List<Estimate> estimates(
      FunctionDataset data, Function<FunctionDataset, double[]> statistics) {
    int n = requireTwo(data);
    double[] observed = statistics.apply(data);
    double[][] replicates =
        IntStream.range(0, resamples)
            .parallel()
            .mapToObj(b -> statistics.apply(data.subset(draw(noise.uniform(b), n))))
            .toArray(double[][]::new);
    double[][] jackknife =
        IntStream.range(0, n)
            .parallel()
            .mapToObj(i -> n == 2 ? observed : statistics.apply(data.subset(without(i, n))))
            .toArray(double[][]::new);
    return IntStream.range(0, observed.length)
        .mapToObj(s -> bca(observed[s], column(replicates, s), column(jackknife, s)))
        .toList();
  }

  /**
   * Statistics of two sets from the same resamples, drawn from each set for itself.
   *
   * @param x at least 2 functions
   * @param y at least 2 functions
   * @param statistics a pure function of both sets, always as many numbers, called from several
   *     threads
   * @return the statistics with their basic intervals, not cut at 0
   * @throws IllegalArgumentException if a set holds one function only
   */
  public List<Estimate> estimates(
      FunctionDataset x,
      FunctionDataset y,
      BiFunction<FunctionDataset, FunctionDataset, double[]> statistics) {
    return estimates(
        requireTwo(x),
        requireTwo(y),
        (first, second) -> statistics.apply(x.subset(first), y.subset(second)));
  }

  /**
   * A moment at every point.
   *
   * @param data at least 2 functions
   * @param moment the moment
   * @return the moment with pointwise BCa intervals
   * @throws IllegalArgumentException if there is one function only
   */
  public Band band(FunctionDataset data, Moment moment) {
    int n = requireTwo(data);
    double[] x = data.toDoubles();
    int points = x.length / n;
    int[][] counts =
        IntStream.range(0, resamples).parallel().mapToObj(b -> counts(b, n)).toArray(int[][]::new);
    Estimate[] band =
        IntStream.range(0, points)
            .parallel()
            .mapToObj(
                i -> {
                  double[] values = new double[n];
                  for (int f = 0; f < n; f++) {
                    values[f] = x[f * points + i];
                  }
                  return moment(values, counts, moment);
                })
            .toArray(Estimate[]::new);
    return new Band(data.grid(), data.channels(), band);
  }

  /** Basic intervals of prepared statistics. */
  List<Estimate> estimates(int n, int m, PairStatistic statistic) {
    double[] observed =
        statistic.values(PermutationSampler.natural(n), PermutationSampler.natural(m));
    double[][] replicates =
        IntStream.range(0, resamples)
            .parallel()
            .mapToObj(
                b -> {
                  UniformRandomProvider uniform = noise.uniform(b);
                  return statistic.values(draw(uniform, n), draw(uniform, m));
                })
            .toArray(double[][]::new);
    return IntStream.range(0, observed.length)
        .mapToObj(s -> basic(observed[s], column(replicates, s)))
        .toList();
  }

  private Estimate moment(double[] values, int[][] counts, Moment moment) {
    int n = values.length;
    double centre = Arrays.stream(values).average().orElseThrow();
    if (Arrays.stream(values).allMatch(v -> v == values[0])) {
      // Exactly the common value, so that the variance is exactly 0.
      centre = values[0];
    }
    double[][] powers = new double[4][n];
    double[] total = new double[4];
    for (int f = 0; f < n; f++) {
      double power = 1;
      for (int k = 0; k < 4; k++) {
        power *= values[f] - centre;
        powers[k][f] = power;
        total[k] += power;
      }
    }
    double observed = moment.of(n, centre, total[0], total[1], total[2], total[3]);
    double[] replicates = new double[counts.length];
    for (int b = 0; b < replicates.length; b++) {
      double[] s = new double[4];
      for (int f = 0; f < n; f++) {
        int count = counts[b][f];
        s[0] += count * powers[0][f];
        s[1] += count * powers[1][f];
        s[2] += count * powers[2][f];
        s[3] += count * powers[3][f];
      }
      replicates[b] = moment.of(n, centre, s[0], s[1], s[2], s[3]);
    }
    double[] jackknife = new double[n];
    for (int f = 0; f < n; f++) {
      jackknife[f] =
          n == 2
              ? observed
              : moment.of(
                  n - 1,
                  centre,
                  total[0] - powers[0][f],
                  total[1] - powers[1][f],
                  total[2] - powers[2][f],
                  total[3] - powers[3][f]);
    }
    return bca(observed, replicates, jackknife);
  }

  private Estimate basic(double observed, double[] replicates) {
    Arrays.sort(replicates);
    double alpha = (1 - level) / 2;
    return new Estimate(
        observed,
        2 * observed - quantile(replicates, 1 - alpha),
        2 * observed - quantile(replicates, alpha),
        level);
  }

  /**
   * Percentiles {@code Φ(z_0 + (z_0 + z_α)/(1 − a(z_0 + z_α)))}: {@code z_0} from the share of
   * replicates below the statistic, {@code a} from the skewness of the jackknife.
   */
  private Estimate bca(double observed, double[] replicates, double[] jackknife) {
    Arrays.sort(replicates);
    double below = 0;
    for (double r : replicates) {
      below += r < observed ? 1 : r == observed ? 0.5 : 0;
    }
    double z0 = Estimate.normalQuantile(below / replicates.length);
    double mean = Arrays.stream(jackknife).average().orElseThrow();
    double square = 0;
    double cube = 0;
    for (double j : jackknife) {
      double d = mean - j;
      square += d * d;
      cube += d * d * d;
    }
    double a = square == 0 ? 0 : cube / (6 * square * Math.sqrt(square));
    double z = Estimate.normalQuantile((1 - level) / 2);
    return new Estimate(
        observed,
        quantile(replicates, adjusted(z0, a, z)),
        quantile(replicates, adjusted(z0, a, -z)),
        level);
  }

  private static double adjusted(double z0, double a, double z) {
    double shifted = z0 + z;
    // Beyond 1 the correction turns the order of the percentiles: no interval.
    return Double.isFinite(shifted) && a * shifted < 1
        ? Estimate.normalProbability(z0 + shifted / (1 - a * shifted))
        : Double.NaN;
  }

  /** Order statistic {@code p (B + 1)}, linear between neighbours; NaN sorts last. */
  private static double quantile(double[] sorted, double p) {
    int last = sorted.length - 1;
    if (Double.isNaN(p) || Double.isNaN(sorted[last])) {
      return Double.NaN;
    }
    double at = Math.min(last, Math.max(0, p * (sorted.length + 1) - 1));
    int floor = (int) at;
    double share = at - floor;
    return share == 0
        ? sorted[floor]
        : sorted[floor] * (1 - share) + sorted[Math.min(last, floor + 1)] * share;
  }

  private int[] counts(int b, int n) {
    int[] counts = new int[n];
    for (int index : draw(noise.uniform(b), n)) {
      counts[index]++;
    }
    return counts;
  }

  private static int[] draw(UniformRandomProvider uniform, int n) {
    int[] indices = new int[n];
    for (int i = 0; i < n; i++) {
      indices[i] = uniform.nextInt(n);
    }
    return indices;
  }

  private static int[] without(int index, int n) {
    return IntStream.range(0, n).filter(i -> i != index).toArray();
  }

  private static double[] column(double[][] rows, int s) {
    return Arrays.stream(rows).mapToDouble(row -> row[s]).toArray();
  }

  private static int requireTwo(FunctionDataset data) {
    if (data.size() < 2) {
      throw new IllegalArgumentException(
          data + ": an interval needs at least 2 functions; resampling one repeats it");
    }
    return data.size();
  }
}
