/**
 * Denoisers {@code E[X₀ | X_t = x]}: the learned object of every diffusion model, with exact
 * instances.
 */
@NullMarked
package io.fdiff.denoise;

import org.jspecify.annotations.NullMarked;
