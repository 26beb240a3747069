package io.fdiff.covariance;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Eigenvalues and orthonormal eigenfunctions of a covariance operator on its grid, {@code C φ_j =
 * λ_j φ_j}, {@code ⟨φ_i, φ_j⟩ = δ_ij} in {@code L²(D)}: the Karhunen–Loève basis.
 *
 * @param eigenvalues {@code [count]}, descending, at least 0
 * @param functions {@code [count, 1, n1, …, nd]}, DOUBLE, of norm 1; the sign is arbitrary
 */
public record Eigenpairs(double[] eigenvalues, INDArray functions) {}
