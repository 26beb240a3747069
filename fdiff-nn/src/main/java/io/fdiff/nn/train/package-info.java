/** Training: objectives, the loop, weight averages, checkpoints and exact resumption. */
@NullMarked
package io.fdiff.nn.train;

import org.jspecify.annotations.NullMarked;
