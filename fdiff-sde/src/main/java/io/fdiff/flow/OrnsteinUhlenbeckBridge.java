package io.fdiff.flow;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.noise.NoiseSource;
import io.fdiff.sde.Marginal;
import io.fdiff.sde.Multiplier;
import io.fdiff.space.FunctionBatch;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The process {@code dX = −bX dt + Q^{1/2} dW} on {@code [0, 1]}, pinned at both ends. With {@code
 * E(s,t) = e^{−b(t−s)}}, {@code v(s,t) = (1 − E²)/(2b)} and {@code d = v(0,t)E(t,1)² + v(t,1)},
 *
 * <pre>{@code
 * X_t ~ N( [v(t,1)E(0,t) x₀ + v(0,t)E(t,1) x₁]/d,  v(0,t)v(t,1)/d Q )
 * }</pre>
 *
 * mode by mode; {@code b → 0} is the Brownian bridge, {@code N((1−t)x₀ + tx₁, t(1−t)Q)}. Bridge
 * matching regresses {@code E[x₁ | X_t]} over such bridges between coupled pairs. Immutable and
 * thread-safe.
 *
 * @param rate {@code b ≥ 0}, scalar or per mode
 * @param noise {@code Q}
 */
public record OrnsteinUhlenbeckBridge(Multiplier rate, CovarianceOperator noise) {

  /**
   * Checks the arguments.
   *
   * @param rate {@code b ≥ 0}, scalar or per mode
   * @param noise {@code Q}
   * @throws NullPointerException if an argument is null
   * @throws IllegalArgumentException if a rate is negative or not finite
   */
  public OrnsteinUhlenbeckBridge {
    Objects.requireNonNull(noise, "noise");
    rate =
        rate.map(
            b -> {
              if (!(b >= 0 && b < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                    "rate b = " + b + " is not finite and at least 0; 0 is the Brownian bridge");
              }
              return b;
            });
  }

  /**
   * The factor of {@code x₀} in the mean.
   *
   * @param t time in {@code [0, 1]}
   * @return {@code v(t,1)E(0,t)/d}
   * @throws IllegalArgumentException if {@code t} is not in {@code [0, 1]}
   */
  public Multiplier startFactor(double t) {
    Interpolant.inside(t);
    return rate.map(b -> spread(b, 1 - t) * Math.exp(-b * t) / denominator(b, t));
  }

  /**
   * The factor of {@code x₁} in the mean.
   *
   * @param t time in {@code [0, 1]}
   * @return {@code v(0,t)E(t,1)/d}
   * @throws IllegalArgumentException if {@code t} is not in {@code [0, 1]}
   */
  public Multiplier endFactor(double t) {
    Interpolant.inside(t);
    return rate.map(b -> spread(b, t) * Math.exp(-b * (1 - t)) / denominator(b, t));
  }

  /**
   * The multiplier of {@code Q} in the covariance.
   *
   * @param t time in {@code [0, 1]}
   * @return {@code v(0,t)v(t,1)/d}
   * @throws IllegalArgumentException if {@code t} is not in {@code [0, 1]}
   */
  public Multiplier variance(double t) {
    Interpolant.inside(t);
    return rate.map(b -> spread(b, t) * spread(b, 1 - t) / denominator(b, t));
  }

  /** {@code v} of an interval of length h, {@code h} for b = 0. */
  private static double spread(double b, double h) {
    double z = 2 * b * h;
    return z == 0 ? h : -Math.expm1(-z) / (2 * b);
  }

  private static double denominator(double b, double t) {
    double end = Math.exp(-b * (1 - t));
    return spread(b, t) * end * end + spread(b, 1 - t);
  }

  /**
   * The mean of {@code X_t} given both ends.
   *
   * @param x0 start {@code [batch, channels, n1, …, nd]}. Not modified.
   * @param x1 end, same shape. Not modified.
   * @param t time in {@code [0, 1]}
   * @return a fresh array of the shape and type of {@code x0}
   * @throws IllegalArgumentException if {@code t} is not in {@code [0, 1]} or shapes do not fit
   */
  public INDArray mean(INDArray x0, INDArray x1, double t) {
    return combine(startFactor(t), x0, endFactor(t), x1);
  }

  /**
   * Draws {@code X_t} given both ends.
   *
   * @param x0 start {@code [batch, channels, n1, …, nd]}. Not modified.
   * @param x1 end, same shape. Not modified.
   * @param t time in {@code [0, 1]}
   * @param source where to read noise
   * @return a fresh array of the shape and type of {@code x0}
   * @throws IllegalArgumentException if {@code t} is not in {@code [0, 1]} or shapes do not fit
   */
  public INDArray sample(INDArray x0, INDArray x1, double t, NoiseSource source) {
    return new Marginal(Multiplier.scalar(1), variance(t), noise).sample(mean(x0, x1, t), source);
  }

  /**
   * The drift of the pinned process, {@code −bx + (E x₁ − E²x)/v} with {@code E}, {@code v} over
   * {@code [t, 1]} (Doob's transform); with {@code E[x₁ | X_t = x]} in place of {@code x₁} that of
   * the mixture of bridges.
   *
   * @param x states {@code [batch, channels, n1, …, nd]}. Not modified.
   * @param x1 end or its conditional mean, same shape. Not modified.
   * @param t time in {@code [0, 1)}
   * @return a fresh array of the shape and type of {@code x}
   * @throws IllegalArgumentException if {@code t} is not in {@code [0, 1)} or shapes do not fit
   */
  public INDArray drift(INDArray x, INDArray x1, double t) {
    if (!(t >= 0 && t < 1)) {
      throw new IllegalArgumentException(
          "time " + t + " is not in [0, 1): the drift of a bridge is infinite at its end");
    }
    Multiplier pull = rate.map(b -> Math.exp(-b * (1 - t)) / spread(b, 1 - t));
    Multiplier state = rate.map(b -> -b - Math.exp(-2 * b * (1 - t)) / spread(b, 1 - t));
    return combine(state, x, pull, x1);
  }

  private INDArray combine(Multiplier first, INDArray x, Multiplier second, INDArray y) {
    FunctionBatch state = FunctionBatch.of(noise.grid(), x);
    FunctionBatch other = FunctionBatch.of(noise.grid(), y);
    state.requireSameShape(other);
    double[] values = other.toDoubles();
    return state.map(
        (in, out, rows) ->
            Multiplier.accumulate(first, in, second, values, out, rows, new Multiplier.Scratch()));
  }
}
