package io.fdiff.denoise;

import io.fdiff.sde.CommonModes;
import io.fdiff.sde.Marginal;
import io.fdiff.sde.SDE;
import io.fdiff.space.FunctionBatch;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The exact denoiser of a finite data set, {@code D = Σ_i w_i x_i} with {@code w_i ∝ exp(−½Σ_k (x −
 * τx_i)_k²/v_k)}: what a network with unlimited capacity learns from it.
 *
 * <p>It is a convex combination of the data, tends to the nearest datum (in {@code Σ d_k²/v_k}) as
 * {@code t → 0}, and to their mean as the signal vanishes. The sum runs over chunks of the data
 * with a running maximum, so memory beyond the data and their coefficients does not grow with their
 * number; cost {@code O(data · modes)} a state. Immutable and thread-safe.
 */
public final class EmpiricalDenoiser implements DifferentiableDenoiser {

  /** Values of the data that are compared with every state of a batch before the next ones. */
  private static final int CHUNK_VALUES = 1 << 14;

  private final SDE sde;
  private final CommonModes modes;
  private final INDArray first;
  private final double[] data;
  private final double[] dataModes;
  private final int size;

  private EmpiricalDenoiser(
      SDE sde, CommonModes modes, INDArray first, double[] data, double[] dataModes, int size) {
    this.sde = sde;
    this.modes = modes;
    this.first = first;
    this.data = data;
    this.dataModes = dataModes;
    this.size = size;
  }

  /**
   * The denoiser of a data set under a process.
   *
   * @param sde forward process
   * @param data {@code [functions, channels, n1, …, nd]} on the grid of the process, FLOAT or
   *     DOUBLE, finite; copied, twice as DOUBLE
   * @return the denoiser
   * @throws IllegalArgumentException if shapes do not fit, a value is not finite, the data differ
   *     in a mode without noise, or the noise has no spectral form and is singular or the
   *     multipliers are not scalar
   */
  public static EmpiricalDenoiser of(SDE sde, INDArray data) {
    FunctionBatch batch = FunctionBatch.of(sde.noise().grid(), data);
    double[] values = batch.toDoubles();
    int block = values.length / batch.batch();
    for (int i = 0; i < values.length; i++) {
      if (!Double.isFinite(values[i])) {
        throw new IllegalArgumentException(
            "function "
                + i / block
                + " of the data contains "
                + values[i]
                + ": fill or drop missing values");
      }
    }
    CommonModes modes = CommonModes.of(sde);
    double[] coefficients = new double[batch.rows() * modes.size()];
    modes.forward(values, coefficients, batch.rows());
    requireNoise(modes, coefficients, batch.channels());
    return new EmpiricalDenoiser(sde, modes, data, values, coefficients, batch.batch());
  }

  private static void requireNoise(CommonModes modes, double[] coefficients, int channels) {
    int length = channels * modes.size();
    for (int k = 0; k < modes.size(); k++) {
      if (modes.noise(k) > 0) {
        continue;
      }
      for (int i = k; i < coefficients.length; i += modes.size()) {
        // Up to round-off of the transform.
        double difference = Math.abs(coefficients[i] - coefficients[i % length]);
        if (difference > 1e-12 * (1 + Math.abs(coefficients[i]))) {
          throw new IllegalArgumentException(
              "the data differ by "
                  + difference
                  + " in mode "
                  + k
                  + ", which has no noise: their law has no density there; give noise of full rank");
        }
      }
    }
  }

  /**
   * The number of functions.
   *
   * @return size of the data set
   */
  public int size() {
    return size;
  }

  @Override
  public INDArray denoise(INDArray xt, INDArray t) {
    FunctionBatch batch = FunctionBatch.of(modes.grid(), xt);
    Arguments.requireTimes(batch, t);
    Arguments.requireChannels(batch, first, false);
    return batch.map((in, out, rows) -> denoise(in, out, batch, t));
  }

