package io.fdiff.denoise;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.measure.GaussianMeasure;
import io.fdiff.sde.Marginal;
import io.fdiff.sde.Multiplier;
import io.fdiff.sde.SDE;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.transform.SpectralTransform;
import java.util.Arrays;
import java.util.Optional;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.CholeskyDecomposition;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The exact denoiser of Gaussian data {@code N(m, Γ)}: {@code D = m + τΓV⁻¹(x − τm)}, {@code V =
 * τ²Γ + ς²R}.
 *
 * <p>Γ and R are diagonalised together once, {@code Γu_k = μ_k R u_k}, and {@code D − m} scales the
 * coefficient {@code k} by {@code τμ_k/(τ²μ_k + ς²)}: one transform each way a call when both are
 * diagonal in one spectral basis (where the multipliers of the process may differ from mode to
 * mode), otherwise two matrix products, for processes with scalar multipliers. An oracle for tests
 * and a baseline; immutable and thread-safe.
 */
public final class GaussianDenoiser implements Denoiser {

  /** Coordinates in which data and noise covariance are diagonal. */
  private interface Coordinates {
    void forward(double[] values, double[] coefficients, int rows);

    void inverse(double[] coefficients, double[] values, int rows);
  }

  private final SDE sde;
  private final INDArray mean;
  private final Coordinates coordinates;
  private final double[] ratios;

  private GaussianDenoiser(SDE sde, INDArray mean, Coordinates coordinates, double[] ratios) {
    this.sde = sde;
    this.mean = mean;
    this.coordinates = coordinates;
    this.ratios = ratios;
  }

  /**
   * The denoiser of Gaussian data under a process.
   *
   * @param sde forward process
   * @param data {@code N(m, Γ)} on the same grid
   * @return the denoiser
   * @throws IllegalArgumentException if the grids differ, or, where the two covariances do not
   *     share a spectral basis, if the noise covariance is singular or the multipliers are not
   *     scalar
   */
  public static GaussianDenoiser of(SDE sde, GaussianMeasure data) {
    Grid grid = sde.noise().grid();
    if (!grid.equals(data.grid())) {
      throw new IllegalArgumentException(
          "data on " + data.grid() + " and noise on " + grid + ": bring both to one grid");
    }
    Optional<SpectralCovariance> noise = sde.noise().spectral();
    Optional<SpectralCovariance> signal = data.covariance().spectral();
    if (noise.isPresent() && signal.isPresent()) {
      SpectralTransform a = noise.get().transform();
      SpectralTransform b = signal.get().transform();
      if (a.basis() == b.basis() && Arrays.equals(a.modeShape(), b.modeShape())) {
        return diagonal(sde, data.mean(), noise.get(), signal.get());
      }
    }
    Marginal last = sde.marginal(sde.horizon());
    if (!(last.mean() instanceof Multiplier.Scalar
        && last.variance() instanceof Multiplier.Scalar)) {
      throw new IllegalArgumentException(
          "data and noise share no spectral basis and the multipliers of the process are not"
              + " scalar: there is no common diagonal form");
    }
    return dense(sde, data);
  }

  private static GaussianDenoiser diagonal(
      SDE sde, INDArray mean, SpectralCovariance noise, SpectralCovariance signal) {
    double[] lambda = noise.eigenvalues();
    double[] mu = signal.eigenvalues();
    double[] ratios = new double[mu.length];
    // Where there is no noise the state is the data: ratio ∞ gives D = x/τ.
    Arrays.setAll(ratios, k -> mu[k] == 0 ? 0 : mu[k] / lambda[k]);
    SpectralTransform transform = noise.transform();
    Coordinates modes =
        new Coordinates() {
          @Override
          public void forward(double[] values, double[] coefficients, int rows) {
            transform.forward(values, coefficients, rows);
          }

          @Override
          public void inverse(double[] coefficients, double[] values, int rows) {
            transform.inverse(coefficients, values, rows);
          }
        };
    return new GaussianDenoiser(sde, mean, modes, ratios);
  }

