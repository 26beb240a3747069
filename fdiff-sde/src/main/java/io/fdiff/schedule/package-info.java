/**
 * When and how much noise: rates and levels as functions of time, the times that samplers visit,
 * and the times at which networks are trained.
 */
@NullMarked
package io.fdiff.schedule;

import org.jspecify.annotations.NullMarked;
