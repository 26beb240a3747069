/** Tests of the command line. */
@NullMarked
package io.fdiff.examples;

import org.jspecify.annotations.NullMarked;
