/**
 * Trainings described by a file: which data, process, network, objective and sampler, and what a
 * checkpoint has to keep of them so that functions can be sampled without the data.
 */
@NullMarked
package io.fdiff.examples.experiment;

import org.jspecify.annotations.NullMarked;
