/**
 * Distances between sets of functions: pointwise statistics, spectra, kernel two-sample tests, each
 * with its value for real functions against real ones.
 *
 * <p>Metrics are taken in the units of the data: undo a normalisation first.
 */
@NullMarked
package io.fdiff.metrics;

import org.jspecify.annotations.NullMarked;
