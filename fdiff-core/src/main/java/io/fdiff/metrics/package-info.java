/**
 * Distances between sets of functions: pointwise moments, spectra, densities, kernel two-sample
 * tests, sliced Wasserstein and energy distance; scores and coverage of ensembles; the Fréchet
 * distance of features. {@link io.fdiff.metrics.MetricsReport} takes those of functions in one
 * call, with confidence intervals and their values for real functions against real ones.
 *
 * <p>Metrics are taken in the units of the data: undo a normalisation first.
 */
@NullMarked
package io.fdiff.metrics;

import org.jspecify.annotations.NullMarked;
