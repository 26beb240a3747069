/** Domains, grids with quadrature weights, and the Hilbert spaces of functions held on them. */
@NullMarked
package io.fdiff.space;

import org.jspecify.annotations.NullMarked;
