package io.fdiff.sde;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A Gaussian transition {@code X_t | X_s = x ~ N(M x, V R)}.
 *
 * @param mean {@code M}, the mean factor {@code τ(t, s)}
 * @param variance {@code V}, the variance multiplier {@code ς² = v/λ}
 * @param noise {@code R}
 */
public record Marginal(Multiplier mean, Multiplier variance, CovarianceOperator noise) {

  /**
   * The square root {@code ς} of the variance multiplier.
   *
   * @return {@code V^{1/2}}
   */
  public Multiplier deviation() {
    return variance.map(Math::sqrt);
  }

  /**
   * The logarithm {@code ℓ = ln(τ/ς)} of the amplitude ratio of signal to noise, {@code ½
   * ln(τ²/ς²)}, mode by mode; the clock of multistep exponential integrators. With {@code ℓ} in
   * place of time the spectrum of the noise drops out.
   *
   * @return {@code ln τ − ½ ln V}
   */
  public Multiplier logSignalToNoise() {
    return mean.combine(variance, (m, v) -> Math.log(m) - 0.5 * Math.log(v));
  }

  /**
   * Draws {@code M x + V^{1/2} ξ}, {@code ξ ~ N(0, R)}.
   *
   * @param x start {@code [batch, channels, n1, …, nd]}. Not modified.
   * @param source where to read noise
   * @return a fresh array of the same shape and type
   * @throws IllegalArgumentException if the shape does not fit the grid of the noise
   */
  public INDArray sample(INDArray x, NoiseSource source) {
    FunctionBatch batch = FunctionBatch.of(noise.grid(), x);
    INDArray xi =
        FunctionBatch.zeros(noise.grid(), DataType.DOUBLE, batch.batch(), batch.channels());
    noise.sample(source, xi);
    double[] noiseValues = FunctionBatch.of(noise.grid(), xi).toDoubles();
    Multiplier deviation = deviation();
    return batch.map(
        (in, out, rows) ->
            Multiplier.accumulate(
                mean, in, deviation, noiseValues, out, rows, new Multiplier.Scratch()));
  }

  /**
   * The preconditioned score {@code S = R∇log p(x) = −V⁻¹(x − M D)} of the law of {@code X_t},
   * where {@code D = E[X_s | X_t = x]}.
   *
   * <p>In infinite dimension this is the definition; the raw gradient of the log density lives in a
   * larger space and is never formed.
   *
   * @param x state {@code [batch, channels, n1, …, nd]}. Not modified.
   * @param denoised {@code D(x)}, same shape. Not modified.
   * @return a fresh array of the same shape and type
   * @throws IllegalArgumentException if the shapes differ or do not fit the grid
   */
  public INDArray score(INDArray x, INDArray denoised) {
    FunctionBatch batch = FunctionBatch.of(noise.grid(), x);
    FunctionBatch clean = FunctionBatch.of(noise.grid(), denoised);
    batch.requireSameShape(clean);
    double[] d = clean.toDoubles();
    Multiplier state = variance.map(v -> -1 / v);
    Multiplier denoisedFactor = mean.combine(variance, (m, v) -> m / v);
    return batch.map(
        (in, out, rows) ->
            Multiplier.accumulate(
                state, in, denoisedFactor, d, out, rows, new Multiplier.Scratch()));
  }

  /**
   * The transition over two intervals: {@code M = M₂M₁}, {@code V = V₂ + M₂²V₁}.
   *
   * @param next transition that starts where this one ends, with the same noise
   * @return the composed transition
   */
  public Marginal then(Marginal next) {
    Multiplier squared = next.mean.map(m -> m * m);
    return new Marginal(next.mean.times(mean), next.variance.plus(squared.times(variance)), noise);
  }
}
