/**
 * Densities of functions with respect to the reference Gaussian measure: by the probability flow,
 * and bounds by Girsanov's theorem. In function space there is no Lebesgue density, and every
 * number here is a sum over modes of terms whose parts diverge on their own.
 */
@NullMarked
package io.fdiff.likelihood;

import org.jspecify.annotations.NullMarked;
