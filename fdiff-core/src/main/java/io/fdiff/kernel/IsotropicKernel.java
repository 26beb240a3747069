package io.fdiff.kernel;

/** A stationary kernel of the Euclidean distance {@code r = |p − q|}, in any dimension. */
public interface IsotropicKernel extends SpectralKernel {

  /**
   * The covariance at a distance.
   *
   * @param distance {@code r ≥ 0} in units of the domain
   * @return {@code k(r)}
   */
  double at(double distance);

  /**
   * The spectral density as a function of the length of the frequency.
   *
   * @param omega {@code |ω| ≥ 0}, angular frequency
   * @param dimension {@code d ≥ 1}; the density depends on it
   * @return {@code f(|ω|) = ∫ k(|h|) e^{−iω·h} dh} over {@code R^d}
   */
  double spectralDensity(double omega, int dimension);

  @Override
  default double at(double[] lag) {
    return at(Distance.norm(lag));
  }

  @Override
  default double covariance(double[] p, double[] q) {
    return at(Distance.between(p, q));
  }

  @Override
  default double spectralDensity(double[] omega) {
    return spectralDensity(Distance.norm(omega), omega.length);
  }
}
