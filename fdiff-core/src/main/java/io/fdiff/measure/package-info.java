/** Gaussian measures on function spaces. */
@NullMarked
package io.fdiff.measure;

import org.jspecify.annotations.NullMarked;
