package io.fdiff.denoise;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The conditional mean {@code D(x, t) = E[X₀ | X_t = x]} of a forward process, exact or learned
 * (prediction of the clean data; "x0 prediction").
 *
 * <p>Law: sample {@code b} of the result depends on sample {@code b} of the arguments alone.
 */
@FunctionalInterface
public interface Denoiser {

  /**
   * Denoises a batch.
   *
   * @param xt states {@code [batch, channels, n1, …, nd]}, FLOAT or DOUBLE. Not modified.
   * @param t forward times {@code [batch]}, each in {@code (0, T]}. Not modified.
   * @return {@code D(x_t, t)}, a fresh array of the shape and type of {@code xt}
   * @throws IllegalArgumentException if shapes do not fit or a time is not in {@code (0, T]}
   */
  INDArray denoise(INDArray xt, INDArray t);
}
