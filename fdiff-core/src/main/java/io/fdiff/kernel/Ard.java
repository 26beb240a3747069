package io.fdiff.kernel;

import java.util.Arrays;
import java.util.Objects;

/**
 * An isotropic kernel with a length of its own on every axis ("automatic relevance determination"):
 * {@code k(h) = κ(|(h_1/ℓ_1, …, h_d/ℓ_d)|)}. Give {@code κ} the length scale 1, else the lengths
 * multiply.
 */
public final class Ard implements SpectralKernel {

  private final IsotropicKernel kernel;
  private final double[] lengths;

  private Ard(IsotropicKernel kernel, double[] lengths) {
    this.kernel = kernel;
    this.lengths = lengths;
  }

  /**
   * A kernel of rescaled coordinates.
   *
   * @param kernel the kernel of the rescaled distance
   * @param lengths one length an axis, positive and finite; copied
   * @return the anisotropic kernel
   * @throws IllegalArgumentException if there is no length or one is not positive and finite
   */
  public static Ard of(IsotropicKernel kernel, double... lengths) {
    Objects.requireNonNull(kernel, "kernel");
    if (lengths.length == 0) {
      throw new IllegalArgumentException("0 lengths: give one for each axis");
    }
    for (int a = 0; a < lengths.length; a++) {
      Distance.positive("length of axis " + a, lengths[a]);
    }
    return new Ard(kernel, lengths.clone());
  }

  @Override
  public double at(double[] lag) {
    Distance.axes(this, lengths.length, lag.length);
    double squared = 0;
    for (int a = 0; a < lag.length; a++) {
      double h = lag[a] / lengths[a];
      squared += h * h;
    }
    return kernel.at(Math.sqrt(squared));
  }

  @Override
  public double spectralDensity(double[] omega) {
    Distance.axes(this, lengths.length, omega.length);
    double squared = 0;
    double volume = 1;
    for (int a = 0; a < omega.length; a++) {
      squared += omega[a] * lengths[a] * omega[a] * lengths[a];
      volume *= lengths[a];
    }
    return volume * kernel.spectralDensity(Math.sqrt(squared), omega.length);
  }

  @Override
  public boolean continuous() {
    return kernel.continuous();
  }

  @Override
  public String toString() {
    return "Ard[" + kernel + ", lengths " + Arrays.toString(lengths) + "]";
  }
}
