/** Spectral transforms, orthonormal in the continuous inner product of the domain. */
@NullMarked
package io.fdiff.transform;

import org.jspecify.annotations.NullMarked;
