/**
 * Covariance operators defined by what they do in function space, so that one operator has the same
 * law on every grid.
 */
@NullMarked
package io.fdiff.covariance;

import org.jspecify.annotations.NullMarked;
