/** Execution of SameDiff graphs on memory that is owned and used again. */
@NullMarked
package io.fdiff.nn.engine;

import org.jspecify.annotations.NullMarked;
