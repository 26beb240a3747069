/**
 * Flow matching between a Gaussian reference measure and data in function space: paths {@code
 * α_tX_1 + β_tX_0}, their velocity fields, the ordinary differential equation that carries noise to
 * data, couplings and straightness. A path run backwards is a forward process of {@code
 * io.fdiff.sde}, so denoisers, samplers and likelihoods apply to it.
 */
@NullMarked
package io.fdiff.flow;

import org.jspecify.annotations.NullMarked;
