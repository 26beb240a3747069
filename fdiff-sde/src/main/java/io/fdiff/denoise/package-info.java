/**
 * Denoisers {@code E[X₀ | X_t = x]}: the learned object of every diffusion model, with exact
 * instances for Gaussian, mixture and finite data, and conversions from whatever else a model
 * predicts.
 */
@NullMarked
package io.fdiff.denoise;

import org.jspecify.annotations.NullMarked;
