/** Noise schedules and time grids. */
@NullMarked
package io.fdiff.schedule;

import org.jspecify.annotations.NullMarked;
