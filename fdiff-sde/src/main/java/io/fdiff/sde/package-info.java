/**
 * Forward processes with linear drift, all of one form: Gaussian transitions whose mean factors and
 * variances are multipliers of the noise covariance. Bridges, reverse-time dynamics, the
 * probability flow and the law at the end follow from the transitions.
 */
@NullMarked
package io.fdiff.sde;

import org.jspecify.annotations.NullMarked;
