/** Function networks as SameDiff graphs, and the denoisers made of them. */
@NullMarked
package io.fdiff.nn;

import org.jspecify.annotations.NullMarked;
