package io.fdiff.kernel;

/** A stationary kernel that knows its Fourier transform (Bochner): non-negative and integrable. */
public interface SpectralKernel extends StationaryKernel {

  /**
   * The spectral density {@code f(ω) = ∫ k(h) e^{−iω·h} dh}, so that {@code k(h) = (2π)^{−d} ∫ f(ω)
   * e^{iω·h} dω}. On a torus with sides {@code L_a} the periodised kernel {@code Σ_n k(h + nL)} has
   * the eigenvalues {@code f(2πk_a/L_a)} exactly.
   *
   * @param omega angular frequency, one number an axis. Not modified.
   * @return {@code f(ω) ≥ 0}
   */
  double spectralDensity(double[] omega);
}
