package io.fdiff.denoise;

import io.fdiff.measure.GaussianMeasure;
import io.fdiff.sde.CommonModes;
import io.fdiff.sde.Marginal;
import io.fdiff.sde.SDE;
import io.fdiff.space.FunctionBatch;
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
public final class GaussianDenoiser implements DifferentiableDenoiser {

  private final SDE sde;
  private final INDArray mean;
  private final CommonModes modes;
  private final double[] meanValues;
  private final double[] meanModes;

  private GaussianDenoiser(SDE sde, INDArray mean, CommonModes modes) {
    this.sde = sde;
    this.mean = mean;
    this.modes = modes;
    FunctionBatch functions = FunctionBatch.of(modes.grid(), mean);
    this.meanValues = functions.toDoubles();
    this.meanModes = new double[functions.channels() * modes.size()];
    modes.forward(meanValues, meanModes, functions.channels());
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
    return new GaussianDenoiser(sde, data.mean(), CommonModes.of(sde, data.covariance()));
  }

  /**
   * The coordinates in which data and noise are diagonal.
   *
   * @return the modes
   */
  public CommonModes modes() {
    return modes;
  }

  /**
   * The variances {@code μv/V} of {@code X_0} given {@code X_t} in the common coordinates; they do
   * not depend on the state.
   *
   * @param t time in {@code (0, T]}
   * @return a fresh array {@code [modes]}
   * @throws IllegalArgumentException if {@code t} is not in {@code (0, T]}
   */
  public double[] posteriorVariances(double t) {
    Marginal marginal = sde.marginal(t);
    double[] out = new double[modes.size()];
    for (int k = 0; k < out.length; k++) {
      double tau = marginal.mean().at(k);
      double variance = marginal.variance().at(k);
      double v = variance * modes.noise(k);
      double mu = modes.data(k);
      out[k] = mu == 0 || v == 0 ? 0 : mu / (1 + tau * tau * mu / v);
    }
    return out;
  }

  /**
   * Applies the covariance {@code Σ_{0|t} = Γ − τ²ΓV⁻¹Γ} of {@code X_0} given {@code X_t}, which
   * guidance needs; it does not depend on the state.
   *
   * @param x functions {@code [batch, channels, n1, …, nd]}. Not modified.
   * @param t time in {@code (0, T]}
   * @return {@code Σ_{0|t} x}, a fresh array of the same shape and type
   * @throws IllegalArgumentException if {@code t} is not in {@code (0, T]} or the shape does not
   *     fit
   */
  public INDArray applyPosteriorCovariance(INDArray x, double t) {
    double[] variances = posteriorVariances(t);
    return FunctionBatch.of(modes.grid(), x)
        .map(
            (in, out, rows) -> {
              double[] c = new double[rows * variances.length];
              modes.adjoint(in, c, rows);
              for (int i = 0; i < c.length; i++) {
                c[i] *= variances[i % variances.length];
              }
              modes.inverse(c, out, rows);
            });
  }

  @Override
  public INDArray denoise(INDArray xt, INDArray t) {
    FunctionBatch batch = FunctionBatch.of(modes.grid(), xt);
    Arguments.requireTimes(batch, t);
    Arguments.requireChannels(batch, mean, true);
    return batch.map((in, out, rows) -> denoise(in, out, rows, batch.channels(), t));
  }

  private void denoise(double[] in, double[] out, int rows, int channels, INDArray t) {
    int size = modes.size();
    double[] c = new double[rows * size];
    modes.forward(in, c, rows);
    for (int row = 0, at = 0; row < rows; row++) {
      Marginal marginal = sde.marginal(t.getDouble(row / channels));
      int from = row % (meanModes.length / size) * size;
      for (int k = 0; k < size; k++, at++) {
        double tau = marginal.mean().at(k);
        double gain = modes.gain(k, tau, marginal.variance().at(k));
        c[at] = gain * (c[at] - tau * meanModes[from + k]);
      }
    }
    modes.inverse(c, out, rows);
    for (int i = 0; i < out.length; i++) {
      out[i] += meanValues[i % meanValues.length];
    }
  }

  @Override
  public INDArray vjp(INDArray xt, INDArray t, INDArray cotangent) {
    FunctionBatch batch = Arguments.requireCotangent(modes.grid(), xt, t, cotangent);
    Arguments.requireChannels(batch, mean, true);
    double[] w = FunctionBatch.of(modes.grid(), cotangent).toDoubles();
    int size = modes.size();
    return batch.map(
        (in, out, rows) -> {
          double[] c = new double[rows * size];
          modes.inverseTranspose(w, c, rows);
          for (int row = 0, at = 0; row < rows; row++) {
            Marginal marginal = sde.marginal(t.getDouble(row / batch.channels()));
            for (int k = 0; k < size; k++, at++) {
              c[at] *= modes.gain(k, marginal.mean().at(k), marginal.variance().at(k));
            }
          }
          modes.forwardTranspose(c, out, rows);
        });
  }
}
