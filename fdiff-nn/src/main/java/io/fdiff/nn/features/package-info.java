/** Networks as measuring instruments: features of functions for distances between their laws. */
@NullMarked
package io.fdiff.nn.features;

import org.jspecify.annotations.NullMarked;
