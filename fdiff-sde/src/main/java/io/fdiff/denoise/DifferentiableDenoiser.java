package io.fdiff.denoise;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A denoiser whose derivative in the state can be applied backwards, as guidance and exact
 * divergences need it.
 *
 * <p>Law: sample {@code b} of the result depends on sample {@code b} of the arguments alone. For an
 * exact denoiser {@code Cov(X₀ | X_t) = dD/dx ς²M_t⁻¹R} is symmetric and not negative.
 */
public interface DifferentiableDenoiser extends Denoiser {

  /**
   * The product of a cotangent with the derivative of {@link #denoise}, {@code (dD/dx)ᵀ w}: the
   * gradient of {@code Σ_i w_i D(x, t)_i} in the values of {@code x}. Transpose and sum are those
   * of values, without quadrature weights.
   *
   * @param xt states {@code [batch, channels, n1, …, nd]}, FLOAT or DOUBLE. Not modified.
   * @param t forward times {@code [batch]}, each in {@code (0, T]}. Not modified.
   * @param cotangent {@code w}, of the shape of {@code xt}, FLOAT or DOUBLE. Not modified.
   * @return {@code (dD/dx)ᵀ w}, a fresh array of the shape and type of {@code xt}
   * @throws IllegalArgumentException if shapes do not fit or a time is not in {@code (0, T]}
   */
  INDArray vjp(INDArray xt, INDArray t, INDArray cotangent);
}
