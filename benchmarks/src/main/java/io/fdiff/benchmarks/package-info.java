/** JMH benchmarks. Each puts a baseline or a peer beside the measured method. */
@NullMarked
package io.fdiff.benchmarks;

import org.jspecify.annotations.NullMarked;
