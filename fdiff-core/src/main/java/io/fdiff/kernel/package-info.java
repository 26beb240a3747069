/** Covariance kernels, named by their formulas. */
@NullMarked
package io.fdiff.kernel;

import org.jspecify.annotations.NullMarked;
