package io.fdiff.sde;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A Gaussian step from time {@code t} down to {@code s}, {@code X_s ~ N(A x + B d, V R)} with the
 * state {@code x = X_t} and a clean function {@code d}: {@code X_0} itself for the bridge, {@code
 * E[X_0 | X_t]} in a sampler.
 *
 * <p>With {@code e^{−θ} = M(s→t)²V_s/V_t} the exponential step of strength {@code η} has {@code A =
 * √(V_s/V_t) e^{−η²θ/2}}, {@code B = M_s(1 − e^{−(1+η²)θ/2})}, {@code V = V_s(1 − e^{−η²θ})}: it
 * solves the reverse dynamics of the η-family exactly for a frozen {@code d}. {@code η = 0} is
 * DDIM, {@code η = 1} the bridge, the step of ancestral sampling.
 *
 * @param state {@code A}
 * @param clean {@code B}
 * @param variance {@code V ≥ 0}
 * @param noise {@code R}
 */
public record ReverseStep(
    Multiplier state, Multiplier clean, Multiplier variance, CovarianceOperator noise) {

  /**
   * The law of {@code X_s} given {@code X_t} and {@code X_0}.
   *
   * @param sde forward process
   * @param s earlier time, {@code 0 ≤ s < t}
   * @param t later time
   * @return {@code A = M(s→t)V_s/V_t}, {@code B = M_s V(s→t)/V_t}, {@code V = V_s V(s→t)/V_t}
   * @throws IllegalArgumentException if {@code 0 ≤ s < t ≤ T} is false
   */
  public static ReverseStep bridge(SDE sde, double s, double t) {
    Marginal forth = sde.transition(s, t);
    if (s == 0) {
      return new ReverseStep(
          Multiplier.scalar(0), Multiplier.scalar(1), Multiplier.scalar(0), sde.noise());
    }
    return between(sde.marginal(s), forth, sde.marginal(t));
  }

  /**
   * The bridge of three laws that fit together.
   *
   * @param early {@code X_s | X_0}
   * @param forth {@code X_t | X_s}
   * @param late {@code X_t | X_0}, {@code early.then(forth)}
   * @return the law of {@code X_s} given {@code X_t} and {@code X_0}
   */
  public static ReverseStep between(Marginal early, Marginal forth, Marginal late) {
    Multiplier kept = early.variance().combine(late.variance(), (a, b) -> a / b);
    Multiplier added = forth.variance().combine(late.variance(), (a, b) -> a / b);
    return new ReverseStep(
        forth.mean().times(kept),
        early.mean().times(added),
        early.variance().times(added),
        early.noise());
  }

  /**
   * The exponential step of the η-family.
   *
   * @param sde forward process
   * @param s earlier time, {@code 0 < s < t}
   * @param t later time
   * @param eta strength {@code η ≥ 0} of the noise
   * @return the step; {@code V} is exactly 0 for {@code η = 0}
   * @throws IllegalArgumentException if {@code 0 < s < t ≤ T} is false or {@code eta} is negative
   *     or not finite
   */
  public static ReverseStep exponential(SDE sde, double s, double t, double eta) {
    ReverseSDE.requireStrength(eta);
    if (!(s > 0)) {
      throw new IllegalArgumentException(
          "exponential step from " + t + " to " + s + ": end above time 0, then denoise");
    }
    Marginal forth = sde.transition(s, t);
    Marginal early = sde.marginal(s);
    Marginal late = sde.marginal(t);
    if (eta == 1) {
      return between(early, forth, late);
    }
    double square = eta * eta;
    Multiplier ratio = early.variance().combine(late.variance(), (a, b) -> a / b);
    if (eta == 0) {
      // 1 − e^{−θ/2} without logarithm and exponential.
      Multiplier share = forth.variance().combine(late.variance(), (a, b) -> a / b);
      Multiplier root = forth.mean().combine(ratio, (m, r) -> m * Math.sqrt(r));
      Multiplier gained =
          share.combine(root, (q, e) -> q < 0.5 ? q / (1 + Math.sqrt(1 - q)) : 1 - e);
      return new ReverseStep(
          ratio.map(Math::sqrt),
          early.mean().times(gained),
          early.variance().map(v -> 0),
          sde.noise());
    }
    Multiplier theta = contraction(forth, ratio, late);
    return new ReverseStep(
        ratio.combine(theta, (r, q) -> Math.sqrt(r) * Math.exp(-0.5 * square * q)),
        early.mean().combine(theta, (m, q) -> -m * Math.expm1(-0.5 * (1 + square) * q)),
        early.variance().combine(theta, (v, q) -> v * -Math.expm1(-square * q)),
        sde.noise());
  }

  /**
   * {@code θ = −ln(M²V_s/V_t) = −ln(1 − V(s→t)/V_t)}, the second form where the steps are short.
   */
  private static Multiplier contraction(Marginal forth, Multiplier ratio, Marginal late) {
    Multiplier share = forth.variance().combine(late.variance(), (a, b) -> a / b);
    Multiplier kept = forth.mean().combine(ratio, (m, r) -> m * m * r);
    return share.combine(kept, (q, e) -> q < 0.5 ? -Math.log1p(-q) : -Math.log(e));
  }

  /**
   * The square root of the variance multiplier.
   *
   * @return {@code V^{1/2}}
   */
  public Multiplier deviation() {
    return variance.map(Math::sqrt);
  }

  /**
   * The mean {@code A x + B d}.
   *
   * @param x state {@code [batch, channels, n1, …, nd]}. Not modified.
   * @param d clean functions, same shape. Not modified.
   * @return a fresh array of the same shape and type
   * @throws IllegalArgumentException if the shapes differ or do not fit the grid
   */
  public INDArray mean(INDArray x, INDArray d) {
    FunctionBatch batch = FunctionBatch.of(noise.grid(), x);
    FunctionBatch other = FunctionBatch.of(noise.grid(), d);
    batch.requireSameShape(other);
    double[] cleanValues = other.toDoubles();
    return batch.map(
        (in, out, rows) ->
            Multiplier.accumulate(
                state, in, clean, cleanValues, out, rows, new Multiplier.Scratch()));
  }

  /**
   * Draws {@code A x + B d + V^{1/2} ξ}, {@code ξ ~ N(0, R)}.
   *
   * @param x state {@code [batch, channels, n1, …, nd]}. Not modified.
   * @param d clean functions, same shape. Not modified.
   * @param source where to read noise
   * @return a fresh array of the same shape and type
   * @throws IllegalArgumentException if the shapes differ or do not fit the grid
   */
  public INDArray sample(INDArray x, INDArray d, NoiseSource source) {
    FunctionBatch batch = FunctionBatch.of(noise.grid(), x);
    FunctionBatch other = FunctionBatch.of(noise.grid(), d);
    batch.requireSameShape(other);
    INDArray xi =
        FunctionBatch.zeros(noise.grid(), DataType.DOUBLE, batch.batch(), batch.channels());
    double[] noiseValues = FunctionBatch.of(noise.grid(), noise.sample(source, xi)).toDoubles();
    double[] cleanValues = other.toDoubles();
    Multiplier deviation = deviation();
    return batch.map(
        (in, out, rows) -> {
          Multiplier.Scratch scratch = new Multiplier.Scratch();
          Multiplier.accumulate(state, in, clean, cleanValues, out, rows, scratch);
          deviation.accumulate(noiseValues, out, rows, scratch);
        });
  }
}
