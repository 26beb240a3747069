package io.fdiff.denoise;

import io.fdiff.sde.Marginal;
import io.fdiff.sde.Multiplier;
import io.fdiff.sde.SDE;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The conversions between predictions of one process at one time, mode by mode; no transform for
 * scalar multipliers. With {@code h = τ² + ς²}:
 *
 * <pre>
 *            D                        ε̂
 *   clean    D                        (x − τD)/ς
 *   noise    (x − ςε̂)/τ               ε̂
 *   score    (x + ς²S)/τ              −ςS
 *   v        (τx − ςv)/h              (ςx + τv)/h
 *   velocity (x − ςε̂)/τ               2ς(u − Fx)/G²
 * </pre>
 *
 * <p>Round trips are exact to round-off, relative to {@code x/ς} and {@code x/τ} where these
 * divide. Immutable and thread-safe.
 */
public final class Conversions {

  private static final Multiplier ZERO = Multiplier.scalar(0);
  private static final Multiplier ONE = Multiplier.scalar(1);

  private final Grid grid;
  private final Multiplier tau;
  private final Multiplier sigma;
  private final Multiplier drift;
  private final Multiplier halfSquare;

  private Conversions(SDE sde, double t) {
    Marginal marginal = sde.marginal(t);
    this.grid = sde.noise().grid();
    this.tau = marginal.mean();
    this.sigma = marginal.deviation();
    this.drift = sde.driftRate(t);
    this.halfSquare = sde.diffusion(t).map(g -> 0.5 * g * g);
  }

  /**
   * The conversions at a time.
   *
   * @param sde forward process
   * @param t time in {@code (0, T]}
   * @return the conversions
   * @throws IllegalArgumentException if {@code t} is not in {@code (0, T]}
   */
  public static Conversions at(SDE sde, double t) {
    return new Conversions(sde, t);
  }

  /**
   * The clean function.
   *
   * @param prediction any prediction. Not modified.
   * @param x the state it was made from, same shape. Not modified.
   * @return {@code D}, a fresh array
   * @throws IllegalArgumentException if the shapes differ or do not fit the grid
   */
  public Prediction.Clean clean(Prediction prediction, INDArray x) {
    Multiplier state;
    Multiplier factor;
    if (prediction instanceof Prediction.Clean) {
      state = ZERO;
      factor = ONE;
    } else if (prediction instanceof Prediction.Noise) {
      state = tau.map(a -> 1 / a);
      factor = sigma.combine(tau, (s, a) -> -s / a);
    } else if (prediction instanceof Prediction.Score) {
      state = tau.map(a -> 1 / a);
      factor = sigma.combine(tau, (s, a) -> s * s / a);
    } else if (prediction instanceof Prediction.Rotated) {
      state = tau.combine(sigma, (a, s) -> a / (a * a + s * s));
      factor = sigma.combine(tau, (s, a) -> -s / (a * a + s * s));
    } else {
      // (x − ςε̂)/τ with ε̂ = ς(u − Fx)/(½G²).
      Multiplier weight = sigma.combine(halfSquare, (s, h) -> s * s / h);
      state = weight.times(drift).plus(ONE).combine(tau, (w, a) -> w / a);
      factor = weight.combine(tau, (w, a) -> -w / a);
    }
    return new Prediction.Clean(linear(state, x, factor, prediction.values()));
  }

  /**
   * The coloured noise.
   *
   * @param prediction any prediction. Not modified.
   * @param x the state it was made from, same shape. Not modified.
   * @return {@code ε̂}, a fresh array
   * @throws IllegalArgumentException if the shapes differ or do not fit the grid
   */
  public Prediction.Noise noise(Prediction prediction, INDArray x) {
    return new Prediction.Noise(noise(prediction, x, ZERO, ONE));
  }

  /** {@code A x + B ε̂}. */
  private INDArray noise(Prediction prediction, INDArray x, Multiplier a, Multiplier b) {
    Multiplier state;
    Multiplier factor;
    if (prediction instanceof Prediction.Clean) {
      state = sigma.map(s -> 1 / s);
      factor = tau.combine(sigma, (m, s) -> -m / s);
    } else if (prediction instanceof Prediction.Noise) {
      state = ZERO;
      factor = ONE;
    } else if (prediction instanceof Prediction.Score) {
      state = ZERO;
      factor = sigma.times(-1);
    } else if (prediction instanceof Prediction.Rotated) {
      state = sigma.combine(tau, (s, m) -> s / (m * m + s * s));
      factor = tau.combine(sigma, (m, s) -> m / (m * m + s * s));
    } else {
      factor = sigma.combine(halfSquare, (s, h) -> s / h);
      state = factor.times(drift).times(-1);
    }
    return linear(a.plus(b.times(state)), x, b.times(factor), prediction.values());
  }

  /**
   * The preconditioned score.
   *
   * @param prediction any prediction. Not modified.
   * @param x the state it was made from, same shape. Not modified.
   * @return {@code S}, a fresh array
   * @throws IllegalArgumentException if the shapes differ or do not fit the grid
   */
  public Prediction.Score score(Prediction prediction, INDArray x) {
    if (prediction instanceof Prediction.Score score) {
      return new Prediction.Score(linear(ZERO, x, ONE, score.values()));
    }
    return new Prediction.Score(noise(prediction, x, ZERO, sigma.map(s -> -1 / s)));
  }

  /**
   * {@code v = τε̂ − ςD}.
   *
   * @param prediction any prediction. Not modified.
   * @param x the state it was made from, same shape. Not modified.
   * @return {@code v}, a fresh array
   * @throws IllegalArgumentException if the shapes differ or do not fit the grid
   */
  public Prediction.Rotated rotated(Prediction prediction, INDArray x) {
    INDArray values;
    if (prediction instanceof Prediction.Rotated rotated) {
      values = linear(ZERO, x, ONE, rotated.values());
    } else if (prediction instanceof Prediction.Clean clean) {
      // v = (τx − (τ² + ς²)D)/ς.
      values =
          linear(
              tau.combine(sigma, (a, s) -> a / s),
              x,
              tau.combine(sigma, (a, s) -> -(a * a + s * s) / s),
              clean.values());
    } else {
      // v = ((τ² + ς²)ε̂ − ςx)/τ.
      values =
          noise(
              prediction,
              x,
              sigma.combine(tau, (s, a) -> -s / a),
              tau.combine(sigma, (a, s) -> (a * a + s * s) / a));
    }
    return new Prediction.Rotated(values);
  }

  /**
   * The velocity of the probability flow in forward time.
   *
   * @param prediction any prediction. Not modified.
   * @param x the state it was made from, same shape. Not modified.
   * @return {@code u = F x + ½G²ε̂/ς}, a fresh array
   * @throws IllegalArgumentException if the shapes differ or do not fit the grid
   */
  public Prediction.Velocity velocity(Prediction prediction, INDArray x) {
    if (prediction instanceof Prediction.Velocity velocity) {
      return new Prediction.Velocity(linear(ZERO, x, ONE, velocity.values()));
    }
    return new Prediction.Velocity(
        noise(prediction, x, drift, halfSquare.combine(sigma, (h, s) -> h / s)));
  }

  private INDArray linear(Multiplier a, INDArray x, Multiplier b, INDArray y) {
    FunctionBatch state = FunctionBatch.of(grid, x);
    FunctionBatch values = FunctionBatch.of(grid, y);
    state.requireSameShape(values);
    double[] first = state.toDoubles();
    return values.map(
        (in, out, rows) ->
            Multiplier.accumulate(a, first, b, in, out, rows, new Multiplier.Scratch()));
  }
}
