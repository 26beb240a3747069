/** File formats of weights and configurations. */
@NullMarked
package io.fdiff.nn.io;

import org.jspecify.annotations.NullMarked;
