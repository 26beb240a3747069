package io.fdiff.flow;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.measure.GaussianMeasure;
import io.fdiff.sde.CommonModes;
import io.fdiff.space.FunctionBatch;
import java.util.function.DoubleUnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The exact field of a path to Gaussian data {@code N(m, Γ)}: with {@code V = α²Γ + β²C}, {@code u
 * = α'm + ½V'V⁻¹(x − αm)}, and the flow from time t to r is {@code α_rm + (V_rV_t⁻¹)^{1/2}(x −
 * α_tm)} in the coordinates in which Γ and C are both diagonal.
 *
 * <p>An oracle for tests and a baseline. One transform each way a call where both covariances are
 * diagonal in one basis, else two matrix products. Unlike a field made from a denoiser it is
 * regular where {@code β = 0}. Immutable and thread-safe.
 */
public final class GaussianField implements VelocityField {

  /** The factor on the coefficient k of {@code x − αm}. */
  @FunctionalInterface
  private interface Factor {
    double at(double t, int mode);
  }

  private final FlowPath path;
  private final GaussianMeasure data;
  private final CommonModes modes;
  private final double[] meanValues;
  private final double[] meanModes;

  private GaussianField(FlowPath path, GaussianMeasure data) {
    this.path = path;
    this.data = data;
    this.modes = CommonModes.of(path.process(), data.covariance());
    FunctionBatch mean = FunctionBatch.of(data.grid(), data.mean());
    this.meanModes = new double[mean.channels() * modes.size()];
    this.meanValues = mean.toDoubles();
    modes.forward(meanValues, meanModes, mean.channels());
  }

  /**
   * The field of Gaussian data.
   *
   * @param path the path
   * @param data {@code N(m, Γ)} on the same grid
   * @return the field
   * @throws IllegalArgumentException if the grids differ, or, where the covariances do not share a
   *     spectral basis, if the reference is singular
   */
  public static GaussianField of(FlowPath path, GaussianMeasure data) {
    return new GaussianField(path, data);
  }

  @Override
  public INDArray velocity(INDArray x, INDArray t) {
    Interpolant p = path.interpolant();
    return map(
        x,
        t,
        p::alphaRate,
        (s, k) ->
            ratio(
                p.alpha(s) * p.alphaRate(s) * modes.data(k)
                    + p.beta(s) * p.betaRate(s) * modes.noise(k),
                variance(k, s)));
  }

  /**
   * {@code E[X_1 | X_t = x] = m + αΓV⁻¹(x − αm)}.
   *
   * @param x states {@code [batch, channels, n1, …, nd]}. Not modified.
   * @param t times {@code [batch]} in {@code [0, 1]}. Not modified.
   * @return a fresh array of the same shape and type
   * @throws IllegalArgumentException if shapes do not fit or a time is not in {@code [0, 1]}
   */
  public INDArray clean(INDArray x, INDArray t) {
    return map(
        x, t, s -> 1, (s, k) -> ratio(path.interpolant().alpha(s) * modes.data(k), variance(k, s)));
  }

  /**
   * {@code E[X_0 | X_t = x] = βCV⁻¹(x − αm)}.
   *
   * @param x states {@code [batch, channels, n1, …, nd]}. Not modified.
   * @param t times {@code [batch]} in {@code [0, 1]}. Not modified.
   * @return a fresh array of the same shape and type
   * @throws IllegalArgumentException if shapes do not fit or a time is not in {@code [0, 1]}
   */
  public INDArray noise(INDArray x, INDArray t) {
    return map(
        x, t, s -> 0, (s, k) -> ratio(path.interpolant().beta(s) * modes.noise(k), variance(k, s)));
  }

