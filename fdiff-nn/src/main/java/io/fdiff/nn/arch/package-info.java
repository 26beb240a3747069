/** Architectures of function networks. */
@NullMarked
package io.fdiff.nn.arch;

import org.jspecify.annotations.NullMarked;
