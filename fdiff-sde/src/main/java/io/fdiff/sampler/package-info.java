/** Samplers: how to step the reverse-time dynamics from the terminal law to the data. */
@NullMarked
package io.fdiff.sampler;

import org.jspecify.annotations.NullMarked;