  /**
   * The flow from one time to another, forth or back.
   *
   * @param x states at {@code from}, {@code [batch, channels, n1, …, nd]}. Not modified.
   * @param from time in {@code [0, 1]}
   * @param to time in {@code [0, 1]}
   * @return states at {@code to}, a fresh array of the same shape and type; modes without variance
   *     at {@code from} come to rest at the mean
   * @throws IllegalArgumentException if shapes do not fit or a time is not in {@code [0, 1]}
   */
  public INDArray flow(INDArray x, double from, double to) {
    double alpha = path.interpolant().alpha(to);
    return map(
        x,
        FlowPath.constant(from, (int) x.size(0)),
        s -> alpha,
        (s, k) -> Math.sqrt(ratio(variance(k, to), variance(k, s))));
  }

  private static double ratio(double part, double variance) {
    return variance == 0 ? 0 : part / variance;
  }

  /**
   * The mean velocity {@code (φ_{t→r}(x) − x)/(r − t)}, which a one-step sampler uses: {@code x +
   * (r − t)ū} is the flow (Geng et al. 2025).
   *
   * @param x states at {@code t}, {@code [batch, channels, n1, …, nd]}. Not modified.
   * @param t time in {@code [0, 1]}
   * @param r another time in {@code [0, 1]}
   * @return a fresh array of the same shape and type
   * @throws IllegalArgumentException if shapes do not fit, a time is not in {@code [0, 1]} or the
   *     times are equal
   */
  public INDArray meanVelocity(INDArray x, double t, double r) {
    if (t == r) {
      throw new IllegalArgumentException(
          "mean velocity from " + t + " to " + r + ": give two times, or use velocity");
    }
    return flow(x, t, r).subi(x).divi(r - t);
  }

  /**
   * The law of the path at a time, {@code N(α m, α²Γ + β²C)}; at 1 it is not exactly the data where
   * the path leaves noise.
   *
   * @param t time in {@code [0, 1]}
   * @return the law
   * @throws IllegalArgumentException if {@code t} is not in {@code [0, 1]}
   */
  public GaussianMeasure law(double t) {
    double alpha = path.interpolant().alpha(t);
    double beta = path.interpolant().beta(t);
    INDArray mean = data.mean().muli(alpha);
    if (alpha == 0) {
      return GaussianMeasure.of(mean, path.reference().times(beta * beta));
    }
    CovarianceOperator signal = data.covariance().times(alpha * alpha);
    return GaussianMeasure.of(
        mean, beta == 0 ? signal : signal.plus(path.reference().times(beta * beta)));
  }

  private double variance(int k, double t) {
    double alpha = path.interpolant().alpha(t);
    double beta = path.interpolant().beta(t);
    return alpha * alpha * modes.data(k) + beta * beta * modes.noise(k);
  }

  /** {@code g(t) m + Σ_k f_k(t) (x − αm)_k u_k}. */
  private INDArray map(INDArray x, INDArray t, DoubleUnaryOperator mean, Factor factor) {
    FunctionBatch batch = FunctionBatch.of(modes.grid(), x);
    int channels = batch.channels();
    if (data.channels() != 1 && data.channels() != channels) {
      throw new IllegalArgumentException(
          "states with "
              + channels
              + " channels, data with "
              + data.channels()
              + ": they must agree");
    }
    double[] times = FlowPath.times(batch, t);
    int size = modes.size();
    int points = modes.grid().size();
    return batch.map(
        (in, out, rows) -> {
          double[] c = new double[rows * size];
          modes.forward(in, c, rows);
          for (int row = 0, at = 0; row < rows; row++) {
            double time = times[row / channels];
            double alpha = path.interpolant().alpha(time);
            int from = row % data.channels() * size;
            for (int k = 0; k < size; k++, at++) {
              c[at] = factor.at(time, k) * (c[at] - alpha * meanModes[from + k]);
            }
          }
          modes.inverse(c, out, rows);
          for (int row = 0, at = 0; row < rows; row++) {
            double share = mean.applyAsDouble(times[row / channels]);
            int from = row % data.channels() * points;
            for (int i = 0; i < points; i++, at++) {
              out[at] += share * meanValues[from + i];
            }
          }
        });
  }
}
