/**
 * Sets of functions: read from and written to files, scaled for training, drawn from a known law.
 */
@NullMarked
package io.fdiff.data;

import org.jspecify.annotations.NullMarked;