  private void denoise(double[] in, double[] out, FunctionBatch batch, INDArray t) {
    int states = batch.batch();
    int block = data.length / size;
    int length = dataModes.length / size;
    DataWeights[] weights = new DataWeights[states];
    double[] c = new double[states * length];
    modes.forward(in, c, batch.rows());
    for (int b = 0; b < states; b++) {
      weights[b] = new DataWeights(scales(sde.marginal(t.getDouble(b))), c, b * length, length);
    }
    int chunk = Math.max(1, CHUNK_VALUES / length);
    for (int from = 0; from < size; from += chunk) {
      int to = Math.min(size, from + chunk);
      for (int b = 0; b < states; b++) {
        for (int i = from; i < to; i++) {
          add(weights[b].next(dataModes, i * length), weights[b].shrink(), i, out, b * block);
        }
      }
    }
    for (int b = 0; b < states; b++) {
      for (int j = b * block; j < (b + 1) * block; j++) {
        out[j] /= weights[b].total();
      }
    }
  }

  /** Adds a weighted datum to what was summed so far, which shrinks first. */
  private void add(double weight, double shrink, int datum, double[] out, int at) {
    int block = data.length / size;
    if (shrink != 1) {
      for (int j = 0; j < block; j++) {
        out[at + j] *= shrink;
      }
    }
    if (weight > 0) {
      for (int j = 0; j < block; j++) {
        out[at + j] += weight * data[datum * block + j];
      }
    }
  }

  @Override
  public INDArray vjp(INDArray xt, INDArray t, INDArray cotangent) {
    FunctionBatch batch = Arguments.requireCotangent(modes.grid(), xt, t, cotangent);
    Arguments.requireChannels(batch, first, false);
    double[] w = FunctionBatch.of(modes.grid(), cotangent).toDoubles();
    return batch.map((in, out, rows) -> pull(in, w, out, batch, t));
  }

  /** {@code (dD/dx)ᵀ w = Σ_i w_i (x_i·w) ∇ ln w_i}, {@code τ/v} times a covariance. */
  private void pull(double[] in, double[] w, double[] out, FunctionBatch batch, INDArray t) {
    int states = batch.batch();
    int block = data.length / size;
    int length = dataModes.length / size;
    DataCovariance[] sums = new DataCovariance[states];
    double[] c = new double[states * length];
    modes.forward(in, c, batch.rows());
    for (int b = 0; b < states; b++) {
      double[][] scales = scales(sde.marginal(t.getDouble(b)));
      sums[b] = new DataCovariance(new DataWeights(scales, c, b * length, length), length);
    }
    int chunk = Math.max(1, CHUNK_VALUES / length);
    for (int from = 0; from < size; from += chunk) {
      int to = Math.min(size, from + chunk);
      for (int b = 0; b < states; b++) {
        for (int i = from; i < to; i++) {
          double product = 0;
          for (int j = 0; j < block; j++) {
            product += data[i * block + j] * w[b * block + j];
          }
          sums[b].add(dataModes, i * length, product);
        }
      }
    }
    for (int b = 0; b < states; b++) {
      double[][] scales = scales(sde.marginal(t.getDouble(b)));
      for (int j = 0; j < length; j++) {
        int k = j % modes.size();
        c[b * length + j] = scales[0][k] * scales[1][k] * sums[b].at(j);
      }
    }
    modes.forwardTranspose(c, out, batch.rows());
  }

  /** {@code 1/√v_k} and {@code τ_k/√v_k}, 0 in modes without noise. */
  private double[][] scales(Marginal marginal) {
    int n = modes.size();
    double[][] scales = new double[2][n];
    for (int k = 0; k < n; k++) {
      if (modes.noise(k) > 0) {
        scales[0][k] = 1 / Math.sqrt(marginal.variance().at(k) * modes.noise(k));
        scales[1][k] = marginal.mean().at(k) * scales[0][k];
      }
    }
    return scales;
  }
}
