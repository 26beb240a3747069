package io.fdiff.covariance;

import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.transform.SpectralTransform;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An operator that is diagonal in a spectral basis, {@code C e_k = λ_k e_k}.
 *
 * <p>Samples are {@code X = Σ_k √λ_k z_k e_k}, one transform each; {@code z_k} is addressed by the
 * mode, so coarse and fine grids share it. On another grid of the domain the same {@link Spectrum}
 * is read at the modes of that grid. The inverse treats eigenvalues up to {@code 1e-14·max λ} as
 * outside the range. Cost: one transform a sample for {@code sample}, two for the rest.
 *
 * <p>On grids whose quadrature does not see the basis as orthonormal (scattered points) the
 * operator is {@code C = E Λ EᵀW}, {@code E_ik = e_k(p_i)}, the one whose samples are the sums
 * above; its roots and inverses then cost an eigendecomposition of the modes once.
 */
public final class SpectralCovariance implements CovarianceOperator {

  private static final double RANGE_TOLERANCE = DenseForm.RANGE_TOLERANCE;

  private final SpectralTransform transform;
  private final Spectrum spectrum;
  private final double[] eigenvalues;
  private final double[] roots;
  private final SpectralSampler sampler;
  private volatile @Nullable EigenDecomposition oblique;

  private SpectralCovariance(SpectralTransform transform, Spectrum spectrum) {
    this.transform = transform;
    this.spectrum = spectrum;
    this.eigenvalues = new double[transform.modes()];
    this.roots = new double[eigenvalues.length];
    for (int k = 0; k < eigenvalues.length; k++) {
      int[] frequency = transform.frequency(k);
      double value = spectrum.eigenvalue(frequency, transform.laplacian(k));
      if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "eigenvalue "
                + value
                + " at frequency "
                + Arrays.toString(frequency)
                + ": a covariance operator needs finite eigenvalues, at least 0");
      }
      eigenvalues[k] = value;
      roots[k] = Math.sqrt(value);
    }
    this.sampler =
        new SpectralSampler(transform, roots, new GridWindow(transform.grid(), transform.grid()));
  }

  /**
   * The operator with a given spectrum.
   *
   * @param transform the basis and the grid
   * @param spectrum eigenvalues of all modes
   * @return the operator
   * @throws IllegalArgumentException if an eigenvalue is negative or not finite
   */
  public static SpectralCovariance of(SpectralTransform transform, Spectrum spectrum) {
    return new SpectralCovariance(
        Objects.requireNonNull(transform, "transform"),
        Objects.requireNonNull(spectrum, "spectrum"));
  }

  /**
   * The basis and grid.
   *
   * @return the transform that diagonalises the operator
   */
  public SpectralTransform transform() {
    return transform;
  }

  /**
   * The eigenvalues {@code λ_k} of the modes of this grid.
   *
   * @return a fresh array {@code [modes]}, order of the transform
   */
  public double[] eigenvalues() {
    return eigenvalues.clone();
  }

  /**
   * The rule of the eigenvalues, for every mode there is.
   *
   * @return the spectrum
   */
  public Spectrum spectrum() {
    return spectrum;
  }

  /** Whether a transform on this grid has the modes of this operator. */
  boolean sharesBasisWith(SpectralTransform other) {
    return transform.grid().equals(other.grid())
        && transform.basis() == other.basis()
        && Arrays.equals(transform.modeShape(), other.modeShape());
  }

  @Override
  public Grid grid() {
    return transform.grid();
  }

  @Override
  public INDArray applyPower(INDArray x, double exponent) {
    int modes = eigenvalues.length;
    double[] factors = SymmetricEigen.powers(eigenvalues, exponent, RANGE_TOLERANCE);
    return FunctionBatch.of(grid(), x)
        .map(
            (in, out, rows) -> {
              double[] c = new double[rows * modes];
              if (transform.orthonormal()) {
                transform.forward(in, c, rows);
                for (int i = 0; i < c.length; i++) {
                  c[i] *= factors[i % modes];
                }
              } else {
                transform.quadrature(in, c, rows);
                obliquePower(c, rows, exponent);
              }
              transform.inverse(c, out, rows);
            });
  }

  /**
   * {@code c ← Λ^{1/2} Q S^{p−1} Qᵀ Λ^{1/2} c} in place, with {@code Λ^{1/2} G Λ^{1/2} = Q S Qᵀ}:
   * so that {@code E … EᵀW} is the power {@code p} of {@code C = E Λ EᵀW} on a grid where {@code G
   * = EᵀWE} is not the identity.
   */
  private void obliquePower(double[] c, int rows, double exponent) {
    int modes = roots.length;
    EigenDecomposition eigen = obliqueEigenpairs();
    double[] s = SymmetricEigen.powers(eigen.getRealEigenvalues(), exponent - 1, RANGE_TOLERANCE);
    RealMatrix q = eigen.getV();
    for (int row = 0; row < rows; row++) {
      double[] v = Arrays.copyOfRange(c, row * modes, (row + 1) * modes);
      for (int k = 0; k < modes; k++) {
        v[k] *= roots[k];
      }
      v = q.preMultiply(v);
      for (int k = 0; k < modes; k++) {
        v[k] *= s[k];
      }
      v = q.operate(v);
      for (int k = 0; k < modes; k++) {
        c[row * modes + k] = v[k] * roots[k];
      }
    }
  }

  private EigenDecomposition obliqueEigenpairs() {
    EigenDecomposition cached = oblique;
    if (cached == null) {
      int modes = roots.length;
      double[] g = gram();
      double[][] m = new double[modes][modes];
      for (int k = 0; k < modes; k++) {
        for (int l = 0; l < modes; l++) {
          m[k][l] = roots[k] * roots[l] * 0.5 * (g[k * modes + l] + g[l * modes + k]);
        }
      }
      cached = new EigenDecomposition(new Array2DRowRealMatrix(m, false));
      // The decomposition caches its matrix at first use; do that before other threads see it.
      cached.getV();
      oblique = cached;
    }
    return cached;
  }

  private double[] gram() {
    int modes = roots.length;
    double[] unit = new double[modes * modes];
    for (int k = 0; k < modes; k++) {
      unit[k * modes + k] = 1;
    }
    double[] values = new double[modes * grid().size()];
    transform.inverse(unit, values, modes);
    double[] gram = new double[unit.length];
    transform.quadrature(values, gram, modes);
    return gram;
  }

  @Override
  public double trace() {
    if (transform.orthonormal()) {
      return Arrays.stream(eigenvalues).sum();
    }
    double[] g = gram();
    double sum = 0;
    for (int k = 0; k < eigenvalues.length; k++) {
      sum += eigenvalues[k] * g[k * eigenvalues.length + k];
    }
    return sum;
  }

  @Override
  public INDArray sample(NoiseSource noise, INDArray out) {
    sampler.sample(noise, out);
    return out;
  }

  /**
   * {@inheritDoc}
   *
   * <p>The modes in the order of their eigenvalues, ties in the order of the transform; where the
   * basis is not orthonormal on the grid or has fewer modes than asked for, from the dense matrix.
   */
  @Override
  public Eigenpairs eigenpairs(int count) {
    DenseForm.requireCount(grid(), count);
    int modes = eigenvalues.length;
    if (!transform.orthonormal() || count > modes) {
      return DenseForm.of(this).eigenpairs(count);
    }
    int[] order =
        IntStream.range(0, modes)
            .boxed()
            .sorted(Comparator.comparingDouble(k -> -eigenvalues[k]))
            .limit(count)
            .mapToInt(k -> k)
            .toArray();
    double[] c = new double[count * modes];
    double[] sorted = new double[count];
    for (int j = 0; j < count; j++) {
      c[j * modes + order[j]] = 1;
      sorted[j] = eigenvalues[order[j]];
    }
    double[] values = new double[count * grid().size()];
    transform.inverse(c, values, count);
    return Eigenpairs.of(sorted, FunctionBatch.array(grid(), DataType.DOUBLE, 1, values));
  }

  /** {@inheritDoc} Judged by the rule of the spectrum, up to {@code 2^30} modes. */
  @Override
  public TraceClass traceClass() {
    return TraceClass.ofDecay(
        SpectralTrace.of(spectrum, transform.basis(), grid().domain()), grid().dimension());
  }

  @Override
  public Optional<SpectralCovariance> spectral() {
    return Optional.of(this);
  }

  @Override
  public SpectralCovariance on(Grid grid) {
    return grid.equals(grid()) ? this : of(transform.on(Scale.sameDomain(grid(), grid)), spectrum);
  }

  @Override
  public SpectralCovariance times(double factor) {
    return of(transform, spectrum.times(Scale.positive(factor)));
  }
}
