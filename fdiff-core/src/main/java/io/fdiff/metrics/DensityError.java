package io.fdiff.metrics;

import io.fdiff.data.FunctionDataset;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The density of the values of functions, by a Gaussian kernel estimate on a fixed grid of values
 * {@code v_1 … v_V}, and the mean square error between two such densities.
 *
 * <p>{@code p(v) = Σ_i ω_i φ((v − x_i)/h)/h}: pooled over points with the quadrature weights, or at
 * each point for itself. The value grid and {@code h} stay the same for all sets that are compared,
 * otherwise the errors could not be. Channels are pooled. Kernel terms below {@code 1e-17} of the
 * largest of a value are left out. Cost: {@code O(n N h/Δ)}, {@code Δ} the step of the value grid.
 * Immutable and thread-safe.
 */
public final class DensityError {

  /** Default number of grid values. */
  public static final int VALUES = 256;

  private static final double NEGLIGIBLE = 1e-17;

  private final double lower;
  private final double step;
  private final int values;
  private final double bandwidth;

  private DensityError(double lower, double step, int values, double bandwidth) {
    this.lower = lower;
    this.step = step;
    this.values = values;
    this.bandwidth = bandwidth;
  }

  /**
   * {@link #VALUES} values over the range of the reference, widened by 3 bandwidths on each side.
   * The bandwidth is Silverman's rule {@code 0.9 min(s, IQR/1.34) n^{−1/5}} of the pooled values
   * ({@code s} alone if the quartiles coincide), {@code n} the number of functions: points of one
   * function are not independent.
   *
   * @param reference functions that vary
   * @return the comparison
   * @throws IllegalArgumentException if all values of the reference are equal
   */
  public static DensityError withDefaults(FunctionDataset reference) {
    double[] x = reference.toDoubles();
    Arrays.sort(x);
    double range = x[x.length - 1] - x[0];
    if (!(range > 0 && range < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "values of "
              + reference
              + " have range "
              + range
              + ": no bandwidth; give values that differ, or grid and bandwidth yourself");
    }
    double mean = Arrays.stream(x).average().orElseThrow();
    double variance = Arrays.stream(x).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
    double quartiles = (x[(int) (0.75 * (x.length - 1))] - x[(int) (0.25 * (x.length - 1))]) / 1.34;
    double spread = quartiles > 0 ? Math.min(Math.sqrt(variance), quartiles) : Math.sqrt(variance);
    double h = 0.9 * spread * Math.pow(reference.size(), -0.2);
    return of(x[0] - 3 * h, x[x.length - 1] + 3 * h, VALUES, h);
  }

  /**
   * A given grid of equispaced values.
   *
   * @param lower the first value
   * @param upper the last value
   * @param values number {@code V} of values, at least 2
   * @param bandwidth {@code h}, in data units
   * @return the comparison
   * @throws IllegalArgumentException if not {@code lower < upper}, both finite, {@code values ≥ 2},
   *     or the bandwidth is not positive and finite
   */
  public static DensityError of(double lower, double upper, int values, double bandwidth) {
    if (!(lower < upper && Double.isFinite(upper - lower) && values >= 2)) {
      throw new IllegalArgumentException(
          values
              + " values in ["
              + lower
              + ", "
              + upper
              + "]: needs at least 2 values and a finite, non-empty range");
    }
    if (!(bandwidth > 0 && bandwidth < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "bandwidth " + bandwidth + " is not positive and finite; give h > 0 in data units");
    }
    return new DensityError(lower, (upper - lower) / (values - 1), values, bandwidth);
  }

  /**
   * The bandwidth.
   *
   * @return {@code h > 0}, in data units
   */
  public double bandwidth() {
    return bandwidth;
  }

  /**
   * The values at which densities are taken.
   *
   * @return a fresh array {@code [V]}, ascending
   */
  public double[] values() {
    return IntStream.range(0, values).mapToDouble(j -> lower + j * step).toArray();
  }