  private static GaussianDenoiser dense(SDE sde, GaussianMeasure data) {
    RealMatrix noise = kernelMatrix(sde.noise());
    RealMatrix signal = kernelMatrix(data.covariance());
    // K_R = LLᵀ; L⁻¹K_ΓL⁻ᵀ = UMUᵀ; then Γ and R are diagonal in the columns of LU.
    RealMatrix l = new CholeskyDecomposition(noise, 1e-9, 0).getL();
    RealMatrix inverse = new LUDecomposition(l).getSolver().getInverse();
    RealMatrix whitened = inverse.multiply(signal).multiply(inverse.transpose());
    EigenDecomposition eigen =
        new EigenDecomposition(whitened.add(whitened.transpose()).scalarMultiply(0.5));
    RealMatrix back = l.multiply(eigen.getV());
    RealMatrix forth = eigen.getVT().multiply(inverse);
    double[] ratios =
        Arrays.stream(eigen.getRealEigenvalues()).map(mu -> Math.max(mu, 0)).toArray();
    Coordinates vectors =
        new Coordinates() {
          @Override
          public void forward(double[] values, double[] coefficients, int rows) {
            multiply(forth, values, coefficients, rows);
          }

          @Override
          public void inverse(double[] coefficients, double[] values, int rows) {
            multiply(back, coefficients, values, rows);
          }
        };
    return new GaussianDenoiser(sde, data.mean(), vectors, ratios);
  }

  /** {@code K = C W⁻¹}, column by column from the action of the operator. */
  private static RealMatrix kernelMatrix(CovarianceOperator operator) {
    Grid grid = operator.grid();
    int n = grid.size();
    double[] w = grid.weights();
    double[] impulses = new double[n * n];
    for (int i = 0; i < n; i++) {
      impulses[i * n + i] = 1 / w[i];
    }
    INDArray image = operator.apply(FunctionBatch.array(grid, DataType.DOUBLE, 1, impulses));
    double[] flat = FunctionBatch.of(grid, image).toDoubles();
    RealMatrix k = new Array2DRowRealMatrix(n, n);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        k.setEntry(i, j, 0.5 * (flat[i * n + j] + flat[j * n + i]));
      }
    }
    return k;
  }

  private static void multiply(RealMatrix matrix, double[] in, double[] out, int rows) {
    int n = matrix.getColumnDimension();
    for (int row = 0; row < rows; row++) {
      double[] y = matrix.operate(Arrays.copyOfRange(in, row * n, (row + 1) * n));
      System.arraycopy(y, 0, out, row * n, n);
    }
  }

  @Override
  public INDArray denoise(INDArray xt, INDArray t) {
    FunctionBatch batch = FunctionBatch.of(sde.noise().grid(), xt);
    if (t.length() != batch.batch()) {
      throw new IllegalArgumentException(
          "times of shape "
              + Arrays.toString(t.shape())
              + " for "
              + batch.batch()
              + " functions: give one time each");
    }
    if (mean.size(1) != 1 && mean.size(1) != batch.channels()) {
      throw new IllegalArgumentException(
          "states with "
              + batch.channels()
              + " channels, data with "
              + mean.size(1)
              + ": they must agree");
    }
    double[] m = FunctionBatch.of(sde.noise().grid(), mean).toDoubles();
    return batch.map((in, out, rows) -> denoise(in, out, rows, batch.channels(), t, m));
  }

  private void denoise(double[] in, double[] out, int rows, int channels, INDArray t, double[] m) {
    int n = sde.noise().grid().size();
    int modes = ratios.length;
    double[] centred = in.clone();
    double[] coefficients = new double[rows * modes];
    double[] meanRows = new double[in.length];
    for (int i = 0; i < in.length; i++) {
      meanRows[i] = m[i % m.length];
    }
    Marginal[] marginals = new Marginal[rows / channels];
    for (int b = 0; b < marginals.length; b++) {
      marginals[b] = sde.marginal(t.getDouble(b));
    }
    double[] shifted = new double[n];
    for (int row = 0; row < rows; row++) {
      Arrays.fill(shifted, 0);
      double[] one = Arrays.copyOfRange(meanRows, row * n, (row + 1) * n);
      marginals[row / channels].mean().accumulate(one, shifted, 1);
      for (int i = 0; i < n; i++) {
        centred[row * n + i] -= shifted[i];
      }
    }
    coordinates.forward(centred, coefficients, rows);
    for (int row = 0, at = 0; row < rows; row++) {
      Marginal marginal = marginals[row / channels];
      for (int k = 0; k < modes; k++, at++) {
        double tau = marginal.mean().at(k);
        double variance = marginal.variance().at(k);
        // τ/(τ² + ς²/ratio) is τμ/(τ²μ + ς²λ) for ratio = μ/λ, and 1/τ for infinite ratio.
        double gain = ratios[k] == 0 ? 0 : tau / (tau * tau + variance / ratios[k]);
        coefficients[at] *= gain;
      }
    }
    coordinates.inverse(coefficients, out, rows);
    for (int i = 0; i < out.length; i++) {
      out[i] += meanRows[i];
    }
  }
}
