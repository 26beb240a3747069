package io.fdiff.flow;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.denoise.Denoiser;
import io.fdiff.sde.SDE;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.DoubleUnaryOperator;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A path {@code X_t = α_tX_1 + β_tX_0} from a Gaussian reference {@code X_0 ~ N(0, C)} to data
 * {@code X_1}, with what its fields may predict: {@code u = α'E[X_1|x] + β'E[X_0|x]}, the clean
 * function {@code E[X_1|x] = (βu − β'x)/(α'β − αβ')} and the noise {@code E[X_0|x] = (α'x −
 * αu)/(α'β − αβ')}.
 *
 * <p>The measures of the path are absolutely continuous to one another only if differences of data
 * lie in the Cameron–Martin space of {@code C} (Kerrigan, Migliorini and Smyth 2024); the field
 * needs only the two conditional means. Times are {@code [batch]}, one for each function. Immutable
 * and thread-safe.
 *
 * @param interpolant {@code α} and {@code β}
 * @param reference {@code C}, trace class or the reference has no samples in the space
 */
public record FlowPath(Interpolant interpolant, CovarianceOperator reference) {

  /**
   * Checks the arguments.
   *
   * @param interpolant {@code α} and {@code β}
   * @param reference {@code C}
   * @throws NullPointerException if an argument is null
   */
  public FlowPath {
    Objects.requireNonNull(interpolant, "interpolant");
    Objects.requireNonNull(reference, "reference");
  }

  /**
   * The grid of the functions.
   *
   * @return that of the reference
   */
  public Grid grid() {
    return reference.grid();
  }

  /**
   * The path on another grid of the domain.
   *
   * @param grid the other grid
   * @return the path there
   */
  public FlowPath on(Grid grid) {
    return new FlowPath(interpolant, reference.on(grid));
  }

  /**
   * The point {@code α_tx_1 + β_tx_0} of the path.
   *
   * @param x1 data {@code [batch, channels, n1, …, nd]}. Not modified.
   * @param x0 noise, same shape. Not modified.
   * @param t times {@code [batch]} in {@code [0, 1]}. Not modified.
   * @return a fresh array of the shape and type of {@code x1}
   * @throws IllegalArgumentException if shapes do not fit or a time is not in {@code [0, 1]}
   */
  public INDArray state(INDArray x1, INDArray x0, INDArray t) {
    return combine(x1, interpolant::alpha, x0, interpolant::beta, t);
  }

  /**
   * The velocity {@code α'_tx_1 + β'_tx_0} of the path, which a field learns to predict; {@code x_1
   * − (1 − σ_m)x_0} for optimal transport.
   *
   * @param x1 data {@code [batch, channels, n1, …, nd]}, or a mean of them. Not modified.
   * @param x0 noise, or its mean, same shape. Not modified.
   * @param t times {@code [batch]} in {@code [0, 1]}. Not modified.
   * @return a fresh array of the shape and type of {@code x1}
   * @throws IllegalArgumentException if shapes do not fit or a time is not in {@code [0, 1]}
   */
  public INDArray target(INDArray x1, INDArray x0, INDArray t) {
    return combine(x1, interpolant::alphaRate, x0, interpolant::betaRate, t);
  }

  /**
   * The velocity {@code α'd + (β'/β)(x − αd)}: with a datum {@code d = x_1} the conditional field
   * {@code u_t(x | x_1)}, with {@code d = E[X_1 | x]} the field of the path.
   *
   * @param x states {@code [batch, channels, n1, …, nd]}. Not modified.
   * @param clean {@code d}, same shape. Not modified.
   * @param t times {@code [batch]} in {@code [0, 1]} with {@code β_t > 0}. Not modified.
   * @return a fresh array of the shape and type of {@code x}
   * @throws IllegalArgumentException if shapes do not fit, a time is not in {@code [0, 1]} or has
   *     {@code β_t = 0}
   */
  public INDArray velocity(INDArray x, INDArray clean, INDArray t) {
    return combine(
        x,
        s -> interpolant.betaRate(s) / noiseLeft(s),
        clean,
        s ->
            interpolant.alphaRate(s)
                - interpolant.betaRate(s) / noiseLeft(s) * interpolant.alpha(s),
        t);
  }

  private double noiseLeft(double t) {
    double beta = interpolant.beta(t);
    if (!(beta > 0)) {
      throw new IllegalArgumentException(
          "time "
              + t
              + ": the path has no noise there, and the clean function does not determine a"
              + " velocity; stop before, or leave noise with optimalTransport(1e-4)");
    }
    return beta;
  }

  /**
   * The clean function {@code E[X_1 | x]} of a velocity.
   *
   * @param x states {@code [batch, channels, n1, …, nd]}. Not modified.
   * @param velocity {@code u(x, t)}, same shape. Not modified.
   * @param t times {@code [batch]} in {@code [0, 1]}. Not modified.
   * @return {@code (βu − β'x)/(α'β − αβ')}, a fresh array of the shape and type of {@code x}
   * @throws IllegalArgumentException if shapes do not fit or a time is not in {@code [0, 1]}
   */
  public INDArray clean(INDArray x, INDArray velocity, INDArray t) {
    return combine(
        x,
        s -> -interpolant.betaRate(s) / growth(s),
        velocity,
        s -> interpolant.beta(s) / growth(s),
        t);
  }

