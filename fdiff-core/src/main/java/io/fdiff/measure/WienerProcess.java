package io.fdiff.measure;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.covariance.Eigenpairs;
import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.transform.SpectralTransform;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.DoubleUnaryOperator;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The {@code C}-Wiener process in {@code L²} (Q-Wiener process, R-Wiener process) on a time grid
 * {@code t_0 < … < t_n}: increments {@code W_t − W_s ~ N(0, (t − s) C)}, independent over disjoint
 * intervals, {@code E⟨W_s, a⟩⟨W_t, b⟩ = (min(s, t) − t_0) ⟨Ca, b⟩}.
 *
 * <p>The increment of the interval {@code [t_i, t_{i+1}]} is {@code (t_{i+1} − t_i)^{1/2} ξ_i},
 * {@code ξ_i ~ N(0, C)} read at step {@code i} of the noise source (the step it stands at does not
 * count; another use of the source takes another stream). An increment over several intervals is
 * the sum of theirs, so that a solver on every second point sees the path of the solver on all;
 * {@link #split} goes the other way. Nothing is stored. Immutable and thread-safe.
 */
public final class WienerProcess {

  /** A deterministic operator-valued integrand {@code Φ(t)}. */
  @FunctionalInterface
  public interface Integrand {
    /**
     * {@code Φ(t) x}.
     *
     * @param t the time
     * @param x {@code [batch, channels, n1, …, nd]}, DOUBLE. Not modified.
     * @return a fresh array of the same shape and type
     */
    INDArray apply(double t, INDArray x);
  }

  /** A deterministic integrand that is diagonal in the basis of the covariance. */
  @FunctionalInterface
  public interface Multiplier {
    /**
     * The factor {@code φ_k(t)} of a mode.
     *
     * @param t the time
     * @param frequency integer frequency per axis. Not modified.
     * @param laplacian the eigenvalue {@code κ²} of {@code −Δ}
     * @return the factor
     */
    double factor(double t, int[] frequency, double laplacian);
  }

  private final CovarianceOperator covariance;
  private final double[] times;

  private WienerProcess(CovarianceOperator covariance, double[] times) {
    this.covariance = covariance;
    this.times = times;
  }

  /**
   * The process on a time grid.
   *
   * @param covariance {@code C}, trace class if the process is to have a limit in {@code L²}
   * @param times at least 2 times, finite and strictly increasing; copied. {@code W} is 0 at the
   *     first one
   * @return the process
   * @throws IllegalArgumentException if the times are not as described
   */
  public static WienerProcess of(CovarianceOperator covariance, double... times) {
    Objects.requireNonNull(covariance, "covariance");
    if (times.length < 2 || !Double.isFinite(times[0])) {
      throw new IllegalArgumentException(
          times.length + " times: give at least 2, finite and strictly increasing");
    }
    for (int i = 1; i < times.length; i++) {
      if (!(times[i] > times[i - 1] && Double.isFinite(times[i]))) {
        throw new IllegalArgumentException(
            "time "
                + times[i]
                + " at index "
                + i
                + " is not above its predecessor "
                + times[i - 1]
                + ": times are finite and strictly increasing");
      }
    }
    return new WienerProcess(covariance, times.clone());
  }

  /**
   * The process on {@code steps} equal intervals of {@code [0, horizon]}.
   *
   * @param covariance {@code C}
   * @param horizon end time, positive and finite
   * @param steps number of intervals, positive
   * @return the process
   * @throws IllegalArgumentException if horizon or steps are out of range
   */
  public static WienerProcess uniform(CovarianceOperator covariance, double horizon, int steps) {
    if (!(horizon > 0 && horizon < Double.POSITIVE_INFINITY && steps > 0)) {
      throw new IllegalArgumentException(
          "horizon " + horizon + " in " + steps + " steps: both must be positive and finite");
    }
    double[] times = new double[steps + 1];
    Arrays.setAll(times, i -> horizon * i / steps);
    return of(covariance, times);
  }

  /**
   * The times.
   *
   * @return a fresh array {@code t_0 … t_n}
   */
  public double[] times() {
    return times.clone();
  }

  /**
   * The covariance of {@code W_{t_0 + 1}}.
   *
   * @return {@code C}
   */
  public CovarianceOperator covariance() {
    return covariance;
  }

  private Grid grid() {
    return covariance.grid();
  }

  /**
   * {@code W_{t_to} − W_{t_from}}, the sum of the increments of the intervals in between.
   *
   * @param noise where to read white noise, its seed, stream and first sample
   * @param from index of the earlier time
   * @param to index of the later time, above {@code from}
   * @param batch number of functions, positive
   * @param channels number of channels, positive
   * @return {@code [batch, channels, n1, …, nd]}, DOUBLE
   * @throws IllegalArgumentException if the indices or sizes are out of range
   */
  public INDArray increment(NoiseSource noise, int from, int to, int batch, int channels) {
    requireIndices(from, to);
    double[] sum = new double[block(batch, channels)];
    INDArray buffer = FunctionBatch.zeros(grid(), DataType.DOUBLE, batch, channels);
    double[] values = new double[sum.length];
    for (int i = from; i < to; i++) {
      read(noise, i, buffer, values);
      for (int k = 0; k < sum.length; k++) {
        sum[k] += values[k];
      }
    }
    return FunctionBatch.array(grid(), DataType.DOUBLE, channels, sum);
  }

  private void requireIndices(int from, int to) {
    if (!(from >= 0 && from < to && to < times.length)) {
      throw new IllegalArgumentException(
          "increment from time "
              + from
              + " to time "
              + to
              + ": give indices 0 ≤ from < to ≤ "
              + (times.length - 1));
    }
  }

  private int block(int batch, int channels) {
    long rows = FunctionBatch.shape(grid(), batch, channels)[0] * channels;
    return Math.toIntExact(rows * grid().size());
  }

  /** The increment of one interval. */
  private void read(NoiseSource noise, int interval, INDArray buffer, double[] values) {
    covariance.sample(noise.withStep(interval), buffer);
    FunctionBatch.read(buffer, values);
    double root = Math.sqrt(times[interval + 1] - times[interval]);
    for (int k = 0; k < values.length; k++) {
      values[k] *= root;
    }
  }

  /**
   * The whole path, which is held in memory.
   *
   * @param noise where to read white noise, its seed, stream and first sample
   * @param batch number of paths, positive
   * @param channels number of channels, positive
   * @return {@code [batch, times, channels, n1, …, nd]}, DOUBLE, 0 at the first time
   * @throws IllegalArgumentException if a size is not positive
   */
  public INDArray path(NoiseSource noise, int batch, int channels) {
    double[] values = new double[block(batch, channels)];
    INDArray buffer = FunctionBatch.zeros(grid(), DataType.DOUBLE, batch, channels);
    int one = values.length / batch;
    double[] out = new double[Math.multiplyExact(values.length, times.length)];
    for (int i = 0; i + 1 < times.length; i++) {
      read(noise, i, buffer, values);
      for (int k = 0; k < values.length; k++) {
        int at = ((k / one) * times.length + i) * one + k % one;
        out[at + one] = out[at] + values[k];
      }
    }
    long[] functions = FunctionBatch.shape(grid(), batch, channels);
    long[] shape = new long[functions.length + 1];
    shape[0] = batch;
    shape[1] = times.length;
    System.arraycopy(functions, 1, shape, 2, functions.length - 1);
    INDArray path = Nd4j.create(DataType.DOUBLE, shape);
    FunctionBatch.write(out, path);
    return path;
  }

  /**
   * The two parts of an increment, which sum to it.
   *
   * @param first {@code W_u − W_s}
   * @param second {@code W_t − W_u}
   */
  public record Parts(INDArray first, INDArray second) {}

  /**
   * Refines an increment by the Brownian bridge: given {@code W_t − W_s}, {@code W_u − W_s = (u −
   * s)/(t − s) · (W_t − W_s) + ((u − s)(t − u)/(t − s))^{1/2} ξ}.
   *
   * @param covariance {@code C}
   * @param noise where to read {@code ξ ~ N(0, C)}, at the step it stands at: another address than
   *     that of the increment
   * @param increment {@code W_t − W_s}, {@code [batch, channels, n1, …, nd]}. Not modified.
   * @param s earlier time
   * @param u time in between, {@code s < u < t}
   * @param t later time
   * @return both parts, DOUBLE
   * @throws IllegalArgumentException if the times do not increase or the shape does not fit
   */
  public static Parts split(
      CovarianceOperator covariance,
      NoiseSource noise,
      INDArray increment,
      double s,
      double u,
      double t) {
    if (!(s < u && u < t && Double.isFinite(t - s))) {
      throw new IllegalArgumentException(
          "times " + s + ", " + u + ", " + t + ": need s < u < t, all finite");
    }
    Grid grid = covariance.grid();
    FunctionBatch whole = FunctionBatch.of(grid, increment);
    INDArray buffer = FunctionBatch.zeros(grid, DataType.DOUBLE, whole.batch(), whole.channels());
    double[] xi = FunctionBatch.of(grid, covariance.sample(noise, buffer)).toDoubles();
    double[] values = whole.toDoubles();
    double share = (u - s) / (t - s);
    double root = Math.sqrt(share * (t - u));
    double[] rest = new double[values.length];
    for (int k = 0; k < values.length; k++) {
      double first = share * values[k] + root * xi[k];
      rest[k] = values[k] - first;
      values[k] = first;
    }
    return new Parts(
        FunctionBatch.array(grid, DataType.DOUBLE, whole.channels(), values),
        FunctionBatch.array(grid, DataType.DOUBLE, whole.channels(), rest));
  }

  /**
   * The Itô sum {@code Σ_i φ(t_i) (W_{t_{i+1}} − W_{t_i})} over all intervals: the stochastic
   * integral of the integrand that is constant on each interval.
   *
   * @param noise where to read white noise, its seed, stream and first sample
   * @param integrand {@code φ}, read at the left ends
   * @param batch number of functions, positive
   * @param channels number of channels, positive
   * @return {@code [batch, channels, n1, …, nd]}, DOUBLE
   * @throws IllegalArgumentException if a size is not positive
   */
  public INDArray integral(
      NoiseSource noise, DoubleUnaryOperator integrand, int batch, int channels) {
    return integral(
        noise, (double t, INDArray x) -> x.mul(integrand.applyAsDouble(t)), batch, channels);
  }

  /**
   * The Itô sum {@code Σ_i Φ(t_i) (W_{t_{i+1}} − W_{t_i})} of an operator-valued integrand.
   *
   * @param noise where to read white noise, its seed, stream and first sample
   * @param integrand {@code Φ}, read at the left ends
   * @param batch number of functions, positive
   * @param channels number of channels, positive
   * @return {@code [batch, channels, n1, …, nd]}, DOUBLE
   * @throws IllegalArgumentException if a size is not positive, or the integrand gives another
   *     number of functions or channels
   */
  public INDArray integral(NoiseSource noise, Integrand integrand, int batch, int channels) {
    double[] sum = new double[block(batch, channels)];
    double[] values = new double[sum.length];
    INDArray buffer = FunctionBatch.zeros(grid(), DataType.DOUBLE, batch, channels);
    for (int i = 0; i + 1 < times.length; i++) {
      read(noise, i, buffer, values);
      INDArray increment = FunctionBatch.array(grid(), DataType.DOUBLE, channels, values);
      double[] term = image(integrand, times[i], increment);
      for (int k = 0; k < sum.length; k++) {
        sum[k] += term[k];
      }
    }
    return FunctionBatch.array(grid(), DataType.DOUBLE, channels, sum);
  }

  /**
   * The integrand of a multiplier, for {@link #integral(NoiseSource, Integrand, int, int)}.
   *
   * @param multiplier factors of the modes
   * @return {@code Φ(t) e_k = φ_k(t) e_k}
   * @throws IllegalArgumentException if the covariance is not spectral in an orthonormal basis
   */
  public Integrand diagonal(Multiplier multiplier) {
    SpectralTransform transform = transform();
    int modes = transform.modes();
    return (t, x) -> {
      double[] factors = factors(multiplier, t);
      return FunctionBatch.of(grid(), x)
          .map(
              (in, out, rows) -> {
                double[] c = new double[rows * modes];
                transform.forward(in, c, rows);
                for (int k = 0; k < c.length; k++) {
                  c[k] *= factors[k % modes];
                }
                transform.inverse(c, out, rows);
              });
    };
  }

  private SpectralTransform transform() {
    return covariance
        .spectral()
        .map(SpectralCovariance::transform)
        .filter(SpectralTransform::orthonormal)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "the covariance on "
                        + grid()
                        + " is not spectral in an orthonormal basis: give an Integrand instead"));
  }

  private double[] factors(Multiplier multiplier, double t) {
    SpectralTransform transform = transform();
    double[] factors = new double[transform.modes()];
    Arrays.setAll(
        factors, k -> multiplier.factor(t, transform.frequency(k), transform.laplacian(k)));
    return factors;
  }

  /**
   * The Itô isometry for a scalar integrand: {@code E‖∫φ dW‖² = Σ_i φ(t_i)² (t_{i+1} − t_i) tr C}
   * of one channel, exact for the sum.
   *
   * @param integrand {@code φ}, read at the left ends
   * @return the mean square norm
   */
  public double meanSquare(DoubleUnaryOperator integrand) {
    double trace = covariance.trace();
    return sum(
        t -> {
          double value = integrand.applyAsDouble(t);
          return value * value * trace;
        });
  }

  /**
   * The Itô isometry for a multiplier: {@code Σ_i (t_{i+1} − t_i) Σ_k φ_k(t_i)² λ_k} of one
   * channel.
   *
   * @param multiplier factors of the modes, read at the left ends
   * @return the mean square norm
   * @throws IllegalArgumentException if the covariance is not spectral in an orthonormal basis
   */
  public double meanSquare(Multiplier multiplier) {
    transform();
    double[] lambda = covariance.spectral().orElseThrow().eigenvalues();
    return sum(
        t -> {
          double[] factors = factors(multiplier, t);
          double value = 0;
          for (int k = 0; k < lambda.length; k++) {
            value += factors[k] * factors[k] * lambda[k];
          }
          return value;
        });
  }

  /**
   * The Itô isometry for an operator: {@code Σ_i (t_{i+1} − t_i) tr(Φ(t_i) C Φ(t_i)*)}, {@code
   * tr(ΦCΦ*) = Σ_k λ_k ‖Φ e_k‖²} over the eigenpairs of {@code C} on the grid: {@code O(N³)} once
   * and {@code N} applications of {@code Φ} an interval.
   *
   * @param integrand {@code Φ}, read at the left ends
   * @return the mean square norm of one channel
   */
  public double meanSquare(Integrand integrand) {
    Eigenpairs pairs = covariance.eigenpairs(grid().size());
    double[] lambda = pairs.eigenvalues();
    double[] w = grid().weights();
    INDArray functions = pairs.functions();
    return sum(
        t -> {
          double[] images = image(integrand, t, functions);
          double value = 0;
          for (int i = 0; i < images.length; i++) {
            value += lambda[i / w.length] * w[i % w.length] * images[i] * images[i];
          }
          return value;
        });
  }

  /** {@code Φ(t) x}, as many functions and channels as there are of {@code x}. */
  private double[] image(Integrand integrand, double t, INDArray x) {
    FunctionBatch argument = FunctionBatch.of(grid(), x);
    FunctionBatch image = FunctionBatch.of(grid(), integrand.apply(t, x));
    argument.requireSameShape(image);
    return image.toDoubles();
  }

  private double sum(DoubleUnaryOperator rate) {
    double sum = 0;
    for (int i = 0; i + 1 < times.length; i++) {
      sum += rate.applyAsDouble(times[i]) * (times[i + 1] - times[i]);
    }
    return sum;
  }
}
