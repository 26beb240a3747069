/** The command line, and example programs that it is made of. */
@NullMarked
package io.fdiff.examples;

import org.jspecify.annotations.NullMarked;
