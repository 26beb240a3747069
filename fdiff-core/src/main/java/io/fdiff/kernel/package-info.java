/**
 * Covariance kernels, named by their formulas.
 *
 * <p>{@link io.fdiff.kernel.CovarianceKernel} is any positive semi-definite function of two points
 * (a lambda will do). What a kernel knows beyond that is in its type: {@link
 * io.fdiff.kernel.StationaryKernel} depends on the lag (circulant embedding), {@link
 * io.fdiff.kernel.SpectralKernel} also has a spectral density (spectra on the torus), {@link
 * io.fdiff.kernel.IsotropicKernel} depends on the distance. Smoothness by choice: {@link
 * io.fdiff.kernel.Matern}; infinitely smooth: {@link io.fdiff.kernel.SquaredExponential}; many
 * scales at once: {@link io.fdiff.kernel.RationalQuadratic}; repeating: {@link
 * io.fdiff.kernel.Periodic}; paths from a point: {@link io.fdiff.kernel.BrownianMotion}, {@link
 * io.fdiff.kernel.BrownianBridge}; a length for each axis: {@link io.fdiff.kernel.Ard}; another
 * kernel for each axis: {@link io.fdiff.kernel.SeparableKernel}; noise at points: {@link
 * io.fdiff.kernel.Nugget}. Lengths are in units of the domain; the squared exponential reads {@code
 * r²/(2ℓ²)}.
 */
@NullMarked
package io.fdiff.kernel;

import org.jspecify.annotations.NullMarked;