  /**
   * The density of all values, pooled over points with their quadrature weights, and over channels.
   *
   * @param x the functions
   * @return a fresh array {@code [V]}, in inverse data units
   */
  public double[] density(FunctionDataset x) {
    return mean(rows(x), IntStream.range(0, x.size()).toArray());
  }

  /**
   * Mean square error of the pooled densities over the value grid.
   *
   * @param generated any functions
   * @param reference any functions
   * @return {@code (1/V) Σ_j (p_gen(v_j) − p_ref(v_j))²}
   */
  public double pooled(FunctionDataset generated, FunctionDataset reference) {
    return meanSquare(density(generated), density(reference));
  }

  /**
   * Mean square error of the densities at each point, over the value grid, and by quadrature over
   * the points.
   *
   * @param generated any functions
   * @param reference functions on the same grid with as many channels
   * @return the weighted mean over points and channels
   * @throws IllegalArgumentException if grids or channels differ
   */
  public double perPoint(FunctionDataset generated, FunctionDataset reference) {
    generated.requireSameSpace(reference);
    double[] x = generated.toDoubles();
    double[] y = reference.toDoubles();
    double[] w = reference.grid().weights();
    int points = x.length / generated.size();
    double[] errors =
        IntStream.range(0, points)
            .parallel()
            .mapToDouble(i -> meanSquare(at(x, i, points), at(y, i, points)))
            .toArray();
    double sum = 0;
    double volume = 0;
    for (int i = 0; i < points; i++) {
      sum += w[i % w.length] * errors[i];
      volume += w[i % w.length];
    }
    return sum / volume;
  }

  /** Densities by function, {@code [n][V]}, of which the pooled one is the mean. */
  double[][] rows(FunctionDataset x) {
    double[] all = x.toDoubles();
    double[] w = x.grid().weights();
    int block = all.length / x.size();
    double volume = Arrays.stream(w).sum() * x.channels();
    return IntStream.range(0, x.size())
        .parallel()
        .mapToObj(
            b -> {
              double[] p = new double[values];
              for (int i = 0; i < block; i++) {
                add(all[b * block + i], w[i % w.length] / volume, p);
              }
              return p;
            })
        .toArray(double[][]::new);
  }

  static double[] mean(double[][] rows, int[] chosen) {
    double[] mean = new double[rows[0].length];
    for (int b : chosen) {
      for (int j = 0; j < mean.length; j++) {
        mean[j] += rows[b][j] / chosen.length;
      }
    }
    return mean;
  }

  static double meanSquare(double[] p, double[] q) {
    double sum = 0;
    for (int j = 0; j < p.length; j++) {
      sum += (p[j] - q[j]) * (p[j] - q[j]);
    }
    return sum / p.length;
  }

  private double[] at(double[] x, int point, int points) {
    double[] p = new double[values];
    for (int at = point; at < x.length; at += points) {
      add(x[at], (double) points / x.length, p);
    }
    return p;
  }

  /**
   * Adds the kernel of one value, from the nearest grid value outwards: neighbours have the ratio
   * {@code r_j = exp(((x − v_j)Δ − Δ²/2)/h²)} and {@code r_{j+1} = r_j exp(−Δ²/h²)}, so two
   * products replace an exponential.
   */
  private void add(double x, double weight, double[] p) {
    double at = Math.min(values - 1, Math.max(0, (x - lower) / step));
    int nearest = (int) Math.round(at);
    double d = (x - lower - nearest * step) / bandwidth;
    double s = step / bandwidth;
    double top = weight / (bandwidth * Math.sqrt(2 * Math.PI)) * Math.exp(-0.5 * d * d);
    double decay = Math.exp(-s * s);
    double floor = NEGLIGIBLE * top;
    p[nearest] += top;
    double term = top;
    double ratio = Math.exp(d * s - 0.5 * s * s);
    for (int j = nearest + 1; j < values && term > floor; j++, ratio *= decay) {
      term *= ratio;
      p[j] += term;
    }
    term = top;
    ratio = Math.exp(-d * s - 0.5 * s * s);
    for (int j = nearest - 1; j >= 0 && term > floor; j--, ratio *= decay) {
      term *= ratio;
      p[j] += term;
    }
  }
}
