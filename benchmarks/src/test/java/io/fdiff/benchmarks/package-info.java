/** Tests of what measures, not of speed. */
@NullMarked
package io.fdiff.benchmarks;

import org.jspecify.annotations.NullMarked;
