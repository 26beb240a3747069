package io.fdiff.denoise;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What a model may predict from a state {@code x = τX_0 + ςξ}, {@code ξ ~ N(0, R)}: five arrays
 * that carry the same information, each its own type so that none is taken for another. {@link
 * Conversions} turns one into any other.
 *
 * <p>Store what a model predicts and convert once, in double precision: to the clean function
 * divides by {@code τ}, to the noise divides by {@code ς}.
 */
public sealed interface Prediction {

  /**
   * The values.
   *
   * @return {@code [batch, channels, n1, …, nd]}
   */
  INDArray values();

  /**
   * The clean function {@code D = E[X_0 | x]} ("x0 prediction").
   *
   * @param values {@code D}
   */
  record Clean(INDArray values) implements Prediction {}

  /**
   * The coloured noise {@code ε̂ = E[ξ | x] = (x − τD)/ς} ("epsilon prediction"). White noise is
   * {@code R^{−1/2}ε̂}, whose range depends on the grid.
   *
   * @param values {@code ε̂}
   */
  record Noise(INDArray values) implements Prediction {}

  /**
   * The preconditioned score {@code S = R∇log p(x) = −ε̂/ς}; never the raw gradient, which needs
   * the unbounded {@code R⁻¹}.
   *
   * @param values {@code S}
   */
  record Score(INDArray values) implements Prediction {}

  /**
   * {@code v = τε̂ − ςD} ("v prediction", Salimans and Ho 2022).
   *
   * @param values {@code v}
   */
  record Rotated(INDArray values) implements Prediction {}

  /**
   * The velocity {@code u = F x − ½G²S} of the probability flow in forward time, for a path {@code
   * αX_0 + βξ} the same as {@code α'D + β'ε̂} of flow matching.
   *
   * @param values {@code u}
   */
  record Velocity(INDArray values) implements Prediction {}
}
