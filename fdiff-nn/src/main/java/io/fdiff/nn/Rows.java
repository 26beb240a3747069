package io.fdiff.nn;

import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.sde.Multiplier;
import io.fdiff.sde.SDE;
import io.fdiff.space.Grid;
import io.fdiff.transform.SpectralTransform;
import java.util.Arrays;

/** Multipliers and their transposes on parts of blocks of functions. Not thread-safe. */
final class Rows {

  private final Multiplier.Scratch scratch = new Multiplier.Scratch();
  private final double[] weights;
  private final boolean transposable;

  Rows(SDE sde) {
    Grid grid = sde.noise().grid();
    this.weights = grid.weights();
    this.transposable =
        sde.noise()
            .spectral()
            .map(SpectralCovariance::transform)
            .map(SpectralTransform::orthonormal)
            .orElse(true);
  }

  /** {@code x ← M x} for whole functions {@code x[from], …, x[to − 1]}. */
  void scale(Multiplier multiplier, double[] x, int from, int to) {
    if (multiplier instanceof Multiplier.Scalar scalar) {
      double factor = scalar.value();
      for (int i = from; i < to; i++) {
        x[i] = factor * x[i];
      }
    } else {
      double[] in = Arrays.copyOfRange(x, from, to);
      double[] out = new double[in.length];
      multiplier.accumulate(in, out, in.length / weights.length, scratch);
      System.arraycopy(out, 0, x, from, out.length);
    }
  }

  /**
   * {@code x ← Mᵀ x} in the plain sum over values; {@code M} is self-adjoint under the weights, so
   * {@code Mᵀ = W M W⁻¹}.
   */
  void scaleTransposed(Multiplier multiplier, double[] x, int from, int to) {
    if (multiplier instanceof Multiplier.Scalar) {
      scale(multiplier, x, from, to);
      return;
    }
    if (!transposable) {
      throw new IllegalArgumentException(
          "multipliers per mode on a grid whose quadrature does not see the basis as orthonormal"
              + " are not self-adjoint: take derivatives on a regular grid that suits the basis");
    }
    for (int i = from; i < to; i++) {
      x[i] /= weights[i % weights.length];
    }
    scale(multiplier, x, from, to);
    for (int i = from; i < to; i++) {
      x[i] *= weights[i % weights.length];
    }
  }
}
