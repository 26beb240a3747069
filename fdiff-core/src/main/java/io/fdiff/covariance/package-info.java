/**
 * Covariance operators defined by what they do in function space, so that one operator has the same
 * law on every grid.
 *
 * <p>Which {@link io.fdiff.covariance.CovarianceOperator} to take:
 *
 * <ul>
 *   <li>eigenvalues by a rule, on any grid, fast, samples coupled across grids: {@link
 *       io.fdiff.covariance.SpectralCovariance} with a {@link io.fdiff.covariance.Spectrum}
 *       (Whittle–Matérn, power law, band limit, spectral density of a kernel, mollified white
 *       noise);
 *   <li>a stationary kernel, exactly, on a large equispaced grid: {@link
 *       io.fdiff.covariance.CirculantCovariance};
 *   <li>a kernel for each axis of a tensor grid: {@link io.fdiff.covariance.KroneckerCovariance};
 *   <li>any kernel on any points, up to a few thousand: {@link
 *       io.fdiff.covariance.KernelCovariance};
 *   <li>any kernel by few eigenpairs, samples coupled across grids: {@link
 *       io.fdiff.covariance.NystromCovariance};
 *   <li>data: {@link io.fdiff.covariance.EmpiricalCovariance} (stationary part, full rank with a
 *       floor) or {@link io.fdiff.covariance.LowRankCovariance} (FPCA);
 *   <li>paths: {@link io.fdiff.covariance.Brownian};
 *   <li>white noise, which has no limit in {@code L²}: {@link io.fdiff.covariance.WhiteNoise};
 *   <li>correlated channels over any of these: {@link io.fdiff.covariance.ChannelCovariance}.
 * </ul>
 *
 * <p>Operators combine by {@code times}, {@code plus}, {@code power} and {@code mollify}; {@link
 * io.fdiff.covariance.TraceClass} tells whether samples are functions.
 */
@NullMarked
package io.fdiff.covariance;

import org.jspecify.annotations.NullMarked;
