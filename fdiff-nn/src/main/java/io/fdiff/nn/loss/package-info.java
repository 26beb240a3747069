/** Norms and weights of training losses: quadratic forms of a network's error, on any grid. */
@NullMarked
package io.fdiff.nn.loss;

import org.jspecify.annotations.NullMarked;
