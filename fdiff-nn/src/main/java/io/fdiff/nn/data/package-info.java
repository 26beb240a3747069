/** Functions to train on: where they are read from, and random changes that keep their law. */
@NullMarked
package io.fdiff.nn.data;

import org.jspecify.annotations.NullMarked;
