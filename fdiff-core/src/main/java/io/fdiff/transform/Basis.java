package io.fdiff.transform;

import io.fdiff.space.Grid;

/**
 * A family of orthonormal functions on an interval; tensor products serve boxes.
 *
 * <p>The functions are written for {@code u ∈ [0, 1]}; on an interval of length {@code L} they are
 * {@code L^{-1/2} e_j((p − lower)/L)} and their wavenumber is divided by {@code L}.
 */
public enum Basis {
  /**
   * Periodic: {@code 1, √2 cos 2πu, √2 sin 2πu, √2 cos 4πu, …}; index {@code j} has frequency
   * {@code ⌈j/2⌉} and wavenumber {@code κ = 2π⌈j/2⌉}.
   */
  FOURIER {
    @Override
    public int frequency(int index) {
      return (index + 1) / 2;
    }

    @Override
    public double wavenumber(int index) {
      return 2 * Math.PI * frequency(index);
    }

    @Override
    public double value(int index, double u) {
      double phase = 2 * Math.PI * frequency(index) * u;
      return index == 0 ? 1 : Math.sqrt(2) * (index % 2 == 1 ? Math.cos(phase) : Math.sin(phase));
    }
  },
  /**
   * Neumann: {@code 1, √2 cos πu, √2 cos 2πu, …}; index and frequency are the same and {@code κ =
   * πj}.
   */
  COSINE {
    @Override
    public int frequency(int index) {
      return index;
    }

    @Override
    public double wavenumber(int index) {
      return Math.PI * index;
    }

    @Override
    public double value(int index, double u) {
      return index == 0 ? 1 : Math.sqrt(2) * Math.cos(Math.PI * index * u);
    }
  },
  /**
   * Dirichlet: {@code √2 sin πu, √2 sin 2πu, …}; index {@code j} has frequency {@code j + 1} and
   * {@code κ = π(j + 1)}.
   */
  SINE {
    @Override
    public int frequency(int index) {
      return index + 1;
    }

    @Override
    public double wavenumber(int index) {
      return Math.PI * (index + 1);
    }

    @Override
    public double value(int index, double u) {
      return Math.sqrt(2) * Math.sin(Math.PI * (index + 1) * u);
    }
  },
  /**
   * Zero at 0 and free at 1, the basis of Brownian motion: {@code √2 sin ½πu, √2 sin (3/2)πu, …};
   * index and frequency are the same and {@code κ = π(j + ½)}.
   */
  QUARTER_SINE {
    @Override
    public int frequency(int index) {
      return index;
    }

    @Override
    public double wavenumber(int index) {
      return Math.PI * (index + 0.5);
    }

    @Override
    public double value(int index, double u) {
      return Math.sqrt(2) * Math.sin(Math.PI * (index + 0.5) * u);
    }
  };

  /**
   * The integer frequency of a basis function.
   *
   * @param index index along the axis, from 0
   * @return its frequency, from 0
   */
  public abstract int frequency(int index);

  /**
   * The wavenumber {@code κ} on the unit interval: {@code −e'' = κ² e}.
   *
   * @param index index along the axis, from 0
   * @return {@code κ ≥ 0}
   */
  public abstract double wavenumber(int index);

  /**
   * The value of a basis function.
   *
   * @param index index along the axis, from 0
   * @param u position relative to the interval
   * @return {@code e_index(u)}
   */
  public abstract double value(int index, double u);

  /**
   * The transform of this family on a grid, with as many modes as the grid carries.
   *
   * @param grid the grid
   * @return the transform, see {@link FourierTransform}, {@link CosineTransform}, {@link
   *     SineTransform} and {@link QuarterSineTransform}
   * @throws IllegalArgumentException if {@code grid} is a point set of more than one axis, or
   *     carries no mode of this family
   */
  public SpectralTransform on(Grid grid) {
    return Transforms.of(this, grid);
  }

  /**
   * The transform of this family on a grid with a given number of modes.
   *
   * @param grid the grid
   * @param modeShape modes per axis
   * @return the transform by weighted least squares
   * @throws IllegalArgumentException if the grid cannot tell the modes apart
   */
  public SpectralTransform on(Grid grid, int... modeShape) {
    return new LeastSquaresTransform(this, grid, modeShape);
  }
}
