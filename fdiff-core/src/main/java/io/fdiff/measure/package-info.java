/**
 * Gaussian measures on function spaces: their distances, densities and equivalence, conditioning on
 * linear observations, mixtures, and the Wiener process. Everything is a sum over modes or an
 * expression in {@code K} and the quadrature weights, so that it converges as the grid is refined
 * where the quantity exists on the function space.
 */
@NullMarked
package io.fdiff.measure;

import org.jspecify.annotations.NullMarked;
