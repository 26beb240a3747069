/**
 * Counter-based random numbers: every normal has an address (seed, stream, sample, step, channel,
 * mode), so that a sample does not depend on batch size, chunking, order or threads.
 */
@NullMarked
package io.fdiff.noise;

import org.jspecify.annotations.NullMarked;
