package io.fdiff.covariance;

import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Eigenvalues and orthonormal eigenfunctions of a covariance operator on its grid, {@code C φ_j =
 * λ_j φ_j}, {@code ⟨φ_i, φ_j⟩ = δ_ij} in {@code L²(D)}: the Karhunen–Loève basis.
 */
public final class Eigenpairs {

  private final double[] eigenvalues;
  private final INDArray functions;

  private Eigenpairs(double[] eigenvalues, INDArray functions) {
    this.eigenvalues = eigenvalues;
    this.functions = functions;
  }

  /**
   * Pairs from their parts.
   *
   * @param eigenvalues {@code [count]}, descending, at least 0; copied
   * @param functions {@code [count, 1, n1, …, nd]}, DOUBLE, orthonormal. Not copied.
   * @return the pairs
   * @throws IllegalArgumentException if the numbers of values and functions differ
   */
  public static Eigenpairs of(double[] eigenvalues, INDArray functions) {
    Objects.requireNonNull(functions, "functions");
    if (functions.size(0) != eigenvalues.length) {
      throw new IllegalArgumentException(
          eigenvalues.length
              + " eigenvalues with "
              + functions.size(0)
              + " functions: give one function for each");
    }
    return new Eigenpairs(eigenvalues.clone(), functions);
  }

  /**
   * The eigenvalues {@code λ_1 ≥ λ_2 ≥ … ≥ 0}.
   *
   * @return a fresh array {@code [count]}
   */
  public double[] eigenvalues() {
    return eigenvalues.clone();
  }

  /**
   * The values of the eigenfunctions on the grid, of norm 1; the sign is arbitrary.
   *
   * @return a copy, {@code [count, 1, n1, …, nd]}, DOUBLE
   */
  public INDArray functions() {
    return functions.dup('c');
  }
}
