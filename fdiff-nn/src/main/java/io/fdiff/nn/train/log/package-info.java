/** Listeners that write down how a training goes. */
@NullMarked
package io.fdiff.nn.train.log;

import org.jspecify.annotations.NullMarked;