  /**
   * The noise {@code E[X_0 | x]} of a velocity.
   *
   * @param x states {@code [batch, channels, n1, …, nd]}. Not modified.
   * @param velocity {@code u(x, t)}, same shape. Not modified.
   * @param t times {@code [batch]} in {@code [0, 1]}. Not modified.
   * @return {@code (α'x − αu)/(α'β − αβ')}, a fresh array of the shape and type of {@code x}
   * @throws IllegalArgumentException if shapes do not fit or a time is not in {@code [0, 1]}
   */
  public INDArray noise(INDArray x, INDArray velocity, INDArray t) {
    return combine(
        x,
        s -> interpolant.alphaRate(s) / growth(s),
        velocity,
        s -> -interpolant.alpha(s) / growth(s),
        t);
  }

  private double growth(double t) {
    return interpolant.alphaRate(t) * interpolant.beta(t)
        - interpolant.alpha(t) * interpolant.betaRate(t);
  }

  /**
   * The path run backwards, a forward process in time {@code s = 1 − t} with {@code X_s | X_0 ~
   * N(α(1 − s)X_0, β(1 − s)²C)}. Exact denoisers of Gaussian, mixture and finite data for it give
   * the exact fields of those data by {@link #field}.
   *
   * @return the process on {@code [0, 1]}; its drift is infinite at 1, where no data are left
   */
  public SDE process() {
    return process(1);
  }

  /**
   * The path run backwards up to a horizon, for samplers and likelihoods that use its drift.
   *
   * @param horizon in {@code (0, 1]}, below 1 for a drift that is finite everywhere
   * @return the process on {@code [0, horizon]}
   * @throws IllegalArgumentException if {@code horizon} is not in {@code (0, 1]}
   */
  public SDE process(double horizon) {
    return new FlowProcess(interpolant, reference, horizon);
  }

  /**
   * The field of a denoiser, {@code α'D + (β'/β)(x − αD)}.
   *
   * @param denoiser {@code D(x, s)} for {@link #process()}, asked at {@code s = 1 − t}, which is 0
   *     at the data
   * @return the field; it refuses times with {@code β_t = 0}
   */
  public VelocityField field(Denoiser denoiser) {
    Objects.requireNonNull(denoiser, "denoiser");
    return (x, t) -> velocity(x, denoiser.denoise(x, flip(t)), t);
  }

  /**
   * The denoiser of a field, {@code (βu − β'x)/(α'β − αβ')}, so that every sampler and likelihood
   * can use a model that was trained by flow matching.
   *
   * @param field {@code u(x, t)}, asked at {@code t = 1 − s}
   * @return {@code D(x, s)} for {@link #process()}
   */
  public Denoiser denoiser(VelocityField field) {
    Objects.requireNonNull(field, "field");
    return (x, s) -> {
      INDArray t = flip(s);
      return clean(x, field.velocity(x, t), t);
    };
  }

  private static INDArray flip(INDArray t) {
    double[] flipped = new double[Math.toIntExact(t.length())];
    Arrays.setAll(flipped, b -> 1 - t.getDouble(b));
    return Nd4j.createFromArray(flipped);
  }

  /** {@code a(t_b)x_b + c(t_b)y_b}. */
  private INDArray combine(
      INDArray x, DoubleUnaryOperator a, INDArray y, DoubleUnaryOperator c, INDArray t) {
    FunctionBatch first = FunctionBatch.of(grid(), x);
    FunctionBatch second = FunctionBatch.of(grid(), y);
    first.requireSameShape(second);
    double[] times = times(first, t);
    double[] values = second.toDoubles();
    int block = values.length / times.length;
    return first.map(
        (in, out, rows) -> {
          for (int b = 0; b < times.length; b++) {
            double p = a.applyAsDouble(times[b]);
            double q = c.applyAsDouble(times[b]);
            for (int i = b * block; i < (b + 1) * block; i++) {
              out[i] = p * in[i] + q * values[i];
            }
          }
        });
  }

  /** The times of a batch, in {@code [0, 1]}. */
  static double[] times(FunctionBatch batch, INDArray t) {
    if (t.length() != batch.batch()) {
      throw new IllegalArgumentException(
          "times of shape "
              + Arrays.toString(t.shape())
              + " for "
              + batch.batch()
              + " functions: give one time each");
    }
    double[] times = new double[batch.batch()];
    Arrays.setAll(times, b -> Interpolant.inside(t.getDouble(b)));
    return times;
  }

  /** One time for a batch. */
  static INDArray constant(double t, int batch) {
    return Nd4j.create(DataType.DOUBLE, batch).assign(t);
  }
}
